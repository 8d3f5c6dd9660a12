"""Procedures, trainings and inquiries as services make them."""

from contextlib import contextmanager
from datetime import date, datetime

import pytest

from agency.enums import Role
from agency.models import Region, User
from agency.rules import Refusal
from institutions.enums.guidance import (
    InquiryTopic,
    ProcedureTopic,
    TrainingMode,
    TrainingTopic,
)
from institutions.models import Inquiry, Institution, ProcedureVersion, TrainingEvent
from institutions.services import inquiries, procedures, trainings
from tests.agency.factories import RegionFactory, user_with

TEXT = "第一步 提交申请。\n第二步 受理审查。"


@contextmanager
def refused(*codes: str):
    """What happens within is refused with exactly these obstacles."""
    with pytest.raises(Refusal) as caught:
        yield
    assert [each.code for each in caught.value.obstacles] == list(codes)


def draft(
    at: datetime,
    *,
    effective_from: date,
    by: User | None = None,
    text: str = TEXT,
    title: str = "定点申请经办规程",
    **kwargs,
) -> ProcedureVersion:
    if "procedure_id" not in kwargs:
        kwargs |= {
            "region": RegionFactory(),
            "topic": ProcedureTopic.APPLICATION,
            "title": title,
        }
    return procedures.draft_version(
        by=by or user_with(Role.AGREEMENT_OFFICER),
        at=at,
        effective_from=effective_from,
        text=text,
        **kwargs,
    )


def published(at: datetime, *, effective_from: date, **kwargs) -> ProcedureVersion:
    version = draft(at, effective_from=effective_from, **kwargs)
    head = user_with(Role.AGENCY_HEAD)
    return procedures.publish_version(version_id=version.pk, by=head, at=at)


def planned(
    at: datetime, *, held_on: date, by: User | None = None, region: Region | None = None, **kwargs
) -> TrainingEvent:
    facts = trainings.TrainingFacts(
        region=region or RegionFactory(),
        title=kwargs.pop("title", "结算政策培训"),
        topic=TrainingTopic.PAYMENT,
        mode=TrainingMode.ROOM,
        held_on=held_on,
        audience="定点医疗机构医保科负责人",
        place="市民服务中心",
    )
    by = by or user_with(Role.AGREEMENT_OFFICER)
    return trainings.plan_training(facts=facts, by=by, at=at, **kwargs)


def held(at: datetime, *institutions: Institution, held_on: date, **kwargs) -> TrainingEvent:
    """A training that has been held, and to which the institutions were invited."""
    event = planned(at, held_on=held_on, **kwargs)
    officer = event.created_by
    if institutions:
        keys = [each.pk for each in institutions]
        trainings.invite(event_id=event.pk, institution_ids=keys, by=officer, at=at)
    return trainings.hold_training(event_id=event.pk, by=officer, at=at)


def asked(member: User, at: datetime, **kwargs) -> Inquiry:
    facts = {
        "topic": InquiryTopic.SETTLEMENT,
        "subject": "月度清算时间",
        "question": "本月清算何时拨付?",
    } | kwargs
    return inquiries.file_inquiry(
        institution_id=member.membership.institution_id, by=member, at=at, **facts
    )
