"""Applications for designation in every state, with believable days between their steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from agency.models import Region
from demo.world.applicants import APPLICANTS, CULPRIT, Applicant
from demo.world.experts import fill_pool
from demo.world.institutions import BY_KEY as INSTITUTIONS
from demo.world.papers import paper
from demo.world.people import Someone
from demo.world.script import Script, World
from demo.world.stories import applying, assessing
from institutions.enums.designation import NotAcceptedGround
from institutions.enums.register import Kind
from institutions.services.account_requests import Asked, ask_for_account, keep_licence
from institutions.services.designation.plans import publish_plan
from institutions.services.designation.recording import record_fact

Step = tuple[int, Callable[..., None], Mapping[str, Any]]
POOL_SINCE = 400
PLANNED = 25
MISSING = "fund_analysis"


def _step(days: int, act: Callable[..., None], **facts: Any) -> Step:
    """An act so many days before today."""
    return days, act, facts


def _assessed(opened: int, *, passed: bool = True, weeks: int = 3) -> list[Step]:
    """A whole assessment: a group drawn, its opinions signed, the result decided."""
    return [
        _step(opened, assessing.open_),
        _step(opened - 3, assessing.begin),
        _step(opened - 7 * weeks + 4, assessing.sign, passed=passed),
        _step(opened - 7 * weeks, assessing.decide, passed=passed),
    ]


def _posted(filed: int, posted: int) -> list[Step]:
    return [
        _step(filed, assessing.file),
        _step(filed - 1, assessing.acknowledge),
        _step(posted, assessing.post),
    ]


def _filed_in(asked: int, submitted: int) -> list[Step]:
    """The ordinary way in: an account, looked at, a complete application, accepted at once."""
    return [
        _step(asked, applying.ask),
        _step(asked - 1, applying.look),
        _step(submitted + 1, applying.draft),
        _step(submitted, applying.submit),
        _step(submitted - 1, applying.confirm),
    ]


def dissolved(world: World, applicant: Applicant, on: date, at: datetime) -> None:
    """What bars the institution itself: an earlier agreement, dissolved for a breach of law."""
    record_fact(
        ground=NotAcceptedGround.N5,
        event_on=world.ago(500),
        performed_on=world.ago(450),
        source_document="九医保解字〔演示〕第7号",
        institution=world.users[applicant.username].membership.institution,
        by=world.users["intake"],
        at=at,
    )


STATES: Mapping[str, Sequence[Step]] = {
    "draft": [
        _step(6, applying.ask),
        _step(5, applying.draft, without=[MISSING, "information_system"]),
    ],
    # N7 bars it; the desk has not decided yet.
    "waiting": [
        _step(4, applying.ask),
        _step(3, applying.look),
        _step(2, applying.draft),
        _step(1, applying.submit),
    ],
    "supplement": [
        _step(12, applying.ask),
        _step(11, applying.look),
        _step(9, applying.draft, without=[MISSING], unreadable=["licence_copy"]),
        _step(8, applying.submit),
        _step(7, applying.ask_back),
        _step(6, applying.confirm),
    ],
    "barred": [
        _step(60, applying.ask),
        _step(59, applying.look),
        _step(58, dissolved),
        _step(45, applying.draft),
        _step(44, applying.submit),
        _step(
            43,
            applying.refuse,
            ground=NotAcceptedGround.N5,
            reason="原定点协议因违法被解除未满三年",
        ),
        _step(42, applying.confirm),
    ],
    "person": [
        _step(30, applying.ask),
        _step(29, applying.look),
        _step(27, applying.draft),
        _step(26, applying.submit),
        _step(
            25,
            applying.refuse,
            ground=NotAcceptedGround.N7,
            reason="法定代表人对原机构协议解除负有责任,未满五年",
        ),
    ],
    "accepted": [
        _step(20, applying.ask),
        _step(19, applying.look),
        _step(16, applying.draft, without=[MISSING]),
        _step(15, applying.submit),
        _step(14, applying.ask_back),
        _step(13, applying.confirm),
        _step(5, applying.supply),
    ],
    "plan": [*_filed_in(11, 3)],
    "assessing": [
        *_filed_in(50, 42),
        _step(36, assessing.open_),
        _step(33, assessing.begin),
        _step(9, assessing.sign, signed=2),
    ],
    "passed": [*_filed_in(60, 45), *_assessed(25)],
    "failed": [*_filed_in(70, 55), *_assessed(24, passed=False)],
    "rectifying": [
        *_filed_in(120, 100),
        *_assessed(80, passed=False),
        _step(57, applying.confirm),
        _step(56, assessing.file),
    ],
    "reassessing": [
        *_filed_in(215, 200),
        *_assessed(185, passed=False),
        _step(160, applying.confirm),
        _step(159, assessing.file),
        _step(40, assessing.ask_again),
        _step(34, assessing.open_),
        _step(30, assessing.begin),
        _step(12, assessing.sign, signed=3),
    ],
    "twice": [
        *_filed_in(300, 290),
        *_assessed(280, passed=False),
        _step(255, applying.confirm),
        _step(254, assessing.file),
        _step(150, assessing.ask_again),
        *_assessed(140, passed=False),
        _step(115, applying.confirm),
        _step(114, assessing.file),
    ],
    "filed": [
        *_filed_in(80, 60),
        *_assessed(40),
        _step(12, assessing.file),
    ],
    "notice": [*_filed_in(85, 70), *_assessed(50), *_posted(22, 3)],
    "objection": [
        *_filed_in(95, 75),
        *_assessed(55),
        *_posted(28, 5),
        _step(
            2,
            assessing.object_,
            text="该门诊部的口腔CT尚未通过验收,不具备诊疗条件。",
            objector="周边居民",
        ),
    ],
    "negotiating": [
        *_filed_in(140, 125),
        *_assessed(110),
        *_posted(80, 62),
        _step(35, assessing.negotiate),
        _step(9, assessing.draw_up),
    ],
    "signed": [
        *_filed_in(230, 220),
        *_assessed(205),
        *_posted(175, 165),
        _step(163, assessing.object_, text="床位数与申报不符。"),
        _step(161, assessing.comment),
        _step(158, assessing.reject_objections),
        _step(135, assessing.negotiate),
        _step(125, assessing.draw_up),
        _step(123, assessing.conclude),
    ],
    "declined": [
        *_filed_in(160, 150),
        *_assessed(140),
        *_posted(110, 100),
        _step(70, assessing.negotiate),
        _step(18, assessing.decline),
    ],
    "withdrawn": [*_filed_in(75, 65), _step(52, applying.withdraw)],
}


def enter(script: Script) -> None:
    world = script.world
    since = world.ago(POOL_SINCE)
    script.on(since, partial(fill_pool, world), hour=8, label="pool of experts")
    script.on(since, partial(bars, world), hour=9, label="bars")
    script.on(world.ago(PLANNED), partial(plans, world), label="resource plan")
    for applicant in APPLICANTS:
        for place, (days, act, facts) in enumerate(STATES[applicant.key]):
            script.on(
                world.ago(days),
                partial(act, world, applicant, **facts),
                hour=9 + place % 8,
                label=f"{act.__name__} of {applicant.key}",
            )
    script.on(world.ago(2), partial(second_account, world), hour=16, label="second account")


def bars(world: World, on: date, at: datetime) -> None:
    """A person who answers for a dissolution, whichever institution applies (N7)."""
    record_fact(
        ground=NotAcceptedGround.N7,
        event_on=world.ago(700),
        source_document="九医保解字〔演示〕第3号",
        name=CULPRIT.name,
        id_number=CULPRIT.id_number,
        by=world.users["intake"],
        at=at,
        remark="时任法定代表人",
    )


def plans(world: World, on: date, at: datetime) -> None:
    """One clinic too many for its district; room elsewhere."""
    for year in {on.year, world.today.year}:
        for county, kind, cap in (
            ("360402", Kind.CLINIC, 1),
            ("360403", Kind.CLINIC, 4),
            ("360403", Kind.OUTPATIENT, 3),
            ("360403", Kind.COMMUNITY_STATION, 2),
            ("360425", Kind.GENERAL_HOSPITAL, 3),
        ):
            publish_plan(
                year=year,
                region=Region.objects.get(pk=county),
                kind=kind,
                cap=cap,
                basis="九江市医疗保障定点资源配置计划(演示)",
                by=world.users["supervisor"],
                at=at,
            )


def second_account(world: World, on: date, at: datetime) -> None:
    """Somebody asks for an account of an institution that has one: it waits."""
    known = INSTITUTIONS["renhe"]
    facts = known.facts(world.today)
    someone = Someone(600)
    ask_for_account(
        asked=Asked(
            institution_name=known.name,
            credit_code=known.credit_code,
            national_code=known.code,
            licence_no=facts["licence_no"],
            kind=known.kind,
            region=Region.objects.get(pk=known.region),
            address=facts["registered_address"],
            contact_name=someone.name,
            phone="0792-8200009",
            username="renhe_finance",
        ),
        password=f"{known.code}-first-visit",
        licence=keep_licence(paper("医疗机构执业许可证", known.name), at=at),
        at=at,
    )
