"""Undoing one import as a whole: what it added is void, what it ended goes on, what it changed is
as before.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import pghistory
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle, refuse_if
from institutions.enums.practitioners import ImportContent, RowAction
from institutions.models import (
    Department,
    FirstRegistration,
    Institution,
    Practitioner,
    RosterEntry,
    RosterImport,
    RosterImportRow,
    ServiceCommitment,
)
from institutions.notifications import practitioners as notifications
from institutions.permissions.practitioners import (
    UNDO_IMPORT,
    keeping_obstacles,
    undoing_obstacles,
)
from institutions.services.practitioners.applying import update_entries
from institutions.services.practitioners.file_changes import update_files
from institutions.services.practitioners.previewing import RULE, record_step

NAMED = 5


@transaction.atomic
def undo_import(*, import_id: int, by: User, at: datetime, reason: str = "") -> RosterImport:
    """Undo an applied import. Refuses one that later changes build on, and names those."""
    run = RosterImport.objects.visible_to(by).locked(import_id)
    Institution.objects.locked(run.institution_id)
    refuse_if(keeping_obstacles(UNDO_IMPORT, by, run.institution_id) + undoing_obstacles(run))
    rows = list(run.rows.select_related("entry", "department").order_by("line"))
    is_roster = run.content == ImportContent.ROSTER
    refuse_if(later_obstacles(run, rows) if is_roster else department_obstacles(rows))
    with pghistory.context(act=UNDO_IMPORT.code, user=by.pk):
        if is_roster:
            _undo_roster(run, rows, by=by, at=at)
        else:
            _undo_departments(rows)
    source = run.state
    run.undo(at=at)
    run.save(update_fields=["state", "undone_at"])
    record_step(run, act="undo", source=source, by=by, at=at, reason=reason)
    notifications.import_undone(run, at=at)
    return run


# --- why not -------------------------------------------------------------------------------------


def later_obstacles(run: RosterImport, rows: Sequence[RosterImportRow]) -> list[Obstacle]:
    """Return what has been done since to the rows an import added, ended or changed."""
    named = [
        f"{each.name}（{each.values.get('department', '')}）"
        for each in rows
        if each.entry is not None and _was_touched(each, each.entry)
    ]
    ended = [each.entry_id for each in rows if each.action == RowAction.END]
    named += [
        f"{follower.practitioner.person.name}（{follower.department.code}）"
        for follower in _followers(run, ended)
    ]
    if not named:
        return []
    text = _("Later changes build on this import: %(names)s.")
    shown = "、".join(named[:NAMED]) + ("…" if len(named) > NAMED else "")
    remedy = _("Correct these rows one by one, or undo the later import first.")
    return [Obstacle("import_built_upon", text % {"names": shown}, RULE, remedy)]


def _was_touched(row: RosterImportRow, entry: RosterEntry) -> bool:
    if row.action == RowAction.KEEP:
        return False
    said = row.values.get("ends_on")
    ends_on = date.fromisoformat(said) if said else None
    changed = {name: new for name, (_old, new) in row.before.get("row", {}).items()}
    return (
        entry.is_void
        or entry.ends_on != ends_on
        or any(getattr(entry, name) != value for name, value in changed.items())
    )


def _followers(run: RosterImport, ended: Iterable[int | None]) -> list[RosterEntry]:
    """Rows that begin in the same department after a row which the import ended, and are not of
    the import: the earlier row cannot go on beside them.
    """
    added = run.rows.filter(action=RowAction.ADD).values("entry")
    pairs = RosterEntry.objects.filter(pk__in=[each for each in ended if each]).values_list(
        "practitioner", "department", "ends_on"
    )
    wanted = {(person, department): end for person, department, end in pairs if end}
    rows = (
        RosterEntry.objects.valid()
        .filter(
            institution=run.institution_id,
            practitioner__in=[each[0] for each in wanted],
            starts_on__gt=min(wanted.values(), default=date.max),
        )
        .exclude(pk__in=added)
        .select_related("practitioner__person", "department")
    )
    return [
        each
        for each in rows
        if (end := wanted.get((each.practitioner_id, each.department_id))) and each.starts_on > end
    ]


def department_obstacles(rows: Sequence[RosterImportRow]) -> list[Obstacle]:
    """Return which departments of an import have a roster by now, or were closed since."""
    added = [each.department_id for each in rows if each.action == RowAction.ADD]
    used = Department.objects.filter(
        Q(pk__in=[each for each in added if each]), roster__is_void=False
    ).distinct()
    names = [str(each) for each in used[: NAMED + 1]]
    for row in rows:
        said = row.values.get("closed_on")
        if row.department is not None and str(row.department.closed_on or "") != (said or ""):
            names.append(str(row.department))
    if not names:
        return []
    text = _("Later changes build on this import: %(names)s.")
    shown = "、".join(names[:NAMED]) + ("…" if len(names) > NAMED else "")
    remedy = _("Void the rows of the roster there first, or close the departments instead.")
    return [Obstacle("import_built_upon", text % {"names": shown}, RULE, remedy)]


# --- undoing -------------------------------------------------------------------------------------


def _undo_departments(rows: Sequence[RosterImportRow]) -> None:
    changed = []
    for row in rows:
        department = row.department
        if department is None:
            continue
        if row.action == RowAction.ADD:
            # Void rows of the roster may still name it: then it was never open.
            department.closed_on = department.opened_on
            changed.append(department)
        elif row.before:
            for column, value in row.before.items():
                setattr(department, column, value)
            changed.append(department)
    Department.objects.bulk_update(changed, ["name", "subject_code", "closed_on"])
    added = [each.department_id for each in rows if each.action == RowAction.ADD]
    Department.objects.filter(pk__in=[each for each in added if each], roster__isnull=True).delete()


def _undo_roster(
    run: RosterImport, rows: Sequence[RosterImportRow], *, by: User, at: datetime
) -> None:
    added = [each.entry_id for each in rows if each.action == RowAction.ADD]
    RosterEntry.objects.filter(pk__in=[each for each in added if each]).update(
        is_void=True,
        voided_at=at,
        voided_by=by,
        void_reason=_("import %(number)s undone") % {"number": run.number},
    )
    _reopen(rows)
    _restore_files(run, rows)
    _restore_places(rows, on=timezone.localdate(run.applied_at))
    signed = [each.practitioner_id for each in rows if each.before.get("commitment")]
    ServiceCommitment.objects.filter(
        institution=run.institution_id, practitioner__in=signed, confirmed_at=run.applied_at
    ).update(kind="", signed_on=None, confirmed_at=None, confirmed_by=None)


def _reopen(rows: Sequence[RosterImportRow]) -> None:
    entries = []
    for row in rows:
        entry = row.entry
        if entry is None or row.action not in (RowAction.END, RowAction.CHANGE):
            continue
        for column, (old, _new) in row.before.get("row", {}).items():
            setattr(entry, column, old)
        if row.action == RowAction.END:
            entry.ends_on = entry.ended_at = entry.ended_by = None
        entries.append(entry)
    update_entries(entries)


def _restore_files(run: RosterImport, rows: Sequence[RosterImportRow]) -> None:
    """Give files their former values where nobody has written others since; a file made by the
    import, and used nowhere else, gives its staff code back.
    """
    changes: dict[int, dict[str, Any]] = {}
    new: set[int] = set()
    for row in rows:
        if row.practitioner_id and row.before.get("file"):
            changes.setdefault(row.practitioner_id, {}).update(row.before["file"])
        if row.practitioner_id and row.before.get("is_new_file"):
            new.add(row.practitioner_id)
    touched = [*changes.keys(), *new]
    files = Practitioner.objects.select_for_update(of=("self",)).order_by("pk")
    found = list(files.filter(pk__in=touched))
    used = set(
        RosterEntry.objects.valid()
        .filter(practitioner__in=touched)
        .values_list("practitioner", flat=True)
    )
    for file in found:
        for column, (old, written) in changes.get(file.pk, {}).items():
            if getattr(file, column) == written:
                setattr(file, column, old)
        if file.pk in new and file.pk not in used:
            file.staff_code = None
    update_files(found)


def _restore_places(rows: Sequence[RosterImportRow], *, on: date) -> None:
    placed = {each.practitioner_id: each.before["place"] for each in rows if "place" in each.before}
    present = FirstRegistration.objects.filter(
        practitioner__in=[each for each in placed if each], ends_on__isnull=True
    )
    gone = [
        each.pk
        for each in present
        if not (placed[each.practitioner_id] and placed[each.practitioner_id][0] == each.pk)
    ]
    FirstRegistration.objects.filter(pk__in=gone).delete()
    former = FirstRegistration.objects.in_bulk([each[0] for each in placed.values() if each])
    for kept in placed.values():
        if kept:
            place = former[kept[0]]
            place.institution_id, place.place, place.ends_on = kept[1], kept[2], None
    FirstRegistration.objects.bulk_update(
        former.values(), ["institution", "place", "ends_on"], batch_size=2000
    )
