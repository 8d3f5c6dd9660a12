from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TextKind(models.TextChoices):
    """The texts an agreement is made of (B-15, B-22): one whole, or a fixed and a yearly part;
    beside them the supplements.
    """

    MAIN = "main", pgettext_lazy("agreement text", "Agreement")
    FIXED = "fixed", _("Fixed agreement")
    YEARLY = "yearly", pgettext_lazy("agreement text", "Yearly agreement")
    SUPPLEMENTARY_INTERNET = "supplementary_internet", _("Supplement for an internet hospital")
    AMENDMENT = "amendment", _("Supplement that amends")


class VersionState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("template", "Draft")
    CONSULTATION = "consultation", _("In consultation")
    PUBLISHED = "published", pgettext_lazy("template", "Published")
    SUPERSEDED = "superseded", _("Superseded")


class VersionOrigin(models.TextChoices):
    """Who wanted the text: what the administration changes is consulted on always (B-22)."""

    AGENCY = "agency", _("The agency")
    ADMINISTRATION = "administration", _("The administration")


class VariableType(models.TextChoices):
    TEXT = "text", pgettext_lazy("variable", "Text")
    NUMBER = "number", pgettext_lazy("variable", "Number")
    PERCENT = "percent", _("Percent")
    MONEY = "money", _("Amount of money")
    DAY = "day", pgettext_lazy("variable", "Day")


class HandlingMeasure(models.IntegerChoices):
    """The six ways to handle a breach, by their number in Order 2 art. 38."""

    INTERVIEW = 1, _("Interview")
    WITHHOLD = 2, _("Suspend or refuse payment")
    REFUSE = 3, _("Refuse or recover fees")
    DAMAGES = 4, _("Liquidated damages")
    PERSON = 5, _("Suspend a person or a department")
    AGREEMENT = 6, _("Suspend or dissolve the agreement")


class ConsultationState(models.TextChoices):
    OPEN = "open", pgettext_lazy("consultation", "Open")
    CLOSED = "closed", pgettext_lazy("consultation", "Closed")
    WITHDRAWN = "withdrawn", pgettext_lazy("consultation", "Withdrawn")


class Stance(models.TextChoices):
    NO_OBJECTION = "no_objection", _("No objection")
    COMMENT = "comment", pgettext_lazy("consultation", "Comment")


class CommentOutcome(models.TextChoices):
    ADOPTED = "adopted", _("Adopted")
    PARTLY = "partly", _("Adopted in part")
    NOT_ADOPTED = "not_adopted", _("Not adopted")
