"""Agreements in every state, and requests about them decided or waiting (B-13 … B-16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from agency.periods import ONE_DAY, add_months
from agency.services.calendar import office
from agreements.enums.life import RequestKind, SuspensionGround
from agreements.models import Agreement
from agreements.rules import suspension_limit_basis
from agreements.services.renewal import renew_agreement
from agreements.services.requests import accept_request, file_request
from agreements.services.signing import draft_agreement
from agreements.services.suspension import hold_termination, resume_agreement, suspend_agreement
from demo.world.accounts import account_of
from demo.world.institutions import BY_KEY, INSTITUTIONS, Invented
from demo.world.script import Script, World
from demo.world.stories import signing

OFFICER, HEAD = "agreement", "head"
SIGNED_BEFORE_DAYS = 12
RENEWED_BEFORE_DAYS = 80
NOTICE_DAYS = 105


@dataclass(frozen=True, slots=True)
class Term:
    """An agreement from the first of a month, so many months after this one, and its renewals."""

    starts: int
    months: int = 12
    renewals: int = 0
    signed: bool = True


# Whoever is not named has an agreement since five to eight months.
TERMS = {
    # In force without a gap for more than two years: three terms.
    "trial": Term(-26, renewals=2),
    "renhe": Term(-15, renewals=1),
    "central": Term(-15, renewals=1),
    "lianxi": Term(-14, renewals=1),
    "eyes": Term(-8),
    "yongxiu": Term(-11, renewals=1),
    "dental": Term(-10),
    "dialysis": Term(-10),
    "village": Term(-13),
    "elderly": Term(-16),
    "nursing": Term(-14, months=24),
    "outpatient": Term(-14, months=24),
    "hospice": Term(-18, months=30),
    "station": Term(-9),
    "bones": Term(-7),
    "new": Term(1),
    "applicant": Term(1, signed=False),
}
SUSPENDED_DAYS = 172
TERMINATED_AFTER = 215
HELD_AFTER = 3


@dataclass(frozen=True, slots=True)
class Request:
    """What an institution asks for: `filed` days ago, wanted so many days from today."""

    key: str
    kind: RequestKind
    filed: int
    wanted: int
    reason: str
    length: int = 0
    accepted: int | None = None


REQUESTS = (
    Request("station", RequestKind.DISSOLVE, 140, -32, "服务站整合撤并", accepted=135),
    # Waiting at the desk.
    Request("integrated", RequestKind.SUSPEND, 1, 110, "病房楼改造,需停诊三个月", length=90),
    Request("clinic", RequestKind.DISSOLVE, 4, 120, "诊所停业,申请解除协议"),
    Request("community", RequestKind.NOT_RENEW, 6, 0, "机构合并,期满不再续签"),
    Request("eyes", RequestKind.RENEW, 20, 0, "申请续签下一年度协议"),
    # After its last day: the agency may still negotiate, and has no duty to.
    Request("dental", RequestKind.RENEW, 1, 0, "因人员变动迟延,申请续签"),
)


def term_of(invented: Invented) -> Term:
    return TERMS.get(invented.key) or Term(-5 - invented.serial % 4)


def first_day(world: World, term: Term) -> date:
    return add_months(world.today.replace(day=1), term.starts)


def enter(script: Script) -> None:
    for invented in INSTITUTIONS:
        _enter_term(script, invented)
    for request in REQUESTS:
        _enter_request(script, request)
    _enter_voluntary(script, "nursing", script.world.ago(SUSPENDED_DAYS - 1))
    _enter_voluntary(script, "hospice", script.world.ago(TERMINATED_AFTER))
    _enter_held(script)
    _enter_resumed(script)


# --- terms ------------------------------------------------------------------------------------


def _enter_term(script: Script, invented: Invented) -> None:
    world, term = script.world, term_of(invented)
    starts_on = first_day(world, term)
    signed_on = min(starts_on - timedelta(SIGNED_BEFORE_DAYS), world.today)
    label = f"agreement of {invented.key}"
    act = partial(draft, world, invented, starts_on, term.months)
    script.on(min(signed_on - timedelta(5), world.ago(3)), act, label=label)
    if not term.signed:
        return
    script.on(signed_on, partial(sign, world, invented), hour=11, label=label)
    script.night(starts_on)
    for _ in range(term.renewals):
        starts_on = add_months(starts_on, term.months)
        drafted_on = min(starts_on - timedelta(RENEWED_BEFORE_DAYS), world.ago(9))
        script.on(drafted_on, partial(renew, world, invented), label=label)
        script.on(drafted_on + timedelta(7), partial(sign, world, invented), hour=11, label=label)
        script.night(starts_on)
    script.night(add_months(starts_on, term.months))


def draft(
    world: World, invented: Invented, starts_on: date, months: int, on: date, at: datetime
) -> None:
    world.made[f"agreement.{invented.key}"] = draft_agreement(
        institution_id=world.of(invented).pk,
        region_code=world.region.code,
        valid_from=starts_on,
        months=months,
        by=world.users[OFFICER],
        at=at,
    )


def sign(world: World, invented: Invented, on: date, at: datetime) -> None:
    agreement: Agreement = world.made[f"agreement.{invented.key}"]
    signing.sign(world, agreement, account_of(invented), at)


def renew(world: World, invented: Invented, on: date, at: datetime) -> None:
    agreement: Agreement = world.made[f"agreement.{invented.key}"]
    world.made[f"agreement.{invented.key}"] = renew_agreement(
        agreement_id=agreement.pk, by=world.users[OFFICER], at=at
    )


# --- requests ---------------------------------------------------------------------------------


def _enter_request(script: Script, request: Request) -> None:
    world, label = script.world, f"request of {request.key}"
    script.on(world.ago(request.filed), partial(ask, world, request), hour=14, label=label)
    if request.accepted is not None:
        act = partial(accept, world, request)
        script.on(world.ago(request.accepted), act, hour=15, label=label)
        script.night(world.ago(-request.wanted))


def ask(world: World, request: Request, on: date, at: datetime) -> None:
    agreement: Agreement = world.made[f"agreement.{request.key}"]
    # Renewal, and its refusal, are wanted from the day after the validity.
    wanted_on = world.ago(-request.wanted) if request.wanted else None
    world.made[f"request.{request.key}"] = file_request(
        agreement_id=agreement.pk,
        kind=request.kind,
        by=world.users[account_of(BY_KEY[request.key])],
        at=at,
        reason=request.reason,
        wanted_on=wanted_on,
        wanted_to=wanted_on + timedelta(request.length) if wanted_on and request.length else None,
    )


def accept(world: World, request: Request, on: date, at: datetime) -> None:
    asked = world.made[f"request.{request.key}"]
    accept_request(request_id=asked.pk, by=world.users[OFFICER], at=at, reason="符合规定,同意")


# --- suspensions ------------------------------------------------------------------------------


def _enter_voluntary(script: Script, key: str, starts_on: date) -> None:
    """Have the institution ask, the agency agree, and the nightly job suspend."""
    today = script.world.today
    filed = (today - starts_on).days + NOTICE_DAYS
    wanted = -(today - starts_on).days
    request = Request(
        key, RequestKind.SUSPEND, filed, wanted, "设备更新,申请中止协议", 170, accepted=filed - 6
    )
    _enter_request(script, request)


def _enter_held(script: Script) -> None:
    """A suspension beyond its limit, whose automatic termination the head holds."""
    world = script.world
    starts_on = world.ago(181)
    while limit_of(world, starts_on) > world.ago(HELD_AFTER):
        starts_on -= ONE_DAY
    _enter_voluntary(script, "outpatient", starts_on)
    limit = limit_of(world, starts_on)
    script.night(limit + ONE_DAY)
    script.on(limit + 2 * ONE_DAY, partial(hold, world), hour=9, label="hold of outpatient")


def limit_of(world: World, starts_on: date) -> date:
    """Return the limit of a voluntary suspension as rule B-13 answers it."""
    deadline, _basis = suspension_limit_basis(starts_on, office(on=starts_on, region=world.region))
    return deadline.on


def hold(world: World, on: date, at: datetime) -> None:
    agreement: Agreement = world.made["agreement.outpatient"]
    hold_termination(
        agreement_id=agreement.pk,
        by=world.users[HEAD],
        at=at,
        reason="改造工程验收延期,已提交证明,暂缓终止",
    )


def _enter_resumed(script: Script) -> None:
    """A mandatory suspension of two months, over before the claims begin."""
    world = script.world
    suspended = add_months(world.today.replace(day=11), -8)
    resumed = add_months(suspended, 2)
    script.on(suspended, partial(suspend, world), label="suspension of dialysis")
    script.on(resumed, partial(resume, world), label="resumption of dialysis")


def suspend(world: World, on: date, at: datetime) -> None:
    agreement: Agreement = world.made["agreement.dialysis"]
    suspend_agreement(
        agreement_id=agreement.pk,
        by=world.users[OFFICER],
        at=at,
        on=on,
        ground=SuspensionGround.DATA,
        reason="透析记录与上传数据不一致,责令整改",
        planned_to=add_months(on, 2) - ONE_DAY,
    )


def resume(world: World, on: date, at: datetime) -> None:
    agreement: Agreement = world.made["agreement.dialysis"]
    resume_agreement(
        rectified=True,
        findings="已整改",
        agreement_id=agreement.pk,
        by=world.users[OFFICER],
        at=at,
        on=on,
        reason="整改验收合格",
    )
