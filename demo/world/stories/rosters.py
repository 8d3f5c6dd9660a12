"""Rosters of practitioners (D-01): imported departments and persons, somebody in two institutions,
a suspension, commitments, an import with errors and one that was undone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import partial

from django.core.files.uploadedfile import SimpleUploadedFile

from agency.models import User
from demo.world.accounts import account_of
from demo.world.employees import DEPARTMENT_NAMES, staff_of
from demo.world.institutions import BY_KEY, OPEN_FOR_TRIALS, Invented
from demo.world.papers import paper
from demo.world.script import Script, World
from demo.world.stories.claim_plan import claimants
from institutions.enums.practitioners import CommitmentKind, Employment, PaymentStatus
from institutions.models import Practitioner, RosterEntry
from institutions.services.practitioners.applying import apply_import
from institutions.services.practitioners.commitments import (
    confirm_commitment,
    prepare_commitment,
)
from institutions.services.practitioners.files import FileFacts
from institutions.services.practitioners.places import EntryFacts
from institutions.services.practitioners.previewing import preview_import
from institutions.services.practitioners.roster import correct_entry, hire, leave, move
from institutions.services.practitioners.rows import DEPARTMENT_COLUMNS, ROSTER_COLUMNS
from institutions.services.practitioners.statuses import set_status
from institutions.services.practitioners.undoing import undo_import

ENTERED = 400  # days before today, before the first claims
OWN = BY_KEY["renhe"]
ELSEWHERE = BY_KEY["tcm"]
DOUBLED = BY_KEY["lianxi"]
UNDOING = BY_KEY["central"]


def enter(script: Script) -> None:
    world = script.world
    for invented in (OPEN_FOR_TRIALS, *claimants()):
        script.on(
            world.ago(ENTERED),
            partial(register, world, invented),
            hour=7,
            label=f"roster of {invented.key}",
        )
    acts = {
        60: (visit, move_somebody),
        50: (correct_somebody,),
        30: (work_twice,),
        25: (suspend_somebody,),
        20: (let_go,),
        12: (apply_wrong_file,),
        11: (undo_wrong_file,),
        10: (prepare,),
        8: (sign,),
        3: (preview_errors,),
    }
    for days, several in acts.items():
        for act in several:
            script.on(world.ago(days), partial(act, world), hour=14, label=act.__name__)


def table(
    columns: Iterable[str], rows: Iterable[Mapping[str, str]], name: str
) -> SimpleUploadedFile:
    """Return a file as an institution's own system writes it."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(columns), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return SimpleUploadedFile(name, text.getvalue().encode("utf-8-sig"), content_type="text/csv")


def register(world: World, invented: Invented, on: date, at: datetime) -> None:
    """Import the departments and the staff of an institution."""
    opened = date(world.today.year - 5, 1, 1).isoformat()
    departments = [
        {"code": code, "name": name, "subject_code": subject, "opened_on": opened}
        for code, (name, subject) in DEPARTMENT_NAMES.items()
    ]
    starts_on = date(world.today.year - 4, 3, 1).isoformat()
    people = [
        each.row(starts_on=starts_on, committed_on=(on - timedelta(9)).isoformat())
        for each in staff_of(invented)
    ]
    by = world.users[account_of(invented)]
    for columns, rows, name in (
        (DEPARTMENT_COLUMNS, departments, "科室.csv"),
        (ROSTER_COLUMNS, people, "人员名册.csv"),
    ):
        run = preview_import(
            institution_id=world.of(invented).pk, file=table(columns, rows, name), by=by, at=at
        ).run
        apply_import(import_id=run.pk, by=by, at=at)


def filer(world: World, invented: Invented = OWN) -> User:
    return world.users[account_of(invented)]


def row_of(world: World, number: int, invented: Invented = OWN) -> RosterEntry:
    """Return the row of the institution's `number`-th employee."""
    name = staff_of(invented)[number - 1]
    return RosterEntry.objects.valid().get(
        institution=world.of(invented),
        practitioner__person__name=name.name,
        practitioner__staff_code=name.staff_code or None,
        ends_on__isnull=True,
    )


def _also_at(
    world: World, number: int, invented: Invented, employment: Employment, on: date, at: datetime
) -> RosterEntry:
    someone = staff_of(OWN)[number - 1]
    place = world.of(invented)
    return hire(
        institution_id=place.pk,
        person=FileFacts(name=someone.name, staff_code=someone.staff_code),
        entry=EntryFacts(
            department_id=place.departments.get(code=someone.department).pk,
            employment=employment,
            starts_on=on,
            position=someone.position,
        ),
        by=filer(world, invented),
        at=at,
    )


