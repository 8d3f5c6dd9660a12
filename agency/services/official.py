"""The official calendar as a value, kept per version. It imports no other service, so that all may
ask it.
"""

from functools import lru_cache

from agency.models import CalendarDay, CalendarYear, ClosingDay
from agency.workdays import WorkdayCalendar


def calendar_version() -> int:
    """Return the version of the calendar in force; 0 while no year is known. One query."""
    versions = CalendarYear.objects.values_list("version").union(
        ClosingDay.objects.values_list("version"), all=True
    )
    newest = versions.order_by("-version")[:1]
    return newest[0][0] if newest else 0


@lru_cache(maxsize=4)
def _calendar(version: int) -> WorkdayCalendar:
    return WorkdayCalendar(
        declared={on: not is_off for on, is_off in CalendarDay.objects.values_list("on", "is_off")},
        known_years=frozenset(CalendarYear.objects.values_list("year", flat=True)),
        version=version,
        closing=frozenset(ClosingDay.objects.filter(counts=True).values_list("on", flat=True)),
    )


def office_calendar() -> WorkdayCalendar:
    """Return the official calendar: one query, the days themselves are kept per version."""
    return _calendar(calendar_version())
