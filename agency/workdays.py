"""Time arithmetic of the office: working days, calendar periods, months, bans and pauses.

Everything here is pure. The official calendar is a value (`WorkdayCalendar`), never a look-up at
call time; a year without a published notice gives a provisional deadline, never a silent guess.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agency.periods import (
    ONE_DAY,
    DatePair,
    add_months,
    ban_active,
    banned_through,
    days_from,
    earliest_after,
    free_from,
    in_any,
    latest_before,
    min_duration_met,
    paused_days,
    term_end,
)

__all__ = [
    "ONE_DAY",
    "DatePair",
    "DayKind",
    "DayNote",
    "Deadline",
    "DeadlineBasis",
    "Extension",
    "Unit",
    "WorkdayCalendar",
    "add_months",
    "ban_active",
    "banned_through",
    "days_from",
    "earliest_after",
    "free_from",
    "in_any",
    "latest_before",
    "min_duration_met",
    "paused_days",
    "term_end",
]

SATURDAY = 5


class Unit(StrEnum):
    """The unit a period is counted in; never inferred from its length."""

    WORKDAY = "workday"
    DAY = "day"
    MONTH = "month"


class DayKind(StrEnum):
    """Why a day is, or is not, a working day."""

    WORKDAY = "workday"
    MAKE_UP = "make_up"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    CLOSED = "closed"

    @property
    def label(self) -> Promise:
        return DAY_KIND_LABELS[self]

    @property
    def is_worked(self) -> bool:
        return self in (DayKind.WORKDAY, DayKind.MAKE_UP)


DAY_KIND_LABELS: Mapping[DayKind, Promise] = {
    DayKind.WORKDAY: _("working day"),
    DayKind.MAKE_UP: _("make-up working day"),
    DayKind.WEEKEND: _("weekend"),
    DayKind.HOLIDAY: _("holiday"),
    DayKind.CLOSED: _("the agency is closed"),
}


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a period; `raw` is that day before it was moved off a rest day."""

    on: date
    provisional: bool = False
    raw: date | None = None


@dataclass(frozen=True, slots=True)
class DayNote:
    """One day of a period explained: `number` is its place in the count, if it counts."""

    day: date
    kind: DayKind
    counted: bool
    number: int


@dataclass(frozen=True, slots=True)
class Extension:
    """A period made longer: by `count` more of its units, or to the day `until`."""

    rule: str
    reason: str
    by: str
    at: datetime
    count: int = 0
    until: date | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "reason": self.reason,
            "by": self.by,
            "at": self.at.isoformat(),
            "n": self.count,
            "until": self.until.isoformat() if self.until else None,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        until = stored.get("until")
        return cls(
            rule=stored["rule"],
            reason=stored["reason"],
            by=stored["by"],
            at=datetime.fromisoformat(stored["at"]),
            count=stored.get("n", 0),
            until=date.fromisoformat(until) if until else None,
        )


