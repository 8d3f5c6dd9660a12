from django.db import models
from django.utils.translation import gettext_lazy as _


class ChangeState(models.TextChoices):
    FILED = "filed", _("Filed")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ChangeField(models.TextChoices):
    """What a change of information may change, by the lawbook's names (B-13a, C-09).

    Bank name and telephone are not in Order 2 art. 40; the bank goes with its account.
    """

    NAME = "name", _("Name")
    LEGAL_REPRESENTATIVE = "legal_representative", _("Legal representative")
    PRINCIPAL = "principal", _("Principal")
    ACTUAL_CONTROLLER = "actual_controller", _("Actual controller")
    REGISTERED_ADDRESS = "registered_address", _("Registered address")
    BANK_NAME = "bank_name", _("Bank")
    BANK_ACCOUNT = "bank_account", _("Bank account")
    SUBJECTS = "subjects", _("Diagnosis and treatment subjects")
    SCALE = "scale", _("Scale (beds)")
    NATURE = "nature", _("Nature")
    LEVEL = "level", _("Level and grade")
    CATEGORY = "category", _("Type")
    PHONE = "phone", _("Telephone")

    @property
    def column(self) -> str:
        """The field of `Institution` that holds the value."""
        return {"scale": "beds", "category": "kind"}.get(self.value, self.value)

    @property
    def law_field(self) -> str:
        """The name under which rule B-13a is asked about the change."""
        return "bank_account" if self is ChangeField.BANK_NAME else self.value
