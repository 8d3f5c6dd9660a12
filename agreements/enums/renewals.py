from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RenewalState(models.TextChoices):
    """Where an agreement stands with its renewal (B-15); derived, stored nowhere."""

    NOT_DUE = "not_due", pgettext_lazy("renewal", "Not due yet")
    RENEWAL_DUE = "renewal_due", pgettext_lazy("renewal", "Renewal due")
    APPLIED = "applied", pgettext_lazy("renewal", "Applied for")
    CENTRAL = "central", pgettext_lazy("renewal", "In a central round")
    NEGOTIATING = "negotiating", pgettext_lazy("renewal", "Negotiating")
    SIGNED = "signed", pgettext_lazy("renewal", "Renewal signed")
    RENEWED = "renewed", pgettext_lazy("renewal", "Renewed")
    NOT_AGREED = "not_agreed", pgettext_lazy("renewal", "Not agreed")
    EXPIRED = "expired", pgettext_lazy("renewal", "Expired")
    ENDED = "ended", pgettext_lazy("renewal", "Ended otherwise")


class RoundState(models.TextChoices):
    OPEN = "open", pgettext_lazy("round of renewal", "Open")
    CLOSED = "closed", pgettext_lazy("round of renewal", "Closed")


class NotAgreedGround(models.TextChoices):
    """Why a renewal is not concluded (Order 2 art. 41: performance and assessment decide)."""

    PERFORMANCE = "performance", _("Performance of the agreement")
    ASSESSMENT = "assessment", _("Result of the performance assessment")
    TERMS = "terms", _("No agreement on the terms")
    LATE = "late", _("Applied for too late")
    INSTITUTION = "institution", _("The institution does not wish it")
    OTHER = "other", pgettext_lazy("ground", "Another ground")


class SigningForm(models.TextChoices):
    """What is negotiated and signed at a renewal (Order 2 art. 41 paragraph 2)."""

    FULL = "full", _("Full text")
    SIMPLIFIED = "simplified", _("Simplified: fixed agreement kept, yearly agreement new")


class ReviewOutcome(models.TextChoices):
    """What the administration says of a public institution's notice not to renew (B-16)."""

    NO_OBJECTION = "no_objection", _("No objection")
    OBJECTION = "objection", pgettext_lazy("review of an exit", "Objection")
