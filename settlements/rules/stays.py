"""A stay in hospital that crosses a boundary of the agreement, split by day (B-13, B-07). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from agency.workdays import DatePair, in_any

ONE_DAY = timedelta(days=1)
LONGEST_STAY = 3700


@dataclass(frozen=True, slots=True)
class StayPart:
    """Days of a stay, both included, that are settled or not."""

    first: date
    last: date
    payable: bool

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def split_stay(
    begin: date, end: date, *, periods: Sequence[DatePair], suspensions: Sequence[DatePair]
) -> tuple[StayPart, ...]:
    """Split a stay, both days included, where settlement stops or goes on: each service counts by
    its own day, so what was provided before the boundary stays payable. Pairs include both ends.

    Law: B-13, B-07 (Order 2 arts. 33, 42).
    """
    parts: list[StayPart] = []
    for n in range(min((end - begin).days + 1, LONGEST_STAY)):
        day = begin + n * ONE_DAY
        payable = in_any(day, tuple(periods)) and not in_any(day, tuple(suspensions))
        if parts and parts[-1].payable == payable:
            parts[-1] = StayPart(parts[-1].first, day, payable)
        else:
            parts.append(StayPart(day, day, payable))
    return tuple(parts)
