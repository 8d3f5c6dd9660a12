"""Where institutions stand with the agency on a day. The app of agreements enters the answers;
this module knows none.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from institutions.enums.register import Standing
from institutions.querysets.register import InstitutionQuerySet


@dataclass(frozen=True, slots=True)
class StandingSource:
    """`of` tells the standing of some institutions on a day, by key, in a bounded number of
    queries; `having` leaves those of a standing among the rows, as a condition of the query.
    """

    of: Callable[[Iterable[int], date], Mapping[int, Standing]]
    having: Callable[[InstitutionQuerySet, Standing, date], InstitutionQuerySet]


_SOURCES: list[StandingSource] = []


def enter_standings(source: StandingSource) -> None:
    """Enter the one source; refuses a second one."""
    if _SOURCES:
        raise ValueError("standings are entered twice")
    _SOURCES.append(source)


def standings_of(institutions: Iterable[int], on: date) -> Mapping[int, Standing]:
    """Return where each institution stands on the day; who is not named has no agreement."""
    return _SOURCES[0].of(institutions, on) if _SOURCES else {}


def having_standing(rows: InstitutionQuerySet, standing: Standing, on: date) -> InstitutionQuerySet:
    return _SOURCES[0].having(rows, standing, on) if _SOURCES else rows
