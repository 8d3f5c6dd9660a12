"""Breaches by the agency, found without anybody asking (B-12, Order 2 art. 39).

What the register of clocks says is owed to an institution and has passed is recorded once, ended
when it is done, and taken back when its day was put off. Each function asks what is not recorded
yet, so that a second run finds nothing and a missed night is caught up.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Max, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from agency.clocks import CLOCKS, Clock
from agency.services.calendar import office_calendar
from agency.services.numbers import next_numbers
from agency.workdays import ONE_DAY, WorkdayCalendar
from settlements.enums import BreachState
from settlements.models import PotentialBreach
from supervision.enums.disputes import AgencyBreachState
from supervision.models import AgencyBreach, AgencyBreachTransition
from supervision.notifications import disputes as notifications

RULE = "B-12"
CHUNK = 1000
PAYOUT = "settlements.payout"
_LOCK = 0x5E7B12
_FOUND = _("The period passed on %s and the duty was not done.")
_ENDED = _("Done, %d working days late.")
_CANCELLED = _("The day was put off: nothing was overdue.")


def owed_clocks() -> list[Clock]:
    """Return the clocks whose passing is a breach toward the institution; the payout has its own
    entry.
    """
    return [each for each in CLOCKS.values() if each.owed and each.name != PAYOUT]


@transaction.atomic
def record_breaches(*, on: date, at: datetime) -> int:
    """Bring the register of the agency's breaches up to the day; return how many moved."""
    with connection.cursor() as cursor:  # one worker at a time: what it would find is the same
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    calendar = office_calendar().own
    moved = _record_payouts(at=at, on=on)
    for clock in owed_clocks():
        moved += _end_or_cancel(clock, calendar, on=on, at=at)
        moved += _find(clock, on=on, at=at)
    return moved


# --- payouts: one register, ours points at it -----------------------------------------------------


def _record_payouts(*, on: date, at: datetime) -> int:
    new = PotentialBreach.objects.filter(breach__isnull=True).exclude(state=BreachState.CANCELLED)
    rows = list(new.select_related("statement__institution__region").order_by("pk").iterator(CHUNK))
    found = [
        _breach(
            PAYOUT,
            each.statement_id,
            matter=each.statement.number,
            institution=each.statement.institution,
            region_id=each.statement.institution.region_id,
            due_on=each.due_on,
            at=each.found_at,
            payout=each,
        )
        for each in rows
    ]
    _store(found, on=on, at=at, tell=False)  # the statement's own notices have told of it
    return len(found) + _follow_payouts(on=on, at=at)


def _follow_payouts(*, on: date, at: datetime) -> int:
    pairs = {
        BreachState.POTENTIAL: AgencyBreachState.POTENTIAL,
        BreachState.PAID_LATE: AgencyBreachState.ENDED,
        BreachState.CANCELLED: AgencyBreachState.CANCELLED,
    }
    moved = 0
    for theirs, ours in pairs.items():
        rows = list(
            AgencyBreach.objects.filter(payout__state=theirs)
            .exclude(state=ours)
            .select_related("payout")
        )
        for each in rows:
            each.due_on, each.began_on = each.payout.due_on, each.payout.began_on
            each.ended_on = each.payout.ended_on
            each.late_workdays = (
                each.payout.late_workdays if ours == AgencyBreachState.ENDED else None
            )
        moved += _move(rows, ours, on=on, at=at)
    return moved


# --- every other period ---------------------------------------------------------------------------


def _find(clock: Clock, *, on: date, at: datetime) -> int:
    """Record the rows that are overdue and not recorded, or were cancelled and are overdue anew."""
    late = (
        clock.open()
        .filter(**{f"{clock.due}__lt": on})
        .exclude(**{f"{clock.basis}__has_key": "paused_from"})
    )
    known = AgencyBreach.objects.filter(clock=clock.name)
    running = known.exclude(state=AgencyBreachState.CANCELLED).values("row_id")
    rows = list(
        clock.matter.rows().filter(pk__in=late.exclude(pk__in=running).values("pk")).order_by("pk")
    )
    if not rows:
        return 0
    cancelled = {
        each.row_id: each
        for each in known.filter(
            state=AgencyBreachState.CANCELLED, row_id__in=[row.pk for row in rows]
        )
    }
    new, again = [], []
    for row in rows:
        institution = clock.matter.institution_of(row)
        due: Any = clock.due_of(row)
        if institution is None:
            continue
        if row.pk in cancelled:
            breach = cancelled[row.pk]
            breach.due_on, breach.began_on, breach.ended_on = due, due + ONE_DAY, None
            again.append(breach)
            continue
        new.append(
            _breach(
                clock.name,
                row.pk,
                matter=str(clock.matter.name(row))[:80],
                institution=institution,
                region_id=getattr(row, "region_id", None) or institution.region_id,
                due_on=due,
                at=at,
            )
        )
    _store(new, on=on, at=at)
    return len(new) + _move(again, AgencyBreachState.POTENTIAL, on=on, at=at)


