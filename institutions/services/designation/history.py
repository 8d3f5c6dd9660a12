"""Writing what happened into an application's history."""

from datetime import date, datetime

from agency.models import OfficialLetter, User
from institutions.models import ApplicationTransition, DesignationApplication


def record_step(
    application: DesignationApplication,
    *,
    act: str,
    source: str,
    on: date,
    at: datetime,
    by: User | None,
    reason: str = "",
    rule: str = "",
    letter: OfficialLetter | None = None,
) -> ApplicationTransition:
    """Write a step; the application is in the state it led to."""
    return ApplicationTransition.objects.create(
        subject=application,
        act=act,
        source=source,
        target=application.state,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=rule,
        letter=letter,
    )
