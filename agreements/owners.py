"""Who may see the files of reviews and performances."""

from typing import Any

from agency.models import User
from agency.owners import file_owner
from agreements.enums.performance import BEFORE_PROPOSAL
from agreements.models import (
    Agreement,
    AgreementText,
    DissolutionReview,
    IndicatorScore,
    InpatientWarning,
    LiabilityPerformance,
    PerformanceAppeal,
    PerformanceAssessment,
    Signature,
    Suspension,
)
from agreements.permissions.agreements import READ_AGREEMENTS, VIEW_AGREEMENTS
from agreements.permissions.performance import READ_PERFORMANCE


@file_owner(DissolutionReview, "evidence", READ_AGREEMENTS)
def reviews_of(user: User) -> Any:
    return DissolutionReview.objects.visible_to(user)


@file_owner(DissolutionReview, "explanation_files", READ_AGREEMENTS)
def explanations_of(user: User) -> Any:
    return DissolutionReview.objects.visible_to(user)


@file_owner(LiabilityPerformance, "documents", VIEW_AGREEMENTS)
def performances_of(user: User) -> Any:
    seen = Agreement.objects.visible_to(user)
    return LiabilityPerformance.objects.filter(agreement__in=seen.values("pk"))


@file_owner(PerformanceAssessment, "report", READ_PERFORMANCE)
def third_party_reports_of(user: User) -> Any:
    return _assessed_of(user)


@file_owner(IndicatorScore, "self_files", READ_PERFORMANCE)
def own_evidence_of(user: User) -> Any:
    seen = PerformanceAssessment.objects.visible_to(user)
    return IndicatorScore.objects.filter(assessment__in=seen.values("pk"))


@file_owner(IndicatorScore, "evidence_files", READ_PERFORMANCE)
def evidence_of(user: User) -> Any:
    return IndicatorScore.objects.filter(assessment__in=_assessed_of(user).values("pk"))


@file_owner(PerformanceAppeal, "files", READ_PERFORMANCE)
def appeals_of(user: User) -> Any:
    seen = PerformanceAssessment.objects.visible_to(user)
    return PerformanceAppeal.objects.filter(assessment__in=seen.values("pk"))


def _assessed_of(user: User) -> Any:
    """What the assessor wrote stays at the desk until the result is proposed."""
    seen = PerformanceAssessment.objects.visible_to(user)
    return seen if user.is_office_staff else seen.exclude(state__in=BEFORE_PROPOSAL)


@file_owner(InpatientWarning, "file", READ_AGREEMENTS)
def warnings_of(user: User) -> Any:
    return InpatientWarning.objects.visible_to(user)


@file_owner(Suspension, "rectification_files", READ_AGREEMENTS)
def checks_of(user: User) -> Any:
    seen = Agreement.objects.visible_to(user)
    return Suspension.objects.filter(agreement__in=seen.values("pk"))


@file_owner(AgreementText, "document", READ_AGREEMENTS)
def signed_documents_of(user: User) -> Any:
    return AgreementText.objects.visible_to(user)


@file_owner(Signature, "authority", READ_AGREEMENTS)
def powers_of_attorney_of(user: User) -> Any:
    seen = AgreementText.objects.visible_to(user)
    return Signature.objects.filter(text__in=seen.values("pk"))
