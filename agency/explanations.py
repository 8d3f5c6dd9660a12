"""A stored deadline told day by day: what counted, what rested, what stood still. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agency.periods import ONE_DAY, add_months, days_from, paused_days
from agency.workdays import DayKind, DeadlineBasis, Unit, WorkdayCalendar

LONGEST_TOLD = 800


class Part(StrEnum):
    """What a day is in a period."""

    COUNTED = "counted"
    EXTENSION = "extension"
    RESTED = "rested"
    MADE_UP = "made_up"
    MOVED = "moved"

    @property
    def label(self) -> Promise:
        return PART_LABELS[self]


PART_LABELS = {
    Part.COUNTED: _("counted"),
    Part.EXTENSION: _("extension"),
    Part.RESTED: _("not counted"),
    Part.MADE_UP: _("makes up for a stopped day"),
    Part.MOVED: _("moved off a rest day"),
}


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day of a period; `place` is its number in the count, `stopped` says that the clock
    stood still on it.
    """

    day: date
    kind: DayKind
    part: Part
    place: int | None
    stopped: bool
    is_last: bool = False

    @property
    def is_rest(self) -> bool:
        return not self.kind.is_worked


def told(basis: DeadlineBasis, calendar: WorkdayCalendar) -> Iterator[DayLine]:
    """Yield every day of the period of `basis`, from the day after its start to its end.

    Law: rules.md T-02, T-03, T-04, T-10, T-12.
    """
    last = calendar.recompute(basis).on
    own_end = _end(basis, basis.count, calendar)
    counted_end = _end(basis, basis.total, calendar)
    made_up_end = counted_end + timedelta(days=paused_days(basis.pauses))
    pauses = [*basis.pauses]
    if basis.paused_from:
        pauses.append((basis.paused_from, date.max))
    number = 0
    for day in days_from(basis.start + ONE_DAY, min(last, basis.start + LONGEST_TOLD * ONE_DAY)):
        kind = calendar.kind_of(day)
        part, place = Part.RESTED, None
        if day <= counted_end:
            if basis.unit is not Unit.WORKDAY or kind.is_worked:
                number += 1
                part, place = Part.COUNTED, number
                if day > own_end:
                    part = Part.EXTENSION
        elif day <= made_up_end:
            part = Part.MADE_UP
        elif basis.extended_until and day <= basis.extended_until:
            part = Part.EXTENSION
        else:
            part = Part.MOVED
        yield DayLine(day, kind, part, place, _in_pause(day, pauses), day == last)


def _end(basis: DeadlineBasis, count: int, calendar: WorkdayCalendar) -> date:
    """The last day of the count itself, before pauses and before it is moved off a rest day."""
    if basis.unit is Unit.WORKDAY:
        return calendar.workdays_after(basis.start, count).on
    if basis.unit is Unit.DAY:
        return basis.start + timedelta(days=count)
    return add_months(basis.start, count)


def _in_pause(day: date, pauses: Iterable[tuple[date, date]]) -> bool:
    return any(first <= day < resumed for first, resumed in pauses)
