"""Attendance lists as CSV, and the yearly list of institutions without training (B-01)."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from agency.enums import Role
from agency.models import Notice, User
from agency.rules import Obstacle, Refusal
from agency.services.calendar import office
from agency.services.notices import holders
from agency.services.report_files import BOM, Echo, csv_text
from institutions.enums.guidance import Presence
from institutions.enums.register import Standing
from institutions.models import Institution, TrainingAttendance, TrainingEvent
from institutions.notifications import guidance as notifications
from institutions.rules import TrainingQuestion, exempt_after, training_gap
from institutions.services.trainings import (
    LONGEST_ATTENDEES,
    Attended,
    record_attendance,
)
from institutions.standings import bound_since, having_standing, in_force_since

MEGABYTE = 1024 * 1024
LARGEST_LIST = 5 * MEGABYTE
MOST_ROWS = 20_000
SHOWN_FAULTS = 50
CODE, PRESENCE, ATTENDEES = "code", "presence", "attendees"
HEADINGS = {
    CODE: CODE,
    "机构代码": CODE,
    "医疗机构代码": CODE,
    "国家编码": CODE,
    PRESENCE: PRESENCE,
    "是否参加": PRESENCE,
    "到会": PRESENCE,
    ATTENDEES: ATTENDEES,
    "参加人": ATTENDEES,
    "参训人员": ATTENDEES,
}
WORDS = {
    **dict.fromkeys(["1", "yes", "y", "attended", "是", "参加", "已参加"], Presence.ATTENDED),
    **dict.fromkeys(["0", "no", "n", "absent", "否", "未参加", "缺席"], Presence.ABSENT),
}


def import_attendance(*, event_id: int, content: bytes, by: User, at: datetime) -> int:
    """Record the attendance a CSV file lists, all rows or none. Return how many there are."""
    rows = read_attendance(content)
    return record_attendance(event_id=event_id, rows=rows, by=by, at=at)


def read_attendance(content: bytes) -> list[Attended]:
    """Return the rows of a list. Refuses a file with faults, each named by its line. One query."""
    lines = list(_lines(content))
    codes = {code for _place, code, _presence, _names in lines}
    known = dict(Institution.objects.filter(code__in=codes).values_list("code", "pk"))
    faults: list[str] = []
    seen: dict[str, int] = {}
    rows = []
    for place, code, word, names in lines:
        presence = WORDS.get(word.lower())
        for text, applies in (
            (_("“%(value)s” is no institution's code.") % {"value": code}, code not in known),
            (_("“%(value)s” stands in line %(first)d already.")
             % {"value": code, "first": seen.get(code, 0)}, code in seen),
            (_("“%(value)s” says neither yes nor no.") % {"value": word}, presence is None),
            (_("Who did not come has no attendees."), presence == Presence.ABSENT and bool(names)),
            (_("The names take %(limit)d characters at most.") % {"limit": LONGEST_ATTENDEES},
             len(names) > LONGEST_ATTENDEES),
        ):  # fmt: skip
            if applies:
                faults.append(_("Line %(line)d: %(text)s") % {"line": place, "text": text})
        seen.setdefault(code, place)
        if presence is not None and code in known:
            rows.append(Attended(known[code], presence, names))
    _refuse_faults(faults)
    return rows


def _refuse_faults(faults: list[str]) -> None:
    if not faults:
        return
    obstacles = [Obstacle("row_invalid", text) for text in faults[:SHOWN_FAULTS]]
    if len(faults) > SHOWN_FAULTS:
        text = _("… and %(count)d more.") % {"count": len(faults) - SHOWN_FAULTS}
        obstacles.append(Obstacle("rows_invalid", text))
    remedy = _("Nothing was recorded. Correct the lines and send the file again.")
    raise Refusal([*obstacles, Obstacle("list_faulty", remedy)])


def _lines(content: bytes) -> Iterator[tuple[int, str, str, str]]:
    """Yield line number, code, word of presence and names of every line that is not empty."""
    if len(content) > LARGEST_LIST:
        raise Refusal([_list_fault(_("The file is larger than 5 MB."))])
    reader = csv.reader(io.StringIO(_decoded(content), newline=""))
    try:
        heads = [HEADINGS.get(each.strip().lower(), "") for each in next(reader, [])]
        if CODE not in heads:
            raise Refusal([_list_fault(_("The first line must name the column “code”."))])
        for number, cells in enumerate(reader):
            if not any(cell.strip() for cell in cells):
                continue
            if number >= MOST_ROWS:
                text = _("The file has more than %(limit)d lines.") % {"limit": MOST_ROWS}
                raise Refusal([_list_fault(text)])
            row = dict(zip(heads, (cell.strip() for cell in cells), strict=False))
            # A list without the column names those who came; an empty cell says nothing yet.
            word = row.get(PRESENCE, "") if PRESENCE in heads else "yes"
            if word:
                yield reader.line_num, row.get(CODE, ""), word, row.get(ATTENDEES, "")
    except csv.Error as error:
        raise Refusal([_list_fault(_("The file is no CSV."))]) from error


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refusal([_list_fault(_("The file is neither UTF-8 nor GB 18030."))])


def _list_fault(text: str) -> Obstacle:
    remedy = _("Take the list of those invited as a pattern, fill it in and save it as CSV.")
    return Obstacle("list_unreadable", text, remedy=remedy)


def attendance_lines(event: TrainingEvent) -> Iterator[str]:
    """Yield who was invited and who came as the CSV that is filled in and read again."""
    words = {Presence.ATTENDED: "yes", Presence.ABSENT: "no", Presence.INVITED: ""}
    rows = event.attendances.order_by("institution__code", "pk").values_list(
        "institution__code", "institution__name", "presence", "attendees"
    )
    writer: Any = csv.writer(Echo())
    yield BOM + writer.writerow([CODE, "name", PRESENCE, ATTENDEES])
    for code, name, presence, attendees in rows.iterator(chunk_size=1000):
        cells = [code, name, words[Presence(presence)], attendees]
        yield writer.writerow([csv_text(each) for each in cells])


def attendance_counts(events: Iterable[TrainingEvent]) -> dict[int, tuple[int, int]]:
    """Return how many are invited to each training, and how many came. One query."""
    rows = TrainingAttendance.objects.filter(event__in=[each.pk for each in events])
    counts = (
        rows.order_by()
        .values_list("event")
        .annotate(all=Count("pk"), came=Count("pk", filter=Q(presence=Presence.ATTENDED)))
    )
    return {event: (invited, came) for event, invited, came in counts}


# --- the yearly list ------------------------------------------------------------------------------


def closing_day(year: int, *, on: date) -> date:
    """Return the day the list of a year stands on: its last, or today while it lasts."""
    return min(date(year, 12, 31), on)


def gap_rows(year: int, *, on: date, region: str | None = None) -> QuerySet[Institution]:
    """Return the institutions that lack training for a year, as the rule decides: a condition
    of one query, whatever their number.
    """
    day = closing_day(year, on=on)
    last = exempt_after(year, office(on=day))
    rows = Institution.objects.verified()
    rows = rows.within(region) if region else rows
    rows = having_standing(rows, Standing.IN_FORCE, day)
    rows = bound_since(rows, last, day)
    trained = TrainingAttendance.objects.counted_in(year).filter(institution=OuterRef("pk"))
    return rows.filter(~Exists(trained))


@dataclass(frozen=True, slots=True)
class GapLine:
    """An institution of the list, since when it is in force, and why it is listed."""

    institution: Institution
    since: date
    because: str


def gap_lines(institutions: Iterable[Institution], year: int, *, on: date) -> list[GapLine]:
    """Return why each institution is on the list. Two queries and those of the office."""
    rows = list(institutions)
    day = closing_day(year, on=on)
    since = in_force_since([each.pk for each in rows], day)
    region_office = office(on=day)
    lines = []
    for each in rows:
        begun = since.get(each.pk, day)
        question = TrainingQuestion(effective_on=begun, trainings=0, year=year)
        answer = training_gap(question, region_office)
        because = " ".join(str(step) for step in answer.because)
        lines.append(GapLine(each, begun, because))
    return lines


def tell_of_gaps(year: int, *, on: date, at: datetime, url: str) -> int:
    """Tell the agreement officers, once a year, how many institutions lack training; return the
    number, nothing where they have been told.
    """
    officers = holders(Role.AGREEMENT_OFFICER)
    if Notice.objects.filter(recipient__in=officers, key=f"training.gaps:{year}").exists():
        return 0
    count = gap_rows(year, on=on).count()
    if count:
        notifications.training_gaps(count, year, url=url, at=at)
    return count
