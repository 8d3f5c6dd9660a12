"""Procedures with versions, a year of trainings with some who never came, and the inquiry box:
answered, asked back, overdue, from the public, and what was published for everybody.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial

from agency.models import Region
from agency.services.calendar import office_calendar
from demo.world import guidance_texts as texts
from demo.world.institutions import INSTITUTIONS
from demo.world.papers import paper
from demo.world.regions import AGENCY_REGION
from demo.world.script import Script, World
from institutions.enums.guidance import Presence, ProcedureTopic, TrainingMode, TrainingTopic
from institutions.models import TrainingAttendance
from institutions.services.faq import draft_faq, publish_faq
from institutions.services.inquiries import (
    answer_inquiry,
    ask_back,
    file_inquiry,
    file_stranger_inquiry,
)
from institutions.services.procedures import draft_version, publish_version
from institutions.services.trainings import (
    Attended,
    TrainingFacts,
    confirm_attendance,
    hold_training,
    invite,
    plan_training,
    record_attendance,
)

FIRST_PROCEDURES = 700
AMENDED, WAITING = 150, 3
PLANNED_DAYS = 25
# Who asks, and has an account in the demo.
ASKER = "renhe"


def enter(script: Script) -> None:
    world = script.world
    _on(script, FIRST_PROCEDURES, partial(procedures, world))
    _on(script, AMENDED, partial(amend, world))
    _on(script, WAITING, partial(leave_waiting, world))
    for number, training in enumerate(texts.TRAININGS):
        _on(script, training[0] + 14, partial(announce, world, number), hour=9)
        _on(script, training[0], partial(hold, world, number), hour=17)
    _on(script, 5, partial(plan, world))
    for number, (question, answer, published) in enumerate(texts.ANSWERED):
        days = 60 - 15 * number
        name = f"inquiry.{number}"
        _on(script, days, partial(ask, world, name, question))
        _on(script, days - 2, partial(reply, world, name, answer), hour=15)
        _on(script, days - 3, partial(publish, world, name, published, answer), hour=16)
    _on(script, 9, partial(ask, world, "inquiry.written", texts.WRITTEN))
    _on(script, 7, partial(reply, world, "inquiry.written", "可以。请先在国家平台备案。"), hour=15)
    _on(script, 6, partial(write, world, "inquiry.written"), hour=16)
    _on(script, 8, partial(ask, world, "inquiry.back", texts.ASKED_BACK))
    _on(script, 6, partial(back, world, "inquiry.back"), hour=15)
    _on(script, 20, partial(ask, world, "inquiry.overdue", texts.OVERDUE))
    _on(script, 1, partial(ask, world, "inquiry.new", texts.ANSWERED[0][0]))
    for number, (question, name) in enumerate(texts.STRANGERS):
        _on(script, 4 - number, partial(ask_as_stranger, world, question, name))


def _on(script: Script, days: int, act: partial[None], *, hour: int = 10) -> None:
    """Have it happen so many days ago, or on the last day worked before."""
    calendar, day = office_calendar(), script.world.ago(max(days, 0))
    while not calendar.is_workday(day):
        day -= timedelta(1)
    script.on(day, act, hour=hour, label=f"guidance: {act.func.__name__}")


def _region() -> Region:
    return Region.objects.get(pk=AGENCY_REGION)


def procedures(world: World, on: date, at: datetime) -> None:
    for topic, title, text in texts.PROCEDURES:
        version = draft_version(
            region=_region(),
            topic=topic,
            title=title,
            text=text,
            effective_from=on,
            summary="首次公布",
            by=world.users["agreement"],
            at=at,
        )
        publish_version(version_id=version.pk, by=world.users["head"], at=at)
        world.made[f"procedure.{topic}"] = version.procedure_id


def amend(world: World, on: date, at: datetime) -> None:
    version = draft_version(
        procedure_id=world.made[f"procedure.{ProcedureTopic.CHANGE}"],
        text=texts.AMENDED,
        effective_from=on + timedelta(10),
        summary="增加同城迁址承诺办理,明确逾期申报的处理",
        by=world.users["agreement"],
        at=at,
    )
    publish_version(version_id=version.pk, by=world.users["head"], at=at)


def leave_waiting(world: World, on: date, at: datetime) -> None:
    draft_version(
        procedure_id=world.made[f"procedure.{ProcedureTopic.PERFORMANCE}"],
        text=texts.WAITING,
        effective_from=on + timedelta(30),
        summary="增加咨询答复时限",
        by=world.users["agreement"],
        at=at,
    )


def _plan(
    world: World,
    training: tuple[str, TrainingTopic, TrainingMode, str],
    held_on: date,
    at: datetime,
) -> int:
    title, topic, mode, place = training
    facts = TrainingFacts(
        region=_region(),
        title=title,
        topic=topic,
        mode=mode,
        place=place,
        held_on=held_on,
        audience="定点医疗机构医保办负责人和结算人员",
    )
    officer = world.users["agreement"]
    material = paper(title.removesuffix("(演示)") + "课件", "培训提纲", "常见问题")
    event = plan_training(facts=facts, materials=[material], by=officer, at=at)
    invited = [world.of(each).pk for each in INSTITUTIONS]
    invite(event_id=event.pk, institution_ids=invited, by=officer, at=at)
    return event.pk


def announce(world: World, number: int, on: date, at: datetime) -> None:
    days, title, topic, mode, place, _share = texts.TRAININGS[number]
    held_on = world.ago(days)
    calendar = office_calendar()
    while not calendar.is_workday(held_on):
        held_on -= timedelta(1)
    key = _plan(world, (title, topic, mode, place), held_on, at)
    world.made[f"training.{number}"] = key


def hold(world: World, number: int, on: date, at: datetime) -> None:
    """Whoever came is recorded, but for the asker, who confirms it in the portal."""
    key, share = world.made[f"training.{number}"], texts.TRAININGS[number][-1]
    officer = world.users["agreement"]
    hold_training(event_id=key, by=officer, at=at)
    rows = []
    for place, each in enumerate(INSTITUTIONS):
        if each.key == ASKER:
            continue
        # One in `share` never comes; the last of the list not at all.
        came = (place + number) % share != 0 and place != len(INSTITUTIONS) - 1
        presence = Presence.ATTENDED if came else Presence.ABSENT
        rows.append(Attended(world.of(each).pk, presence, "医保办主任" if came else ""))
    record_attendance(event_id=key, rows=rows, by=officer, at=at)
    own = TrainingAttendance.objects.get(event=key, institution=world.institutions[ASKER])
    member = world.users["hospital"]
    confirm_attendance(attendance_id=own.pk, attendees="邱小慧、江若琳", by=member, at=at)


def plan(world: World, on: date, at: datetime) -> None:
    _plan(world, texts.PLANNED, world.today + timedelta(PLANNED_DAYS), at)


def ask(world: World, name: str, question: texts.Question, on: date, at: datetime) -> None:
    topic, subject, text = question
    inquiry = file_inquiry(
        institution_id=world.institutions[ASKER].pk,
        topic=topic,
        subject=subject,
        question=text,
        by=world.users["hospital"],
        at=at,
    )
    world.made[name] = inquiry.pk


def reply(world: World, name: str, answer: str, on: date, at: datetime) -> None:
    answer_inquiry(inquiry_id=world.made[name], answer=answer, by=world.users["intake"], at=at)


def back(world: World, name: str, on: date, at: datetime) -> None:
    text = "请提供被退回明细的批次号和行号。"
    ask_back(inquiry_id=world.made[name], text=text, by=world.users["intake"], at=at)


def publish(world: World, name: str, question: str, answer: str, on: date, at: datetime) -> None:
    faq = draft_faq(
        inquiry_id=world.made[name],
        question=question,
        answer=answer,
        by=world.users["intake"],
        at=at,
    )
    publish_faq(faq_id=faq.pk, by=world.users["agreement"], at=at)


def write(world: World, name: str, on: date, at: datetime) -> None:
    """Written for everybody, and waiting for a colleague."""
    draft_faq(
        inquiry_id=world.made[name],
        question="外省参保人的门诊慢特病能不能直接结算?",
        answer="可以。请先在国家平台备案。",
        by=world.users["intake"],
        at=at,
    )


def ask_as_stranger(
    world: World, question: texts.Question, name: str, on: date, at: datetime
) -> None:
    topic, subject, text = question
    file_stranger_inquiry(
        region=_region(), topic=topic, subject=subject, question=text, name=name, phone="", at=at
    )