def _end_or_cancel(clock: Clock, calendar: WorkdayCalendar, *, on: date, at: datetime) -> int:
    """End what has been done since; cancel what is not overdue any more by its new day."""
    running = {
        each.row_id: each for each in AgencyBreach.objects.running().filter(clock=clock.name)
    }
    if not running:
        return 0
    still = dict(clock.open().filter(pk__in=running).values_list("pk", clock.due))
    put_off = [running[pk] for pk, due in still.items() if due is None or due >= on]
    done = [each for pk, each in running.items() if pk not in still]
    days = _days_done(clock, [each.row_id for each in done])
    for each in put_off:
        each.ended_on = on
    for each in done:
        each.ended_on = max(days.get(each.row_id) or on, each.began_on)
        each.late_workdays = max(0, calendar.workdays_between(each.due_on, each.ended_on))
    return _move(put_off, AgencyBreachState.CANCELLED, on=on, at=at) + _move(
        done, AgencyBreachState.ENDED, on=on, at=at
    )


def _days_done(clock: Clock, pks: Sequence[int]) -> dict[int, date]:
    """Return the day of the last change of state of each row, from its own history. One query."""
    if not pks or not hasattr(clock.model, "transitions"):
        return {}
    moved = Max("transitions__on", filter=~Q(transitions__source=F("transitions__target")))
    rows = clock.model._default_manager.filter(pk__in=pks).annotate(done_on=moved)
    return {pk: done for pk, done in rows.values_list("pk", "done_on") if done}


# --- what they have in common ---------------------------------------------------------------------


def _breach(
    clock: str,
    row_id: int,
    *,
    matter: str,
    institution: Any,
    region_id: str,
    due_on: date,
    at: datetime,
    payout: PotentialBreach | None = None,
) -> AgencyBreach:
    return AgencyBreach(
        clock=clock,
        row_id=row_id,
        matter=matter,
        institution=institution,
        region_id=region_id,
        due_on=due_on,
        began_on=due_on + ONE_DAY,
        found_at=at,
        payout=payout,
    )


def _store(breaches: Sequence[AgencyBreach], *, on: date, at: datetime, tell: bool = True) -> None:
    if not breaches:
        return
    _number(breaches, on)
    AgencyBreach.objects.bulk_create(breaches, batch_size=CHUNK)
    _record(breaches, "record", source="", on=on, at=at)
    if tell:
        notifications.breaches_found(breaches, at=at)


def _number(breaches: Sequence[AgencyBreach], on: date) -> None:
    """Give them their numbers: one statement for each region."""
    regions: dict[str, list[AgencyBreach]] = defaultdict(list)
    for each in breaches:
        regions[each.region_id].append(each)
    for region, group in regions.items():
        key = f"{region}-{on.year}"
        serials = next_numbers(f"agency_breach:{key}", len(group))
        for each, serial in zip(group, serials, strict=True):
            each.number = f"BRE-{key}-{serial:04}"


def _move(
    breaches: Sequence[AgencyBreach], state: AgencyBreachState, *, on: date, at: datetime
) -> int:
    """Write the new state: one statement for each day and count there is, one for the history."""
    groups: dict[tuple[Any, ...], list[AgencyBreach]] = defaultdict(list)
    for each in breaches:
        late = each.late_workdays if state == AgencyBreachState.ENDED else None
        groups[each.state, each.due_on, each.began_on, each.ended_on, late].append(each)
    for (source, due_on, began_on, ended_on, late), group in groups.items():
        AgencyBreach.objects.filter(pk__in=[each.pk for each in group]).update(
            state=state.value,
            due_on=due_on,
            began_on=began_on,
            ended_on=ended_on,
            late_workdays=late,
        )
        _record(group, state.value, source=source, target=state.value, on=on, at=at)
    if breaches and state == AgencyBreachState.ENDED:
        notifications.breaches_ended(breaches, at=at)
    return len(breaches)


def _record(
    breaches: Iterable[AgencyBreach],
    act: str,
    *,
    source: str,
    on: date,
    at: datetime,
    target: str = AgencyBreachState.POTENTIAL.value,
) -> None:
    with override("zh-hans"):
        AgencyBreachTransition.objects.bulk_create(
            [
                AgencyBreachTransition(
                    subject=each,
                    act=act,
                    source=source,
                    target=target,
                    on=on,
                    at=at,
                    rule=RULE,
                    reason=_words(each, target),
                )
                for each in breaches
            ],
            batch_size=CHUNK,
        )


def _words(breach: AgencyBreach, target: str) -> str:
    if target == AgencyBreachState.ENDED:
        return str(_ENDED) % (breach.late_workdays or 0)
    if target == AgencyBreachState.CANCELLED:
        return str(_CANCELLED)
    return str(_FOUND) % breach.due_on
