"""Bench `workdays`: the end of 1, 15 and 30 working days after each day of seven years, against
bisect on a plain list of the working days. No mismatch allowed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import date
from typing import Any

from agency.services.calendar import office_calendar
from agency.workdays import days_from
from bench.rounds import result, timed

COUNTS = (1, 15, 30)
FIRST_YEAR, YEARS = 2019, 7
REPEATS = 20


def measure(*, lines: int = REPEATS, seed: int = 7, rounds: int = 5) -> dict[str, Any]:
    """`lines` is how often the seven years are walked in a round; there is nothing to draw."""
    calendar = office_calendar()
    last = date(FIRST_YEAR + YEARS - 1, 12, 31)
    days = list(days_from(date(FIRST_YEAR, 1, 1), last))
    reach = days_from(date(FIRST_YEAR, 1, 1), date(FIRST_YEAR + YEARS, 12, 31))
    worked = [day for day in reach if calendar.is_workday(day)]
    workdays_after = calendar.workdays_after

    def ours() -> list[date]:
        return [workdays_after(day, count).on for count in COUNTS for day in days]

    def limit() -> list[date]:
        return [worked[bisect_right(worked, day) + count - 1] for count in COUNTS for day in days]

    mismatches = sum(one != other for one, other in zip(ours(), limit(), strict=True))
    if mismatches:
        raise RuntimeError(f"{mismatches} of {len(days) * len(COUNTS)} offsets differ")
    times = [(_repeat(ours, lines), _repeat(limit, lines)) for _round in range(rounds)]
    return result(
        "workdays",
        must=1.0,
        aim=0.5,
        ours=[each[0] for each in times],
        limit=[each[1] for each in times],
        size=len(days) * len(COUNTS) * lines,
        mismatches=mismatches,
    )


def _repeat(work: Callable[[], object], times: int) -> float:
    return timed(lambda: [work() for _ in range(times)])
