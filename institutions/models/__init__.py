from institutions.models.changes import ChangeItem, ChangeRequest, ChangeTransition
from institutions.models.facts import InstitutionFact
from institutions.models.institution import Institution, Membership

__all__ = [
    "ChangeItem",
    "ChangeRequest",
    "ChangeTransition",
    "Institution",
    "InstitutionFact",
    "Membership",
]
