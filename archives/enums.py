from django.db import models
from django.utils.translation import gettext_lazy as _


class Category(models.TextChoices):
    """Categories of archives of one fonds, by their codes (H-11)."""

    WS = "WS", _("Administrative documents")
    KJ = "KJ", _("Science and technology")
    KY = "KY", _("Scientific research")
    JJ = "JJ", _("Construction")
    SB = "SB", _("Equipment")
    RS = "RS", _("Personnel")
    KU = "KU", _("Accounting")
    ZY = "ZY", _("Professional business")
    ZP = "ZP", _("Photographs")
    LY = "LY", _("Sound recordings")
    LX = "LX", _("Video recordings")
    SJ = "SJ", _("Business data")
    YJ = "YJ", _("Official e-mail")
    WY = "WY", _("Web pages")
    MT = "MT", _("Social media")
    SW = "SW", _("Physical objects")


class Retention(models.TextChoices):
    """How long a record is kept (H-14); the codes are part of the archive number."""

    Y = "Y", _("Permanent")
    D30 = "D30", _("30 years")
    D10 = "D10", _("10 years")

    @property
    def years(self) -> int | None:
        return {"Y": None, "D30": 30, "D10": 10}[self.value]


class Matter(models.TextChoices):
    """Kinds of matter whose retention period is known (H-14)."""

    AGREEMENT = "agreement", _("Agreement")
    DISSOLUTION = "dissolution", _("Dissolved agreement")
    CHANGE = "change", _("Change of information")
    STATEMENT = "statement", _("Settlement statement")
    BATCH_SUMMARY = "batch_summary", _("Monthly summary of a claim batch")
    CASE = "case", _("Case")
    MAJOR_CASE = "major_case", _("Major case")
    COMPLAINT = "complaint", _("Complaint or appeal")
    FRAUD_COMPLAINT = "fraud_complaint", _("Complaint with verified fraud")
    POLICY = "policy", _("Policy made here")
    VOUCHER = "voucher", _("Accounting voucher")
    YEARLY_STATEMENT = "yearly_statement", _("Yearly financial statement")


class FileRole(models.TextChoices):
    FACTS = "facts", _("Facts and process, for machines")
    READING = "reading", _("Reading copy")
