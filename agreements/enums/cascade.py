from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CascadeKind(models.TextChoices):
    """What the agency of another region is told about the home region's decision (B-17)."""

    SUSPEND = "suspend", _("Suspended with the home region")
    DISSOLVE = "dissolve", _("Dissolved with the home region")
    PROPOSAL = "proposal", _("Proposal to resume")


class CascadeOutcome(models.TextChoices):
    """What became of the other region's agreement when the home region decided."""

    FOLLOWED = "followed", _("Followed on the same day")
    ALREADY = "already", _("Was suspended already")
    TO_COME = "to_come", _("Follows on the first day of its term")
    CANCELLED = "cancelled", _("Cancelled before it took effect")
    ENDED = "ended", _("Had ended, or ended before it could follow")
    PROPOSED = "proposed", _("Resumption proposed")


class CascadeState(models.TextChoices):
    DELIVERED = "delivered", _("Delivered")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("cascade", "Acknowledged")
    ACCEPTED = "accepted", pgettext_lazy("cascade", "Accepted")
    DECLINED = "declined", pgettext_lazy("cascade", "Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class EntryState(models.TextChoices):
    """An entry in the public list of dissolved agreements."""

    PENDING = "pending", _("To be published")
    PUBLISHED = "published", pgettext_lazy("dissolved list", "Published")
    TO_WITHDRAW = "to_withdraw", _("To be withdrawn")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    VOID = "void", _("Annulled before its publication")
