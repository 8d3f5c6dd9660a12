"""Where institutions stood on a day, for the register's lists: set by set, never one by one."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import CharField, Exists, OuterRef, QuerySet, Subquery, Value

from agreements.enums import NOT_YET, AgreementState
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


def _begun(on: date) -> QuerySet[Agreement]:
    """Agreements that had begun by the day."""
    return Agreement.objects.exclude(state__in=[*NOT_YET, AgreementState.CANCELLED]).filter(
        valid_from__lte=on
    )


def _suspensions(on: date) -> QuerySet[Suspension]:
    rows = Suspension.objects.filter(agreement=OuterRef("pk"), starts_on__lte=on)
    return rows.exclude(resumed_on__lte=on).annotate(one=Value(1))