@dataclass(frozen=True, slots=True)
class DeadlineBasis:
    """What a stored deadline was computed from, so that it can be recomputed and explained.

    Law: rules.md T-12.
    """

    rule: str
    start: date
    unit: Unit
    count: int
    calendar_version: int = 0
    pauses: tuple[DatePair, ...] = ()
    provisional: bool = False
    extensions: tuple[Extension, ...] = ()
    paused_from: date | None = None

    @property
    def total(self) -> int:
        """The length of the period with its extensions by units."""
        return self.count + sum(each.count for each in self.extensions)

    @property
    def extended_until(self) -> date | None:
        return max((each.until for each in self.extensions if each.until), default=None)

    def to_json(self) -> dict[str, Any]:
        stored: dict[str, Any] = {
            "rule": self.rule,
            "start": self.start.isoformat(),
            "unit": self.unit.value,
            "n": self.count,
            "calendar_version": self.calendar_version,
            "pauses": [[first.isoformat(), resumed.isoformat()] for first, resumed in self.pauses],
            "provisional": self.provisional,
        }
        if self.extensions:
            stored["extensions"] = [each.to_json() for each in self.extensions]
        if self.paused_from:
            stored["paused_from"] = self.paused_from.isoformat()
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read what is stored; what was stored before extensions existed has none."""
        paused_from = stored.get("paused_from")
        return cls(
            rule=stored["rule"],
            start=date.fromisoformat(stored["start"]),
            unit=Unit(stored["unit"]),
            count=stored["n"],
            calendar_version=stored["calendar_version"],
            pauses=tuple(
                (date.fromisoformat(first), date.fromisoformat(resumed))
                for first, resumed in stored["pauses"]
            ),
            provisional=stored["provisional"],
            extensions=tuple(Extension.from_json(each) for each in stored.get("extensions", ())),
            paused_from=date.fromisoformat(paused_from) if paused_from else None,
        )


@dataclass(frozen=True, slots=True)
class WorkdayCalendar:
    """The official calendar: `declared` maps a day to True (make-up working day) or False (off).

    A day that is not declared is worked from Monday to Friday. `known_years` are the years whose
    notice has been published. `closing` are days on which the agency is closed: they are off in
    the calendar of its own clocks (`own`), for nobody else.
    """

    declared: Mapping[date, bool] = field(hash=False)
    known_years: frozenset[int]
    version: int = 0
    closing: frozenset[date] = frozenset()
    observes_closing: bool = False
    # Filled at the first question: building it costs some milliseconds, an answer from it
    # well under a microsecond. `_positions` counts the working days up to each day, less one.
    _positions: dict[date, int] = field(
        default_factory=dict, init=False, repr=False, compare=False, hash=False
    )
    _deadlines: list[Deadline] = field(
        default_factory=list, init=False, repr=False, compare=False, hash=False
    )
    _own: list[Self] = field(
        default_factory=list, init=False, repr=False, compare=False, hash=False
    )

    @property
    def own(self) -> Self:
        """The calendar of the agency's own clocks; this one unless closing days count."""
        if not self.closing or self.observes_closing:
            return self
        if not self._own:
            self._own.append(replace(self, observes_closing=True))
        return self._own[0]

    def is_workday(self, day: date) -> bool:
        """Tell whether `day` is worked.

        Law: rules.md T-01 (yearly notices of the State Council).
        """
        if self.observes_closing and day in self.closing:
            return False
        return self.declared.get(day, day.weekday() < SATURDAY)

    def kind_of(self, day: date) -> DayKind:
        weekend = day.weekday() >= SATURDAY
        if self.is_workday(day):
            return DayKind.MAKE_UP if weekend else DayKind.WORKDAY
        if not self.declared.get(day, not weekend):
            return DayKind.HOLIDAY if day in self.declared else DayKind.WEEKEND
        return DayKind.CLOSED

    def is_provisional(self, first: date, last: date) -> bool:
        """Tell whether the days from `first` to `last` touch a year whose notice is not known."""
        low, high = (first, last) if first <= last else (last, first)
        return not self.known_years.issuperset(range(low.year, high.year + 1))

    def unknown_years(self, first: date, last: date) -> list[int]:
        """Return the years from `first` to `last` whose notice is not known."""
        return [y for y in range(first.year, last.year + 1) if y not in self.known_years]

    def workdays_after(self, event: date, count: int) -> Deadline:
        """Return the `count`-th working day after `event`; the day of the event is not counted.

        Law: rules.md T-02 (Civil Code arts 201, 203).
        """
        if count > 0:
            try:
                return self._deadlines[self._positions[event] + count]
            except (KeyError, IndexError):
                pass
        return self._workdays_after_by_day(event, count)

    def workdays_before(self, target: date, count: int) -> Deadline:
        """Return the last day that still has `count` working days after it, up to `target`.

        Law: rules.md T-08 (Administrative Penalty Law arts 64, 85).
        """
        day, left = target, count
        while left > 0:
            left -= self.is_workday(day)
            day -= ONE_DAY
        return Deadline(day, self.is_provisional(day, target))

    def workdays_between(self, start: date, end: date) -> int:
        """Return how many working days lie after `start` up to and including `end`.

        Negative when `end` is before `start`, so that it always undoes `workdays_after`.

        Law: rules.md T-02 (Civil Code arts 201, 203).
        """
        self._build_once()
        try:
            return self._positions[end] - self._positions[start]
        except KeyError:
            pass
        if end < start:
            return -self.workdays_between(end, start)
        return sum(self.is_workday(day) for day in days_from(start + ONE_DAY, end))

    def next_workday_on_or_after(self, day: date) -> Deadline:
        """Return `day`, moved to the next working day when it is a rest day.

        Law: rules.md T-03 (Civil Code art. 203).
        """
        rolled = day
        while not self.is_workday(rolled):
            rolled += ONE_DAY
        return Deadline(rolled, self.is_provisional(day, rolled), day)

    def days_after(self, event: date, days: int) -> Deadline:
        """Return the end of a period of calendar days, moved off a rest day.

        Law: rules.md T-03 (Civil Code arts 201, 203).
        """
        return self.next_workday_on_or_after(event + timedelta(days=days))

    def months_after(self, event: date, months: int) -> Deadline:
        """Return the end of a period of months in which something must be done.

        Law: rules.md T-04 (Civil Code arts 202, 203).
        """
        return self.next_workday_on_or_after(add_months(event, months))

    def with_pauses(self, raw: date, pauses: Iterable[DatePair]) -> Deadline:
        """Return the deadline `raw` put off by the days the clock stood still, rolled.

        Law: rules.md T-10.
        """
        return self.days_after(raw, paused_days(pauses))

    def deadline(
        self, start: date, unit: Unit, count: int, pauses: Iterable[DatePair] = ()
    ) -> Deadline:
        """Return the end of a period *to act*, whatever its unit.

        Law: rules.md T-02, T-03, T-04, T-10.
        """
        stopped = tuple(pauses)
        if unit is Unit.WORKDAY:
            counted = self.workdays_after(start, count)
            if not stopped:
                return counted
            moved = self.with_pauses(counted.on, stopped)
            return Deadline(moved.on, counted.provisional or moved.provisional, moved.raw)
        raw = start + timedelta(days=count) if unit is Unit.DAY else add_months(start, count)
        return self.with_pauses(raw, stopped)

    def deadline_with_basis(
        self, rule: str, start: date, unit: Unit, count: int, pauses: Iterable[DatePair] = ()
    ) -> tuple[Deadline, DeadlineBasis]:
        """Return the end of a period, and what to store with it so that it can be recomputed.

        Law: rules.md T-12.
        """
        stopped = tuple(pauses)
        deadline = self.deadline(start, unit, count, stopped)
        basis = DeadlineBasis(rule, start, unit, count, self.version, stopped, deadline.provisional)
        return deadline, basis

    def recompute(self, basis: DeadlineBasis) -> Deadline:
        """Return the deadline of `basis` under this version of the calendar. An extension to a
        day never shortens the period.

        Law: rules.md T-03, T-10, T-12.
        """
        counted = self.deadline(basis.start, basis.unit, basis.total, basis.pauses)
        until = basis.extended_until
        if until is None or until <= counted.on:
            return counted
        extended = self.next_workday_on_or_after(until)
        return Deadline(
            extended.on,
            counted.provisional or self.is_provisional(basis.start, extended.on),
            until,
        )

    def renewed(self, basis: DeadlineBasis) -> tuple[Deadline, DeadlineBasis]:
        """Return the deadline of `basis` under this version, and what to store with it now.

        Law: rules.md T-12.
        """
        deadline = self.recompute(basis)
        return deadline, replace(
            basis, calendar_version=self.version, provisional=deadline.provisional
        )

    def explain(self, event: date, last: date) -> Iterator[DayNote]:
        """Yield each day after `event` up to and including `last`, and whether and why it counts.

        Law: rules.md T-12.
        """
        number = 0
        for day in days_from(event + ONE_DAY, last):
            kind = self.kind_of(day)
            number += kind.is_worked
            yield DayNote(day, kind, counted=kind.is_worked, number=number)

    def rest_spans(self, event: date, last: date) -> list[DatePair]:
        """Return the runs of rest days after `event` up to and including `last`."""
        spans: list[DatePair] = []
        for note in self.explain(event, last):
            if note.counted:
                continue
            if spans and spans[-1][1] + ONE_DAY == note.day:
                spans[-1] = (spans[-1][0], note.day)
            else:
                spans.append((note.day, note.day))
        return spans

    def _workdays_after_by_day(self, event: date, count: int) -> Deadline:
        if count < 0:
            raise ValueError(f"a period has at least 0 working days, not {count}")
        if self._build_once():
            return self.workdays_after(event, count)
        day, left = event, count
        while left > 0:
            day += ONE_DAY
            left -= self.is_workday(day)
        return Deadline(day, self.is_provisional(event, day))

    def _build_once(self) -> bool:
        """Fill the tables over the longest run of known years; True when that was done now."""
        if self._positions or not self.known_years:
            return False
        first_year, last_year = longest_run(self.known_years)
        positions: dict[date, int] = {}
        deadlines: list[Deadline] = []
        for day in days_from(date(first_year, 1, 1), date(last_year, 12, 31)):
            if self.is_workday(day):
                deadlines.append(Deadline(day))
            positions[day] = len(deadlines) - 1
        # The list first: another thread may look as soon as the positions are there.
        object.__setattr__(self, "_deadlines", deadlines)
        object.__setattr__(self, "_positions", positions)
        return True


def longest_run(years: Iterable[int]) -> tuple[int, int]:
    """Return the first and last of the longest run of consecutive years; the latest of equals."""
    runs: list[tuple[int, int]] = []
    for year in sorted(years):
        if runs and runs[-1][1] == year - 1:
            runs[-1] = (runs[-1][0], year)
        else:
            runs.append((year, year))
    return max(runs, key=lambda run: (run[1] - run[0], run[1]))
