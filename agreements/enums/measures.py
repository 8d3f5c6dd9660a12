from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ObligationKind(models.TextChoices):
    """What it is: the second to the fourth way of Order 2 art. 38, and what goes back."""

    WITHHELD = "withheld", _("Payment withheld")
    REFUSED = "refused", _("Payment refused")
    RECOVERY = "recovery", _("Fees to be recovered")
    DAMAGES = "damages", pgettext_lazy("obligation", "Liquidated damages")
    RESTORED = "restored", _("Paid back to the institution")


class Direction(models.TextChoices):
    TO_FUND = "to_fund", _("From the institution to the fund")
    TO_INSTITUTION = "to_institution", _("From the fund to the institution")


class ObligationState(models.TextChoices):
    OPEN = "open", pgettext_lazy("obligation", "Open")
    SETTLED = "settled", pgettext_lazy("obligation", "Settled")
    WITHDRAWN = "withdrawn", pgettext_lazy("obligation", "Withdrawn")


class EntryKind(models.TextChoices):
    NETTED = "netted", _("Netted in a statement")
    PAID_IN = "paid_in", _("Paid in")
    RELEASED = "released", pgettext_lazy("obligation", "Released")


class BlockTarget(models.TextChoices):
    """Whom a block stops (Order 2 art. 45)."""

    PERSON = "person", pgettext_lazy("block", "Person")
    DEPARTMENT = "department", pgettext_lazy("block", "Department")


class BlockWord(models.TextChoices):
    """How a block stands on a day; derived, not a state."""

    COMING = "coming", pgettext_lazy("block", "To come")
    SUSPENDED = "suspended", pgettext_lazy("block", "Settlement suspended")
    TERMINATED = "terminated", pgettext_lazy("block", "Settlement terminated")
    OVER = "over", pgettext_lazy("block", "Over")
    ANNULLED = "annulled", pgettext_lazy("block", "Annulled")


# What the institution must pay, or be paid, within the period; the other kinds are held back from
# what the fund owes it and wait for a statement or their release.
PAYABLE_KINDS = (ObligationKind.RECOVERY, ObligationKind.DAMAGES, ObligationKind.RESTORED)
