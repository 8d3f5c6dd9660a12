from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TextState(models.TextChoices):
    """States of an agreement's text, from its drawing up to its signature (A-09)."""

    DRAFT = "draft", _("Draft")
    NEGOTIATING = "negotiating", _("Being negotiated")
    AGREED = "agreed", _("Agreed")
    SIGNED = "signed", _("Signed")
    VOID = "void", pgettext_lazy("text", "Void")


OPEN_TEXT = (TextState.DRAFT, TextState.NEGOTIATING)


class ProposalState(models.TextChoices):
    OPEN = "open", pgettext_lazy("proposal", "Open")
    ACCEPTED = "accepted", pgettext_lazy("proposal", "Accepted")
    REFUSED = "refused", pgettext_lazy("proposal", "Refused")
    COUNTERED = "countered", pgettext_lazy("proposal", "Countered")
    WITHDRAWN = "withdrawn", pgettext_lazy("proposal", "Withdrawn")


class Side(models.TextChoices):
    """The two parties of an agreement."""

    AGENCY = "agency", _("Agency")
    INSTITUTION = "institution", _("Institution")

    @property
    def other(self) -> "Side":
        return Side.INSTITUTION if self is Side.AGENCY else Side.AGENCY


class SigningMethod(models.TextChoices):
    ELECTRONIC = "electronic", _("Electronically")
    PAPER = "paper", _("On paper")


class SupplementState(models.TextChoices):
    """States of a supplementary or yearly agreement; it ends with its parent at the latest."""

    DRAFT = "draft", _("Draft")
    SIGNED = "signed", _("Signed")
    ENDED = "ended", pgettext_lazy("supplement", "Ended")
    CANCELLED = "cancelled", _("Cancelled")


class FilingState(models.TextChoices):
    """States of the filing of a signed agreement with the administration (Order 7 art. 4)."""

    DUE = "due", _("To be filed")
    FILED = "filed", _("Filed")
    RETURNED = "returned", _("Sent back")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")


UNFILED = (FilingState.DUE, FilingState.RETURNED)
