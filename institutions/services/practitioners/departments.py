"""Departments of an institution: opened, amended, closed (D-01, B-18)."""

import re
from datetime import date, datetime, timedelta

import pghistory
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle, refuse_if
from institutions.models import Department, Institution, RosterEntry
from institutions.models.practitioners.departments import CODE_FORM
from institutions.permissions.practitioners import (
    AMEND_DEPARTMENT,
    CLOSE_DEPARTMENT,
    OPEN_DEPARTMENT,
    closing_obstacles,
    keeping_obstacles,
)
from institutions.querysets.practitioners import RosterEntryQuerySet
from institutions.services.practitioners.places import last_day_ahead, too_far_ahead

RULE = "D-01"
BATCH = 2000


@transaction.atomic
def open_department(
    *,
    institution_id: int,
    code: str,
    name: str,
    opened_on: date,
    by: User,
    at: datetime,
    subject_code: str = "",
) -> Department:
    """Open a department. Refuses a code that cannot be or was used before, and no name."""
    institution = Institution.objects.select_related("region").locked(institution_id)
    code = code.strip().upper()
    last = last_day_ahead(institution, timezone.localdate(at))
    refuse_if(
        keeping_obstacles(OPEN_DEPARTMENT, by, institution_id)
        + code_obstacles(code)
        + _name_obstacles(name)
        + _taken_obstacles(institution, code)
        + ([too_far_ahead(opened_on, last)] if opened_on > last else [])
    )
    with pghistory.context(act=OPEN_DEPARTMENT.code, user=by.pk):
        return Department.objects.create(
            institution=institution,
            code=code,
            name=name.strip(),
            subject_code=subject_code.strip(),
            opened_on=opened_on,
        )


@transaction.atomic
def amend_department(
    *, department_id: int, name: str, subject_code: str, by: User, at: datetime
) -> Department:
    """Give a department another name or subject; its code never changes."""
    department = Department.objects.locked(department_id)
    refuse_if(
        keeping_obstacles(AMEND_DEPARTMENT, by, department.institution_id) + _name_obstacles(name)
    )
    department.name, department.subject_code = name.strip(), subject_code.strip()
    with pghistory.context(act=AMEND_DEPARTMENT.code, user=by.pk):
        department.save(update_fields=["name", "subject_code"])
    return department


@transaction.atomic
def close_department(
    *,
    department_id: int,
    closed_on: date,
    by: User,
    at: datetime,
    move_to: int | None = None,
    end_rows: bool = False,
) -> int:
    """Close a department from a day on and return how many rows of the roster that touched: they
    move to another department on that day, or end the day before it.

    Refuses to leave open rows behind, and a day before a row begins.
    """
    department = Department.objects.select_related("institution__region").locked(department_id)
    institution = Institution.objects.select_related("region").locked(department.institution_id)
    rows = list(rows_after(department, closed_on).select_for_update(of=("self",)))
    last = last_day_ahead(institution, timezone.localdate(at))
    obstacles = (
        keeping_obstacles(CLOSE_DEPARTMENT, by, institution.pk)
        + closing_obstacles(department)
        + _closing_day_obstacles(department, closed_on)
        + ([too_far_ahead(closed_on, last)] if closed_on > last else [])
        + _row_obstacles(rows, closed_on, is_settled=move_to is not None or end_rows)
    )
    if move_to is not None:
        obstacles += _target_obstacles(department, move_to, rows, closed_on)
    refuse_if(obstacles)
    RosterEntry.objects.filter(pk__in=[each.pk for each in rows]).update(
        ends_on=closed_on - timedelta(1),
        end_reason=_("department closed"),
        ended_by=by,
        ended_at=at,
    )
    if move_to is not None:
        RosterEntry.objects.bulk_create(
            [
                RosterEntry(
                    practitioner_id=each.practitioner_id,
                    institution=institution,
                    department_id=move_to,
                    position=each.position,
                    employment=each.employment,
                    starts_on=closed_on,
                    ends_on=each.ends_on,
                    recorded_at=at,
                    recorded_by=by,
                )
                for each in rows
            ],
            batch_size=BATCH,
        )
    department.closed_on = closed_on
    with pghistory.context(act=CLOSE_DEPARTMENT.code, user=by.pk):
        department.save(update_fields=["closed_on"])
    return len(rows)


def rows_after(department: Department, closed_on: date) -> RosterEntryQuerySet:
    """Return the roster rows of a department that reach the day it closes."""
    rows = RosterEntry.objects.valid().filter(department=department)
    return rows.exclude(ends_on__lt=closed_on)


def code_obstacles(code: str) -> list[Obstacle]:
    if re.fullmatch(CODE_FORM, code):
        return []
    text = _("“%(code)s” is no department code: figures, capital letters, dots and dashes.")
    remedy = _("Use the code your claim files name the department by.")
    return [Obstacle("department_code_invalid", text % {"code": code}, RULE, remedy)]


def _name_obstacles(name: str) -> list[Obstacle]:
    return [] if name.strip() else [Obstacle("name_missing", _("A department has a name."), RULE)]


def _taken_obstacles(institution: Institution, code: str) -> list[Obstacle]:
    other = Department.objects.filter(institution=institution, code=code).first()
    if other is None:
        return []
    text = _("The code %(code)s is that of %(name)s.") % {"code": code, "name": other.name}
    remedy = _("A code is used once, also after its department closed. Take another one.")
    return [Obstacle("department_code_taken", text, RULE, remedy)]


def _closing_day_obstacles(department: Department, closed_on: date) -> list[Obstacle]:
    if closed_on > department.opened_on:
        return []
    text = _("The department opened on %(day)s; it cannot close before the day after.")
    return [Obstacle("end_before_begin", text % {"day": department.opened_on}, RULE)]


def _row_obstacles(rows: list[RosterEntry], closed_on: date, *, is_settled: bool) -> list[Obstacle]:
    found = []
    if rows and not is_settled:
        text = _("%(n)d rows of the roster reach beyond that day.") % {"n": len(rows)}
        remedy = _("Say where these persons move, or that their rows end.")
        found.append(Obstacle("department_has_roster", text, RULE, remedy))
    if any(each.starts_on >= closed_on for each in rows):
        text = _("A row of the roster begins only on that day or later.")
        remedy = _("Correct that row first, or close the department later.")
        found.append(Obstacle("roster_begins_later", text, RULE, remedy))
    return found


def _target_obstacles(
    department: Department, move_to: int, rows: list[RosterEntry], on: date
) -> list[Obstacle]:
    target = Department.objects.filter(institution=department.institution_id, pk=move_to).first()
    if target is None or target.pk == department.pk or not target.is_open_on(on):
        text = _("That department is not open on %(day)s.") % {"day": on}
        return [Obstacle("department_not_open", text, RULE, _("Choose another one."))]
    there = target.roster.valid().exclude(ends_on__lt=on)
    twice = there.filter(practitioner__in=[each.practitioner_id for each in rows]).count()
    if not twice:
        return []
    text = _("%(n)d of these persons work in that department already.") % {"n": twice}
    remedy = _("End one of their two rows first.")
    return [Obstacle("already_on_roster", text, RULE, remedy)]
