from institutions.models.practitioners.departments import Department
from institutions.models.practitioners.files import (
    FirstRegistration,
    Practitioner,
    PractitionerStatus,
    ServiceCommitment,
)
from institutions.models.practitioners.imports import (
    RosterImport,
    RosterImportRow,
    RosterImportTransition,
)
from institutions.models.practitioners.roster import RosterEntry

__all__ = [
    "Department",
    "FirstRegistration",
    "Practitioner",
    "PractitionerStatus",
    "RosterEntry",
    "RosterImport",
    "RosterImportRow",
    "RosterImportTransition",
    "ServiceCommitment",
]
