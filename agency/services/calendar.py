"""The calendar and the parameters as the pure rules want them."""

from datetime import date
from functools import lru_cache

from django.db.models import Max

from agency.lawbook import Office
from agency.models import CalendarDay, CalendarYear, Region
from agency.services.parameters import parameters_on
from agency.workdays import WorkdayCalendar


def calendar_version() -> int:
    """Return the version of the calendar in force; 0 while no year is known. One query."""
    return CalendarYear.objects.aggregate(version=Max("version"))["version"] or 0


@lru_cache(maxsize=4)
def _calendar(version: int) -> WorkdayCalendar:
    return WorkdayCalendar(
        declared={on: not is_off for on, is_off in CalendarDay.objects.values_list("on", "is_off")},
        known_years=frozenset(CalendarYear.objects.values_list("year", flat=True)),
        version=version,
    )


def office_calendar() -> WorkdayCalendar:
    """Return the official calendar: one query, the days themselves are kept per version."""
    return _calendar(calendar_version())


def office(*, on: date, region: str | Region | None = None) -> Office:
    """Return what the rules need to know of the office on a day: two queries."""
    return Office(calendar=office_calendar(), parameters=parameters_on(on, region), on=on)
