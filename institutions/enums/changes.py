from django.db import models
from django.utils.translation import gettext_lazy as _


class ChangeState(models.TextChoices):
    """Where a filing stands. What needs no waiting goes from checked to effective in one act."""

    FILED = "filed", _("Filed")
    CHECKED = "checked", _("Checked")
    REASSESSING = "reassessing", _("Being assessed anew")
    APPROVED = "approved", _("Approved, not yet in effect")
    EFFECTIVE = "effective", _("In effect")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    STOPPED = "stopped", _("Stopped before effect")


# Not decided yet.
OPEN_STATES = (ChangeState.FILED, ChangeState.CHECKED, ChangeState.REASSESSING)
# Once said yes to, whatever became of it.
GRANTED_STATES = (ChangeState.APPROVED, ChangeState.EFFECTIVE, ChangeState.STOPPED)
# While a filing is in one of them, its fields cannot be filed again.
BUSY_STATES = (*OPEN_STATES, ChangeState.APPROVED)


class CommitmentState(models.TextChoices):
    """Whether a commitment for a new address (C-09, R5) turned out true on site."""

    SIGNED = "signed", _("To be verified on site")
    TRUE = "true", _("Found true")
    FALSE = "false", _("Found false")


class ChangeField(models.TextChoices):
    """What a change of information may change, by the lawbook's names (B-13a, C-09).

    Of these, Order 2 art. 40 names the first twelve but for the bank, which goes with its
    account; the others are general information. The codes of an institution never change.
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
    EMAIL = "email", _("E-mail address")
    WEBSITE = "website", _("Website")
    CONTACT_NAME = "contact_name", _("Contact person")
    OPENING_HOURS = "opening_hours", _("Opening hours")
    LICENCE_VALID_TO = "licence_valid_to", _("Licence valid until")
    FLOOR_AREA = "floor_area", _("Floor area (m²)")

    @property
    def column(self) -> str:
        """The field of `Institution` that holds the value."""
        return {"scale": "beds", "category": "kind"}.get(self.value, self.value)

    @property
    def law_field(self) -> str:
        """The name under which the lawbook is asked about the change."""
        return "bank_account" if self is ChangeField.BANK_NAME else self.value


ACCOUNT_FIELDS = (ChangeField.BANK_ACCOUNT, ChangeField.BANK_NAME)
# Each names the holder of a post: the new one is identified by an identity number.
PERSON_FIELDS = (
    ChangeField.LEGAL_REPRESENTATIVE,
    ChangeField.PRINCIPAL,
    ChangeField.ACTUAL_CONTROLLER,
)
