"""Who may see the files of reviews and performances."""

from typing import Any

from agency.models import User
from agency.owners import file_owner
from agreements.models import Agreement, DissolutionReview, LiabilityPerformance
from agreements.permissions.agreements import READ_AGREEMENTS, VIEW_AGREEMENTS


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
