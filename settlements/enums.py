from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class BatchState(models.TextChoices):
    """States of a claim batch; what becomes of its money is told by its statement (B-04)."""

    RECEIVED = "received", _("Received")
    CHECKING = "checking", _("Being checked")
    REJECTED = "rejected", pgettext_lazy("claim batch", "Rejected")
    ACCEPTED = "accepted", pgettext_lazy("claim batch", "Accepted")
    REVIEWING = "reviewing", _("Under review")
    REVIEWED = "reviewed", _("Reviewed")


class FileKind(models.TextChoices):
    """The files of a batch by their national table names."""

    SETTLEMENTS = "setl_d", _("Settlements (setl_d)")
    LINES = "fee_list_d", _("Charge lines (fee_list_d)")


class ShelfKind(models.TextChoices):
    """Where a batch's rows lie: in the month's shared partition or in one of its own."""

    LIVE = "live", _("Shared by the small batches of a month")
    OWN = "own", _("One large batch")


class FindingStatus(models.TextChoices):
    """Status of a finding (B-03); only a confirmed one is deducted (B-06)."""

    FLAGGED = "flagged", _("Flagged")
    CONFIRMED = "confirmed", _("Confirmed")
    CLEARED = "cleared", _("Cleared")


class Check(models.TextChoices):
    """The checks of the review by their stable names."""

    AGREEMENT_NOT_IN_FORCE = "agreement_not_in_force", _("No agreement in force")
    PRACTITIONER_BLOCKED = "practitioner_blocked", _("Practitioner blocked")
    DEPARTMENT_BLOCKED = "department_blocked", _("Department blocked")
    AMOUNT_MISMATCH = "amount_mismatch", _("Quantity × price differs from the amount")
    PRICE_OVER_LIMIT = "price_over_limit", _("Price above its limit")
    OUTSIDE_STAY = "outside_stay", _("Charge outside the visit")
    DUPLICATE_LINE = "duplicate_line", _("Line charged twice")
    DRUG_SEX = "drug_sex", _("Drug not for this sex")
    ITEM_SEX = "item_sex", _("Service not for this sex")


class KnowledgeState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    RELEASED = "released", _("Released")


class KnowledgeKind(models.TextChoices):
    """What a knowledge row says, by the file it came from without `_codes`."""

    DRUG_AGE = "drug_age", _("Drug: age")
    DRUG_CARE_TYPE = "drug_care_type", _("Drug: kind of care")
    DRUG_COURSE = "drug_course", _("Drug: length of a course")
    DRUG_INSTITUTION_LEVEL = "drug_institution_level", _("Drug: level of the institution")
    DRUG_INSURANCE_TYPE = "drug_insurance_type", _("Drug: kind of insurance")
    DRUG_SEX = "drug_sex", _("Drug: sex")
    ITEM_AGE = "item_age", _("Service: age")
    ITEM_COURSE = "item_course", _("Service: length of a course")
    ITEM_DUPLICATE_CHARGE = "item_duplicate_charge", _("Service: charged twice")
    ITEM_FREQUENCY = "item_frequency", _("Service: quantity a day")
    ITEM_INTERVAL = "item_interval", _("Service: interval")
    ITEM_SAME_INCISION = "item_same_incision", _("Service: same incision")
    ITEM_SEX = "item_sex", _("Service: sex")
    ITEM_WORKING_AGE = "item_working_age", _("Service: working age")


class StatementState(models.TextChoices):
    """States of a statement (B-04); overdue is derived, not a state."""

    DECLARED = "declared", pgettext_lazy("statement", "Declared")
    AUDITED = "audited", pgettext_lazy("statement", "Audited")
    APPROVED = "approved", pgettext_lazy("statement", "Approved")
    VERIFIED = "verified", pgettext_lazy("statement", "Verified")
    PAID = "paid", pgettext_lazy("statement", "Paid")
    CLOSED = "closed", pgettext_lazy("statement", "Closed")


OPEN_STATEMENT_STATES = [
    StatementState.DECLARED,
    StatementState.AUDITED,
    StatementState.APPROVED,
    StatementState.VERIFIED,
]


class Post(models.TextChoices):
    """The four posts of one claim batch, held by four different people (B-02)."""

    REVIEW = "review", pgettext_lazy("post", "Review")
    SETTLEMENT = "settlement", pgettext_lazy("post", "Settlement")
    VERIFICATION = "verification", pgettext_lazy("post", "Verification")
    PAYMENT = "payment", pgettext_lazy("post", "Payment")

    @property
    def field(self) -> str:
        """The field of a statement that names the person of this post."""
        return _POST_FIELDS[self]

    @property
    def time_field(self) -> str:
        """The field of a statement that says when this post acted."""
        return _POST_TIMES[self]


_POST_FIELDS = {
    Post.REVIEW: "reviewer",
    Post.SETTLEMENT: "settlement_officer",
    Post.VERIFICATION: "audit_officer",
    Post.PAYMENT: "payment_officer",
}
_POST_TIMES = {
    Post.REVIEW: "audited_at",
    Post.SETTLEMENT: "approved_at",
    Post.VERIFICATION: "verified_at",
    Post.PAYMENT: "paid_at",
}


class PaymentOrderState(models.TextChoices):
    ISSUED = "issued", pgettext_lazy("payment order", "Issued")
    PAID = "paid", pgettext_lazy("payment order", "Paid")


class BreachState(models.TextChoices):
    """What became of a potential breach of the agency's own (B-12)."""

    POTENTIAL = "potential", pgettext_lazy("agency breach", "Potential")
    PAID_LATE = "paid_late", pgettext_lazy("agency breach", "Paid late")
    CANCELLED = "cancelled", pgettext_lazy("agency breach", "Cancelled")
