"""What every page of a performance assessment shows: indicator by indicator, with the figures
behind the points.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from agency.reasons import Text
from agency.services.calendar import office
from agreements.enums.performance import Direction, Scoring
from agreements.figures import FIGURES
from agreements.models import Indicator, IndicatorScore, PerformanceAppeal, PerformanceAssessment
from agreements.rules.performance import bands_from, deposit_share_of


@dataclass(frozen=True, slots=True)
class Input:
    """A figure as it went into a formula."""

    label: Text
    value: str
    unit: Text
    explains: Text


@dataclass(frozen=True, slots=True)
class Line:
    score: IndicatorScore
    inputs: list[Input]
    scale: str
    appeal: PerformanceAppeal | None


def scores_of(assessment: PerformanceAssessment) -> list[IndicatorScore]:
    """Return the scores in order, with what their forms ask for. One query."""
    rows = assessment.scores.select_related("indicator")
    return list(rows.order_by("indicator__position", "pk"))


def body(assessment: PerformanceAssessment, *, is_desk: bool) -> dict[str, Any]:
    """Return what `agreements/performance_body.html` draws. What the assessor proposes stays at
    the desk until the result is proposed.
    """
    rows = list(
        assessment.scores.select_related("indicator")
        .prefetch_related("self_files", "evidence_files")
        .order_by("indicator__position", "pk")
    )
    appeals = list(
        PerformanceAppeal.objects.filter(assessment=assessment)
        .select_related("score__indicator", "filed_by", "decided_by")
        .prefetch_related("files")
    )
    of_score = {each.score_id: each for each in appeals}
    share = None
    if assessment.score is not None:
        on = assessment.published_on or assessment.proposed_on or assessment.round.last
        region = assessment.round.region
        share = deposit_share_of(assessment.score, office(on=on, region=region)) * 100
    return {
        "assessment": assessment,
        "lines": [
            Line(each, inputs(each), scale(each.indicator), of_score.get(each.pk)) for each in rows
        ],
        "appeals": appeals,
        "shows_proposal": is_desk or not assessment.is_before_proposal,
        "is_desk": is_desk,
        "deposit_share": share,
        "computed_total": sum((each.computed_points or Decimal(0) for each in rows), Decimal(0)),
    }


def inputs(score: IndicatorScore) -> list[Input]:
    """Return the figures of a score, explained."""
    found = []
    for key, value in score.figures.items():
        figure = FIGURES.get(key)
        shown = f"{Decimal(value).normalize():f}"
        if figure is None:
            found.append(Input(key, shown, "", ""))
        else:
            found.append(Input(figure.label, shown, figure.unit, figure.explains))
    return found


def scale(indicator: Indicator) -> str:
    """Return how a value becomes points, in a line."""
    if indicator.scoring == Scoring.LINEAR:
        return f"{_plain(indicator.floor)} → {_plain(indicator.full)}"
    if indicator.scoring == Scoring.BANDS:
        sign = "≥" if indicator.direction == Direction.HIGHER else "≤"
        bands = bands_from(indicator.bands, Direction(indicator.direction))
        return " · ".join(
            f"{sign}{_plain(each.start)}: {_plain(each.share * 100)} %" for each in bands
        )
    return ""


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"
