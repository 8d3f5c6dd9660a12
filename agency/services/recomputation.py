# ruff: noqa: S608 - only names of tables and columns go into the statement; values are parameters
"""Every stored deadline computed anew when the calendar has changed (T-12).

Set-based: rows are taken in chunks, locked, computed with the pure calendar, written back by one
statement, recorded and told in bulk. It finds only what rests on an older calendar, so that a
second run finds nothing; somebody's edit under way is waited for, and what it closed is left alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any, cast

from django.db import connection, transaction
from django.db.models import Field, Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from agency.clocks import Clock, Computed, Matter, Step, by_matter
from agency.models import User
from agency.services.calendar import calendar_version, office_calendar
from agency.services.notices import Message, tell_each
from agency.topics import DEADLINES
from agency.workdays import Deadline, DeadlineBasis, WorkdayCalendar

CHUNK = 1000
ACT = "recompute_deadline"


@dataclass(slots=True)
class Result:
    """A row computed anew, and in words what that changed."""

    row: Any
    words: list[str] = field(default_factory=list)


def recompute_deadlines(*, on: date, at: datetime, models: Sequence[type[Model]] = ()) -> int:
    """Compute every open deadline that rests on an older calendar anew; of the given models only,
    if any are given.

    Where a day moved, or is provisional no longer, it is recorded and both sides are told. Returns
    how many matters that were.
    """
    calendar = office_calendar()
    total = 0
    for clocks in by_matter().values():
        if models and clocks[0].model not in models:
            continue
        ids = _outdated(clocks, calendar.version, after=0)
        while ids:
            total += _recompute_chunk(clocks, ids, calendar, on=on, at=at)
            more = len(ids) == CHUNK
            ids = _outdated(clocks, calendar.version, after=ids[-1]) if more else []
    return total


def waiting() -> int:
    """Return how many open deadlines rest on an older calendar. A query for each clock."""
    version = calendar_version()
    return sum(
        clock.open().filter(clock.computed_before(version)).count()
        for clocks in by_matter().values()
        for clock in clocks
    )


def _outdated(clocks: Sequence[Clock], version: int, *, after: int) -> list[int]:
    stale = Q()
    for each in clocks:
        stale |= Q(pk__in=each.open().filter(each.computed_before(version)).values("pk"))
    rows = clocks[0].model._default_manager.filter(stale, pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:CHUNK])


@transaction.atomic
def _recompute_chunk(
    clocks: Sequence[Clock], ids: list[int], calendar: WorkdayCalendar, *, on: date, at: datetime
) -> int:
    matter = clocks[0].matter
    locked = list(
        matter.rows().filter(pk__in=ids).order_by("pk").select_for_update(of=("self",), no_key=True)
    )
    # Asked again now that nobody can change them: an edit may have closed some meanwhile.
    open_now = {
        each.name: set(
            each.open()
            .filter(each.computed_before(calendar.version), pk__in=ids)
            .values_list("pk", flat=True)
        )
        for each in clocks
    }
    results: dict[int, Result] = {}
    with override("zh-hans"):
        for clock in clocks:
            due = [row for row in locked if row.pk in open_now[clock.name]]
            computed = clock.computed(due, calendar)
            for row in due:
                if row.pk in computed:
                    result = results.setdefault(row.pk, Result(row))
                    result.words.append(_stored(clock, row, *computed[row.pk]))
        rows = [each.row for each in results.values()]
        if matter.settle and rows:
            for pk, words in matter.settle(rows, calendar, on).items():
                results[pk].words.append(words)
    write_back(matter, clocks, rows)
    moved = [each for each in results.values() if any(each.words)]
    if moved:
        steps = [Step(each.row, ACT, "".join(each.words)) for each in moved]
        matter.record(steps, on, at)
        if matter.settled:
            matter.settled([each.row for each in moved], on, at)
        _tell(matter, moved, calendar.version, at=at)
    return len(moved)


def _stored(clock: Clock, row: Any, deadline: Deadline, basis: DeadlineBasis) -> str:
    """Set a new deadline; return in words what changed, if anything did."""
    old, before = clock.basis_of(row), clock.due_of(row)
    clock.store(row, deadline, basis)
    return words_of(clock, before, deadline, was_provisional=bool(old and old.provisional))


def words_of(clock: Clock, before: date | None, now: Deadline, *, was_provisional: bool) -> str:
    """Say what a new calendar did to a deadline; nothing if it did nothing."""
    if now.on != before:
        text = _("%(label)s: by the new calendar %(due)s, not %(before)s.")
        return text % {"label": clock.label, "due": now.on, "before": before}
    if was_provisional and not now.provisional:
        text = _("%(label)s: the calendar confirms %(due)s.")
        return text % {"label": clock.label, "due": now.on}
    return ""


def write_back(matter: Matter, clocks: Iterable[Clock], rows: Sequence[Any]) -> None:
    """Write the deadlines of the rows and what depends on them, by one statement."""
    if not rows:
        return
    names = dict.fromkeys([*(name for each in clocks for name in each.columns), *matter.columns])
    meta = matter.model._meta
    fields = [cast("Field", meta.get_field(name)) for name in names]
    quote = connection.ops.quote_name
    columns = [quote(cast("str", each.column)) for each in fields]
    given = [f"%s::{each.db_type(connection)}[]" for each in fields]
    key = quote(cast("str", meta.pk.column))
    values = [
        [each.get_db_prep_save(getattr(row, each.attname), connection) for row in rows]
        for each in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(meta.db_table)} AS stored"
            f" SET {', '.join(f'{column} = given.{column}' for column in columns)}"
            f" FROM unnest(%s::bigint[], {', '.join(given)}) AS given({key}, {', '.join(columns)})"
            f" WHERE stored.{key} = given.{key}",
            [[row.pk for row in rows], *values],
        )


def _tell(matter: Matter, moved: Sequence[Result], version: int, *, at: datetime) -> None:
    """Tell both sides, once for each matter and version of the calendar."""
    people = matter.told([each.row for each in moved])
    with override("zh-hans"):
        subject = str(_("New deadline: %s"))
        tell_each(
            [
                Message(
                    recipient=user,
                    key=f"{matter.key}.deadline:{each.row.pk}:{version}",
                    subject=subject % matter.name(each.row),
                    body="".join(each.words),
                    url=matter.url_for(user, each.row),
                )
                for each in moved
                for user in _once(people.get(each.row.pk, ()))
            ],
            at=at,
            topic=DEADLINES.code,
        )


def _once(users: Iterable[User]) -> list[User]:
    return list({each.pk: each for each in users}.values())


# --- what a calendar would change --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A deadline a calendar would move or confirm."""

    clock: Clock
    row: Any
    before: date
    after: date

    @property
    def matter(self) -> object:
        return self.clock.matter.name(self.row)


