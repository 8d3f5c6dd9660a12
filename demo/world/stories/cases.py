"""Cases in every state and with each of the six measures of Order 2 art. 38."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from agreements.enums import DissolutionGround, SuspensionGround
from demo.world.accounts import account_of
from demo.world.institutions import BY_KEY
from demo.world.months import claim_months
from demo.world.papers import paper
from demo.world.script import Script, World
from settlements.models import Finding
from supervision.enums import AgreementAct, Rung, Target
from supervision.models import AdministrationOrder, Case, CaseMeasure
from supervision.services import administration, decision, hearing, opening

OPENER, DECIDER, HEAD, SUPERVISOR = "audit", "audit2", "head", "supervisor"
SUSPENDED_FROM_DAY = 20


@dataclass(frozen=True, slots=True)
class Story:
    """The life of a case; each stage is so many days before `anchor`, None for not reached."""

    key: str
    title: str
    clue: str
    clue_at: int
    measure: dict[str, Any] = field(default_factory=dict)
    opened: int | None = None
    noticed: int | None = None
    notice_served: int | None = None
    stated: int | None = None
    decided: int | None = None
    reported: int | None = None
    decision_served: int | None = None
    performed: int | None = None
    closed: int | None = None
    dismissed: int | None = None
    noted: int | None = None
    ordered: int | None = None
    answered: int | None = None
    returned: int | None = None
    of_finding: bool = False
    # The day from which the stages count back; today where not given.
    anchor: Callable[[World], date] | None = None


def suspension_day(today: date) -> date:
    """The first day of the suspension that a case imposes, in the last claim month."""
    return claim_months(today)[-1].replace(day=SUSPENDED_FROM_DAY)


def _on_suspension(world: World) -> date:
    return suspension_day(world.today)


def _clause(article: str) -> dict[str, Any]:
    return {"clause": article, "evidence": "现场核查笔录、费用清单与病历核对表"}


STORIES = (
    Story(
        *("clinic", "疑似串换诊疗项目", "群众来信反映收费项目与实际不符", 2),
    ),
    Story(
        *("eyes", "住院指征把握不严", "日常核查发现多例低指征住院", 8),
        {"rung": Rung.INTERVIEW, **_clause("协议第十二条")},
        opened=6,
        noted=4,
    ),
    Story(
        *("rehab", "康复项目超频次收费", "智能审核提示同日重复计费", 12),
        {"rung": Rung.WITHHOLD, "amount": "8620.00", **_clause("协议第三十一条")},
        opened=10,
        noticed=1,
    ),
    Story(
        *("renhe", "重复收费", "已认定疑点", 9),
        {"rung": Rung.REFUSE, "amount": "1260.40", **_clause("协议第三十二条")},
        opened=7,
        noticed=3,
        notice_served=2,
        of_finding=True,
    ),
    Story(
        *("integrated", "上传数据不完整", "连续两月中药饮片明细缺失", 26),
        {"rung": Rung.DAMAGES, "amount": "5000.00", **_clause("协议第四十条")},
        opened=24,
        noticed=20,
        notice_served=19,
        stated=18,
    ),
    Story(
        *("xiushui_private", "冒用医师编码", "开单医师与排班记录不符", 48),
        {
            "rung": Rung.PERSON,
            "target": Target.PERSON,
            "target_name": "孙海涛",
            **_clause("协议第二十五条"),
        },
        opened=45,
        noticed=40,
        notice_served=38,
    ),
    Story(
        *("gongqing", "骨科超范围开展服务", "现场核查发现未登记的诊疗科目", 44),
        {
            "rung": Rung.PERSON,
            "target": Target.DEPARTMENT,
            "target_name": "骨科",
            **_clause("协议第二十五条"),
        },
        opened=42,
        noticed=38,
        notice_served=36,
        decided=1,
    ),
    Story(
        *("hukou", "拒不提供数据", "两次书面通知后仍未报送进销存数据", 30),
        {
            "rung": Rung.AGREEMENT,
            "agreement_act": AgreementAct.SUSPEND,
            "suspension_ground": SuspensionGround.DATA,
            **_clause("协议第四十四条"),
        },
        opened=28,
        noticed=14,
        notice_served=13,
        stated=11,
        decided=0,
        reported=-1,
        decision_served=-2,
        anchor=_on_suspension,
    ),
    Story(
        *("bones", "为非定点机构结算费用", "核查发现代刷门诊部费用", 75),
        {
            "rung": Rung.AGREEMENT,
            "agreement_act": AgreementAct.DISSOLVE,
            "dissolution_ground": DissolutionGround.SETTLED_FOR_OTHERS,
            **_clause("协议第四十五条"),
        },
        opened=70,
        noticed=60,
        notice_served=58,
        decided=30,
        reported=29,
        decision_served=28,
        performed=21,
        ordered=20,
        answered=16,
    ),
    Story(
        *("yongxiu", "分解收费", "住院清单同一操作拆分计费", 82),
        {"rung": Rung.REFUSE, "amount": "2318.75", **_clause("协议第三十二条")},
        opened=80,
        noticed=76,
        notice_served=74,
        stated=72,
        decided=62,
        decision_served=60,
        performed=50,
        closed=48,
    ),
    Story(
        *("dean", "疑似虚记耗材", "智能审核提示耗材数量异常", 36),
        {},
        opened=34,
        dismissed=29,
    ),
    Story(
        *("skin", "价格公示与收费不一致", "社会监督员反映", 16),
        {"rung": Rung.INTERVIEW, **_clause("协议第十八条")},
        opened=14,
        returned=3,
    ),
)


def enter(script: Script) -> None:
    world = script.world
    for story in STORIES:
        anchor = story.anchor(world) if story.anchor else world.today
        _enter_story(script, story, anchor)
    script.on(world.ago(4), partial(order_without_case, world), hour=11, label="order")


def _enter_story(script: Script, story: Story, anchor: date) -> None:
    stages: tuple[tuple[int | None, int, Callable[..., Any]], ...] = (
        (story.clue_at, 9, register),
        (story.opened, 10, open_case),
        (story.noticed, 11, notice),
        (story.notice_served, 12, serve_notice),
        (story.stated, 13, state),
        (story.decided, 14, decide),
        (story.reported, 15, report),
        (story.decision_served, 16, serve_decision),
        (story.performed, 17, perform),
        (story.noted, 18, note),
        (story.ordered, 18, order),
        (story.answered, 18, answer),
        (story.closed, 19, close),
        (story.dismissed, 19, dismiss),
        (story.returned, 20, send_back),
    )
    for before, hour, act in stages:
        if before is not None:
            day = anchor - timedelta(before)
            label = f"case of {story.key}: {act.__name__}"
            script.on(day, partial(act, script.world, story), hour=hour, label=label)


def _case(world: World, story: Story) -> Case:
    found: Case = world.made[f"case.{story.key}"]
    return found


def register(world: World, story: Story, on: date, at: datetime) -> None:
    institution = world.of(BY_KEY[story.key])
    finding = None
    if story.of_finding:
        finding = Finding.objects.filter(
            batch__institution=institution, status="confirmed"
        ).earliest("pk")
    world.made[f"case.{story.key}"] = opening.register_clue(
        institution=institution,
        title=story.title,
        clue=story.clue,
        by=world.users[OPENER],
        on=on,
        at=at,
        finding=finding,
        files=[paper("线索登记表", story.title, story.clue)],
    )


def open_case(world: World, story: Story, on: date, at: datetime) -> None:
    case, by = _case(world, story), world.users[OPENER]
    opening.open_case(
        case_id=case.pk, facts=f"{story.clue}。经初步核实,需立案。", by=by, on=on, at=at
    )
    if story.measure:
        opening.add_measure(case_id=case.pk, facts=measure_of(world, story), by=by, at=at)


def measure_of(world: World, story: Story) -> dict[str, Any]:
    """Return the measure with its days: the fifth and sixth begin on the day of the decision."""
    facts = dict(story.measure)
    if facts["rung"] in (Rung.PERSON, Rung.AGREEMENT):
        anchor = story.anchor(world) if story.anchor else world.today
        facts["starts_on"] = anchor - timedelta(story.decided or 0)
        if facts.get("agreement_act") != AgreementAct.DISSOLVE:
            facts["ends_on"] = facts["starts_on"] + timedelta(91)
    return facts


def notice(world: World, story: Story, on: date, at: datetime) -> None:
    hearing.give_notice(
        case_id=_case(world, story).pk,
        facts=f"{story.clue}。核查认定上述情况属实。",
        by=world.users[OPENER],
        on=on,
        at=at,
    )


def serve_notice(world: World, story: Story, on: date, at: datetime) -> None:
    hearing.serve_notice(
        case_id=_case(world, story).pk,
        served_on=on,
        proof="电子送达,已签收",
        by=world.users[OPENER],
        on=on,
        at=at,
    )


def state(world: World, story: Story, on: date, at: datetime) -> None:
    hearing.give_statement(
        case_id=_case(world, story).pk,
        text="我院已自查,系录入差错,请求从轻处理。",
        by=world.users[account_of(BY_KEY[story.key])],
        on=on,
        at=at,
        files=[paper("陈述申辩书", story.title)],
    )


def decide(world: World, story: Story, on: date, at: datetime) -> None:
    case = _case(world, story)
    grave = story.measure["rung"] in (Rung.PERSON, Rung.AGREEMENT)
    decision.decide_case(
        case_id=case.pk,
        imposed=list(CaseMeasure.objects.filter(case=case).values_list("pk", flat=True)),
        consideration="已听取陈述申辩,事实清楚,所述理由不足以免责。",
        legal_review="程序合规,依据适当。" if grave else "",
        by=world.users[HEAD if grave else DECIDER],
        on=on,
        at=at,
    )


def report(world: World, story: Story, on: date, at: datetime) -> None:
    administration.send_report(
        case_id=_case(world, story).pk,
        text=f"关于{story.title}协议处理情况的报告",
        by=world.users[OPENER],
        on=on,
        at=at,
    )


def serve_decision(world: World, story: Story, on: date, at: datetime) -> None:
    decision.serve_decision(
        case_id=_case(world, story).pk,
        served_on=on,
        proof="直接送达,法定代表人签收",
        by=world.users[OPENER],
        on=on,
        at=at,
    )


def perform(world: World, story: Story, on: date, at: datetime) -> None:
    decision.record_performance(
        case_id=_case(world, story).pk,
        performed_on=on,
        performance="已按决定执行完毕,相关款项及系统权限均已处理。",
        by=world.users[OPENER],
        on=on,
        at=at,
    )


def close(world: World, story: Story, on: date, at: datetime) -> None:
    decision.close_case(case_id=_case(world, story).pk, by=world.users[OPENER], on=on, at=at)


def dismiss(world: World, story: Story, on: date, at: datetime) -> None:
    decision.dismiss_case(
        case_id=_case(world, story).pk,
        reason="经核对入库单据,数量无误。",
        by=world.users[OPENER],
        on=on,
        at=at,
    )


def note(world: World, story: Story, on: date, at: datetime) -> None:
    administration.take_note(
        case_id=_case(world, story).pk,
        text="已阅,请依规办理。",
        by=world.users[SUPERVISOR],
        at=at,
    )


def order(world: World, story: Story, on: date, at: datetime) -> None:
    case = _case(world, story)
    world.made[f"order.{story.key}"] = administration.order_handling(
        institution=case.institution,
        text="请于期限内报告解除协议后参保人安置情况。",
        by=world.users[SUPERVISOR],
        on=on,
        at=at,
        case_id=case.pk,
    )


def answer(world: World, story: Story, on: date, at: datetime) -> None:
    given: AdministrationOrder = world.made[f"order.{story.key}"]
    administration.answer_order(
        order_id=given.pk,
        answer="在院患者均已转至邻近定点医院,无遗留结算。",
        by=world.users[OPENER],
        on=on,
        at=at,
    )


def send_back(world: World, story: Story, on: date, at: datetime) -> None:
    administration.return_case(
        case_id=_case(world, story).pk,
        text="请补充价格公示照片及收费票据。",
        by=world.users[SUPERVISOR],
        on=on,
        at=at,
    )


def order_without_case(world: World, on: date, at: datetime) -> None:
    administration.order_handling(
        institution=world.of(BY_KEY["dental"]),
        text="对移交的口腔种植费用线索依协议核查处理。",
        by=world.users[SUPERVISOR],
        on=on,
        at=at,
    )
