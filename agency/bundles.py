"""What service matters of insured persons and units are made of (C-07): kinds and states."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BundleKind(models.TextChoices):
    """Matters of insured persons and units that are handled as one (C-07)."""

    EMPLOYEE_LEAVES = "employee_leaves", _("An employee leaves")
    AFTER_DEATH = "after_death", _("After a person's death")
    IDENTITY_CHANGE = "identity_change", _("Change of identity information")


class BundleState(models.TextChoices):
    """Where a service matter stands; it waits for the applicant once every open part does."""

    FILED = "filed", _("Being handled")
    SUPPLEMENT = "supplement_required", _("Waits for a supplement")
    COMPLETED = "completed", _("Completed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class BundlePartState(models.TextChoices):
    FILED = "filed", _("Being handled")
    SUPPLEMENT = "supplement_required", _("Waits for a supplement")
    DONE = "done", _("Done")
    RETURNED = "returned", _("Returned")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ReturnGround(models.TextChoices):
    """Why a part of a service matter cannot be done: coded, so that it can be counted and shown
    without naming anybody.
    """

    NOT_INSURED = "not_insured", _("The person is not insured here")
    NOT_COMPETENT = "not_competent", _("Another office is competent")
    DATA_DIFFER = "data_differ", _("What was entered differs from the register")
    MATERIAL_MISSING = "material_missing", _("Material is missing and was not supplied")
    DONE_BEFORE = "done_before", _("It has been done already")
    ARREARS = "arrears", _("Contributions are in arrears")
    NOTHING_TO_PAY = "nothing_to_pay", _("There is nothing in the account")

    @property
    def remedy(self) -> str:
        return str(RETURN_REMEDIES[self])


RETURN_REMEDIES = {
    ReturnGround.NOT_INSURED: _("File it where the person is insured."),
    ReturnGround.NOT_COMPETENT: _("The agency tells you at the counter which office it is."),
    ReturnGround.DATA_DIFFER: _("Compare it with the identity document and file again."),
    ReturnGround.MATERIAL_MISSING: _("File again with all the material."),
    ReturnGround.DONE_BEFORE: _("You need not do anything."),
    ReturnGround.ARREARS: _("Pay what is owed, then file again."),
    ReturnGround.NOTHING_TO_PAY: _("You need not do anything."),
}
