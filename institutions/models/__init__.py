from institutions.models.account_requests import AccountRequest, AccountRequestTransition
from institutions.models.applications import (
    ApplicationPerson,
    ApplicationTransition,
    DesignationApplication,
)
from institutions.models.assessment_groups import (
    AssessmentDraw,
    AssessmentMember,
    ThirdPartyEngagement,
)
from institutions.models.assessments import (
    Assessment,
    AssessmentDelay,
    AssessmentTransition,
    RecusalRequest,
)
from institutions.models.bars import RefusalFact, ResourcePlan
from institutions.models.changes import ChangeItem, ChangeRequest, ChangeTransition
from institutions.models.checklists import Checklist, ChecklistItem
from institutions.models.commitments import AddressCommitment
from institutions.models.experts import Expert, ExpertTie
from institutions.models.facts import InstitutionFact
from institutions.models.filings import ResultFiling, ResultFilingTransition, ResultToFile
from institutions.models.inquiries import (
    FaqTransition,
    FrequentQuestion,
    Inquiry,
    InquiryTransition,
)
from institutions.models.institution import Institution, Membership
from institutions.models.letters import ElectronicServiceConsent, InstitutionLetter
from institutions.models.materials import (
    ApplicationMaterial,
    MaterialItem,
    SupplementItem,
    SupplementRequest,
)
from institutions.models.names import InstitutionName
from institutions.models.notices import NoticeEntry, PublicNotice, PublicNoticeTransition
from institutions.models.objections import Objection, ObjectionTransition
from institutions.models.opinions import AssessmentOpinion, FindingEvidence, OpinionFinding
from institutions.models.persons import Person, ResponsiblePerson
from institutions.models.practitioners import (
    Department,
    FirstRegistration,
    Practitioner,
    PractitionerStatus,
    RosterEntry,
    RosterImport,
    RosterImportRow,
    RosterImportTransition,
    ServiceCommitment,
)
from institutions.models.procedures import Procedure, ProcedureTransition, ProcedureVersion
from institutions.models.third_parties import ThirdParty, ThirdPartyTie
from institutions.models.tokens import ApiToken
from institutions.models.trainings import TrainingAttendance, TrainingEvent, TrainingTransition

__all__ = [
    "AccountRequest",
    "AccountRequestTransition",
    "AddressCommitment",
    "ApiToken",
    "ApplicationMaterial",
    "ApplicationPerson",
    "ApplicationTransition",
    "Assessment",
    "AssessmentDelay",
    "AssessmentDraw",
    "AssessmentMember",
    "AssessmentOpinion",
    "AssessmentTransition",
    "ChangeItem",
    "ChangeRequest",
    "ChangeTransition",
    "Checklist",
    "ChecklistItem",
    "Department",
    "DesignationApplication",
    "ElectronicServiceConsent",
    "Expert",
    "ExpertTie",
    "FaqTransition",
    "FindingEvidence",
    "FirstRegistration",
    "FrequentQuestion",
    "Inquiry",
    "InquiryTransition",
    "Institution",
    "InstitutionFact",
    "InstitutionLetter",
    "InstitutionName",
    "MaterialItem",
    "Membership",
    "NoticeEntry",
    "Objection",
    "ObjectionTransition",
    "OpinionFinding",
    "Person",
    "Practitioner",
    "PractitionerStatus",
    "Procedure",
    "ProcedureTransition",
    "ProcedureVersion",
    "PublicNotice",
    "PublicNoticeTransition",
    "RecusalRequest",
    "RefusalFact",
    "ResourcePlan",
    "ResponsiblePerson",
    "ResultFiling",
    "ResultFilingTransition",
    "ResultToFile",
    "RosterEntry",
    "RosterImport",
    "RosterImportRow",
    "RosterImportTransition",
    "ServiceCommitment",
    "SupplementItem",
    "SupplementRequest",
    "ThirdParty",
    "ThirdPartyEngagement",
    "ThirdPartyTie",
    "TrainingAttendance",
    "TrainingEvent",
    "TrainingTransition",
]
