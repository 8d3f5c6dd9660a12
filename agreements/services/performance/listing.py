"""The results of a round as a table: one row an institution, one column pair an indicator."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet

from agreements.models import PerformanceAssessment
from agreements.services.performance.scoring import scores_by_assessment


def results_of(*, year: int, region: str) -> QuerySet[PerformanceAssessment]:
    """Return the assessments of a year, in a region or in all; replaced results aside."""
    rows = (
        PerformanceAssessment.objects.current()
        .filter(round__year=year)
        .select_related("institution", "round__region", "entrustment__third_party")
        .order_by("institution__code", "pk")
    )
    return rows.filter(round__region=region) if region else rows


def with_points(rows: Sequence[PerformanceAssessment], on: date) -> Iterator[dict[str, Any]]:
    """Add the points of each indicator: one query more for a piece."""
    scores = scores_by_assessment(rows)
    for each in rows:
        points = "; ".join(
            f"{score.indicator.code} {_shown(score.final_points, score.proposed_points)}"
            for score in scores[each.pk]
        )
        yield {
            "number": each.number,
            "url": each.get_absolute_url(),
            "code": each.institution.code,
            "institution": each.institution.name,
            "region": str(each.round.region),
            "year": each.round.year,
            "state": each.state,
            "self_score": each.self_score,
            "proposed_score": each.proposed_score,
            "score": each.score,
            "grade": each.grade,
            "third_party": str(each.entrustment.third_party) if each.entrustment else "",
            "published_on": each.published_on,
            "points": points,
        }


def _shown(final: Any, proposed: Any) -> str:
    points = final if final is not None else proposed
    return "—" if points is None else f"{points.normalize():f}"
