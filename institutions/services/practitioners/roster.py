"""Entering persons in a roster, moving them, their leaving, and correcting mistakes (D-01)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import User
from agency.periods import add_months
from agency.rules import Obstacle, refuse_if
from agency.services.calendar import office
from institutions.enums.practitioners import Employment, PaymentStatus
from institutions.models import Department, Institution, Practitioner, RosterEntry
from institutions.notifications import practitioners as notifications
from institutions.permissions.practitioners import (
    CORRECT_ENTRY,
    HIRE,
    LEAVE,
    MOVE,
    STRIKE_ENTRY,
    entry_obstacles,
    keeping_obstacles,
    leaving_obstacles,
)
from institutions.services.practitioners.files import (
    RULE,
    FileFacts,
    file_obstacles,
    practitioner_by,
    practitioner_of,
)

AHEAD_MONTHS = "roster_ahead_months"


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryFacts:
    """A row of the roster as somebody says it."""

    department_id: int
    employment: Employment
    starts_on: date
    ends_on: date | None = None
    position: str = ""


@transaction.atomic
def hire(
    *, institution_id: int, person: FileFacts, entry: EntryFacts, by: User, at: datetime
) -> RosterEntry:
    """Enter a person in the institution's roster, by the file there is or a new one.

    Refuses numbers that cannot be or are another's, a department that is not the institution's or
    not open, a day too far ahead, a row that overlaps one there is, and a terminated person.
    """
    on = timezone.localdate(at)
    institution = Institution.objects.select_related("region").locked(institution_id)
    known = practitioner_by(id_number=person.id_number, staff_code=person.staff_code)
    refuse_if(
        keeping_obstacles(HIRE, by, institution_id)
        + file_obstacles(person, known)
        + day_obstacles(institution, entry, on=on)
        + department_obstacles(institution, entry)
        + (presence_obstacles(known, entry) if known else [])
    )
    practitioner = practitioner_of(person, on=entry.starts_on, by=by)
    refuse_if(presence_obstacles(practitioner, entry))
    added = _add(institution, practitioner, entry, by=by, at=at)
    notifications.person_entered(added, elsewhere=full_time_elsewhere(added), at=at)
    return added


@transaction.atomic
def move(
    *,
    entry_id: int,
    department_id: int,
    on: date,
    by: User,
    at: datetime,
    position: str = "",
) -> RosterEntry:
    """Move a person to another department of the institution from a day on: the present row ends
    the day before, a new one begins.
    """
    entry = _own_entry(entry_id, by)
    institution = Institution.objects.select_related("region").locked(entry.institution_id)
    wanted = EntryFacts(
        department_id=department_id,
        employment=Employment(entry.employment),
        starts_on=on,
        position=position or entry.position,
    )
    refuse_if(
        keeping_obstacles(MOVE, by, entry.institution_id)
        + leaving_obstacles(entry)
        + _same_place_obstacles(entry, department_id)
        + _order_obstacles(entry, on - timedelta(1))
        + day_obstacles(institution, wanted, on=timezone.localdate(at))
        + department_obstacles(institution, wanted)
        + overlap_obstacles(entry.practitioner, wanted)
    )
    _end(entry, on - timedelta(1), reason=_("moved to another department"), by=by, at=at)
    return _add(institution, entry.practitioner, wanted, by=by, at=at)


@transaction.atomic
def leave(
    *, entry_id: int, ends_on: date, reason: str, by: User, at: datetime
) -> list[RosterEntry]:
    """Record that a person leaves the institution after a day: every open row of theirs here ends
    on it. The file stays, and rows at other institutions go on.
    """
    entry = _own_entry(entry_id, by)
    institution = Institution.objects.select_related("region").locked(entry.institution_id)
    refuse_if(keeping_obstacles(LEAVE, by, entry.institution_id) + leaving_obstacles(entry))
    rows = list(
        RosterEntry.objects.valid()
        .select_for_update(of=("self",))
        .select_related("practitioner__person", "department")
        .filter(
            practitioner=entry.practitioner_id,
            institution=entry.institution_id,
            ends_on__isnull=True,
        )
    )
    obstacles = [each for row in rows for each in _order_obstacles(row, ends_on)]
    refuse_if(obstacles + _ahead_obstacles(institution, ends_on, on=timezone.localdate(at)))
    for row in rows:
        _end(row, ends_on, reason=reason, by=by, at=at)
    return rows


@transaction.atomic
def correct_entry(
    *, entry_id: int, entry: EntryFacts, reason: str, by: User, at: datetime
) -> RosterEntry:
    """Put a right row in the place of one entered by mistake; the wrong one stays, void."""
    wrong = _own_entry(entry_id, by)
    institution = Institution.objects.select_related("region").locked(wrong.institution_id)
    refuse_if(
        keeping_obstacles(CORRECT_ENTRY, by, wrong.institution_id)
        + entry_obstacles(wrong)
        + reason_obstacles(reason)
        + day_obstacles(institution, entry, on=timezone.localdate(at))
        + department_obstacles(institution, entry)
        + overlap_obstacles(wrong.practitioner, entry, but=wrong.pk)
    )
    _void(wrong, reason=reason, by=by, at=at)
    return _add(institution, wrong.practitioner, entry, by=by, at=at, corrects=wrong)


@transaction.atomic
def strike_entry(*, entry_id: int, reason: str, by: User, at: datetime) -> RosterEntry:
    """Make void a row of somebody who never worked there."""
    entry = _own_entry(entry_id, by)
    Institution.objects.locked(entry.institution_id)
    refuse_if(
        keeping_obstacles(STRIKE_ENTRY, by, entry.institution_id)
        + entry_obstacles(entry)
        + reason_obstacles(reason)
    )
    _void(entry, reason=reason, by=by, at=at)
    return entry


# --- why not -------------------------------------------------------------------------------------


def day_obstacles(institution: Institution, entry: EntryFacts, *, on: date) -> list[Obstacle]:
    """Return what is wrong with the days of a row."""
    if entry.ends_on is not None and entry.ends_on < entry.starts_on:
        return [end_before_begin(entry.starts_on, entry.ends_on)]
    return _ahead_obstacles(institution, entry.ends_on or entry.starts_on, on=on)


def end_before_begin(starts_on: date, ends_on: date) -> Obstacle:
    text = _("The row would end on %(ends)s, before it begins on %(starts)s.")
    words = {"ends": ends_on, "starts": starts_on}
    return Obstacle("end_before_begin", text % words, RULE, _("Correct one of the two days."))


def last_day_ahead(institution: Institution, on: date) -> date:
    """Return the last day a row may begin or end on, seen from a day."""
    return add_months(on, office(on=on, region=institution.region).number(AHEAD_MONTHS))


def too_far_ahead(day: date, last: date) -> Obstacle:
    text = _("%(day)s lies too far ahead; the last possible day is %(last)s.")
    remedy = _("Enter it when the day is nearer.")
    return Obstacle("day_too_far", text % {"day": day, "last": last}, RULE, remedy)


def _ahead_obstacles(institution: Institution, day: date, *, on: date) -> list[Obstacle]:
    last = last_day_ahead(institution, on)
    return [too_far_ahead(day, last)] if day > last else []


def department_obstacles(institution: Institution, entry: EntryFacts) -> list[Obstacle]:
    department = Department.objects.filter(institution=institution, pk=entry.department_id).first()
    if department is None:
        text = _("The institution has no such department.")
        return [Obstacle("department_unknown", text, RULE, _("Open the department first."))]
    fault = department_fault(department, entry.starts_on, entry.ends_on)
    return [fault] if fault else []


def department_fault(
    department: Department, starts_on: date, ends_on: date | None
) -> Obstacle | None:
    """Return why a department does not have a row of these days."""
    words = {"department": department, "opened": department.opened_on}
    if starts_on < department.opened_on:
        text = _("Department %(department)s opened only on %(opened)s.") % words
    elif department.closed_on and (ends_on is None or ends_on >= department.closed_on):
        text = _("Department %(department)s is closed from %(closed)s.")
        text = text % {**words, "closed": department.closed_on}
    else:
        return None
    remedy = _("Correct the day or choose another department.")
    return Obstacle("department_not_open", text, RULE, remedy)


def overlap_obstacles(
    practitioner: Practitioner, entry: EntryFacts, *, but: int | None = None
) -> list[Obstacle]:
    rows = practitioner.entries.valid().filter(department=entry.department_id).exclude(pk=but)
    for row in rows.select_related("department"):
        if _overlap(row, entry.starts_on, entry.ends_on):
            return [already_there(row)]
    return []


def already_there(row: RosterEntry) -> Obstacle:
    text = _("The person is in department %(department)s from %(starts)s to %(ends)s already.")
    words = {
        "department": row.department,
        "starts": row.starts_on,
        "ends": row.ends_on or _("further notice"),
    }
    remedy = _("End that row first, or correct it.")
    return Obstacle("already_on_roster", text % words, RULE, remedy)


def _overlap(row: RosterEntry, starts_on: date, ends_on: date | None) -> bool:
    begins_in_time = ends_on is None or row.starts_on <= ends_on
    return begins_in_time and (row.ends_on is None or row.ends_on >= starts_on)


def presence_obstacles(practitioner: Practitioner, entry: EntryFacts) -> list[Obstacle]:
    """Return why the person cannot have such a row: there is one, or they are terminated."""
    return overlap_obstacles(practitioner, entry) + termination_obstacles(
        practitioner, entry.starts_on
    )


def termination_obstacles(practitioner: Practitioner, on: date) -> list[Obstacle]:
    block = practitioner.statuses.on(on).filter(status=PaymentStatus.TERMINATED).first()
    return [terminated(practitioner.person.masked_name, block.ends_on)] if block else []


def terminated(name: str, through: date | None) -> Obstacle:
    text = _("The payment qualification of %(name)s is terminated through %(day)s.")
    words = {"name": name, "day": through or _("further notice")}
    remedy = _("The person can be registered again from the day after.")
    return Obstacle("qualification_terminated", text % words, "D-04", remedy)


def reason_obstacles(reason: str) -> list[Obstacle]:
    if reason.strip():
        return []
    return [Obstacle("reason_missing", _("Say why the row is wrong."), RULE)]


def _same_place_obstacles(entry: RosterEntry, department_id: int) -> list[Obstacle]:
    if entry.department_id != department_id:
        return []
    text = _("The person is in this department already.")
    return [Obstacle("same_department", text, RULE, _("Choose another one."))]


def _order_obstacles(entry: RosterEntry, ends_on: date) -> list[Obstacle]:
    return [] if ends_on >= entry.starts_on else [end_before_begin(entry.starts_on, ends_on)]


# --- writing -------------------------------------------------------------------------------------


def _own_entry(entry_id: int, by: User) -> RosterEntry:
    return (
        RosterEntry.objects.visible_to(by)
        .select_for_update(of=("self",))
        .select_related("practitioner__person", "department")
        .get(pk=entry_id)
    )


def _add(
    institution: Institution,
    practitioner: Practitioner,
    entry: EntryFacts,
    *,
    by: User,
    at: datetime,
    corrects: RosterEntry | None = None,
) -> RosterEntry:
    return RosterEntry.objects.create(
        practitioner=practitioner,
        institution=institution,
        department_id=entry.department_id,
        position=entry.position.strip(),
        employment=entry.employment,
        starts_on=entry.starts_on,
        ends_on=entry.ends_on,
        recorded_at=at,
        recorded_by=by,
        corrects=corrects,
    )


def _end(entry: RosterEntry, ends_on: date, *, reason: str, by: User, at: datetime) -> None:
    entry.ends_on, entry.end_reason = ends_on, reason.strip()
    entry.ended_by, entry.ended_at = by, at
    entry.save(update_fields=["ends_on", "end_reason", "ended_by", "ended_at"])


def _void(entry: RosterEntry, *, reason: str, by: User, at: datetime) -> None:
    entry.is_void, entry.void_reason = True, reason.strip()
    entry.voided_by, entry.voided_at = by, at
    entry.save(update_fields=["is_void", "void_reason", "voided_by", "voided_at"])


def full_time_elsewhere(entry: RosterEntry) -> list[RosterEntry]:
    """Return full-time rows of the person at other institutions that overlap this full-time one:
    a warning, nothing is refused. One query.
    """
    if entry.employment != Employment.FULL_TIME:
        return []
    rows = (
        RosterEntry.objects.valid()
        .filter(practitioner=entry.practitioner_id, employment=Employment.FULL_TIME)
        .exclude(institution=entry.institution_id)
        .select_related("institution", "department")
    )
    return [each for each in rows if _overlap(each, entry.starts_on, entry.ends_on)]
