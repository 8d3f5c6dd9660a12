"""Three months of claims: handed in, reviewed, decided, approved, verified and paid (B-03, B-04).

How far a batch has come depends on its month and its institution: see `goal_of`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from functools import partial
from typing import Any

from django.core.files.base import ContentFile

from agency.lawbook import Office
from agency.periods import ONE_DAY
from agency.services.calendar import office
from agreements.enums import AgreementState
from agreements.models import Agreement
from demo.claims import Answer, ClaimFiles, generate
from demo.knowledge import in_use
from demo.world.accounts import account_of
from demo.world.institutions import BY_KEY, INSTITUTIONS, Invented
from demo.world.months import claim_months, following
from demo.world.script import Script, World
from institutions.models import Institution
from settlements.enums import Check, FileKind, FindingStatus
from settlements.models import ClaimBatch, Finding, Statement
from settlements.rules import PAYOUT_WORKDAYS, payout_basis
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


class Stage(IntEnum):
    """How far a batch comes, each stage with those before it."""

    REVIEWED = 1
    DECIDED = 2
    AUDITED = 3
    APPROVED = 4
    VERIFIED = 5
    ORDERED = 6
    PAID = 7


@dataclass(frozen=True, slots=True)
class Planned:
    """One batch of the world."""

    invented: Invented
    month: date
    submitted_on: date
    goal: Stage
    tag: str = ""

    @property
    def name(self) -> str:
        return f"batch.{self.invented.key}.{self.month}{self.tag}"


# The days after the submission on which a stage is reached, and the hour.
PACE: dict[Stage, tuple[int, int]] = {
    Stage.DECIDED: (4, 9),
    Stage.AUDITED: (6, 11),
    Stage.APPROVED: (9, 13),
    Stage.VERIFIED: (12, 15),
    Stage.ORDERED: (15, 16),
    Stage.PAID: (17, 17),
}
# Verified in time and then left lying: overdue, a potential breach of the agency.
OVERDUE = "xiushui"
# Paid after its deadline, the reason approved by the head.
PAID_LATE = "duchang"
LAST_MONTH_GOALS = tuple(Stage)[:-1]
MIDDLE_MONTH_GOALS = {
    "central": Stage.VERIFIED,
    "mother": Stage.APPROVED,
    "chaisang": Stage.ORDERED,
    "wuning": Stage.AUDITED,
    "gongqing": Stage.DECIDED,
}


# Supplementary batches that must be paid in so many days, and how far they have come.
URGENT = {
    "mother": (6, Stage.VERIFIED),
    "chaisang": (3, Stage.APPROVED),
    "wuning": (1, Stage.VERIFIED),
    "lushan": (0, Stage.ORDERED),
}


def claimants() -> list[Invented]:
    return [each for each in INSTITUTIONS if each.lines]


def goal_of(invented: Invented, age: int, position: int, *, is_due: bool) -> Stage:
    """Return the goal of a batch; `age` is 0 for the last month, 2 for the earliest. What is due
    by now is paid, but for the two that are meant to be late.
    """
    if age == 2 and invented.key in (OVERDUE, PAID_LATE):
        return Stage.VERIFIED
    if is_due:
        return Stage.PAID
    if age == 0:
        return LAST_MONTH_GOALS[position % len(LAST_MONTH_GOALS)]
    return MIDDLE_MONTH_GOALS.get(invented.key, Stage.PAID)


def plan(world: World) -> list[Planned]:
    """Return every batch of the world that is taken in."""
    batches = []
    today, rules = world.today, office(on=world.today, region=world.region)
    for age, month in enumerate(reversed(claim_months(today))):
        for position, invented in enumerate(claimants()):
            submitted_on = following(month) + timedelta(1 + position % 5)
            due = payout_basis(submitted_on, rules)[0].on
            goal = goal_of(invented, age, position, is_due=due < today)
            batches.append(Planned(invented, month, submitted_on, goal))
            if invented.key == "central" and age == 1:
                # Settlements that were forgotten come in a supplementary batch.
                later = submitted_on + timedelta(2)
                goal = Stage.PAID if due <= today else Stage.REVIEWED
                batches.append(Planned(invented, month, later, goal, tag="2"))
    for key, (days, goal) in URGENT.items():
        submitted_on = declared_for(rules, today + timedelta(days))
        batches.append(Planned(BY_KEY[key], claim_months(today)[0], submitted_on, goal, tag="9"))
    return batches


def declared_for(rules: Office, due_on: date) -> date:
    """Return the first day whose declarations need not be paid before `due_on`."""
    declared_on = due_on - timedelta(2 * PAYOUT_WORKDAYS)
    while payout_basis(declared_on, rules)[0].on < due_on:
        declared_on += ONE_DAY
    return declared_on


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


def files_of(world: World, planned: Planned) -> ClaimFiles:
    """Invent the batch with what the review will know of the agreement."""
    lines = max(SMALLEST, int(planned.invented.lines * world.scale))
    return generate(
        institution=planned.invented.code,
        hosp_lv=planned.invented.level,
        month=planned.month,
        lines=lines if not planned.tag else max(SMALLEST, lines // 10),
        knowledge=in_use(planned.submitted_on),
        in_force=in_force(world.of(planned.invented)),
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
