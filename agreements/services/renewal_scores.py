"""The published results of the performance assessment, for many institutions at once (B-09)."""

from collections.abc import Iterable
from datetime import date

from agreements.enums.performance import PerformanceState
from agreements.models import PerformanceAssessment


def scores_of(institution_ids: Iterable[int], on: date) -> dict[int, PerformanceAssessment]:
    """Return the latest published result of each institution that has one. One query."""
    rows = (
        PerformanceAssessment.objects.filter(
            institution__in=list(institution_ids),
            state=PerformanceState.PUBLISHED,
            published_on__lte=on,
        )
        .select_related("round")
        .order_by("institution_id", "-round__year", "-pk")
        .distinct("institution_id")
    )
    return {each.institution_id: each for each in rows}
