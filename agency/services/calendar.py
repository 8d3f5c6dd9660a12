"""The calendar and the parameters as the pure rules want them."""

from datetime import date

from agency.lawbook import Office
from agency.models import Region
from agency.services.in_force import policy_on
from agency.services.official import _calendar, calendar_version, office_calendar

__all__ = ["_calendar", "calendar_version", "office", "office_calendar"]


def office(*, on: date, region: str | Region | None = None) -> Office:
    """Return what the rules need to know of the office on a day: two queries, three with a
    region, four where it is only named.
    """
    policy = policy_on(on, region)
    return Office(
        calendar=office_calendar(),
        parameters=policy.parameters,
        on=on,
        profiles=policy.profiles,
    )
