"""Institutions with agreements in several regions: a cascade with receipts answered and open, a
suspension elsewhere that nobody follows, a resumption with its proposals, an annulled suspension,
and the list of dissolved agreements (B-13, B-14, B-17, B-19).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import partial

from agency.enums import Role, ServiceMethod
from agency.models import Region, User
from agency.services.letters import serve_letter
from agency.services.people import add_user
from agency.services.regions import enter_region
from agreements.enums.cascade import CascadeKind
from agreements.enums.life import DissolutionGround, SuspensionGround
from agreements.models import (
    Agreement,
    CascadeReceipt,
    DissolvedEntry,
    InpatientWarning,
    Suspension,
)
from agreements.services.annulment import annul_dissolution, annul_suspension
from agreements.services.cascade_answers import (
    accept_proposal,
    acknowledge_receipt,
    decline_proposal,
)
from agreements.services.dissolved import publish_entry, withdraw_entry
from agreements.services.ending import dissolve_agreement
from agreements.services.inpatients import answer_warning
from agreements.services.signing import draft_agreement
from agreements.services.suspension import resume_agreement, suspend_agreement
from demo.world.accounts import account_of
from demo.world.institutions import BY_KEY
from demo.world.papers import paper
from demo.world.script import Script, World
from demo.world.stories import signing
from demo.world.stories.agreements import first_day, term_of

OFFICER, HEAD = "agreement", "head"
NANCHANG, JIAXING, HUANGGANG = "360100", "330400", "421100"
REGIONS = {NANCHANG: "南昌市", JIAXING: "嘉兴市", HUANGGANG: "黄冈市"}
OFFICERS = {NANCHANG: ("nanchang", "熊南浦"), JIAXING: ("jiaxing", "陆秀洲")}

# So many days ago the inpatients of most stoppings had been reported.
FIRST_ANSWERED, LAST_ANSWERED = 420, 21

# Who has agreements where, besides at home.
ELSEWHERE = {
    "kidney": (NANCHANG, JIAXING, HUANGGANG),
    "joint": (NANCHANG, JIAXING),
    "sight": (NANCHANG, JIAXING, HUANGGANG),
    "breath": (NANCHANG,),
    "spine": (JIAXING,),
}


def enter(script: Script) -> None:
    world = script.world
    began = min(first_day(world, term_of(BY_KEY[key])) for key in ELSEWHERE)
    script.on(began, partial(open_regions, world), hour=8, label="other regions")
    for key, regions in ELSEWHERE.items():
        first = first_day(world, term_of(BY_KEY[key]))
        for region in regions:
            act = partial(agree, world, key, region, first)
            script.on(first, act, hour=11, label=f"agreement of {key} in {region}")
    _enter_cascade(script)
    _enter_resumption(script)
    _enter_alone(script)
    _enter_dissolved(script)


def _enter_cascade(script: Script) -> None:
    """Suspended by the home region four days ago; one region has acknowledged."""
    world = script.world
    script.on(world.ago(4), partial(suspend, world, "kidney"), label="cascade of kidney")
    script.on(
        world.ago(3), partial(acknowledge, world, "kidney", NANCHANG), label="cascade acknowledged"
    )
    for days in range(FIRST_ANSWERED, LAST_ANSWERED, -7):
        script.on(world.ago(days), partial(answer_waiting, world), hour=14, label="inpatients")
    script.on(world.ago(3), partial(warn, world, "kidney", 17), hour=15, label="inpatients")


def _enter_resumption(script: Script) -> None:
    """Resumed at home six days ago: one region follows, one declines, one has not answered."""
    world = script.world
    script.on(world.ago(50), partial(suspend, world, "sight"), label="cascade of sight")
    for region in OFFICERS:
        act = partial(acknowledge, world, "sight", region)
        script.on(world.ago(48), act, label="cascade acknowledged")
    script.on(world.ago(49), partial(warn, world, "sight", 0), hour=15, label="no inpatients")
    script.on(world.ago(6), partial(resume, world, "sight"), label="resumption of sight")
    script.on(world.ago(4), partial(answer, world, "sight", NANCHANG), label="proposal accepted")
    script.on(world.ago(2), partial(answer, world, "sight", JIAXING), label="proposal declined")


def _enter_alone(script: Script) -> None:
    """Nanchang suspends for itself; what the home region had decided before was annulled."""
    world = script.world
    script.on(world.ago(70), partial(suspend, world, "joint"), label="suspension of joint")
    script.on(world.ago(52), partial(annul, world, "joint"), label="suspension annulled")
    alone = partial(suspend, world, "joint", region=NANCHANG)
    script.on(world.ago(20), alone, label="suspension elsewhere")


def _enter_dissolved(script: Script) -> None:
    """One published, at home and still to be published elsewhere; one annulled and withdrawn."""
    world = script.world
    script.on(world.ago(60), partial(dissolve, world, "breath"), label="dissolution of breath")
    script.on(world.ago(58), partial(serve, world, "breath"), label="its service")
    script.on(world.ago(54), partial(publish, world, "breath"), label="its publication")
    script.on(world.ago(40), partial(dissolve, world, "spine"), label="dissolution of spine")
    script.on(world.ago(38), partial(serve, world, "spine"), label="its service")
    script.on(world.ago(35), partial(publish, world, "spine"), label="its publication")
    script.on(world.ago(20), partial(undo, world, "spine"), label="dissolution annulled")
    script.on(world.ago(18), partial(withdraw, world, "spine"), label="entry withdrawn")


# --- regions and agreements -------------------------------------------------------------------


def open_regions(world: World, on: date, at: datetime) -> None:
    province = world.region.parent
    for code, name in REGIONS.items():
        parent = province.pk if province and code.startswith(province.pk[:2]) else None
        enter_region(
            code=code, name=name, level="prefecture", parent_code=parent, coordination_code=None
        )
    for code, (username, name) in OFFICERS.items():
        user = add_user(
            username=username,
            name=name,
            roles=(Role.AGREEMENT_OFFICER,),
            region=Region.objects.get(pk=code),
        )
        user.password = world.users[OFFICER].password
        user.save(update_fields=["password"])
        world.users[username] = user


def agree(world: World, key: str, region: str, first: date, on: date, at: datetime) -> None:
    agreement = draft_agreement(
        institution_id=world.of(BY_KEY[key]).pk,
        region_code=region,
        valid_from=first,
        by=world.users[OFFICER],
        at=at,
    )
    world.made[f"agreement.{key}.{region}"] = agreement
    signing.sign(world, agreement, account_of(BY_KEY[key]), at)


def own(world: World, key: str, region: str = "") -> Agreement:
    return world.made[f"agreement.{key}.{region}" if region else f"agreement.{key}"]


# --- suspensions ------------------------------------------------------------------------------


def suspend(world: World, key: str, on: date, at: datetime, region: str = "") -> None:
    suspend_agreement(
        agreement_id=own(world, key, region).pk,
        by=world.users[HEAD],
        at=at,
        on=on,
        ground=SuspensionGround.DATA,
        reason="上传的检查检验数据与病历不一致,责令整改",
    )


def resume(world: World, key: str, on: date, at: datetime) -> None:
    resume_agreement(
        agreement_id=own(world, key).pk,
        by=world.users[HEAD],
        at=at,
        on=on,
        reason="整改验收合格",
        rectified=True,
        findings="现场核对30份病历,数据一致,接口已改造并通过测试",
        files=[paper("整改验收记录")],
    )


def annul(world: World, key: str, on: date, at: datetime) -> None:
    suspension = Suspension.objects.get(agreement=own(world, key))
    annul_suspension(
        suspension_id=suspension.pk,
        by=world.users[HEAD],
        at=at,
        on=on,
        reason="行政复议认定原决定事实不清,予以撤销",
    )


# --- receipts ---------------------------------------------------------------------------------


def _receipt(world: World, key: str, region: str, kind: CascadeKind) -> CascadeReceipt:
    return CascadeReceipt.objects.get(agreement=own(world, key, region), kind=kind)


def _officer(world: World, region: str) -> User:
    return world.users[OFFICERS[region][0]]


def acknowledge(world: World, key: str, region: str, on: date, at: datetime) -> None:
    receipt = _receipt(world, key, region, CascadeKind.SUSPEND)
    acknowledge_receipt(receipt_id=receipt.pk, by=_officer(world, region), at=at)


def answer(world: World, key: str, region: str, on: date, at: datetime) -> None:
    proposal = _receipt(world, key, region, CascadeKind.PROPOSAL)
    officer = _officer(world, region)
    if region == NANCHANG:
        accept_proposal(receipt_id=proposal.pk, by=officer, at=at, on=on, reason="同意恢复")
    else:
        decline_proposal(
            receipt_id=proposal.pk, by=officer, at=at, reason="本地另有核查尚未结束,暂不恢复"
        )


def warn(world: World, key: str, inpatients: int, on: date, at: datetime) -> None:
    warning = InpatientWarning.objects.get(agreement=own(world, key))
    answer_warning(
        warning_id=warning.pk,
        inpatients=inpatients,
        told_on=warning.boundary_on if inpatients else None,
        note="已逐一告知,3人转院,其余自愿继续治疗" if inpatients else "无在院参保人员",
        by=world.users[account_of(BY_KEY[key])],
        at=at,
    )


def answer_waiting(world: World, on: date, at: datetime) -> None:
    """Have the others answer before their period is over; their latest are left open."""
    told_elsewhere = [world.of(BY_KEY[key]) for key in ("kidney", "sight")]
    rows = InpatientWarning.objects.waiting().exclude(agreement__institution__in=told_elsewhere)
    administrators = User.objects.filter(groups__name=Role.INSTITUTION_ADMINISTRATOR)
    for warning in rows.select_related("agreement").order_by("pk"):
        by = administrators.filter(membership__institution=warning.agreement.institution_id)
        inpatients = warning.pk * 7 % 23
        answer_warning(
            warning_id=warning.pk,
            inpatients=inpatients,
            told_on=warning.boundary_on if inpatients else None,
            note="已逐一告知" if inpatients else "无在院参保人员",
            by=by.earliest("pk"),
            at=at,
        )


# --- the dissolved list -----------------------------------------------------------------------


def dissolve(world: World, key: str, on: date, at: datetime) -> None:
    dissolve_agreement(
        agreement_id=own(world, key).pk,
        by=world.users[HEAD],
        at=at,
        on=on,
        ground=DissolutionGround.CLOSED,
        reason="连续三十日无结算,现场核查已停业未报告",
    )


def _entries(world: World, key: str) -> Iterable[DissolvedEntry]:
    return DissolvedEntry.objects.filter(agreement=own(world, key))


def serve(world: World, key: str, on: date, at: datetime) -> None:
    for entry in _entries(world, key):
        if entry.letter_id:
            serve_letter(
                letter_id=entry.letter_id,
                method=ServiceMethod.HAND,
                served_on=on,
                recipient="负责人(演示)",
                proof=paper("送达回证"),
                by=world.users[HEAD],
                at=at,
                on=on,
            )


def publish(world: World, key: str, on: date, at: datetime) -> None:
    for entry in _entries(world, key):
        publish_entry(entry_id=entry.pk, by=world.users[OFFICER], at=at)


def undo(world: World, key: str, on: date, at: datetime) -> None:
    annul_dissolution(
        agreement_id=own(world, key).pk,
        by=world.users[HEAD],
        at=at,
        on=on,
        reason="行政复议认定停业已依法报告,撤销原决定",
    )


def withdraw(world: World, key: str, on: date, at: datetime) -> None:
    for entry in _entries(world, key):
        withdraw_entry(
            entry_id=entry.pk,
            by=world.users[OFFICER],
            at=at,
            explanation="原解除决定经行政复议撤销,自始无效,现予撤回。",
        )
