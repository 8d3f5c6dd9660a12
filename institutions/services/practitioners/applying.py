"""Applying a previewed import as a whole, in statements of whole tables, however many its rows."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import pghistory
from django.db import connection, transaction
from django.utils import timezone

from agency.models import User
from agency.rules import refuse_if
from institutions.enums.practitioners import (
    CommitmentKind,
    ImportContent,
    RowAction,
)
from institutions.models import (
    Department,
    Institution,
    RosterEntry,
    RosterImport,
    ServiceCommitment,
)
from institutions.notifications import practitioners as notifications
from institutions.permissions.practitioners import (
    APPLY_IMPORT,
    applying_obstacles,
    keeping_obstacles,
)
from institutions.services.practitioners.file_changes import (
    stale,
    write_files,
    write_first_places,
)
from institutions.services.practitioners.plan import Plan, Planned
from institutions.services.practitioners.previewing import (
    BATCH,
    plan_for,
    record_step,
    staged_rows,
)


@transaction.atomic
def apply_import(*, import_id: int, by: User, at: datetime) -> RosterImport:
    """Do what a preview says, all of it or nothing. The rows are held against what there is now.

    Refuses one with errors, one that was applied, and one that what has happened since makes
    impossible.
    """
    run = RosterImport.objects.visible_to(by).locked(import_id)
    institution = Institution.objects.select_related("region").locked(run.institution_id)
    refuse_if(keeping_obstacles(APPLY_IMPORT, by, run.institution_id) + applying_obstacles(run))
    on = timezone.localdate(at)
    plan = plan_for(institution, run.content, staged_rows(run), on=on)
    if plan.errors:
        raise stale([f"{each.line}: {each.text}" for each in plan.errors[:5]])
    with pghistory.context(act=APPLY_IMPORT.code, user=by.pk):
        if run.content == ImportContent.ROSTER:
            _apply_roster(run, institution, plan, by=by, at=at)
        else:
            _apply_departments(run, institution, plan)
    source = run.state
    run.apply(at=at)
    run.counts = plan.counts
    run.save(update_fields=["state", "applied_at", "counts"])
    record_step(run, act="apply", source=source, by=by, at=at)
    notifications.import_applied(run, at=at)
    return run


# --- departments ---------------------------------------------------------------------------------


def _apply_departments(run: RosterImport, institution: Institution, plan: Plan) -> None:
    added, changed, before = [], [], {}
    for each in plan.planned:
        row, department = each.row, each.department
        if department is None:
            each.department = Department(
                institution=institution,
                code=row.values["code"],
                name=row.name,
                subject_code=row.values.get("subject_code", ""),
                opened_on=row.first_day,
                closed_on=row.day("closed_on"),
            )
            added.append(each.department)
        elif each.action != RowAction.KEEP:
            before[row.line] = {name: getattr(department, name) for name in each.row_changes}
            for column, value in each.row_changes.items():
                setattr(department, column, value)
            if each.action == RowAction.END:
                before[row.line]["closed_on"] = None
                department.closed_on = row.day("closed_on")
            changed.append(department)
    Department.objects.bulk_create(added, batch_size=BATCH)
    Department.objects.bulk_update(changed, ["name", "subject_code", "closed_on"], batch_size=BATCH)
    _note(
        run,
        [
            (each.row.line, each.action, None, None, each.department, before.get(each.row.line))
            for each in plan.planned
        ],
    )


# --- the roster ----------------------------------------------------------------------------------


def _apply_roster(
    run: RosterImport, institution: Institution, plan: Plan, *, by: User, at: datetime
) -> None:
    on = timezone.localdate(at)
    planned = plan.planned
    before: dict[int, dict[str, Any]] = {}
    practitioners = write_files(planned, before)
    write_first_places(planned, practitioners, before, on=on)
    _change_rows(planned, before, by=by, at=at)
    entries = _add_rows(planned, institution, practitioners, by=by, at=at)
    _commit(planned, institution, practitioners, before, by=by, at=at)
    _note(
        run,
        [
            (
                each.row.line,
                each.action,
                practitioners[each.row.id_digest],
                entries.get(each.row.line, each.entry_id),
                None,
                before.get(each.row.line),
            )
            for each in planned
        ],
    )


def _change_rows(
    planned: Sequence[Planned],
    before: dict[int, dict[str, Any]],
    *,
    by: User,
    at: datetime,
) -> None:
    changing = {
        each.entry_id: each
        for each in planned
        if each.entry_id and each.action in (RowAction.END, RowAction.CHANGE)
    }
    rows = RosterEntry.objects.in_bulk([pk for pk in changing if pk])
    for pk, entry in rows.items():
        each = changing[pk]
        kept = before.setdefault(each.row.line, {})
        kept["row"] = {name: [getattr(entry, name), v] for name, v in each.row_changes.items()}
        for column, value in each.row_changes.items():
            setattr(entry, column, value)
        if each.action == RowAction.END:
            entry.ends_on = each.row.day("ends_on")
            entry.ended_by, entry.ended_at = by, at
    update_entries(rows.values())


def update_entries(entries: Collection[RosterEntry]) -> None:
    """Write position, employment and end of many rows in one statement."""
    sql = """
        UPDATE institutions_rosterentry e SET position = v.position,
            employment = v.employment, ends_on = v.ends_on, ended_at = v.ended_at,
            ended_by_id = v.ended_by_id
        FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::date[], %s::timestamptz[],
            %s::bigint[]) AS v (id, position, employment, ends_on, ended_at, ended_by_id)
        WHERE e.id = v.id
    """
    names = ("pk", "position", "employment", "ends_on", "ended_at", "ended_by_id")
    columns = [[getattr(each, name) for each in entries] for name in names]
    with connection.cursor() as cursor:
        cursor.execute(sql, columns)


def _add_rows(
    planned: Sequence[Planned],
    institution: Institution,
    practitioners: dict[str, int],
    *,
    by: User,
    at: datetime,
) -> dict[int, int]:
    """Add the new rows and return line -> row."""
    adding = [each for each in planned if each.action == RowAction.ADD]
    added = RosterEntry.objects.bulk_create(
        [
            RosterEntry(
                practitioner_id=practitioners[each.row.id_digest],
                institution=institution,
                department=each.department,
                position=each.row.values.get("position", ""),
                employment=each.row.values["employment"],
                starts_on=each.row.first_day,
                ends_on=each.row.day("ends_on"),
                recorded_at=at,
                recorded_by=by,
            )
            for each in adding
        ],
        batch_size=BATCH,
    )
    return {each.row.line: entry.pk for each, entry in zip(adding, added, strict=True)}


def _commit(
    planned: Sequence[Planned],
    institution: Institution,
    practitioners: dict[str, int],
    before: dict[int, dict[str, Any]],
    *,
    by: User,
    at: datetime,
) -> None:
    committing = [each for each in planned if each.commits]
    for each in committing:
        before.setdefault(each.row.line, {})["commitment"] = True
    ServiceCommitment.objects.bulk_create(
        [
            ServiceCommitment(
                practitioner_id=practitioners[each.row.id_digest],
                institution=institution,
                kind=CommitmentKind.ELECTRONIC,
                signed_on=each.row.day("committed_on"),
                confirmed_by=by,
                confirmed_at=at,
            )
            for each in committing
        ],
        update_conflicts=True,
        unique_fields=["practitioner", "institution"],
        update_fields=["kind", "signed_on", "confirmed_by", "confirmed_at"],
        batch_size=BATCH,
    )


def _note(run: RosterImport, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write into the staging what each row has touched, for the undoing."""
    sql = """
        UPDATE institutions_rosterimportrow r SET action = v.action,
            practitioner_id = v.practitioner, entry_id = v.entry,
            department_id = v.department, before = v.before::jsonb
        FROM unnest(%s::int[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[])
            AS v (line, action, practitioner, entry, department, before)
        WHERE r.run_id = %s AND r.line = v.line
    """
    lines, actions, practitioners, entries, departments, before = zip(*rows, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            sql,
            [
                list(lines),
                [each.value for each in actions],
                list(practitioners),
                list(entries),
                [each.pk if each else None for each in departments],
                [json.dumps(each or {}, default=str) for each in before],
                run.pk,
            ],
        )
