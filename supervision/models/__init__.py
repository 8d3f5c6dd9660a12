from supervision.models.administration import (
    AdministrationOrder,
    AdministrationReport,
    SupervisionReview,
)
from supervision.models.case import Case, CaseTransition
from supervision.models.measure import CaseMeasure
from supervision.models.statement import CaseStatement

__all__ = [
    "AdministrationOrder",
    "AdministrationReport",
    "Case",
    "CaseMeasure",
    "CaseStatement",
    "CaseTransition",
    "SupervisionReview",
]
