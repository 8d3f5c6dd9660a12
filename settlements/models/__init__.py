from settlements.models.batch import (
    BatchFile,
    BatchTransition,
    ClaimBatch,
    DataRemark,
    Shelf,
)
from settlements.models.breach import PotentialBreach
from settlements.models.charge import Charge, Claim
from settlements.models.codes import Code
from settlements.models.finding import Finding, FindingTransition, ReviewRun
from settlements.models.knowledge import (
    KnowledgeRow,
    KnowledgeVersion,
    KnowledgeVersionTransition,
)
from settlements.models.payment import CollectiveDecision, PaymentOrder, PaymentOrderTransition
from settlements.models.reopening import (
    ClaimReopening,
    ReopenedStatement,
    RestoredFinding,
)
from settlements.models.statement import Statement, StatementTransition

__all__ = [
    "BatchFile",
    "BatchTransition",
    "Charge",
    "Claim",
    "ClaimBatch",
    "ClaimReopening",
    "Code",
    "CollectiveDecision",
    "DataRemark",
    "Finding",
    "FindingTransition",
    "KnowledgeRow",
    "KnowledgeVersion",
    "KnowledgeVersionTransition",
    "PaymentOrder",
    "PaymentOrderTransition",
    "PotentialBreach",
    "ReopenedStatement",
    "RestoredFinding",
    "ReviewRun",
    "Shelf",
    "Statement",
    "StatementTransition",
]
