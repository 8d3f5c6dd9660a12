from agreements.models.agreement import Agreement, AgreementClock, AgreementTransition
from agreements.models.blocks import ServiceBlock
from agreements.models.cascade import CascadeReceipt, CascadeReceiptTransition
from agreements.models.consultations import (
    Consultation,
    ConsultationComment,
    ConsultationParty,
    ConsultationTransition,
)
from agreements.models.dissolved import DissolvedEntry, DissolvedEntryTransition
from agreements.models.filings import AgreementFiling, AgreementFilingTransition
from agreements.models.inpatients import InpatientWarning
from agreements.models.liability import LiabilityPerformance
from agreements.models.lists import DesignatedList
from agreements.models.negotiation import ClauseProposal, Signature
from agreements.models.obligations import Obligation, ObligationEntry, ObligationTransition
from agreements.models.performance.appeals import PerformanceAppeal, PerformanceUse
from agreements.models.performance.assessments import (
    IndicatorScore,
    PerformanceAssessment,
    PerformanceAssessmentTransition,
)
from agreements.models.performance.rounds import (
    PerformanceEntrustment,
    PerformanceRound,
    PerformanceRoundTransition,
)
from agreements.models.performance.sets import Indicator, IndicatorSet, IndicatorSetTransition
from agreements.models.renewals import (
    ExitReview,
    RenewalDecision,
    RenewalDraft,
    RenewalMember,
    RenewalRound,
    RenewalRoundTransition,
)
from agreements.models.requests import AgreementRequest, AgreementRequestTransition
from agreements.models.reviews import DissolutionReview, DissolutionReviewTransition
from agreements.models.supplements import Supplement, SupplementTransition
from agreements.models.suspension import Suspension
from agreements.models.templates import (
    AgreementTemplate,
    TemplateClause,
    TemplateVariable,
    TemplateVersion,
    TemplateVersionTransition,
)
from agreements.models.texts import AgreementText, AgreementTextTransition, TextClause

__all__ = [
    "Agreement",
    "AgreementClock",
    "AgreementFiling",
    "AgreementFilingTransition",
    "AgreementRequest",
    "AgreementRequestTransition",
    "AgreementTemplate",
    "AgreementText",
    "AgreementTextTransition",
    "AgreementTransition",
    "CascadeReceipt",
    "CascadeReceiptTransition",
    "ClauseProposal",
    "Consultation",
    "ConsultationComment",
    "ConsultationParty",
    "ConsultationTransition",
    "DesignatedList",
    "DissolutionReview",
    "DissolutionReviewTransition",
    "DissolvedEntry",
    "DissolvedEntryTransition",
    "ExitReview",
    "Indicator",
    "IndicatorScore",
    "IndicatorSet",
    "IndicatorSetTransition",
    "InpatientWarning",
    "LiabilityPerformance",
    "Obligation",
    "ObligationEntry",
    "ObligationTransition",
    "PerformanceAppeal",
    "PerformanceAssessment",
    "PerformanceAssessmentTransition",
    "PerformanceEntrustment",
    "PerformanceRound",
    "PerformanceRoundTransition",
    "PerformanceUse",
    "RenewalDecision",
    "RenewalDraft",
    "RenewalMember",
    "RenewalRound",
    "RenewalRoundTransition",
    "ServiceBlock",
    "Signature",
    "Supplement",
    "SupplementTransition",
    "Suspension",
    "TemplateClause",
    "TemplateVariable",
    "TemplateVersion",
    "TemplateVersionTransition",
    "TextClause",
]
