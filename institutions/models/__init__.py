from institutions.models.account_requests import AccountRequest, AccountRequestTransition
from institutions.models.changes import ChangeItem, ChangeRequest, ChangeTransition
from institutions.models.facts import InstitutionFact
from institutions.models.institution import Institution, Membership
from institutions.models.letters import ElectronicServiceConsent, InstitutionLetter
from institutions.models.names import InstitutionName
from institutions.models.persons import Person, ResponsiblePerson
from institutions.models.tokens import ApiToken

__all__ = [
    "AccountRequest",
    "AccountRequestTransition",
    "ApiToken",
    "ChangeItem",
    "ChangeRequest",
    "ChangeTransition",
    "ElectronicServiceConsent",
    "Institution",
    "InstitutionFact",
    "InstitutionLetter",
    "InstitutionName",
    "Membership",
    "Person",
    "ResponsiblePerson",
]
