"""The steps of a performance assessment, written into its history."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Model

from agency.models import OfficialLetter, User
from agreements.models import (
    IndicatorSet,
    IndicatorSetTransition,
    PerformanceAssessment,
    PerformanceAssessmentTransition,
    PerformanceRound,
    PerformanceRoundTransition,
)
from agreements.rules.performance import RULE

CHUNK = 1000
_TABLES: dict[type[Model], type[Model]] = {
    IndicatorSet: IndicatorSetTransition,
    PerformanceRound: PerformanceRoundTransition,
    PerformanceAssessment: PerformanceAssessmentTransition,
}


def record(
    subject: IndicatorSet | PerformanceRound | PerformanceAssessment,
    *,
    act: str,
    source: str,
    on: date,
    at: datetime,
    by: User | None,
    reason: str = "",
    letter: OfficialLetter | None = None,
) -> None:
    """Write a step into the history of a set, a round or an assessment."""
    fields = {"letter": letter} if letter is not None else {}
    _TABLES[type(subject)]._default_manager.create(
        subject=subject,
        act=act,
        source=source,
        target=subject.state,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=RULE,
        **fields,
    )


def record_all(
    assessments: Iterable[tuple[PerformanceAssessment, str]],
    *,
    act: str,
    on: date,
    at: datetime,
    by: User | None,
    reason: str = "",
) -> None:
    """Write the same step for many assessments, each with the state it came from."""
    PerformanceAssessmentTransition.objects.bulk_create(
        [
            PerformanceAssessmentTransition(
                subject=each,
                act=act,
                source=source,
                target=each.state,
                on=on,
                at=at,
                by=by,
                reason=reason,
                rule=RULE,
            )
            for each, source in assessments
        ],
        batch_size=CHUNK,
    )
