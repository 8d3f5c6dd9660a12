"""Days on which the agency itself is closed. They are shown always, and count as days off for its
own clocks only while the policy parameter says so.
"""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agency.models import ClosingDay, User
from agency.rules import Obstacle, refuse_if
from agency.services.calendar import calendar_version, office_calendar
from agency.services.holidays import lock_calendar
from agency.services.in_force import parameters_on

COUNT = "closing_days_count"
RULE = "T-01"


def closing_days_count(on: date) -> bool:
    """Whether closing days count as days off on the day. One query."""
    return bool(parameters_on(on).get(COUNT, 0))


@transaction.atomic
def add_closing_day(
    *, day: date, name: str, decided_by: str, document: str, by: User, on: date, at: datetime
) -> ClosingDay:
    """Enter a day on which the agency is closed. A past day, a rest day and a day entered before
    are refused.
    """
    lock_calendar()
    refuse_if(adding_obstacles(day, on=on))
    counts = closing_days_count(on)
    return ClosingDay.objects.create(
        on=day,
        name=name.strip(),
        decided_by=decided_by.strip(),
        document=document.strip(),
        counts=counts,
        version=calendar_version() + 1 if counts else 0,
        entered_at=at,
        entered_by=by,
    )


@transaction.atomic
def revoke_closing_day(
    *, closing_id: int, reason: str, by: User, on: date, at: datetime
) -> ClosingDay:
    """Take a closing day back before it comes: the agency works."""
    lock_calendar()
    closing = ClosingDay.objects.select_for_update(of=("self",)).get(pk=closing_id)
    refuse_if(revoking_obstacles(closing, on=on))
    if closing.counts:
        closing.counts, closing.version = False, calendar_version() + 1
    closing.revoked_at, closing.revoked_by, closing.revocation = at, by, reason.strip()
    closing.save(update_fields=["counts", "version", "revoked_at", "revoked_by", "revocation"])
    return closing


@transaction.atomic
def follow_parameter(*, on: date) -> int:
    """Let the closing days to come count, or not, as the policy parameter says by now; those that
    are past stay as they were. Returns how many changed; the calendar's version went up if any.
    """
    lock_calendar()
    counts = closing_days_count(on)
    differing = ClosingDay.objects.filter(on__gte=on, revoked_at=None).exclude(counts=counts)
    if not differing.exists():
        return 0
    return differing.update(counts=counts, version=calendar_version() + 1)


def adding_obstacles(day: date, *, on: date) -> list[Obstacle]:
    calendar = office_calendar()
    checks = {
        Obstacle(
            "closing_day_past",
            _("%(day)s is past.") % {"day": day},
            RULE,
            _("Enter a day to come: no period that has ended is touched."),
        ): day < on,
        Obstacle(
            "closing_day_rests",
            _("%(day)s is no working day anyway.") % {"day": day},
            RULE,
            _("Enter a working day."),
        ): not calendar.is_workday(day),
        Obstacle(
            "closing_day_known",
            _("%(day)s is a closing day already.") % {"day": day},
            RULE,
            _("Look at the list of closing days."),
        ): ClosingDay.objects.filter(on=day, revoked_at=None).exists(),
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def revoking_obstacles(closing: ClosingDay, *, on: date) -> list[Obstacle]:
    checks = {
        Obstacle(
            "closing_day_revoked", _("This closing day has been revoked already."), RULE
        ): closing.revoked_at is not None,
        Obstacle(
            "closing_day_past",
            _("%(day)s is past.") % {"day": closing.on},
            RULE,
            _("What has been cannot be revoked."),
        ): closing.on < on,
    }
    return [obstacle for obstacle, applies in checks.items() if applies]
