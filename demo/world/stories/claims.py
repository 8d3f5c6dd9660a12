"""Three months of claims: handed in, reviewed, decided, approved, verified and paid (B-03, B-04).

How far a batch has come depends on its month and its institution: see `claim_plan`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.core.files.base import ContentFile

from agreements.enums.life import AgreementState
from agreements.models import Agreement, ServiceBlock
from demo.claims import Answer, ClaimFiles, generate
from demo.knowledge import in_use
from demo.world.accounts import account_of
from demo.world.institutions import Invented
from demo.world.months import claim_months
from demo.world.script import Script, World
from demo.world.stories.claim_plan import PACE, PAID_LATE, Planned, Stage, plan
from institutions.models import Institution
from settlements.enums import Check, FileKind, FindingStatus
from settlements.models import ClaimBatch, Finding, Statement
from settlements.services import approvals, payments, statements
from settlements.services.findings import decide_check, decide_finding
from settlements.services.intake import take_in
from settlements.services.review import review_batch
from settlements.services.submission import submit_batch

REVIEWERS, SETTLERS = ("reviewer", "reviewer2"), ("settlement", "settlement2")
VERIFIERS, PAYERS = ("audit", "audit2"), ("payment", "payment2")
ENCODINGS = {"tcm": "gb18030", "xiushui": "gb18030", "lianxi": "utf-8-sig"}
# Enough visits for one of each anomaly.
SMALLEST = 450
# One finding in so many turns out to be none.
CLEARED_EVERY = 7


def enter(script: Script) -> None:
    world = script.world
    for serial, planned in enumerate(plan(world)):
        script.on(
            planned.submitted_on,
            partial(hand_in, world, planned),
            hour=8,
            label=f"claims {planned.name}",
        )
        _enter_stages(script, planned, serial)
    _enter_late_payment(script)
    _enter_rejected(script)


def _enter_stages(script: Script, planned: Planned, serial: int) -> None:
    acts: dict[Stage, Callable[..., None]] = {
        Stage.DECIDED: decide_findings,
        Stage.AUDITED: audit,
        Stage.APPROVED: approve,
        Stage.VERIFIED: verify,
        Stage.ORDERED: issue_order,
        Stage.PAID: pay,
    }
    for stage, act in acts.items():
        if stage <= planned.goal:
            days, hour = PACE[stage]
            day = min(planned.submitted_on + timedelta(days), script.world.today)
            who = serial % 2
            script.on(
                day,
                partial(act, script.world, planned, who),
                hour=hour,
                label=f"{act.__name__} {planned.name}",
            )


# --- handing in -------------------------------------------------------------------------------


def in_force(institution: Institution) -> Callable[[date], bool]:
    """Return a function that says whether an agreement is in force on a day. Two queries."""
    agreements = list(
        Agreement.objects.filter(institution=institution)
        .exclude(state__in=[AgreementState.DRAFT, AgreementState.SIGNED, AgreementState.CANCELLED])
        .prefetch_related("suspensions")
    )
    suspended = [
        (each.starts_on, each.resumed_on or date.max)
        for agreement in agreements
        for each in agreement.suspensions.all()
    ]
    terms = [(each.valid_from, each.last_day) for each in agreements]

    def asked(day: date) -> bool:
        return any(first <= day <= last for first, last in terms) and not any(
            first <= day < resumed for first, resumed in suspended
        )

    return asked


def blocked(institution: Institution, path: str) -> Callable[[str, date], bool]:
    """Return a function that says whether a doctor or a department, by the code found at `path`,
    is blocked on a day. One query.
    """
    found = defaultdict(list)
    rows = ServiceBlock.objects.valid().filter(institution=institution)
    for code, first, last in rows.values_list(path, "first_day", "last_day"):
        found[code].append((first, last or date.max))

    def asked(code: str, day: date) -> bool:
        return any(first <= day <= last for first, last in found.get(code, ()))

    return asked


def files_of(world: World, planned: Planned) -> ClaimFiles:
    """Invent the batch with what the review will know of the agreement."""
    lines = max(SMALLEST, int(planned.invented.lines * world.scale))
    institution = world.of(planned.invented)
    return generate(
        institution=planned.invented.code,
        hosp_lv=planned.invented.level,
        month=planned.month,
        lines=lines if not planned.tag else max(SMALLEST, lines // 10),
        knowledge=in_use(planned.submitted_on),
        in_force=in_force(institution),
        doctor_blocked=blocked(institution, "practitioner__staff_code"),
        department_blocked=blocked(institution, "department__code"),
        tag=planned.tag,
        encoding=ENCODINGS.get(planned.invented.key, "utf-8"),
    )


def submit(
    world: World, invented: Invented, settlements: bytes, lines: bytes, at: datetime
) -> ClaimBatch:
    batch = submit_batch(
        institution=world.of(invented),
        files={
            FileKind.SETTLEMENTS: ContentFile(settlements, "setl_d.csv"),
            FileKind.LINES: ContentFile(lines, "fee_list_d.csv"),
        },
        by=world.users[account_of(invented)],
        at=at,
    ).batch
    return take_in(batch_id=batch.pk, at=at)


def hand_in(world: World, planned: Planned, on: date, at: datetime) -> None:
    """Hand the batch in, and have it reviewed as the worker does at once."""
    files = files_of(world, planned)
    batch = submit(world, planned.invented, files.settlements, files.lines, at)
    if not batch.is_taken_in:
        raise RuntimeError(f"{planned.name} was rejected: {batch.first_errors[:3]}")
    review_batch(batch_id=batch.pk, at=at)
    world.made[planned.name] = batch
    answers: dict[str, list[Answer]] = world.made.setdefault("answers", {})
    answers[batch.number] = files.answers


# --- from findings to money -------------------------------------------------------------------


def _statement(world: World, planned: Planned, at: datetime) -> Statement:
    return statements.open_statement(batch_id=world.made[planned.name].pk, at=at)


def decide_findings(world: World, planned: Planned, who: int, on: date, at: datetime) -> None:
    """Confirm the findings, and clear one in seven."""
    batch: ClaimBatch = world.made[planned.name]
    by = world.users[REVIEWERS[who]]
    found = Finding.objects.filter(batch=batch)
    ordered = list(found.order_by("setl_id", "bkkp_sn").values_list("pk", flat=True))
    for finding in ordered[CLEARED_EVERY - 1 :: CLEARED_EVERY]:
        decide_finding(
            finding_id=finding,
            verdict=FindingStatus.CLEARED,
            reason="病程记录可以说明,不予扣款",
            by=by,
            at=at,
        )
    for check in Check:
        decide_check(
            batch_id=batch.pk,
            check=check,
            verdict=FindingStatus.CONFIRMED,
            reason="与病历及清单核对属实",
            by=by,
            at=at,
        )


def audit(world: World, planned: Planned, who: int, on: date, at: datetime) -> None:
    statement = _statement(world, planned, at)
    statements.audit_statement(statement_id=statement.pk, by=world.users[REVIEWERS[who]], at=at)


def approve(world: World, planned: Planned, who: int, on: date, at: datetime) -> None:
    statement = _statement(world, planned, at)
    statements.approve_statement(statement_id=statement.pk, by=world.users[SETTLERS[who]], at=at)


def verify(world: World, planned: Planned, who: int, on: date, at: datetime) -> None:
    statement = _statement(world, planned, at)
    statements.verify_statement(statement_id=statement.pk, by=world.users[VERIFIERS[who]], at=at)


def issue_order(world: World, planned: Planned, who: int, on: date, at: datetime) -> None:
    statement = _statement(world, planned, at)
    payments.issue_order(statement_id=statement.pk, by=world.users[PAYERS[who]], at=at)


def pay(world: World, planned: Planned, who: int, on: date, at: datetime) -> None:
    statement = _statement(world, planned, at)
    payments.record_payment(
        statement_id=statement.pk,
        bank_reference=f"YH{at:%Y%m%d}{statement.pk:06d}",
        paid_on=on,
        by=world.users[PAYERS[who]],
        at=at,
    )


# --- what goes wrong --------------------------------------------------------------------------


def _enter_late_payment(script: Script) -> None:
    """The head approves the reason of a delay; the payment follows, late."""
    world = script.world
    serials = {each.name: (serial, each) for serial, each in enumerate(plan(world))}
    earliest = claim_months(world.today)[0]
    serial, planned = serials[f"batch.{PAID_LATE}.{earliest}"]
    days: Any = partial(pay_late, world, planned, serial % 2)
    script.on(world.ago(2), days, hour=12, label=f"late payment of {planned.name}")


def pay_late(world: World, planned: Planned, who: int, on: date, at: datetime) -> None:
    statement = _statement(world, planned, at)
    payer = world.users[PAYERS[who]]
    approvals.explain_delay(
        statement_id=statement.pk, reason="收款账户校验未通过,退票后重新办理", by=payer, at=at
    )
    approvals.approve_delay(statement_id=statement.pk, by=world.users["head"], at=at)
    issue_order(world, planned, who, on, at)
    pay(world, planned, who, on, at)


def _enter_rejected(script: Script) -> None:
    """One institution first sends files that do not hold together."""
    world = script.world
    planned = next(each for each in plan(world) if each.invented.key == "pengze")
    act = partial(hand_in_broken, world, planned)
    script.on(planned.submitted_on, act, hour=7, label="rejected claims")


def hand_in_broken(world: World, planned: Planned, on: date, at: datetime) -> None:
    files = files_of(world, planned)
    lines = files.lines.decode().splitlines(keepends=True)
    # A line of no settlement, a time that is none, an amount that is none, a line left out.
    cells = lines[1].split(",")
    cells[1] = "S-NONE"
    lines[1] = ",".join(cells)
    lines[2] = lines[2].replace(f"{planned.month.year}-", "20xx-", 1)
    lines[3] = lines[3].replace(".", "·")
    del lines[40]
    submit(world, planned.invented, files.settlements, "".join(lines).encode(), at)
