"""The inquiry box: asked by an institution or by anybody, answered in time (Order 2 art. 27)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import Region, User
from agency.rules import Obstacle, refuse_if
from agency.services.attachments import UploadRef, store_files
from agency.services.calendar import office, office_calendar
from agency.services.numbers import next_number
from agency.workdays import DeadlineBasis, Unit
from institutions.enums.guidance import InquiryTopic
from institutions.models import Inquiry, InquiryTransition, Institution
from institutions.notifications import guidance as notifications
from institutions.permissions.guidance import (
    FILE_INQUIRY,
    REPLY_TO_INQUIRY,
    answer_obstacles,
    ask_back_obstacles,
    closing_obstacles,
    inquiry_withdrawal_obstacles,
    reply_obstacles,
)

RULE = "B-01"
ANSWER_WORKDAYS = "inquiry_answer_wd"
REPLY_WORKDAYS = "inquiry_reply_wd"
ANSWER_CLOCK = ["answer_due_on", "answer_due_basis"]
REPLY_CLOCK = ["reply_due_on", "reply_due_basis"]


@transaction.atomic
def file_inquiry(
    *,
    institution_id: int,
    topic: InquiryTopic,
    subject: str,
    question: str,
    by: User,
    at: datetime,
    files: Sequence[UploadedFile | UploadRef] = (),
) -> Inquiry:
    """File a question of an institution; it has its number at once."""
    institution = Institution.objects.visible_to(by).select_related("region").get(pk=institution_id)
    not_entitled = Obstacle("not_entitled", _("Only an account of the institution may do this."))
    refuse_if(
        _question_obstacles(subject, question) + ([] if FILE_INQUIRY.allows(by) else [not_entitled])
    )
    inquiry = _filed(
        region=institution.region,
        topic=topic,
        subject=subject,
        question=question,
        at=at,
        institution=institution,
        filed_by=by,
    )
    inquiry.files.set(store_files(files, by=by, at=at))
    return inquiry


@transaction.atomic
def file_stranger_inquiry(
    *,
    region: Region,
    topic: InquiryTopic,
    subject: str,
    question: str,
    name: str,
    phone: str,
    at: datetime,
) -> Inquiry:
    """File a question from the public; the answer is read with the number and its check code."""
    refuse_if(_question_obstacles(subject, question))
    return _filed(
        region=region,
        topic=topic,
        subject=subject,
        question=question,
        at=at,
        asked_name=name.strip(),
        asked_phone=phone.strip(),
    )


@transaction.atomic
def ask_back(*, inquiry_id: int, text: str, by: User, at: datetime) -> Inquiry:
    """Ask something back: the clock of the answer stands still, the one of the reply begins."""
    inquiry = Inquiry.objects.select_related("region").locked(inquiry_id)
    refuse_if(ask_back_obstacles(inquiry, by) + _text_obstacles(text))
    on, source = timezone.localdate(at), inquiry.state
    region_office = office(on=on, region=inquiry.region)
    due, basis = region_office.calendar.deadline_with_basis(
        RULE, on, Unit.WORKDAY, region_office.number(REPLY_WORKDAYS)
    )
    inquiry.ask_back(due_on=due.on, basis=basis.to_json())
    _set_answer_clock(inquiry, replace(_answer_basis(inquiry), paused_from=on))
    inquiry.save(update_fields=["state", *ANSWER_CLOCK, *REPLY_CLOCK])
    _record(inquiry, act="ask_back", source=source, on=on, at=at, by=by, reason=text)
    notifications.asked_back(inquiry, text, at=at)
    return inquiry


@transaction.atomic
def reply(*, inquiry_id: int, text: str, by: User | None, at: datetime) -> Inquiry:
    """Reply to what was asked back; without `by`, a stranger who has shown the check code."""
    rows = Inquiry.objects.visible_to(by) if by else Inquiry.objects.filter(institution=None)
    inquiry = rows.locked(inquiry_id)
    not_entitled = Obstacle("not_entitled", _("Only whoever asked may reply."))
    strange = by is not None and not REPLY_TO_INQUIRY.allows(by)
    refuse_if(
        reply_obstacles(inquiry) + _text_obstacles(text) + ([not_entitled] if strange else [])
    )
    on, source = timezone.localdate(at), inquiry.state
    inquiry.reply()
    _resume_answer_clock(inquiry, on)
    inquiry.save(update_fields=["state", *ANSWER_CLOCK])
    _record(inquiry, act="reply", source=source, on=on, at=at, by=by, reason=text)
    notifications.replied(inquiry, at=at)
    return inquiry


@transaction.atomic
def answer_inquiry(*, inquiry_id: int, answer: str, by: User, at: datetime) -> Inquiry:
    """Answer for good, be it before a reply has come."""
    inquiry = Inquiry.objects.locked(inquiry_id)
    refuse_if(answer_obstacles(inquiry, by) + _text_obstacles(answer))
    on, source = timezone.localdate(at), inquiry.state
    inquiry.give_answer(by=by, at=at, answer=answer.strip())
    _resume_answer_clock(inquiry, on)
    inquiry.save(update_fields=["state", "answer", "answered_by", "answered_at", *ANSWER_CLOCK])
    _record(inquiry, act="answer", source=source, on=on, at=at, by=by, reason="")
    notifications.answered(inquiry, at=at)
    return inquiry


@transaction.atomic
def withdraw_inquiry(*, inquiry_id: int, by: User, at: datetime, reason: str = "") -> Inquiry:
    inquiry = Inquiry.objects.visible_to(by).locked(inquiry_id)
    refuse_if(inquiry_withdrawal_obstacles(inquiry, by))
    source = inquiry.state
    inquiry.withdraw()
    inquiry.save(update_fields=["state"])
    _record(
        inquiry,
        act="withdraw",
        source=source,
        on=timezone.localdate(at),
        at=at,
        by=by,
        reason=reason,
    )
    notifications.withdrawn(inquiry, at=at)
    return inquiry


@transaction.atomic
def close_inquiry(*, inquiry_id: int, by: User, at: datetime, reason: str) -> Inquiry:
    """Close an inquiry because no reply came in time to what was asked back."""
    inquiry = Inquiry.objects.locked(inquiry_id)
    on = timezone.localdate(at)
    refuse_if(close_obstacles(inquiry, by, on=on) + _text_obstacles(reason))
    source = inquiry.state
    inquiry.close()
    inquiry.save(update_fields=["state"])
    _record(inquiry, act="close", source=source, on=on, at=at, by=by, reason=reason)
    notifications.closed(inquiry, reason, at=at)
    return inquiry


def close_obstacles(inquiry: Inquiry, user: User, *, on: date) -> list[Obstacle]:
    """Return why the user cannot close the inquiry on a day: the reply has its time."""
    obstacles = closing_obstacles(inquiry, user)
    due = inquiry.reply_due_on
    if due and on <= due and not obstacles:
        text = _("A reply may come until %(day)s.") % {"day": due}
        remedy = _("Wait until that day is over, or answer.")
        obstacles.append(Obstacle("reply_may_come", text, rule=RULE, remedy=remedy))
    return obstacles


def _filed(*, region: Region, at: datetime, **facts: Any) -> Inquiry:
    on = timezone.localdate(at)
    region_office = office(on=on, region=region)
    due, basis = region_office.calendar.own.deadline_with_basis(
        RULE, on, Unit.WORKDAY, region_office.number(ANSWER_WORKDAYS)
    )
    key = f"{region.pk}-{on.year}"
    inquiry = Inquiry.objects.create(
        number=f"INQ-{key}-{next_number(f'inquiry:{key}'):04}",
        region=region,
        filed_at=at,
        answer_due_on=due.on,
        answer_due_basis=basis.to_json(),
        **{**facts, "subject": facts["subject"].strip(), "question": facts["question"].strip()},
    )
    _record(inquiry, act="file", source="", on=on, at=at, by=inquiry.filed_by, reason="")
    notifications.inquiry_filed(inquiry, at=at)
    return inquiry


def _question_obstacles(subject: str, question: str) -> list[Obstacle]:
    checks = {
        Obstacle("subject_missing", _("The question needs a subject.")): not subject.strip(),
        Obstacle("question_missing", _("Nothing is asked.")): not question.strip(),
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def _text_obstacles(text: str) -> list[Obstacle]:
    missing = Obstacle("text_missing", _("Nothing is written."), remedy=_("Write a text."))
    return [] if text.strip() else [missing]


def _answer_basis(inquiry: Inquiry) -> DeadlineBasis:
    return DeadlineBasis.from_json(inquiry.answer_due_basis)


def _resume_answer_clock(inquiry: Inquiry, on: date) -> None:
    basis = _answer_basis(inquiry)
    since = basis.paused_from
    if since is None:
        return
    pauses = basis.pauses if since == on else (*basis.pauses, (since, on))
    _set_answer_clock(inquiry, replace(basis, pauses=pauses, paused_from=None))


def _set_answer_clock(inquiry: Inquiry, basis: DeadlineBasis) -> None:
    deadline, renewed = office_calendar().own.renewed(basis)
    inquiry.answer_due_on, inquiry.answer_due_basis = deadline.on, renewed.to_json()


def _record(
    inquiry: Inquiry,
    *,
    act: str,
    source: str,
    on: date,
    at: datetime,
    by: User | None,
    reason: str,
) -> None:
    InquiryTransition.objects.create(
        subject=inquiry,
        act=act,
        source=source,
        target=inquiry.state,
        on=on,
        at=at,
        by=by,
        reason=reason.strip(),
        rule=RULE,
    )
