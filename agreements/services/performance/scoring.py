"""Figures and points of many assessments at once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from agreements.enums.performance import Direction, IndicatorSource, Scoring
from agreements.figures import computed
from agreements.models import (
    Indicator,
    IndicatorScore,
    PerformanceAssessment,
    PerformanceRound,
)
from agreements.rules.formulas import FormulaError, read_formula
from agreements.rules.performance import (
    bands_from,
    share_by_bands,
    share_linear,
    total,
)

CHUNK = 1000
# How exactly points are kept: far below what the rounding of a total could show.
KEPT = Decimal("0.0000000001")
_COMPUTED = ["figures", "value", "computed_points", "proposed_points"]


def indicators_by_set(set_ids: Collection[int]) -> dict[int, list[Indicator]]:
    """Return the indicators of each set, in order. One query."""
    found: dict[int, list[Indicator]] = {each: [] for each in set_ids}
    for row in Indicator.objects.filter(indicator_set__in=set_ids).order_by("position", "pk"):
        found[row.indicator_set_id].append(row)
    return found


def figures_for(
    indicators: Iterable[Indicator], institutions: Collection[int], round_: PerformanceRound
) -> Mapping[int, Mapping[str, Decimal]]:
    """Return the figures that the formulas name, of each institution."""
    names = {
        name for each in indicators if each.is_computed for name in read_formula(each.formula).names
    }
    return computed(names, institutions, round_.region_id, round_.first, round_.last)


def fill(score: IndicatorScore, indicator: Indicator, figures: Mapping[str, Decimal]) -> None:
    """Put the figures, the value and the points by the figures into a score. What the figures
    alone decide is proposed at once; where they give no value, a person enters the points.
    """
    if not indicator.is_computed:
        return
    formula = read_formula(indicator.formula)
    before = score.computed_points
    score.figures = {name: str(figures[name]) for name in sorted(formula.names)}
    try:
        score.value = formula.value(figures).quantize(KEPT)
    except FormulaError:
        score.value = score.computed_points = None
        return
    score.computed_points = points_of(score.value, indicator)
    follows = score.proposed_points is None or score.proposed_points == before
    if indicator.source == IndicatorSource.FIGURE or follows:
        score.proposed_points = score.computed_points


def points_of(value: Decimal, indicator: Indicator) -> Decimal:
    """Return the points a value earns, unrounded."""
    if indicator.scoring == Scoring.BANDS:
        direction = Direction(indicator.direction)
        share = share_by_bands(value, bands_from(indicator.bands, direction), direction)
    elif indicator.floor is None or indicator.full is None:
        raise AssertionError("a linear indicator has both ends")
    else:
        share = share_linear(value, indicator.floor, indicator.full)
    return (share * indicator.weight).quantize(KEPT)


def refresh(assessments: Sequence[PerformanceAssessment], round_: PerformanceRound) -> int:
    """Compute the figures of assessments anew; as many queries as figures and pieces."""
    done = 0
    for start in range(0, len(assessments), CHUNK):
        piece = assessments[start : start + CHUNK]
        sets = indicators_by_set({each.indicator_set_id for each in piece})
        by_id = {row.pk: row for rows in sets.values() for row in rows}
        figures = figures_for(by_id.values(), [each.institution_id for each in piece], round_)
        institution = {each.pk: each.institution_id for each in piece}
        scores = list(
            IndicatorScore.objects.filter(assessment__in=institution).select_for_update(
                of=("self",), no_key=True
            )
        )
        for score in scores:
            fill(score, by_id[score.indicator_id], figures[institution[score.assessment_id]])
        IndicatorScore.objects.bulk_update(scores, _COMPUTED, batch_size=CHUNK)
        done += len(piece)
    return done


def scores_by_assessment(
    assessments: Iterable[PerformanceAssessment],
) -> dict[int, list[IndicatorScore]]:
    """Return the scores of each assessment, in the order of the indicators. One query."""
    found: dict[int, list[IndicatorScore]] = {each.pk: [] for each in assessments}
    rows = IndicatorScore.objects.filter(assessment__in=found).select_related("indicator")
    for row in rows.order_by("assessment", "indicator__position"):
        found[row.assessment_id].append(row)
    return found


def proposed_total(scores: Iterable[IndicatorScore]) -> Decimal:
    return total(each.proposed_points or Decimal(0) for each in scores)


def final_total(scores: Iterable[IndicatorScore]) -> Decimal:
    return total(each.final_points or Decimal(0) for each in scores)


def own_total(scores: Iterable[IndicatorScore]) -> Decimal:
    """Return what the institution gives itself: its own points, else those by the figures."""
    return total(
        each.self_points if each.self_points is not None else each.computed_points or Decimal(0)
        for each in scores
    )
