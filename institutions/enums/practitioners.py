from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Category(models.TextChoices):
    """Staff with a file: those who serve insured persons, and who audits fees (D-01)."""

    MEDICAL = "medical", pgettext_lazy("staff category", "Medical")
    PHARMACY = "pharmacy", pgettext_lazy("staff category", "Pharmacy")
    NURSING = "nursing", pgettext_lazy("staff category", "Nursing")
    TECHNICAL = "technical", pgettext_lazy("staff category", "Technical")
    AUDIT = "audit", _("Fee and settlement audit")


class Qualification(models.TextChoices):
    """The certificate a person works by; the first three count for A-03 (Order 2 art. 6)."""

    PHYSICIAN = "physician", _("Physician's practice certificate")
    VILLAGE_DOCTOR = "village_doctor", _("Village doctor's practice certificate")
    TCM_SPECIALTY = "tcm_specialty", _("Certificate of a physician of a Chinese medicine specialty")
    NURSE = "nurse", _("Nurse's practice certificate")
    PHARMACIST = "pharmacist", _("Pharmacist's certificate")
    TECHNICIAN = "technician", _("Technician's certificate")
    NONE = "none", _("No certificate needed")


PHYSICIANS = (
    Qualification.PHYSICIAN,
    Qualification.VILLAGE_DOCTOR,
    Qualification.TCM_SPECIALTY,
)


class PaymentStatus(models.TextChoices):
    """A person's payment qualification (D-01, D-04); it applies wherever the person works."""

    NORMAL = "normal", pgettext_lazy("payment qualification", "Normal")
    SUSPENDED = "suspended", pgettext_lazy("payment qualification", "Suspended")
    TERMINATED = "terminated", pgettext_lazy("payment qualification", "Terminated")


class Employment(models.TextChoices):
    FULL_TIME = "full_time", _("Full time")
    PART_TIME = "part_time", _("Part time")
    MULTI_SITE = "multi_site", _("Multi-site practice")


class CommitmentKind(models.TextChoices):
    """How a written service commitment came to the office."""

    SIGNED = "signed", _("Signed on paper")
    ELECTRONIC = "electronic", _("Confirmed electronically")


class ImportContent(models.TextChoices):
    DEPARTMENTS = "departments", _("Departments")
    ROSTER = "roster", _("Roster")


class ImportState(models.TextChoices):
    PREVIEWED = "previewed", pgettext_lazy("roster import", "Previewed")
    APPLIED = "applied", pgettext_lazy("roster import", "Applied")
    UNDONE = "undone", pgettext_lazy("roster import", "Undone")


class RowAction(models.TextChoices):
    """What a row of an import does."""

    ADD = "add", pgettext_lazy("import row", "New")
    END = "end", pgettext_lazy("import row", "Ends")
    CHANGE = "change", pgettext_lazy("import row", "Changed")
    KEEP = "keep", pgettext_lazy("import row", "Unchanged")
    ERROR = "error", pgettext_lazy("import row", "Error")
