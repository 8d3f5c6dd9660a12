"""Why a row of the roster cannot be as somebody says it (D-01)."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from agency.periods import add_months
from agency.rules import Obstacle
from agency.services.calendar import office
from institutions.enums.practitioners import Employment, PaymentStatus
from institutions.models import Department, Institution, Practitioner, RosterEntry

RULE = "D-01"
AHEAD_MONTHS = "roster_ahead_months"


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryFacts:
    """A row of the roster as somebody says it."""

    department_id: int
    employment: Employment
    starts_on: date
    ends_on: date | None = None
    position: str = ""


def day_obstacles(institution: Institution, entry: EntryFacts, *, on: date) -> list[Obstacle]:
    """Return what is wrong with the days of a row."""
    if entry.ends_on is not None and entry.ends_on < entry.starts_on:
        return [end_before_begin(entry.starts_on, entry.ends_on)]
    return ahead_obstacles(institution, entry.ends_on or entry.starts_on, on=on)


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


def ahead_obstacles(institution: Institution, day: date, *, on: date) -> list[Obstacle]:
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
    rows = practitioner.entries.valid().filter(department=entry.department_id)
    for row in rows.select_related("department"):
        if row.pk != but and _overlap(row, entry.starts_on, entry.ends_on):
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


def same_place_obstacles(entry: RosterEntry, department_id: int) -> list[Obstacle]:
    if entry.department_id != department_id:
        return []
    text = _("The person is in this department already.")
    return [Obstacle("same_department", text, RULE, _("Choose another one."))]


def order_obstacles(entry: RosterEntry, ends_on: date) -> list[Obstacle]:
    return [] if ends_on >= entry.starts_on else [end_before_begin(entry.starts_on, ends_on)]


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
