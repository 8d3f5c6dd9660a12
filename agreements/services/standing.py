"""Where institutions stood on a day, for the register's lists: set by set, never one by one."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import (
    CharField,
    DateField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)

from agency.periods import ONE_DAY
from agreements.enums.life import AgreementState
from agreements.models import Agreement, Suspension
from institutions.enums.register import Standing
from institutions.querysets.register import InstitutionQuerySet

ENDED_EARLY = (AgreementState.DISSOLVED, AgreementState.AUTO_TERMINATED)


def standings(institutions: Iterable[int], on: date) -> dict[int, Standing]:
    """Return the standing of institutions that ever had an agreement by the day. One query."""
    rows = (
        _begun(on)
        .filter(institution__in=list(institutions))
        .annotate(is_suspended=Exists(_suspensions(on)))
        .order_by("last_day", "pk")
        .values_list("institution", "last_day", "state", "is_suspended")
    )
    found: dict[int, Standing] = {}
    for institution, last_day, state, is_suspended in rows:
        if last_day < on:
            standing = Standing.DISSOLVED if state in ENDED_EARLY else Standing.EXPIRED
        else:
            standing = Standing.SUSPENDED if is_suspended else Standing.IN_FORCE
        # Of several regions' agreements one in force is enough to be designated.
        if found.get(institution) is not Standing.IN_FORCE:
            found[institution] = standing
    return found


def having(rows: InstitutionQuerySet, standing: Standing, on: date) -> InstitutionQuerySet:
    """Leave the institutions of a standing on the day: a condition, no list of keys."""
    own = {"institution": OuterRef("pk")}
    bound: Any = Agreement.objects.in_term_on(on).filter(**own)
    in_force: Any = Agreement.objects.in_force_on(on).filter(**own)
    begun: Any = _begun(on).filter(**own)
    if standing is Standing.IN_FORCE:
        return rows.filter(Exists(in_force))
    if standing is Standing.SUSPENDED:
        return rows.filter(Exists(bound), ~Exists(in_force))
    if standing is Standing.NONE:
        return rows.exclude(Exists(begun))
    last = begun.order_by("-last_day", "-pk").values("state")[:1]
    ended = rows.filter(~Exists(bound)).annotate(
        last_state=Subquery(last, output_field=CharField())
    )
    if standing is Standing.DISSOLVED:
        return ended.filter(last_state__in=ENDED_EARLY)
    return ended.filter(last_state__isnull=False).exclude(last_state__in=ENDED_EARLY)


def since(institutions: Iterable[int], on: date) -> dict[int, date]:
    """Return since when institutions with an agreement on the day have had one without a break.
    One query; a renewal that begins the day after is no break.
    """
    rows = (
        _begun(on)
        .filter(institution__in=list(institutions))
        .order_by("institution", "valid_from", "pk")
        .values_list("institution", "valid_from", "last_day")
    )
    spans: dict[int, tuple[date, date]] = {}
    for institution, first, last in rows:
        begun, until = spans.get(institution, (first, first - ONE_DAY))
        if first > until + ONE_DAY:
            begun, until = first, last
        spans[institution] = (begun, max(until, last))
    return {institution: begun for institution, (begun, until) in spans.items() if until >= on}


def bound_since(rows: InstitutionQuerySet, day: date, on: date) -> InstitutionQuerySet:
    """Leave the institutions with an agreement on `on` that began on `day` at the latest, or
    followed another without a break: none of theirs since began after a gap.
    """
    own = {"institution": OuterRef("pk")}
    bound: Any = _begun(on).filter(**own, last_day__gte=on)
    before = _begun(on).filter(
        institution=OuterRef("institution"),
        valid_from__lt=OuterRef("valid_from"),
        last_day__gte=ExpressionWrapper(OuterRef("valid_from") - 1, output_field=DateField()),
    )
    after_gap: Any = _begun(on).filter(~Exists(before), **own, valid_from__gt=day)
    return rows.filter(Exists(bound), ~Exists(after_gap))


def _begun(on: date) -> QuerySet[Agreement]:
    """Agreements that had begun by the day: a signed one from 00:00 of its first day (A-10)."""
    never = [AgreementState.DRAFT, AgreementState.CANCELLED]
    return Agreement.objects.exclude(state__in=never).filter(valid_from__lte=on)


def terms(institutions: Iterable[int], on: date) -> dict[int, tuple[date, date]]:
    """Return the valid period of each institution's agreement on the day. One query."""
    rows = Agreement.objects.in_term_on(on).filter(institution__in=list(institutions))
    return {
        institution: (first, last)
        for institution, first, last in rows.order_by("valid_from", "pk").values_list(
            "institution", "valid_from", "last_day"
        )
    }


def _suspensions(on: date) -> QuerySet[Suspension]:
    rows = Suspension.objects.standing().filter(agreement=OuterRef("pk"), starts_on__lte=on)
    return rows.exclude(resumed_on__lte=on).annotate(one=Value(1))
