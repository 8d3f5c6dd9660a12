from supervision.models.administration import (
    AdministrationReport,
    ReportQuestion,
    SupervisionReview,
)
from supervision.models.breaches import (
    AgencyBreach,
    AgencyBreachTransition,
    AgencyMeasure,
    AgencyMeasureTransition,
    CorrectionDemand,
    CorrectionDemandTransition,
)
from supervision.models.case import Case, CaseTransition
from supervision.models.disputes import (
    Dispute,
    DisputeEffect,
    DisputeStep,
    DisputeTransition,
)
from supervision.models.filing import FilingReview
from supervision.models.interviews import (
    Interview,
    InterviewCommitment,
    InterviewRecord,
    InterviewTransition,
)
from supervision.models.measure import CaseMeasure
from supervision.models.orders import (
    AdministrationOrder,
    AdministrationOrderTransition,
    OrderAnswer,
    OrderExtension,
)
from supervision.models.procedure import (
    CollectiveDiscussion,
    DiscussionVote,
    FormalDemand,
    LegalReview,
)
from supervision.models.remarks import SupervisionRemark
from supervision.models.statement import CaseStatement

__all__ = [
    "AdministrationOrder",
    "AdministrationOrderTransition",
    "AdministrationReport",
    "AgencyBreach",
    "AgencyBreachTransition",
    "AgencyMeasure",
    "AgencyMeasureTransition",
    "Case",
    "CaseMeasure",
    "CaseStatement",
    "CaseTransition",
    "CollectiveDiscussion",
    "CorrectionDemand",
    "CorrectionDemandTransition",
    "DiscussionVote",
    "Dispute",
    "DisputeEffect",
    "DisputeStep",
    "DisputeTransition",
    "FilingReview",
    "FormalDemand",
    "Interview",
    "InterviewCommitment",
    "InterviewRecord",
    "InterviewTransition",
    "LegalReview",
    "OrderAnswer",
    "OrderExtension",
    "ReportQuestion",
    "SupervisionRemark",
    "SupervisionReview",
]
