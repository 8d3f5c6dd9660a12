from agreements.models.agreement import Agreement, AgreementTransition
from agreements.models.requests import AgreementRequest, AgreementRequestTransition
from agreements.models.suspension import Suspension

__all__ = [
    "Agreement",
    "AgreementRequest",
    "AgreementRequestTransition",
    "AgreementTransition",
    "Suspension",
]
