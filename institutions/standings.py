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

    `since` tells since when institutions bound on a day are so without a break, by key, in a
    bounded number of queries; `bound_since` leaves those who have been since a day or before.
    `terms` tells the valid period of the agreement on a day, both ends included.
    """

    of: Callable[[Iterable[int], date], Mapping[int, Standing]]
    having: Callable[[InstitutionQuerySet, Standing, date], InstitutionQuerySet]
    since: Callable[[Iterable[int], date], Mapping[int, date]]
    bound_since: Callable[[InstitutionQuerySet, date, date], InstitutionQuerySet]
    terms: Callable[[Iterable[int], date], Mapping[int, tuple[date, date]]]


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


def in_force_since(institutions: Iterable[int], on: date) -> Mapping[int, date]:
    """Return the first day of the continuous agreement of each institution that has one on the
    day.
    """
    return _SOURCES[0].since(institutions, on) if _SOURCES else {}


def bound_since(rows: InstitutionQuerySet, day: date, on: date) -> InstitutionQuerySet:
    """Leave the institutions whose agreements leave no gap from `day` (or before) to `on`."""
    return _SOURCES[0].bound_since(rows, day, on) if _SOURCES else rows.none()


def terms_of(institutions: Iterable[int], on: date) -> Mapping[int, tuple[date, date]]:
    """Return the valid period of each institution's agreement on the day, if it has one."""
    return _SOURCES[0].terms(institutions, on) if _SOURCES else {}
