"""Published results as the three consumers read them: yearly clearing, the return of the quality
deposit, renewal (B-09). Nothing here is ever read from a result that is not published.

Whoever decides a matter with a result calls `use`, in the same transaction. Once the result is
corrected the use is stale: `stale_uses` names the matters to be done again (a clearing to be run
anew, a deposit to be reckoned anew), and `settle_use` says that it was done.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet

from agency.models import User
from agency.services.calendar import office
from agreements.enums.performance import Consumer, Grade
from agreements.models import PerformanceAssessment, PerformanceUse
from agreements.rules.performance import deposit_share_of
from agreements.services.performance.history import record


@dataclass(frozen=True, slots=True)
class PerformanceResult:
    """A published result."""

    score: Decimal
    grade: Grade
    year: int
    assessment: PerformanceAssessment
    published_on: date


def latest(
    *,
    on: date,
    institution_id: int | None = None,
    agreement_id: int | None = None,
    region_code: str | None = None,
    year: int | None = None,
) -> PerformanceResult | None:
    """Return the newest result published by the day, of an institution or of the institution and
    region of an agreement; of one year if it is named. One query.
    """
    rows = PerformanceAssessment.objects.with_result().filter(published_on__lte=on)
    if agreement_id is not None:
        rows = rows.filter(
            institution__agreements=agreement_id, round__region__agreements=agreement_id
        )
    elif institution_id is not None:
        rows = rows.filter(institution=institution_id)
    else:
        raise ValueError("whose result?")
    if region_code is not None:
        rows = rows.filter(round__region=region_code)
    if year is not None:
        rows = rows.filter(round__year=year)
    row = rows.select_related("round__region").order_by("-round__year", "-version").first()
    return _result(row) if row is not None else None


def latest_of_all(
    *, on: date, region_code: str, institution_ids: list[int]
) -> dict[int, PerformanceResult]:
    """Return the newest results of many institutions in a region. One query."""
    rows = (
        PerformanceAssessment.objects.with_result()
        .filter(published_on__lte=on, round__region=region_code, institution__in=institution_ids)
        .select_related("round__region")
        .order_by("institution_id", "-round__year", "-version")
        .distinct("institution_id")
    )
    return {row.institution_id: _result(row) for row in rows}


def _result(row: PerformanceAssessment) -> PerformanceResult:
    if row.score is None or row.published_on is None:
        raise AssertionError("a published result has its facts")
    return PerformanceResult(row.score, Grade(row.grade), row.round.year, row, row.published_on)


def deposit_share(result: PerformanceResult, *, on: date) -> Decimal:
    """Return the share of the quality deposit that is returned for a result (J-09)."""
    return deposit_share_of(result.score, office(on=on, region=result.assessment.round.region))


def use(
    result: PerformanceResult, *, consumer: Consumer, matter: str, at: datetime, url: str = ""
) -> PerformanceUse:
    """Record that a matter is decided with the result."""
    made, _created = PerformanceUse.objects.get_or_create(
        assessment=result.assessment,
        consumer=consumer,
        matter=matter,
        defaults={"url": url, "used_at": at},
    )
    return made


def stale_uses(consumer: Consumer) -> QuerySet[PerformanceUse]:
    """Return the uses whose result was corrected and that nobody has looked at again."""
    return (
        PerformanceUse.objects.filter(
            consumer=consumer, stale_at__isnull=False, settled_at__isnull=True
        )
        .select_related("assessment__institution", "assessment__round")
        .order_by("stale_at", "pk")
    )


def settle_use(use_id: int, *, by: User | None, on: date, at: datetime, reason: str) -> None:
    """Record that the matter was done again, or why it need not be."""
    row = PerformanceUse.objects.select_for_update().select_related("assessment").get(pk=use_id)
    if row.stale_at is None or row.settled_at is not None:
        return
    row.settled_at = at
    row.save(update_fields=["settled_at"])
    record(
        row.assessment,
        act="settle_use",
        source=row.assessment.state,
        on=on,
        at=at,
        by=by,
        reason=f"{row}: {reason}",
    )
