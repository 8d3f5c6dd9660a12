from agreements.models.agreement import Agreement, AgreementClock, AgreementTransition
from agreements.models.liability import LiabilityPerformance
from agreements.models.lists import DesignatedList
from agreements.models.requests import AgreementRequest, AgreementRequestTransition
from agreements.models.reviews import DissolutionReview, DissolutionReviewTransition
from agreements.models.suspension import Suspension

__all__ = [
    "Agreement",
    "AgreementClock",
    "AgreementRequest",
    "AgreementRequestTransition",
    "AgreementTransition",
    "DesignatedList",
    "DissolutionReview",
    "DissolutionReviewTransition",
    "LiabilityPerformance",
    "Suspension",
]