@dataclass(slots=True)
class Preview:
    """How many deadlines a calendar would move or confirm, and the first of those that move."""

    moved: int = 0
    confirmed: int = 0
    first: list[Foreseen] = field(default_factory=list)


SHOWN = 20


def preview(calendar: WorkdayCalendar, *, since: date) -> Preview:
    """Foresee what a calendar that differs from `since` on would do to the open deadlines. Nothing
    is written; a query for each clock, rows in chunks.
    """
    seen = Preview()
    for clocks in by_matter().values():
        for clock in clocks:
            rows = _reaching(clock, since).iterator(chunk_size=CHUNK)
            while chunk := list(islice(rows, CHUNK)):
                _foresee(seen, clock, chunk, clock.computed(chunk, calendar))
    return seen


def _foresee(seen: Preview, clock: Clock, rows: Sequence[Any], computed: Computed) -> None:
    for row in rows:
        before = clock.due_of(row)
        if before is None or row.pk not in computed:
            continue
        now, _basis = computed[row.pk]
        old = clock.basis_of(row)
        if now.on != before:
            seen.moved += 1
            seen.first.append(Foreseen(clock, row, before, now.on))
        elif old and old.provisional and not now.provisional:
            seen.confirmed += 1
    seen.first.sort(key=lambda each: (each.before, each.clock.name, each.row.pk))
    del seen.first[SHOWN:]


def _reaching(clock: Clock, since: date) -> QuerySet:
    """Open rows whose period reaches the day: an earlier end cannot be moved by it."""
    rows = clock.matter.rows().filter(pk__in=clock.open().values("pk"))
    return rows.filter(Q(**{f"{clock.due}__gte": since}) | clock.provisional_rows()).order_by("pk")
