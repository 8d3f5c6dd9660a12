"""A notice taken in on the screen: proposed, looked at, then published or discarded.

What is published is the row that was previewed; a calendar that changed in between is noticed.
"""

from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from agency.enums import ImportState, Role
from agency.models import CalendarImport, CalendarYear, Notice, User
from agency.rules import Obstacle, Refusal, refuse_if
from agency.services.calendar import calendar_version
from agency.services.holidays import (
    HolidayFileRefused,
    HolidayYear,
    YearChange,
    difference,
    holiday_year,
    lock_calendar,
    read_holiday_bytes,
    store_year,
)
from agency.services.notices import holders, tell

RULE = "T-01"
# The notice of a year is published by then: from this day of the year before its lack is a worry.
WARN_FROM_MONTH = 11


@transaction.atomic
def propose_import(
    *, raw: bytes, filename: str, notice_no: str, source: str, by: User, at: datetime
) -> CalendarImport:
    """Keep an uploaded notice for everybody to look at. One that waits for the same year is
    discarded. Refuses what is no notice, and what would change nothing.
    """
    notice_no, source = notice_no.strip(), source.strip()
    refuse_if(_origin_obstacles(notice_no, source))
    try:
        notice = replace(read_holiday_bytes(raw, source=source), notice_no=notice_no)
    except HolidayFileRefused as error:
        remedy = _("Take the file of the year as published, with its holidays and make-up days.")
        raise Refusal([Obstacle("file_refused", str(error), RULE, remedy)]) from error
    lock_calendar()
    refuse_if(_nothing_new(difference(notice)))
    CalendarImport.objects.filter(year=notice.year, state=ImportState.PROPOSED).update(
        state=ImportState.DISCARDED, decided_at=at, decided_by=by
    )
    return CalendarImport.objects.create(
        year=notice.year,
        notice_no=notice_no,
        source=source,
        filename=filename[:200],
        content=notice.as_content(),
        digest=notice.digest,
        based_on=calendar_version(),
        uploaded_at=at,
        uploaded_by=by,
    )


@transaction.atomic
def publish_import(
    *, import_id: int, digest: str, by: User, at: datetime
) -> tuple[CalendarImport, YearChange]:
    """Make a proposed notice part of the calendar in force, exactly as it was previewed."""
    lock_calendar()
    proposed = CalendarImport.objects.select_for_update(of=("self",)).get(pk=import_id)
    refuse_if(publishing_obstacles(proposed))
    notice = notice_of(proposed)
    if not digest == proposed.digest == notice.digest:
        text = _("The notice is not the one that was looked at.")
        raise Refusal([Obstacle("not_as_previewed", text, RULE, _("Look at it again."))])
    change = store_year(notice, version=calendar_version() + 1, at=at, by=by)
    proposed.state, proposed.version = ImportState.PUBLISHED, change.version
    proposed.decided_at, proposed.decided_by = at, by
    proposed.save(update_fields=["state", "version", "decided_at", "decided_by"])
    return proposed, change


@transaction.atomic
def discard_import(*, import_id: int, by: User, at: datetime) -> CalendarImport:
    """Put a proposed notice away; the calendar stays as it is."""
    proposed = CalendarImport.objects.select_for_update(of=("self",)).get(pk=import_id)
    refuse_if(_decided(proposed))
    proposed.state = ImportState.DISCARDED
    proposed.decided_at, proposed.decided_by = at, by
    proposed.save(update_fields=["state", "decided_at", "decided_by"])
    return proposed


def notice_of(row: CalendarImport) -> HolidayYear:
    return replace(holiday_year(row.content, source=row.source), notice_no=row.notice_no)


def publishing_obstacles(row: CalendarImport) -> list[Obstacle]:
    """Return why the notice cannot be published as it was previewed. One query."""
    if obstacles := _decided(row):
        return obstacles
    if calendar_version() == row.based_on:
        return []
    return [
        Obstacle(
            "calendar_changed",
            _("The calendar has changed since this notice was uploaded."),
            RULE,
            _("Discard it and upload the file again, so that the differences are the true ones."),
        )
    ]


def missing_year(on: date) -> int | None:
    """Return next year, if its notice ought to be known by now and is not. One query."""
    if on.month < WARN_FROM_MONTH or CalendarYear.objects.filter(pk=on.year + 1).exists():
        return None
    return on.year + 1


@transaction.atomic
def warn_of_missing_year(*, on: date, at: datetime) -> int:
    """Tell the system administrators, once a week, that next year has no calendar yet."""
    year = missing_year(on)
    if year is None:
        return 0
    week = on.isocalendar()
    key = f"calendar.missing:{year}:{week.year}-{week.week:02}"
    known = set(Notice.objects.filter(key=key).values_list("recipient_id", flat=True))
    people = [each for each in holders(Role.SYSTEM_ADMINISTRATOR) if each.pk not in known]
    subject = _("The calendar of %(year)d is missing") % {"year": year}
    body = _(
        "Deadlines that reach into %(year)d are provisional. Import the notice of the State "
        "Council as soon as it is published; they are then computed again."
    ) % {"year": year}
    tell(people, key=key, subject=subject, body=body, at=at, url=reverse("agency_desk:calendar"))
    return len(people)


def _decided(row: CalendarImport) -> list[Obstacle]:
    if row.state == ImportState.PROPOSED:
        return []
    text = _("This notice has already been published or discarded.")
    return [Obstacle("import_decided", text, RULE, _("Upload the file again if it must be."))]


def _origin_obstacles(notice_no: str, source: str) -> list[Obstacle]:
    checks = {
        Obstacle(
            "notice_no_missing",
            _("The number of the notice is missing."),
            RULE,
            _("Enter the number printed on the notice."),
        ): not notice_no,
        Obstacle(
            "source_missing",
            _("The source is missing."),
            RULE,
            _("Say where the file comes from."),
        ): not source,
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def _nothing_new(change: YearChange) -> list[Obstacle]:
    if not change.is_empty:
        return []
    text = _("The file of %(year)d says what the calendar says already.") % {"year": change.year}
    return [Obstacle("nothing_new", text, RULE, _("Nothing needs to be done."))]
