"""What the rows of a roster file would do, and which of them cannot be done. Reads nothing: the
ground has been read before.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from institutions.enums.practitioners import RowAction
from institutions.models import Department, Institution
from institutions.services.practitioners.files import FirstPlace
from institutions.services.practitioners.ground import FILE_COLUMNS, Ground, Period
from institutions.services.practitioners.places import (
    department_fault,
    terminated,
    too_far_ahead,
)
from institutions.services.practitioners.rows import Row, RowError


@dataclass(slots=True)
class Planned:
    """A row with what it does: to the roster, to the person's file, to the first place."""

    row: Row
    action: RowAction
    department: Department | None = None
    entry_id: int | None = None
    is_new_person: bool = False
    file_changes: dict[str, str] = field(default_factory=dict)
    row_changes: dict[str, str] = field(default_factory=dict)
    first_place: FirstPlace | None = None
    commits: bool = False


@dataclass(slots=True)
class Plan:
    planned: list[Planned]

    @property
    def errors(self) -> list[RowError]:
        return [each for planned in self.planned for each in planned.row.errors]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows do what; persons and files are counted once."""
        actions = Counter(each.action for each in self.planned)
        good = [each for each in self.planned if each.action != RowAction.ERROR]
        return {
            **{action.value: actions[action] for action in RowAction},
            "new_persons": sum(each.is_new_person for each in good),
            "changed_files": sum(bool(each.file_changes) for each in good),
            "first_places": sum(each.first_place is not None for each in good),
            "commitments": sum(each.commits for each in good),
        }


@dataclass(slots=True)
class _Planner:
    institution: Institution
    ground: Ground
    on: date
    last: date
    # What the file says of a person, by the first of their rows.
    said: dict[str, Row] = field(default_factory=dict)
    codes: dict[str, Row] = field(default_factory=dict)
    seen: dict[tuple[str, str, str], int] = field(default_factory=dict)
    adding: list[Planned] = field(default_factory=list)
    told: set[tuple[str, str]] = field(default_factory=set)

    def plan(self, row: Row) -> Planned:
        planned = Planned(row, RowAction.KEEP)
        planned.department = self.ground.departments.get(row.values.get("department", ""))
        if planned.department is None and row.values.get("department"):
            remedy = _("Open the department first, or correct its code.")
            row.fault("department", _("is no department of the institution"), remedy)
        if row.id_digest and row.name:
            self._person(planned)
        starts_on = row.day("starts_on")
        if starts_on is not None:
            self._days(planned, starts_on)
            if row.id_digest and planned.department is not None:
                self._place_in_roster(planned, planned.department, starts_on)
        if row.errors:
            planned.action = RowAction.ERROR
        return planned

    def _person(self, planned: Planned) -> None:
        row, ground = planned.row, self.ground
        known, first = ground.persons.get(row.id_digest), self.said.get(row.id_digest)
        if known is not None and known.name != row.name:
            text = _("this identity number is on file under another name")
            row.fault("name", text, _("Compare both with the identity card."))
        if first is None:
            self.said[row.id_digest] = row
        else:
            self._agree(row, first)
        self._code(row)
        if known is None or known.practitioner_id is None:
            planned.is_new_person = first is None
        else:
            planned.file_changes = {
                column: value
                for column in FILE_COLUMNS
                if (value := row.values.get(column))
                and value != known.file[column]
                and self._is_first(row, column)
            }
            held = known.file["staff_code"]
            if held and "staff_code" in planned.file_changes:
                text = _("the file of this person has another code")
                remedy = _("A national code never changes; ask the agency if the file is wrong.")
                row.fault("staff_code", text, remedy)
        if row.values.get("first_place") and self._is_first(row, "first_place"):
            self._first_place(planned)
        if (
            row.values.get("committed_on")
            and row.id_digest not in ground.committed
            and self._is_first(row, "committed_on")
        ):
            planned.commits = True
            if (row.day("committed_on") or self.on) > self.on:
                row.fault("committed_on", _("has not come yet"), _("Enter the day it was signed."))

    def _is_first(self, row: Row, column: str) -> bool:
        """Whether no row before has said this of the person."""
        key = (row.id_digest, column)
        if key in self.told:
            return False
        self.told.add(key)
        return True

    def _agree(self, row: Row, first: Row) -> None:
        """Two rows of one person say the same of the person."""
        if row.name != first.name:
            text = _("line %(line)d gives another name for this identity number")
            row.fault("name", text % {"line": first.line}, _("Correct one of the two lines."))
        for column in (*FILE_COLUMNS, "first_place"):
            one, other = row.values.get(column), first.values.get(column)
            if one and other and one != other:
                text = _("line %(line)d says otherwise of the same person")
                row.fault(column, text % {"line": first.line}, _("Correct one of the two lines."))

    def _code(self, row: Row) -> None:
        code = row.values.get("staff_code")
        if not code:
            return
        holder, first = self.ground.codes.get(code), self.codes.setdefault(code, row)
        if holder == row.id_digest:
            return
        if holder is not None:
            text = _("belongs to another person")
            row.fault("staff_code", text, _("Compare it with the person's certificate."))
        elif first.id_digest != row.id_digest:
            text = _("line %(line)d gives this code to another person") % {"line": first.line}
            row.fault("staff_code", text, _("Correct one of the two lines."))

    def _first_place(self, planned: Planned) -> None:
        row = planned.row
        said = row.values["first_place"]
        if said == "here":
            wanted = FirstPlace(institution_id=self.institution.pk)
        elif said[0] == "H" and said[1:].isdigit():
            pk = self.ground.institutions.get(said)
            if pk is None:
                text = _("is no code of an institution on the register")
                row.fault("first_place", text, _("Copy the code, or write the place in words."))
                return
            wanted = FirstPlace(institution_id=pk)
        else:
            wanted = FirstPlace(place=said)
        present = self.ground.first_places.get(row.id_digest)
        if present is None or (present.institution_id, present.place) != (
            wanted.institution_id,
            wanted.place,
        ):
            planned.first_place = wanted

    def _days(self, planned: Planned, starts_on: date) -> None:
        row, ends_on = planned.row, planned.row.day("ends_on")
        for column, day in (("starts_on", starts_on), ("ends_on", ends_on)):
            if day is not None and day > self.last:
                row.refuse(column, too_far_ahead(day, self.last))
        if planned.department is not None and not (ends_on and ends_on < starts_on):
            fault = department_fault(planned.department, starts_on, ends_on)
            if fault is not None:
                row.refuse("department", fault)

    def _place_in_roster(self, planned: Planned, department: Department, starts_on: date) -> None:
        row, ends_on = planned.row, planned.row.day("ends_on")
        key = (row.id_digest, department.code, starts_on.isoformat())
        if (line := self.seen.setdefault(key, row.line)) != row.line:
            text = _("repeats line %(line)d: the same person, department and first day")
            row.fault("starts_on", text % {"line": line}, _("Delete one of the two lines."))
            return
        rows = self.ground.periods.get((row.id_digest, department.pk), [])
        period = next((each for each in rows if each.starts_on == starts_on), None)
        if period is None:
            self._no_termination(row, starts_on)
            planned.action = RowAction.ADD
            self.adding.append(planned)
            return
        planned.entry_id = period.entry_id
        if period.ends_on is not None and period.ends_on != ends_on:
            text = _("the row on the roster ends on %(day)s") % {"day": period.ends_on}
            row.fault("ends_on", text, _("Correct that row in the portal, or delete this line."))
            return
        self._changes(planned, period, ends_on)

    def _changes(self, planned: Planned, period: Period, ends_on: date | None) -> None:
        said = planned.row.values
        planned.row_changes = {
            column: said[column]
            for column in ("position", "employment")
            if said.get(column) and said[column] != getattr(period, column)
        }
        if planned.row_changes:
            planned.action = RowAction.CHANGE
        if ends_on is not None and period.ends_on is None:
            period.ends_on = ends_on
            planned.action = RowAction.END

    def _no_termination(self, row: Row, starts_on: date) -> None:
        for each in self.ground.terminations.get(row.id_digest, []):
            if each.holds_on(starts_on):
                row.refuse("name", terminated(row.name[:1] + "**", each.ends_on))

    def overlaps(self) -> None:
        """Hold new rows against those that are there, ends of this file included, and against
        each other.
        """
        for planned in self.adding:
            row, department = planned.row, planned.department
            starts_on, ends_on = row.day("starts_on"), row.day("ends_on")
            if department is None or starts_on is None:
                continue
            rows = self.ground.periods.setdefault((row.id_digest, department.pk), [])
            other = next((each for each in rows if each.overlaps(starts_on, ends_on)), None)
            if other is not None:
                text = (
                    _("overlaps line %(line)d") % {"line": other.line}
                    if other.line
                    else _("the person is there from %(starts)s to %(ends)s already")
                    % {
                        "starts": other.starts_on,
                        "ends": other.ends_on or _("further notice"),
                    }
                )
                row.fault("starts_on", text, _("End the earlier row first, or correct the day."))
                planned.action = RowAction.ERROR
            rows.append(Period(None, starts_on, ends_on, line=row.line))


def plan_roster(
    institution: Institution, rows: Iterable[Row], ground: Ground, *, on: date, last: date
) -> Plan:
    """Return what the rows would do on the ground; `last` is the last possible day ahead."""
    planner = _Planner(institution, ground, on, last)
    planned = [planner.plan(row) for row in rows]
    planner.overlaps()
    return Plan(planned)
