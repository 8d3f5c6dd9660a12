"""The acts of the story of measures: up to the decision, and what follows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from agency.models import OfficialLetter
from agreements.enums.measures import ObligationKind
from agreements.models import Obligation, ServiceBlock
from agreements.services.blocks import end_block
from agreements.services.obligations import enter_payment, release
from demo.world.accounts import account_of
from demo.world.handling import fitted
from demo.world.institutions import BY_KEY
from demo.world.papers import paper
from demo.world.people import Someone
from demo.world.script import World
from demo.world.stories.letters import confirm
from institutions.enums.persons import Post
from institutions.services.persons import appoint, person_of
from supervision.enums.cases import Rung
from supervision.enums.proceedings import LegalOutcome, Vote
from supervision.models import Case, CaseMeasure, FormalDemand, Interview
from supervision.services import (
    administration,
    decision,
    formal_demands,
    hearing,
    interviews,
    legal,
    opening,
)

OFFICER, COLLEAGUE, DECIDER, HEAD, LEGAL = "audit2", "audit", "audit", "head", "legal"
PERSON_SERIAL = 950
_CLAUSE = {"clause": "协议第三十二条", "evidence": "现场核查笔录、费用清单与病历核对表"}


@dataclass(frozen=True, slots=True)
class Life:
    """A case whose decision falls `decided` days before today; the rest counts from there."""

    key: str
    title: str
    decided: int
    measures: tuple[dict[str, Any], ...]
    served: bool = True

    @property
    def is_grave(self) -> bool:
        return any(each["rung"] == Rung.PERSON for each in self.measures)


def _case(world: World, key: str) -> Case:
    found: Case = world.made[f"measures.{key}"]
    return found


def _doer(world: World, by: str, on: date, at: datetime) -> dict[str, Any]:
    return {"by": world.users[by], "on": on, "at": at}


# --- up to the decision -------------------------------------------------------------------------


def begin(world: World, life: Life, on: date, at: datetime) -> None:
    doer = _doer(world, OFFICER, on, at)
    institution = world.of(BY_KEY[life.key])
    appoint_principal(world, life.key, on)
    case = opening.register_clue(
        institution=institution,
        title=life.title,
        clue=f"数据筛查提示:{life.title}",
        files=[paper("线索登记表", life.title)],
        **doer,
    )
    world.made[f"measures.{life.key}"] = case
    opening.open_case(case_id=case.pk, facts=f"{life.title},需立案核实。", **doer)
    for each in life.measures:
        facts = {**_CLAUSE, **each}
        if facts["rung"] == Rung.PERSON:
            facts["starts_on"] = world.ago(life.decided)
            facts["ends_on"] = facts["starts_on"] + timedelta(facts.pop("days") - 1)
        opening.add_measure(
            case_id=case.pk,
            facts=fitted(case, life.key, facts),
            files=[paper("核查笔录", life.title)],
            by=doer["by"],
            at=at,
        )


def appoint_principal(world: World, key: str, on: date) -> None:
    """Somebody answers for the institution, who can be called to an interview."""
    someone = Someone(PERSON_SERIAL + BY_KEY[key].serial)
    person = person_of(name=someone.name, id_number=someone.id_number)
    institution = world.of(BY_KEY[key])
    if not institution.responsible_persons.in_post_on(on).exists():
        appoint(institution_id=institution.pk, post=Post.PRINCIPAL, person=person, on=on)


def demand(world: World, life: Life, on: date, at: datetime) -> None:
    """Who is to pay is asked to first, where that applies."""
    case, doer = _case(world, life.key), _doer(world, OFFICER, on, at)
    measures = CaseMeasure.objects.filter(case=case)
    if not any(formal_demands.demands_performance(each) for each in measures):
        return
    found: FormalDemand = formal_demands.issue_demand(
        case_id=case.pk, text="请自行核对并退回多收费用。", **doer
    )
    if not _in_portal(world, found.letter, at):
        formal_demands.serve_demand(demand_id=found.pk, **_receipt(life, on), **doer)


def notice(world: World, life: Life, on: date, at: datetime) -> None:
    hearing.give_notice(
        case_id=_case(world, life.key).pk,
        facts=f"经核查,{life.title}情况属实。",
        **_doer(world, OFFICER, on, at),
    )


def notice_served(world: World, life: Life, on: date, at: datetime) -> None:
    case = Case.objects.get(pk=_case(world, life.key).pk)
    if not _in_portal(world, case.notice_letter, at):
        doer = _doer(world, OFFICER, on, at)
        hearing.serve_notice(case_id=case.pk, **_receipt(life, on), **doer)


def state(world: World, life: Life, on: date, at: datetime) -> None:
    hearing.give_statement(
        case_id=_case(world, life.key).pk,
        text="我院已组织自查,愿意整改,请求从轻处理。",
        **_doer(world, account_of(BY_KEY[life.key]), on, at),
    )


def review(world: World, life: Life, on: date, at: datetime) -> None:
    case_id = _case(world, life.key).pk
    legal.submit_for_review(
        case_id=case_id, consideration="整改态度可酌情考虑。", **_doer(world, OFFICER, on, at)
    )
    legal.review_legality(
        case_id=case_id,
        outcome=LegalOutcome.APPROVED,
        opinion="事实清楚,依据适当,程序合法。",
        **_doer(world, LEGAL, on, at),
    )


def discuss(world: World, life: Life, on: date, at: datetime) -> None:
    members = (HEAD, COLLEAGUE, LEGAL, "agreement")
    legal.record_discussion(
        case_id=_case(world, life.key).pk,
        held_on=on,
        minutes="一致同意拟处理意见。",
        votes={world.users[each]: Vote.IN_FAVOUR for each in members},
        **_doer(world, OFFICER, on, at),
    )


def decide(world: World, life: Life, on: date, at: datetime) -> None:
    case = _case(world, life.key)
    decision.decide_case(
        case_id=case.pk,
        imposed=list(CaseMeasure.objects.filter(case=case).values_list("pk", flat=True)),
        consideration="已听取陈述申辩,事实清楚;整改情况在期限上予以考虑。",
        **_doer(world, HEAD if life.is_grave else DECIDER, on, at),
    )


def report(world: World, life: Life, on: date, at: datetime) -> None:
    administration.send_report(
        case_id=_case(world, life.key).pk,
        text=f"关于{life.title}协议处理情况的报告",
        **_doer(world, OFFICER, on, at),
    )


def decision_served(world: World, life: Life, on: date, at: datetime) -> None:
    case = Case.objects.get(pk=_case(world, life.key).pk)
    if not _in_portal(world, case.decision_letter, at):
        doer = _doer(world, OFFICER, on, at)
        decision.serve_decision(case_id=case.pk, **_receipt(life, on), **doer)


def _in_portal(world: World, letter: OfficialLetter | None, at: datetime) -> bool:
    """Confirm the letter in the portal, where the institution has agreed to that."""
    if letter is None or not letter.open_service:
        return False
    confirm(world, letter, at)
    return True


def _receipt(life: Life, on: date) -> dict[str, Any]:
    return {
        "served_on": on,
        "recipient": "院长办公室",
        "proof": paper("送达回证", life.title),
    }


# --- what follows -------------------------------------------------------------------------------


def _interview(world: World, key: str) -> Interview:
    return Interview.objects.filter(case=_case(world, key)).latest("attempt")


def call(world: World, key: str, days: int, on: date, at: datetime) -> None:
    """Call the principal to an interview so many days later."""
    interview = _interview(world, key)
    meets_at = at.replace(hour=9, minute=30) + timedelta(days)
    persons = interviews.responsible_on(interview, meets_at.date())
    interviews.call_interview(
        interview_id=interview.pk,
        meets_at=meets_at,
        place="市医疗保障事业管理中心三楼会议室(演示)",
        topics="1. 违约事实及原因\n2. 整改措施和期限",
        persons=[each.pk for each in persons],
        by=world.users[OFFICER],
        at=at,
    )


def hold(world: World, key: str, on: date, at: datetime) -> None:
    interview = _interview(world, key)
    interviews.record_interview(
        interview_id=interview.pk,
        held_at=interview.meets_at or at,
        agency_people=[world.users[OFFICER].pk, world.users[COLLEAGUE].pk],
        persons=[each.pk for each in interview.persons.all()],
        others="医保办主任",
        content="通报核查情况,机构认可事实,承诺限期整改。",
        commitments=[
            ("退回多收费用并完成自查", on + timedelta(8)),
            ("组织全员协议培训", world.today + timedelta(12)),
        ],
        files=[paper("约谈笔录", "双方签字")],
        by=world.users[OFFICER],
        at=at,
    )


def check_off(world: World, on: date, at: datetime) -> None:
    record = _interview(world, "tcm").record
    interviews.check_commitment(
        commitment_id=record.commitments.earliest("due_on").pk,
        done_on=on - timedelta(1),
        note="已核对自查报告和退费凭证",
        by=world.users[OFFICER],
        at=at,
    )


def miss(world: World, key: str, on: date, at: datetime) -> None:
    interviews.record_absence(
        interview_id=_interview(world, key).pk,
        absence="主要负责人未到场,未书面请假。",
        by=world.users[OFFICER],
        at=at,
    )


def pay(world: World, key: str, kind: ObligationKind, amount: str, on: date, at: datetime) -> None:
    owed = Obligation.objects.get(basis=_case(world, key).number, kind=kind)
    enter_payment(
        obligation_id=owed.pk,
        amount=Decimal(amount),
        voucher=f"YH{on:%Y%m%d}{owed.pk:04}",
        on=on,
        at=at,
        by=world.users["payment"],
    )


def let_go(world: World, on: date, at: datetime) -> None:
    owed = Obligation.objects.get(basis=_case(world, "pengze").number, kind=ObligationKind.WITHHELD)
    release(obligation_id=owed.pk, reason="整改验收合格", by=world.users[HEAD], at=at)


def end_early(world: World, on: date, at: datetime) -> None:
    block = ServiceBlock.objects.get(basis=_case(world, "tcm").number, practitioner__isnull=False)
    end_block(
        block_id=block.pk,
        last_day=world.today + timedelta(5),
        reason="考核合格,整改到位",
        by=world.users[HEAD],
        at=at,
    )
