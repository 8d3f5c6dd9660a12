from agreements.models.agreement import Agreement, AgreementClock, AgreementTransition
from agreements.models.requests import AgreementRequest, AgreementRequestTransition
from agreements.models.suspension import Suspension

__all__ = [
    "Agreement",
    "AgreementClock",
    "AgreementRequest",
    "AgreementRequestTransition",
    "AgreementTransition",
    "Suspension",
]
