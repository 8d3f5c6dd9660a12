"""Disputes on every way and with every result; what the agency let pass, the demands and measures
that followed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from agreements.enums.life import SuspensionGround
from demo.world.accounts import account_of
from demo.world.institutions import BY_KEY
from demo.world.papers import paper
from demo.world.script import Script, World
from demo.world.stories import measure_acts as acts
from demo.world.stories.measure_acts import Life
from supervision.enums.cases import AgreementAct, Rung
from supervision.enums.disputes import (
    AgencyMeasureKind,
    DisputeResult,
    DisputeRoute,
    DisputeSubject,
    StepKind,
)
from supervision.enums.interviews import MoneyAct
from supervision.models import AgencyBreach, Case, Dispute
from supervision.services import agency_measures, decision, demands
from supervision.services.disputes import course, filing, result

HEAD, OFFICER, LAW, SUPERVISOR = "head", "agreement", "law", "supervisor"
AUTHORITY, COURT = "市人民政府行政复议机构(演示)", "浔阳区人民法院(演示)"
SUSPENDED, SUSPENDED_DAYS = 180, 91
NEGOTIATION, COORDINATION = DisputeRoute.NEGOTIATION, DisputeRoute.COORDINATION
RECONSIDERATION, LITIGATION = DisputeRoute.RECONSIDERATION, DisputeRoute.LITIGATION

Act = Callable[..., Any]


def lives(today: date) -> tuple[Life, ...]:
    """Cases whose decisions are disputed to the end."""
    first = today - timedelta(SUSPENDED)
    return (
        Life(
            "dental",
            "收费项目与诊疗记录不符",
            SUSPENDED,
            (
                {
                    "rung": Rung.AGREEMENT,
                    "agreement_act": AgreementAct.SUSPEND,
                    "suspension_ground": SuspensionGround.RISK,
                    "starts_on": first,
                    "ends_on": first + timedelta(SUSPENDED_DAYS),
                },
            ),
        ),
        Life("chaisang", "超标准收取床位费", 75, (_recovery("6600.00"),)),
        Life("wuning", "重复收取护理费", 90, (_recovery("2480.60"),)),
        Life("lushan", "检查项目重复收费", 66, (_recovery("3120.00"),)),
    )


def _recovery(amount: str) -> dict[str, Any]:
    return {"rung": Rung.REFUSE, "amount": amount, "money_act": MoneyAct.RECOVER}


def enter(script: Script) -> None:
    for life in lives(script.world.today):
        _enter_case(script, life)
    world = script.world
    scenes: tuple[tuple[int, int, Act], ...] = (
        # Annulled: the suspension never was.
        (170, 10, partial(file, world, "dental", RECONSIDERATION, "请求撤销中止协议的决定")),
        (166, 10, partial(accept, world, "dental", OFFICER, "行复〔演示〕1号")),
        (125, 10, partial(end, world, "dental", DisputeResult.ANNULLED, "认定事实不清,予以撤销。")),
        # Changed: the amount becomes less.
        (65, 10, partial(file, world, "chaisang", LITIGATION, "请求变更追回金额")),
        (60, 10, partial(accept, world, "chaisang", OFFICER, "(演示)行初2号")),
        (20, 10, partial(end_with_less, world, "chaisang", Decimal("4150.50"))),
        # Upheld.
        (80, 10, partial(file, world, "wuning", RECONSIDERATION, "请求撤销处理决定")),
        (76, 10, partial(accept, world, "wuning", OFFICER, "行复〔演示〕3号")),
        (30, 10, partial(end, world, "wuning", DisputeResult.UPHELD, "认定事实清楚,予以维持。")),
        # Not accepted, and then withdrawn on another way.
        (58, 10, partial(file, world, "lushan", RECONSIDERATION, "请求撤销处理决定")),
        (54, 10, partial(refuse, world, "lushan")),
        (50, 10, partial(file, world, "lushan", LITIGATION, "请求撤销处理决定")),
        (46, 10, partial(accept, world, "lushan", OFFICER, "(演示)行初4号")),
        (10, 10, partial(withdraw, world, "lushan")),
        # Settled between the two sides, and carried out.
        (58, 15, partial(file, world, "yongxiu", NEGOTIATION, "请求核减分解收费金额")),
        (56, 15, partial(accept, world, "yongxiu", OFFICER, "")),
        (54, 15, partial(offer, world, "yongxiu")),
        (52, 15, partial(end, world, "yongxiu", DisputeResult.SETTLED, "按原金额分期履行。")),
        (51, 15, partial(carry_out, world, "yongxiu")),
        # The dissolution: a coordination without agreement, and a court that has taken it up.
        (24, 10, partial(file, world, "bones", COORDINATION, "请求协调恢复协议")),
        (22, 10, partial(accept, world, "bones", LAW, "")),
        (21, 10, partial(invite, world, "bones", 4)),
        (
            14,
            10,
            partial(end, world, "bones", DisputeResult.UNSETTLED, "双方分歧较大,未一致。"),
        ),
        (12, 10, partial(file, world, "bones", LITIGATION, "请求撤销解除协议的决定")),
        (6, 10, partial(accept, world, "bones", OFFICER, "(演示)行初5号")),
        # The suspension that runs: a reconsideration under way.
        (9, 10, partial(file, world, "hukou", RECONSIDERATION, "请求撤销中止协议的决定")),
        (5, 10, partial(accept, world, "hukou", OFFICER, "行复〔演示〕6号")),
        (3, 10, partial(add, world, "hukou")),
        # Not taken up yet.
        (1, 15, partial(file, world, "bones", NEGOTIATION, "愿意整改,请求重新协商")),
        # What the agency let pass.
        (6, 16, partial(demand_of_the_oldest, world)),
        (5, 16, partial(coordinate, world)),
        (4, 16, partial(invite_about_breach, world)),
        (2, 16, partial(propose_about_breach, world)),
        (3, 17, partial(order_rectification, world)),
        (8, 17, partial(follow_up, world)),
        (7, 11, partial(demand_answered, world)),
    )
    for before, hour, act in scenes:
        label = f"disputes: {act.func.__name__} {before}"  # type: ignore[attr-defined]
        script.on(world.ago(before), act, hour=hour, label=label)


def _enter_case(script: Script, life: Life) -> None:
    """The case up to the service of its decision."""
    world, day = script.world, script.world.ago(life.decided)
    stages: list[tuple[int, int, Act]] = [
        (-50, 9, acts.begin),
        (-49, 11, acts.demand),
        (-30, 10, acts.notice),
        (-29, 12, acts.notice_served),
        (-26, 13, acts.state),
    ]
    if suspends(life):
        stages += [(-12, 10, acts.review), (-8, 11, acts.discuss)]
    stages.append((0, 14, decide))
    if suspends(life):
        stages.append((1, 9, acts.report))
    stages.append((2, 15, acts.decision_served))
    for days, hour, act in stages:
        label = f"disputed case of {life.key}: {act.__name__}"
        script.on(day + timedelta(days), partial(act, world, life), hour=hour, label=label)


def suspends(life: Life) -> bool:
    return any(each["rung"] == Rung.AGREEMENT for each in life.measures)


def decide(world: World, life: Life, on: date, at: datetime) -> None:
    case = _case(world, life.key)
    decision.decide_case(
        case_id=case.pk,
        imposed=[each.pk for each in case.measures.all()],
        consideration="已听取陈述申辩,逐条核对,事实和依据不变。",
        **_doer(world, HEAD if suspends(life) else acts.DECIDER, on, at),
    )


# --- disputes -------------------------------------------------------------------------------------


def _case(world: World, key: str) -> Case:
    found = world.made.get(f"measures.{key}") or world.made[f"case.{key}"]
    return Case.objects.get(pk=found.pk)


def _member(world: World, key: str) -> Any:
    return world.users[account_of(BY_KEY[key])]


def _doer(world: World, by: str, on: date, at: datetime) -> dict[str, Any]:
    return {"by": world.users[by], "on": on, "at": at}


def _open(world: World, key: str) -> Dispute:
    return Dispute.objects.open().filter(case=_case(world, key)).latest("pk")


def file(world: World, key: str, route: DisputeRoute, claim: str, on: date, at: datetime) -> None:
    body = {RECONSIDERATION: AUTHORITY, LITIGATION: COURT}.get(route, "")
    filing.file_dispute(
        subject=DisputeSubject.CASE,
        pk=_case(world, key).pk,
        route=route,
        claim=claim,
        grounds="我院认为认定的事实与病历、收费清单不符,处理过重。",
        body=body,
        files=[paper("申请书", claim)],
        by=_member(world, key),
        on=on,
        at=at,
    )


def accept(world: World, key: str, by: str, reference: str, on: date, at: datetime) -> None:
    course.accept_dispute(
        dispute_id=_open(world, key).pk,
        accepted_on=on,
        body_reference=reference,
        **_doer(world, by, on, at),
    )


def refuse(world: World, key: str, on: date, at: datetime) -> None:
    course.not_accept_dispute(
        dispute_id=_open(world, key).pk,
        reason="申请材料不齐全,逾期未补正,不予受理。",
        **_doer(world, OFFICER, on, at),
    )


def withdraw(world: World, key: str, on: date, at: datetime) -> None:
    result.withdraw_dispute(
        dispute_id=_open(world, key).pk,
        reason="已与经办机构沟通,自愿撤诉。",
        by=_member(world, key),
        on=on,
        at=at,
    )


def offer(world: World, key: str, on: date, at: datetime) -> None:
    doer = _doer(world, OFFICER, on, at)
    pk = _open(world, key).pk
    course.record_step(
        dispute_id=pk, kind=StepKind.PROPOSAL, text="金额不变,可分两期履行。", **doer
    )
    course.answer_proposal(
        dispute_id=pk, agrees=True, text="同意。", by=_member(world, key), on=on, at=at
    )


def invite(world: World, key: str, days: int, on: date, at: datetime) -> None:
    course.invite_sides(
        dispute_id=_open(world, key).pk,
        meets_at=at.replace(hour=9, minute=30) + timedelta(days),
        place="市医疗保障局二楼会议室(演示)",
        text="请双方各派两名代表,携带案卷和结算资料。",
        **_doer(world, LAW, on, at),
    )


def add(world: World, key: str, on: date, at: datetime) -> None:
    course.record_step(
        dispute_id=_open(world, key).pk,
        kind=StepKind.DOCUMENT,
        text="复议机构要求补充的进销存数据。",
        files=[paper("补充证据", "进销存数据")],
        by=_member(world, key),
        on=on,
        at=at,
    )


def end(world: World, key: str, what: DisputeResult, text: str, on: date, at: datetime) -> None:
    dispute = _open(world, key)
    by = LAW if dispute.route == COORDINATION else HEAD
    result.record_result(
        dispute_id=dispute.pk,
        result=what,
        text=text,
        decided_on=on,
        result_served_on=on,
        files=[paper("结果文书", text)],
        **_doer(world, by, on, at),
    )


def end_with_less(world: World, key: str, amount: Decimal, on: date, at: datetime) -> None:
    dispute = _open(world, key)
    measure = _case(world, key).measures.filter(imposed=True, amount__isnull=False).get()
    result.record_result(
        dispute_id=dispute.pk,
        result=DisputeResult.CHANGED,
        text=f"追回金额变更为{amount:,.2f}元。",
        decided_on=on,
        result_served_on=on,
        new_measure_id=measure.pk,
        new_amount=amount,
        files=[paper("行政判决书", "变更")],
        **_doer(world, HEAD, on, at),
    )


def carry_out(world: World, key: str, on: date, at: datetime) -> None:
    dispute = Dispute.objects.filter(case=_case(world, key)).latest("pk")
    result.carry_out(
        dispute_id=dispute.pk,
        annuls=False,
        reason="已与机构签订分期履行备忘录。",
        **_doer(world, HEAD, on, at),
    )


# --- breaches by the agency -----------------------------------------------------------------------


def _late() -> AgencyBreach:
    """The breach that has run longest and that nobody has asked about."""
    return AgencyBreach.objects.running().filter(demands=None).earliest("began_on", "pk")


def _own(world: World, breach: AgencyBreach) -> Any:
    key = next(each for each, one in world.institutions.items() if one == breach.institution)
    return _member(world, key)


def demand_of_the_oldest(world: World, on: date, at: datetime) -> None:
    breach = _late()
    world.made["breach"] = breach
    demands.file_demand(
        institution=breach.institution,
        text=f"{breach.matter}已逾期,请立即办理并说明原因。",
        breach_id=breach.pk,
        files=[paper("催办函", breach.matter)],
        by=_own(world, breach),
        on=on,
        at=at,
    )


def coordinate(world: World, on: date, at: datetime) -> None:
    breach = world.made["breach"]
    world.made["coordination"] = filing.file_dispute(
        subject=DisputeSubject.BREACH,
        pk=breach.pk,
        route=COORDINATION,
        claim="请求督促经办机构尽快办理",
        grounds=f"{breach.matter}应于{breach.due_on}前办结,至今未办。",
        by=_own(world, breach),
        on=on,
        at=at,
    )
    course.accept_dispute(
        dispute_id=world.made["coordination"].pk,
        accepted_on=on,
        **_doer(world, LAW, on, at),
    )


def invite_about_breach(world: World, on: date, at: datetime) -> None:
    course.invite_sides(
        dispute_id=world.made["coordination"].pk,
        meets_at=at.replace(hour=9, minute=30) + timedelta(1),
        place="市医疗保障局二楼会议室(演示)",
        text="请经办机构说明逾期原因和办结时间。",
        **_doer(world, LAW, on, at),
    )


def propose_about_breach(world: World, on: date, at: datetime) -> None:
    course.propose(
        dispute_id=world.made["coordination"].pk,
        text="经办机构五个工作日内办结,并书面说明逾期原因。",
        **_doer(world, LAW, on, at),
    )


def order_rectification(world: World, on: date, at: datetime) -> None:
    agency_measures.take_measure(
        kind=AgencyMeasureKind.RECTIFICATION,
        text="请查明逾期原因,限期办结,完善内部控制,并书面报告。",
        breach_id=world.made["breach"].pk,
        **_doer(world, SUPERVISOR, on, at),
    )


def follow_up(world: World, on: date, at: datetime) -> None:
    """An interview that was followed up, and a criticism that waits for nothing."""
    doer = _doer(world, SUPERVISOR, on, at)
    interview = agency_measures.take_measure(
        kind=AgencyMeasureKind.INTERVIEW,
        text="约谈经办机构主要负责人,了解拨付逾期情况。",
        region=world.region,
        due_on=on + timedelta(3),
        **doer,
    )
    agency_measures.report_measure(
        measure_id=interview.pk, report="已逐笔核对,落实专人跟踪。", **_doer(world, HEAD, on, at)
    )
    agency_measures.close_measure(measure_id=interview.pk, closing="整改措施已落实。", **doer)
    agency_measures.take_measure(
        kind=AgencyMeasureKind.CRITICISM,
        text="对上季度逾期拨付情况予以通报批评。",
        region=world.region,
        **doer,
    )


def demand_answered(world: World, on: date, at: datetime) -> None:
    """A demand that was corrected, one that is being corrected and one that was refused."""
    doer = _doer(world, OFFICER, on, at)

    def asked(key: str, text: str) -> int:
        return demands.file_demand(
            institution=world.of(BY_KEY[key]), text=text, by=_member(world, key), on=on, at=at
        ).pk

    corrected = asked("duchang", "上月拨付通知未列明扣款项目,请补发明细。")
    demands.accept_demand(
        demand_id=corrected, answer="情况属实,立即补发。", correct_by_on=on, **doer
    )
    demands.record_correction(
        demand_id=corrected, correction="已补发扣款明细。", corrected_on=on, **doer
    )
    demands.accept_demand(
        demand_id=asked("renhe", "请在平台公开周转金拨付进度。"),
        answer="接受,纳入下月系统更新。",
        correct_by_on=world.today + timedelta(15),
        **doer,
    )
    demands.refuse_demand(
        demand_id=asked("dean", "要求提高住院床日定额。"),
        answer="支付标准由医疗保障行政部门确定,不属于协议履行事项。",
        **doer,
    )
