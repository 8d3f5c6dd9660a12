"""Whose days a matter has used: ours, while the agency must act, or theirs. Pure.

A day belongs to the side whose turn it is at its end, the last one to the side that ended the
matter; the day of receipt is not counted. So a pause takes exactly the days by which it puts the
deadline off (T-02, T-10).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from agency.clocks import Duty
from agency.periods import ONE_DAY, DatePair, days_from
from agency.workdays import WorkdayCalendar

Move = tuple[date, Duty | None]


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`, both included, on which it was one side's turn."""

    first: date
    last: date
    duty: Duty


@dataclass(frozen=True, slots=True)
class DaysUsed:
    """Working days each side has used; closing days of the agency are not ours."""

    ours: int
    theirs: int


def turn_spans(received_on: date, moves: Iterable[Move], until: date) -> Iterator[Span]:
    """Yield whose turn it was from the day after receipt. `moves` are the steps in the order of
    their recording; a step dated before an earlier one counts from that one's day.
    """
    duty: Duty | None = None
    start, latest = received_on + ONE_DAY, received_on
    for on, following in moves:
        latest = max(latest, on)
        if duty is not None:
            last = latest if following is None else latest - ONE_DAY
            if start <= last:
                yield Span(start, last, duty)
            start = max(start, last + ONE_DAY)
        else:
            start = max(start, latest)
        duty = following
    if duty is not None and start <= until:
        yield Span(start, until, duty)


def days_used(
    received_on: date,
    moves: Sequence[Move],
    *,
    pauses: Sequence[DatePair] = (),
    until: date,
    calendar: WorkdayCalendar,
) -> DaysUsed:
    """Return the working days each side has used up to `until`. While a clock stood still it was
    the other side's turn, whatever the state said.

    Law: rules.md T-02, T-10.
    """
    ours = theirs = 0
    own = calendar.own
    for span in turn_spans(received_on, moves, until):
        for day in days_from(span.first, min(span.last, until)):
            paused = any(first <= day < resumed for first, resumed in pauses)
            if span.duty is Duty.THEIRS or paused:
                theirs += calendar.is_workday(day)
            else:
                ours += own.is_workday(day)
    return DaysUsed(ours, theirs)
