from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CaseState(models.TextChoices):
    """States of a case (rules.md B-11, B-20)."""

    CLUE = "clue", _("Clue")
    OPENED = "opened", _("Case opened")
    NOTICE = "notice", _("Notice issued")
    DEFENCE = "defence", _("Statement and defence")
    LEGAL_REVIEW = "legal_review", _("Legal review and discussion")
    DECIDED = "decided", _("Case decided")
    SERVED = "served", _("Decision served")
    PERFORMED = "performed", _("Decision performed")
    CLOSED = "closed", _("Case closed")
    DISMISSED = "dismissed", _("Case dismissed")
    RETURNED = "returned", _("Returned for supplement")


class Origin(models.TextChoices):
    FINDING = "finding", _("Confirmed finding")
    REPORT = "report", _("Report received")
    ORDER = "order", _("Order of the administration")
    GROUND = "ground", _("Ground of suspension or dissolution")


class Rung(models.IntegerChoices):
    """The ladder of Order 2 art. 38, by its numbers there."""

    INTERVIEW = 1, _("Interview")
    WITHHOLD = 2, _("Suspend or refuse payment")
    REFUSE = 3, _("Refuse or recover fees")
    DAMAGES = 4, _("Liquidated damages")
    PERSON = 5, _("Suspend a person or a department")
    AGREEMENT = 6, _("Suspend or dissolve the agreement")


class AgreementAct(models.TextChoices):
    """What the sixth rung does to the agreement."""

    SUSPEND = "suspend", _("Suspend the agreement")
    DISSOLVE = "dissolve", _("Dissolve the agreement")


class Target(models.TextChoices):
    """Whom the fifth rung stops (Order 2 art. 45)."""

    PERSON = "person", _("Responsible person")
    DEPARTMENT = "department", pgettext_lazy("target", "Department")


class DefenceOutcome(models.TextChoices):
    STATEMENT = "statement", _("Statement given")
    SILENT = "silent", _("No statement given")


class ReviewKind(models.TextChoices):
    """What the administration did with a case (Order 2 arts. 47 and 49)."""

    NOTED = "noted", _("Taken note of")
    ORDERED = "ordered", _("Handling ordered")
    RETURNED = "returned", _("Returned for supplement")