def visit(world: World, on: date, at: datetime) -> None:
    """A doctor of one hospital practises at another one as well."""
    _also_at(world, 3, ELSEWHERE, Employment.MULTI_SITE, on, at)


def work_twice(world: World, on: date, at: datetime) -> None:
    """A nurse who is full-time in two hospitals: the desk is told."""
    _also_at(world, 27, DOUBLED, Employment.FULL_TIME, on, at)


def move_somebody(world: World, on: date, at: datetime) -> None:
    entry = row_of(world, 29)
    target = entry.institution.departments.get(code="A20")
    move(entry_id=entry.pk, department_id=target.pk, on=on, by=filer(world), at=at)


def correct_somebody(world: World, on: date, at: datetime) -> None:
    entry = row_of(world, 40)
    correct_entry(
        entry_id=entry.pk,
        entry=EntryFacts(
            department_id=entry.department_id,
            employment=Employment.PART_TIME,
            starts_on=entry.starts_on,
            position=entry.position,
        ),
        reason="用工形式录错",
        by=filer(world),
        at=at,
    )


def suspend_somebody(world: World, on: date, at: datetime) -> None:
    """A doctor whom no charge of the demo names."""
    code = staff_of(OWN)[24].staff_code
    set_status(
        practitioner_id=Practitioner.objects.get(staff_code=code).pk,
        status=PaymentStatus.SUSPENDED,
        starts_on=on,
        ends_on=on + timedelta(61),
        basis=f"演示医保记〔{on.year}〕6号",
        at=at,
    )


def let_go(world: World, on: date, at: datetime) -> None:
    entry = row_of(world, 38)
    leave(entry_id=entry.pk, ends_on=on + timedelta(5), reason="辞职", by=filer(world), at=at)


def prepare(world: World, on: date, at: datetime) -> None:
    prepare_commitment(entry_id=row_of(world, 7).pk, by=filer(world), at=at)


def sign(world: World, on: date, at: datetime) -> None:
    confirm_commitment(
        entry_id=row_of(world, 19).pk,
        kind=CommitmentKind.SIGNED,
        signed_on=on - timedelta(1),
        files=[paper("服务承诺书")],
        by=filer(world),
        at=at,
    )


def apply_wrong_file(world: World, on: date, at: datetime) -> None:
    """A file that belongs to last year's trainees, applied by mistake."""
    by = filer(world, UNDOING)
    rows = [
        {**row, "staff_code": f"D{UNDOING.region}9999{number:02d}", "department": "A03"}
        for number, row in enumerate(_strangers(on), start=1)
    ]
    run = preview_import(
        institution_id=world.of(UNDOING).pk,
        file=table(ROSTER_COLUMNS, rows, "规培人员.csv"),
        by=by,
        at=at,
    ).run
    world.made["roster.wrong"] = apply_import(import_id=run.pk, by=by, at=at)


def undo_wrong_file(world: World, on: date, at: datetime) -> None:
    undo_import(
        import_id=world.made["roster.wrong"].pk,
        by=filer(world, UNDOING),
        at=at,
        reason="误传规培人员名册",
    )


def preview_errors(world: World, on: date, at: datetime) -> None:
    """A file with one mistake of each kind that is often made."""
    rows = _strangers(on)
    right = rows[0]["id_number"]
    wrong = right[:-1] + ("1" if right[-1] != "1" else "2")
    taken = staff_of(OWN)[0].staff_code
    rows[0] |= {"id_number": wrong, "staff_code": "D36040300029901"}
    rows[1] |= {"department": "B77", "staff_code": taken}
    rows[2] |= {"ends_on": (on - timedelta(900)).isoformat(), "qualification": "nurse"}
    preview_import(
        institution_id=world.of(OWN).pk,
        file=table(ROSTER_COLUMNS, [*rows, rows[3]], "新进人员.csv"),
        by=filer(world),
        at=at,
    )


def _strangers(on: date) -> list[dict[str, str]]:
    """Rows of four persons of an institution that has no roster."""
    nobody = BY_KEY["nursing"]
    return [
        each.row(starts_on=on.isoformat(), committed_on=on.isoformat())
        for each in staff_of(nobody)[:4]
    ]
