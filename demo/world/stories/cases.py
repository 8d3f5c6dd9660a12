"""Cases in every state and with each of the six measures of Order 2 art. 38."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from demo.world.accounts import account_of
from demo.world.handling import fitted
from demo.world.institutions import BY_KEY
from demo.world.papers import paper
from demo.world.script import Script, World
from demo.world.stories.case_lives import STORIES, Story
from demo.world.stories.letters import confirm
from settlements.models import Finding
from supervision.enums.cases import AgreementAct, Rung
from supervision.enums.proceedings import FilingOutcome, LegalOutcome, Vote
from supervision.models import AdministrationOrder, Case, CaseMeasure
from supervision.services import (
    acknowledgement,
    administration,
    decision,
    filing,
    formal_demands,
    hearing,
    legal,
    opening,
    orders,
)

OPENER, DECIDER, HEAD, SUPERVISOR = "audit", "audit2", "head", "supervisor"
LEGAL = "legal"


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
        (story.demanded, 13, demand),
        (story.stated, 13, state),
        (story.submitted, 9, submit),
        (story.reviewed, 10, review),
        (story.discussed, 11, discuss),
        (story.decided, 14, decide),
        (story.reported, 15, report),
        (story.acknowledged, 16, acknowledge),
        (story.filed, 15, file_for_review),
        (story.filing_answered, 16, answer_filing),
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
    return fitted(_case(world, story), story.key, facts)


def notice(world: World, story: Story, on: date, at: datetime) -> None:
    hearing.give_notice(
        case_id=_case(world, story).pk,
        facts=f"{story.clue}。核查认定上述情况属实。",
        by=world.users[OPENER],
        on=on,
        at=at,
    )


def serve_notice(world: World, story: Story, on: date, at: datetime) -> None:
    """In the portal where the institution has agreed to that, else by hand."""
    case = _case(world, story)
    letter = Case.objects.get(pk=case.pk).notice_letter
    if letter is not None and letter.open_service:
        confirm(world, letter, at)
        return
    hearing.serve_notice(
        case_id=case.pk,
        served_on=on,
        recipient="院长办公室",
        proof=paper("送达回证", story.title),
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
        by=world.users[HEAD if grave else DECIDER],
        on=on,
        at=at,
    )


def demand(world: World, story: Story, on: date, at: datetime) -> None:
    """Who is to pay is formally asked to first; served in the portal or by hand."""
    found = formal_demands.issue_demand(
        case_id=_case(world, story).pk,
        text="请按照协议约定履行支付义务。",
        by=world.users[OPENER],
        on=on,
        at=at,
    )
    letter = found.letter
    if letter is not None and letter.open_service:
        confirm(world, letter, at)
        return
    formal_demands.serve_demand(
        demand_id=found.pk,
        served_on=on,
        recipient="院长办公室",
        proof=paper("送达回证", story.title),
        by=world.users[OPENER],
        on=on,
        at=at,
    )


def submit(world: World, story: Story, on: date, at: datetime) -> None:
    legal.submit_for_review(
        case_id=_case(world, story).pk,
        consideration="已听取陈述申辩,事实清楚,所述理由不足以免责。",
        by=world.users[OPENER],
        on=on,
        at=at,
    )


def review(world: World, story: Story, on: date, at: datetime) -> None:
    """One is returned with reasons before it is submitted again."""
    returned = story.review_returned
    legal.review_legality(
        case_id=_case(world, story).pk,
        outcome=LegalOutcome.RETURNED if returned else LegalOutcome.APPROVED,
        opinion="证据材料未编页,请补正后重新提交。" if returned else "程序合规,依据适当。",
        by=world.users[LEGAL],
        on=on,
        at=at,
    )


def discuss(world: World, story: Story, on: date, at: datetime) -> None:
    members = (HEAD, DECIDER, LEGAL, "agreement", "settlement")
    votes = {world.users[each]: Vote.IN_FAVOUR for each in members}
    votes[world.users["settlement"]] = Vote.ABSTAINED
    legal.record_discussion(
        case_id=_case(world, story).pk,
        held_on=on,
        minutes="会议听取案情和法制审核意见,经表决,多数同意拟处理意见。",
        votes=votes,
        files=[paper("集体讨论记录", story.title)],
        by=world.users[OPENER],
        on=on,
        at=at,
    )


def file_for_review(world: World, story: Story, on: date, at: datetime) -> None:
    filing.file_decision(
        case_id=_case(world, story).pk,
        text="案卷材料随文报送,请予备案审查。",
        by=world.users[OPENER],
        on=on,
        at=at,
    )


def answer_filing(world: World, story: Story, on: date, at: datetime) -> None:
    """One is to be corrected; the agency has not done so yet."""
    wrong = story.to_correct
    filing.answer_filing(
        case_id=_case(world, story).pk,
        outcome=FilingOutcome.REVIEW_CORRECTION if wrong else FilingOutcome.REVIEW_OK,
        reasons="决定书未写明科室名称的登记依据,请予纠正。" if wrong else "事实清楚,程序合法。",
        by=world.users["law"],
        on=on,
        at=at,
    )


def acknowledge(world: World, story: Story, on: date, at: datetime) -> None:
    """The administration asks back, is answered, and acknowledges."""
    doer: dict[str, Any] = {"case_id": _case(world, story).pk, "on": on, "at": at}
    acknowledgement.ask_about_report(
        text="参保人员后续就医如何安排?", by=world.users[SUPERVISOR], **doer
    )
    acknowledgement.answer_question(
        answer="已公告并引导至邻近定点医院。", by=world.users[OPENER], **doer
    )
    acknowledgement.acknowledge_report(by=world.users[SUPERVISOR], **doer)


def report(world: World, story: Story, on: date, at: datetime) -> None:
    administration.send_report(
        case_id=_case(world, story).pk,
        text=f"关于{story.title}协议处理情况的报告",
        by=world.users[OPENER],
        on=on,
        at=at,
    )


def serve_decision(world: World, story: Story, on: date, at: datetime) -> None:
    case = _case(world, story)
    letter = Case.objects.get(pk=case.pk).decision_letter
    if letter is not None and letter.open_service:
        confirm(world, letter, at)
        return
    decision.serve_decision(
        case_id=case.pk,
        served_on=on,
        recipient="法定代表人",
        proof=paper("送达回证", story.title),
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
    world.made[f"order.{story.key}"] = orders.order_handling(
        institution=case.institution,
        text="请于期限内报告解除协议后参保人安置情况。",
        by=world.users[SUPERVISOR],
        on=on,
        at=at,
        case_id=case.pk,
    )


def answer(world: World, story: Story, on: date, at: datetime) -> None:
    given: AdministrationOrder = world.made[f"order.{story.key}"]
    orders.answer_order(
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
    orders.order_handling(
        institution=world.of(BY_KEY["dental"]),
        text="对移交的口腔种植费用线索依协议核查处理。",
        by=world.users[SUPERVISOR],
        on=on,
        at=at,
    )
