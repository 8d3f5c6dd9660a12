"""Taking in the official working-day notices, a file for each year."""

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from agency.enums import ImportState
from agency.models import CalendarDay, CalendarImport, CalendarYear, User
from agency.services.calendar import calendar_version, office_calendar
from agency.workdays import WorkdayCalendar

FIRST_YEAR, LAST_YEAR = 1949, 2199
DECEMBER = 12
NAME_LENGTH = 40
PAPER_LENGTH = 500
MAX_FILE_BYTES = 1_000_000


class HolidayFileRefused(Exception):
    """A file is no published notice; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class HolidayYear:
    """The notice of one year: each day it names, with its name and whether it is off."""

    year: int
    papers: tuple[str, ...]
    days: Mapping[date, tuple[str, bool]]
    source: str
    notice_no: str = ""

    def as_content(self) -> dict[str, Any]:
        """The notice in the form of the files, in one order: what is kept and compared."""
        return {
            "year": self.year,
            "papers": list(self.papers),
            "days": [
                {"name": name, "date": on.isoformat(), "isOffDay": is_off}
                for on, (name, is_off) in sorted(self.days.items())
            ],
        }

    @property
    def digest(self) -> str:
        text = json.dumps(self.as_content(), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class YearChange:
    """What an import did to a year; `version` is the calendar's version after it."""

    year: int
    is_new: bool
    added: tuple[date, ...]
    removed: tuple[date, ...]
    changed: tuple[date, ...]
    renamed: tuple[date, ...]
    papers_changed: bool
    version: int
    origin_changed: bool = False

    @property
    def moves_deadlines(self) -> bool:
        return bool(self.is_new or self.added or self.removed or self.changed)

    @property
    def is_empty(self) -> bool:
        return not (
            self.moves_deadlines or self.renamed or self.papers_changed or self.origin_changed
        )

    @property
    def first_day(self) -> date:
        """The first day from which a deadline may be another than before."""
        days = [*self.added, *self.removed, *self.changed]
        return min([date(self.year, 1, 1), *days] if self.is_new else days, default=date.max)


def read_holiday_file(path: Path) -> HolidayYear:
    """Return the notice in a file; refuses one that is malformed, or empty and so not published."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise HolidayFileRefused(_("The file is far too large for a yearly notice."))
        raw = path.read_bytes()
    except OSError as error:
        raise HolidayFileRefused(
            _("The file cannot be read: %(why)s.") % {"why": error.strerror}
        ) from error
    return read_holiday_bytes(raw, source=path.name)


def read_holiday_bytes(raw: bytes, *, source: str) -> HolidayYear:
    """Return the notice in the bytes of a file; refuses what `read_holiday_file` refuses."""
    if len(raw) > MAX_FILE_BYTES:
        raise HolidayFileRefused(_("The file is far too large for a yearly notice."))
    try:
        content = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise HolidayFileRefused(_("The file is not JSON in UTF-8.")) from error
    return holiday_year(content, source=source)


def holiday_year(content: Any, *, source: str) -> HolidayYear:
    if not isinstance(content, dict) or not {"year", "days"} <= content.keys():
        raise HolidayFileRefused(_('A JSON object with "year", "papers" and "days" is expected.'))
    year = content["year"]
    is_year = isinstance(year, int) and not isinstance(year, bool)
    if not is_year or not FIRST_YEAR <= year <= LAST_YEAR:
        raise HolidayFileRefused(_('"year" must be a year.'))
    rows = content["days"]
    if not isinstance(rows, list):
        raise HolidayFileRefused(_('"days" must be a list.'))
    days: dict[date, tuple[str, bool]] = {}
    for number, row in enumerate(rows, start=1):
        on, name, is_off = _day(row, year, number)
        if on in days:
            raise HolidayFileRefused(_("%(on)s is named twice.") % {"on": on})
        days[on] = name, is_off
    if not any(is_off for _name, is_off in days.values()):
        raise HolidayFileRefused(
            _(
                "The notice of %(year)d has no holidays: it is not published yet. Import it when "
                "it is; until then deadlines that reach into %(year)d stay provisional."
            )
            % {"year": year}
        )
    return HolidayYear(year, _papers(content.get("papers", [])), days, source[:200])


def _day(row: Any, year: int, number: int) -> tuple[date, str, bool]:
    try:
        name, text, is_off = row["name"], row["date"], row["isOffDay"]
        on = date.fromisoformat(text)
        fits = isinstance(name, str) and 0 < len(name) <= NAME_LENGTH and isinstance(is_off, bool)
        if not fits or not name.isprintable():
            raise ValueError
    except (KeyError, TypeError, ValueError) as error:
        raise HolidayFileRefused(
            _('Day %(number)d needs a "name", a "date" (YYYY-MM-DD) and "isOffDay" (a boolean).')
            % {"number": number}
        ) from error
    if on.year != year and (on.year, on.month) != (year - 1, DECEMBER):
        raise HolidayFileRefused(
            _("%(on)s does not belong to %(year)d or the December before.")
            % {"on": on, "year": year}
        )
    return on, name, is_off


def _papers(papers: Any) -> tuple[str, ...]:
    fits = isinstance(papers, list) and all(
        isinstance(each, str) and len(each) <= PAPER_LENGTH and each.isprintable()
        for each in papers
    )
    if not fits:
        raise HolidayFileRefused(_('"papers" must be a list of addresses.'))
    return tuple(papers)


def lock_calendar() -> None:
    """Let nobody else change the calendar until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [zlib.crc32(b"calendar")])


