"""Taking in a roster file: read, held against what there is, kept as a preview. Nothing of the
roster changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.file_kinds import TEXT, XLSX, FilePurpose, file_purpose
from agency.models import User
from agency.rules import Obstacle, Refusal, refuse_if
from agency.services.attachments import UploadRef, store_files
from agency.services.calendar import office
from agency.services.numbers import next_number
from institutions.enums.practitioners import ImportContent, ImportState
from institutions.models import (
    Institution,
    RosterEntry,
    RosterImport,
    RosterImportRow,
    RosterImportTransition,
)
from institutions.permissions.practitioners import UPLOAD_ROSTER, keeping_obstacles
from institutions.services.practitioners.department_plan import plan_departments
from institutions.services.practitioners.ground import ground_for
from institutions.services.practitioners.places import last_day_ahead
from institutions.services.practitioners.plan import Plan, plan_roster
from institutions.services.practitioners.rows import Row, content_of, read_rows
from institutions.services.practitioners.table import read_table

ROSTER_FILE = file_purpose(FilePurpose("roster", gettext_lazy("Roster file"), types=(TEXT, XLSX)))
RULE = "D-01"
ROWS_AT_MOST = "roster_import_rows"
ERRORS_KEPT = 5000
BATCH = 2000
_STANDING = [ImportState.PREVIEWED, ImportState.APPLIED]


@dataclass(frozen=True, slots=True)
class Preview:
    """A previewed import; not new where the same file had been previewed before."""

    run: RosterImport
    is_new: bool


@transaction.atomic
def preview_import(
    *, institution_id: int, file: UploadedFile | UploadRef, by: User, at: datetime
) -> Preview:
    """Read a file of departments or of the roster and keep its preview. The same file leads back
    to its earlier preview, drawn anew.

    Refuses a file that is no table of these columns, one of too many rows, and one that has been
    applied.
    """
    institution = Institution.objects.select_related("region").locked(institution_id)
    refuse_if(keeping_obstacles(UPLOAD_ROSTER, by, institution_id))
    on = timezone.localdate(at)
    stored = store_files([file], by=by, at=at, purpose=ROSTER_FILE)[0]
    try:
        earlier = _earlier(institution, stored.sha256)
        limit = office(on=on, region=institution.region).number(ROWS_AT_MOST)
        with stored.file.open("rb") as content:
            table = read_table(content, limit=limit)
        kind, names = content_of(table)
        rows = list(read_rows(table, kind, names))
    except Refusal:
        if isinstance(file, UploadedFile):
            stored.file.delete(save=False)
        raise
    plan = plan_for(institution, kind, rows, on=on)
    if earlier is None:
        key = f"{institution.region_id}-{on.year}"
        run = RosterImport(
            number=f"ROS-{key}-{next_number(f'roster:{key}'):04}",
            institution=institution,
            content=kind,
            file=stored,
            sha256=stored.sha256,
            encoding=table.encoding,
            uploaded_at=at,
            uploaded_by=by,
        )
    else:
        run = earlier
        run.rows.all().delete()
    errors = plan.errors
    run.row_count, run.counts, run.error_count = len(rows), plan.counts, len(errors)
    run.errors = [each.as_dict() for each in errors[:ERRORS_KEPT]]
    run.save()
    _stage(run, plan)
    if earlier is None:
        record_step(run, act="preview", source="", by=by, at=at)
    return Preview(run, is_new=earlier is None)


def _earlier(institution: Institution, sha256: str) -> RosterImport | None:
    """Return the waiting preview of the same file. Refuses one that was applied."""
    found = (
        RosterImport.objects.select_for_update(of=("self",))
        .filter(institution=institution, sha256=sha256, state__in=_STANDING)
        .first()
    )
    if found is None or found.state == ImportState.PREVIEWED:
        return found
    text = _("This file was applied on %(day)s as import %(number)s. Nothing was added.")
    words = {"day": timezone.localdate(found.applied_at), "number": found.number}
    remedy = _("Undo that import first if the file is to be applied again.")
    raise Refusal([Obstacle("import_applied_already", text % words, RULE, remedy)])


def plan_for(institution: Institution, content: str, rows: Sequence[Row], *, on: date) -> Plan:
    """Return what the rows would do today. A bounded number of queries."""
    last = last_day_ahead(institution, on)
    if content == ImportContent.ROSTER:
        return plan_roster(institution, rows, ground_for(institution, rows), on=on, last=last)
    present = {each.code: each for each in institution.departments.all()}
    reached = (
        RosterEntry.objects.valid()
        .filter(institution=institution)
        .values_list("department")
        .annotate(last=Max(Coalesce("ends_on", date.max)))
    )
    return plan_departments(rows, present, last=last, reached=dict(reached))


def _stage(run: RosterImport, plan: Plan) -> None:
    RosterImportRow.objects.bulk_create(
        [
            RosterImportRow(
                run=run,
                line=each.row.line,
                action=each.action,
                name=each.row.name[:80],
                id_number=each.row.id_number[:18],
                id_digest=each.row.id_digest,
                values={k: v for k, v in each.row.values.items() if k != "name"},
                is_new_person=each.is_new_person,
            )
            for each in plan.planned
        ],
        batch_size=BATCH,
    )


def staged_rows(run: RosterImport) -> list[Row]:
    """Return the rows of a preview as they were read."""
    return [
        Row(
            line=each.line,
            values={**each.values, "name": each.name},
            name=each.name,
            id_number=each.id_number,
            id_digest=each.id_digest,
        )
        for each in run.rows.order_by("line")
    ]


def record_step(
    run: RosterImport, *, act: str, source: str, by: User, at: datetime, reason: str = ""
) -> None:
    RosterImportTransition.objects.create(
        subject=run,
        act=act,
        source=source,
        target=run.state,
        on=timezone.localdate(at),
        at=at,
        by=by,
        reason=reason,
        rule=RULE,
    )
