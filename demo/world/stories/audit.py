"""What the office watches over itself: readings with their purpose, a night on which a job failed,
and a verification of the sealed history.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from unittest.mock import patch

from agency.enums import ReadingKind, ReadingPurpose, Role
from agency.jobs import JOBS
from agency.models import User
from agency.services.audit.checks import request_check, run_check, sealed_days
from agency.services.jobs import name_watcher, run_job
from agency.services.reading import log_reading
from demo.world.script import Script, World
from institutions.models import Institution
from settlements.models import ClaimBatch

FAILING = "settlements.send_alarms"
WATCHED = "settlements.mark_overdue"


def enter(script: Script) -> None:
    world = script.world
    for days, hour, act, label in (
        (30, 9, named, "somebody is named to be told of jobs"),
        (21, 1, failed, "a job fails"),
        (12, 11, read, "readings"),
        (4, 15, own, "an institution looks at its account"),
        (0, 9, verified, "the history is verified"),
    ):
        script.on(world.ago(days), partial(act, world), hour=hour, label=label)


def named(world: World, on: date, at: datetime) -> None:
    for name in (FAILING, WATCHED):
        name_watcher(name=name, person=world.users["payment"], by=world.users["sysadmin"], at=at)


def failed(world: World, on: date, at: datetime) -> None:
    """One night the mail server did not answer; the next night caught up."""

    def fail(day: date) -> int:
        raise ConnectionError("mail.example.invalid: no answer within 30 s")

    broken = replace(JOBS[FAILING], function=fail)
    with patch.dict(JOBS, {FAILING: broken}), suppress(ConnectionError):
        run_job(FAILING, on=on)


def read(world: World, on: date, at: datetime) -> None:
    renhe = world.institutions["renhe"]
    _read_account(world, "payment", renhe, ReadingPurpose.PAYMENT, "核对拨付账户", at)
    batch = ClaimBatch.objects.filter(institution=renhe).order_by("pk").first()
    if batch is not None:
        log_reading(
            user=world.users["reviewer"],
            kind=ReadingKind.CLAIM_FILE,
            subject=batch,
            label=f"{batch.number} · setl_d.csv",
            fields=["setl_d.csv"],
            purpose=ReadingPurpose.REVIEW,
            note="复核疑点所涉结算",
            owner=renhe,
            at=at,
            address="10.36.4.21",
        )


def own(world: World, on: date, at: datetime) -> None:
    renhe = world.institutions["renhe"]
    _read_account(world, "hospital", renhe, ReadingPurpose.OWN, "核对本院账户", at)
    _read_account(world, "audit", renhe, ReadingPurpose.AUDIT, "十月拨付抽查", at)


def verified(world: World, on: date, at: datetime) -> None:
    auditor = _holder(world, Role.AUDIT_ADMINISTRATOR)
    first, last = sealed_days()
    if auditor and first and last:
        begin = max(first, last - timedelta(29))
        check = request_check(from_day=begin, to_day=last, by=auditor, at=at)
        run_check(check_id=check.pk)


def _holder(world: World, role: Role) -> User | None:
    return next((each for each in world.users.values() if each.has_role(role)), None)


def _read_account(
    world: World,
    reader: str,
    institution: Institution,
    purpose: ReadingPurpose,
    note: str,
    at: datetime,
) -> None:
    log_reading(
        user=world.users[reader],
        kind=ReadingKind.ACCOUNT,
        subject=institution,
        label=f"{institution.name} · {at:%Y-%m-%d}",
        fields=["bank_name", "bank_account"],
        purpose=purpose,
        note=note,
        owner=institution,
        at=at,
        address="10.36.4.18",
    )
