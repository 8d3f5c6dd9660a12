"""What the rows of a file of departments would do, and which of them cannot be done."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from institutions.enums.practitioners import RowAction
from institutions.models import Department
from institutions.services.practitioners.places import too_far_ahead
from institutions.services.practitioners.plan import Plan, Planned
from institutions.services.practitioners.rows import Row


def plan_departments(
    rows: Iterable[Row],
    present: dict[str, Department],
    *,
    last: date,
    reached: dict[int, date],
) -> Plan:
    """Return what the rows of a file of departments would do. `reached` says for a department the
    last day its roster reaches, the last of days where a row has no end.
    """
    seen: dict[str, int] = {}
    planned = []
    for row in rows:
        each = Planned(row, RowAction.KEEP)
        planned.append(each)
        code = row.values.get("code", "")
        if code and (line := seen.setdefault(code, row.line)) != row.line:
            text = _("repeats line %(line)d: the same department") % {"line": line}
            row.fault("code", text, _("Delete one of the two lines."))
        for column in ("opened_on", "closed_on"):
            day = row.day(column)
            if day is not None and day > last:
                row.refuse(column, too_far_ahead(day, last))
        each.department = present.get(code)
        if each.department is None:
            each.action = RowAction.ADD
        else:
            _compare(each, each.department, reached)
        if row.errors:
            each.action = RowAction.ERROR
    return Plan(planned)


def _compare(planned: Planned, department: Department, reached: dict[int, date]) -> None:
    row = planned.row
    opened_on, closed_on = row.day("opened_on"), row.day("closed_on")
    if opened_on and opened_on != department.opened_on:
        text = _("the department opened on %(day)s") % {"day": department.opened_on}
        row.fault("opened_on", text, _("Write that day, or use another code."))
    if department.closed_on and closed_on != department.closed_on:
        text = _("the department is closed from %(day)s") % {"day": department.closed_on}
        row.fault("closed_on", text, _("Write that day, or use another code."))
    names = {"name": row.name, "subject_code": row.values.get("subject_code", "")}
    planned.row_changes = {
        column: value
        for column, value in names.items()
        if value and value != getattr(department, column)
    }
    if planned.row_changes:
        planned.action = RowAction.CHANGE
    if closed_on and department.closed_on is None:
        planned.action = RowAction.END
        last = reached.get(department.pk)
        if last is not None and last >= closed_on:
            text = _("rows of the roster reach beyond that day")
            row.fault("closed_on", text, _("End or move them first, or close it in the portal."))