@transaction.atomic
def import_holiday_years(
    *, years: Sequence[HolidayYear], at: datetime, by: User | None = None
) -> list[YearChange]:
    """Replace the named years of the calendar; all or none. Importing again changes nothing.

    The version goes up by one if any day's status changed, so that deadlines computed with an
    older one can be found and recomputed. Each import is kept with its content.
    """
    lock_calendar()
    before = calendar_version()
    changes = [store_year(each, version=before + 1, at=at, by=by) for each in years]
    CalendarImport.objects.bulk_create(
        CalendarImport(
            year=notice.year,
            notice_no=notice.notice_no,
            source=notice.source,
            filename=notice.source,
            content=notice.as_content(),
            digest=notice.digest,
            based_on=before,
            state=ImportState.PUBLISHED,
            uploaded_at=at,
            uploaded_by=by,
            decided_at=at,
            decided_by=by,
            version=change.version,
        )
        for notice, change in zip(years, changes, strict=True)
        if not change.is_empty
    )
    return changes


def difference(notice: HolidayYear) -> YearChange:
    """Return what importing the notice would do to the calendar in force. Nothing is written."""
    known, stored = _stored(notice)
    return _change(notice, known, stored, calendar_version() + 1)


def calendar_with(notice: HolidayYear) -> WorkdayCalendar:
    """Return the calendar as it would be with the notice; nothing is written."""
    calendar = office_calendar()
    _known, stored = _stored(notice)
    declared = {on: worked for on, worked in calendar.declared.items() if on not in stored}
    declared |= {on: not is_off for on, (_name, is_off) in notice.days.items()}
    return WorkdayCalendar(
        declared=declared,
        known_years=calendar.known_years | {notice.year},
        version=calendar.version + 1,
        closing=calendar.closing,
    )


def _stored(notice: HolidayYear) -> tuple[CalendarYear | None, dict[date, CalendarDay]]:
    known = CalendarYear.objects.filter(pk=notice.year).first()
    # A day of the December before may be stored under the year it lies in.
    days = CalendarDay.objects.filter(on__in=notice.days) | CalendarDay.objects.filter(
        year=notice.year
    )
    return known, {day.on: day for day in days}


def store_year(
    notice: HolidayYear, *, version: int, at: datetime, by: User | None = None
) -> YearChange:
    """Replace the year inside the caller's transaction, which holds the calendar's lock."""
    known, stored = _stored(notice)
    change = _change(notice, known, stored, version)
    if change.is_empty:
        return change
    CalendarYear.objects.update_or_create(
        year=notice.year,
        defaults={
            "version": change.version,
            "notice_no": notice.notice_no or (known.notice_no if known else ""),
            "papers": list(notice.papers),
            "source": notice.source,
            "imported_at": at,
            "imported_by": by,
        },
    )
    CalendarDay.objects.filter(on__in=[*stored, *notice.days]).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(on=on, year_id=notice.year, name=name, is_off=is_off)
        for on, (name, is_off) in notice.days.items()
    )
    return change


def _change(
    notice: HolidayYear,
    known: CalendarYear | None,
    stored: Mapping[date, CalendarDay],
    version: int,
) -> YearChange:
    both = sorted(stored.keys() & notice.days.keys())
    change = YearChange(
        year=notice.year,
        is_new=known is None,
        added=tuple(sorted(notice.days.keys() - stored.keys())),
        removed=tuple(sorted(stored.keys() - notice.days.keys())),
        changed=tuple(on for on in both if stored[on].is_off != notice.days[on][1]),
        renamed=tuple(
            on
            for on in both
            if stored[on].name != notice.days[on][0] or stored[on].year_id != notice.year
        ),
        papers_changed=known is not None and known.papers != list(notice.papers),
        version=version,
        origin_changed=known is not None
        and bool(notice.notice_no)
        and known.notice_no != notice.notice_no,
    )
    if change.moves_deadlines or known is None:
        return change
    return replace(change, version=known.version)
