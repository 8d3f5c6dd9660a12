"""Interviews: called in time, held by two, or missed and called again; promises watched (B-11)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from agency.enums import Role
from agency.models import Notice
from agency.rules import Refusal
from institutions.enums.persons import Post
from institutions.models import Person, ResponsiblePerson
from supervision.enums.interviews import InterviewState
from supervision.models import Interview, InterviewCommitment, InterviewRecord
from supervision.services import interviews
from tests.agency.factories import user_with
from tests.supervision import factories as make
from tests.supervision.factories import at, pdf

pytestmark = pytest.mark.django_db
CALLED_ON = date(2025, 5, 14)
EARLIEST = date(2025, 5, 19)  # three working days later
MEETS = at(EARLIEST, 9)


def responsible(institution, post=Post.PRINCIPAL, number=1, held_to=None) -> ResponsiblePerson:
    person = Person.objects.create(
        name="王示范", id_number=f"36040319650101{number:04}", id_digest=f"r{number:031}"
    )
    return ResponsiblePerson.objects.create(
        institution=institution,
        post=post,
        person=person,
        held_from=date(2020, 1, 1),
        held_to=held_to,
    )


@pytest.fixture
def principal(office):
    return responsible(office.institution)


@pytest.fixture
def interview(office, principal) -> Interview:
    make.served(office, "interview", on=date(2025, 5, 13))
    return Interview.objects.get()


def call(office, interview, persons, meets_at=MEETS, by=None) -> Interview:
    return interviews.call_interview(
        interview_id=interview.pk,
        meets_at=meets_at,
        place="三楼会议室",
        topics="1. 超限价收费",
        persons=[each.pk for each in persons],
        by=by or office.officer,
        at=at(CALLED_ON),
    )


def record(office, interview, persons, **facts) -> InterviewRecord:
    given = {
        "held_at": MEETS,
        "agency_people": [office.officer.pk, office.colleague.pk],
        "others": "医保办主任",
        "content": "已说明问题",
        "commitments": [("完成自查", date(2025, 6, 20))],
        "files": [pdf("约谈笔录.pdf")],
        "by": office.officer,
        "at": at(EARLIEST, 11),
        **facts,
    }
    return interviews.record_interview(
        interview_id=interview.pk, persons=[each.pk for each in persons], **given
    )


def test_the_call_goes_out_as_a_letter(office, interview, principal):
    called = call(office, interview, [principal])
    assert called.state == InterviewState.CALLED
    said = called.letter.context
    assert called.letter.kind == "interview"
    assert said["persons"] == "主要负责人王示范"
    assert said["interview_at"] == "2025年5月19日9时00分"
    assert called.case.number in said["reason"]
    told = Notice.objects.get(key=f"interview.{interview.pk}.called")
    assert told.recipient == office.member
    assert told.url == called.get_portal_url()
    assert [each.act for each in called.transitions.all()] == ["order", "call"]


@pytest.mark.parametrize(
    ("meets_at", "code"),
    [
        (at(EARLIEST - timedelta(days=3), 17), "interview_too_soon"),  # Friday, one short
        (at(EARLIEST - timedelta(days=1), 17), "interview_too_soon"),  # Sunday
        (at(EARLIEST, 9), ""),
    ],
)
def test_the_institution_has_time_to_prepare(office, interview, principal, codes, meets_at, code):
    if not code:
        call(office, interview, [principal], meets_at)
        return
    with pytest.raises(Refusal) as refusal:
        call(office, interview, [principal], meets_at)
    assert codes(refusal) == [code]
    assert Interview.objects.get().state == InterviewState.TO_CALL


def test_only_who_answers_for_the_institution_is_called(office, interview, codes):
    former = responsible(office.institution, Post.LEGAL_REPRESENTATIVE, 2, date(2025, 5, 18))
    stranger = responsible(make.InstitutionFactory(), number=3)
    for wrong in (former, stranger):
        with pytest.raises(Refusal) as refusal:
            call(office, interview, [wrong])
        assert codes(refusal) == ["nobody_called"]


def test_held_it_is_recorded_with_what_was_promised(office, interview, principal):
    call(office, interview, [principal])
    held = record(office, interview, [principal])
    assert held.interview.state == InterviewState.HELD
    assert set(held.agency_people.all()) == {office.officer, office.colleague}
    assert held.files.get().name == "约谈笔录.pdf"
    assert held.commitments.get().due_on == date(2025, 6, 20)
    with pytest.raises(Exception, match="append_only"), transaction.atomic():
        InterviewRecord.objects.update(content="x")


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"agency_people": "one"}, "too_few_of_the_agency"),
        ({"agency_people": "stranger"}, "too_few_of_the_agency"),
        ({"files": []}, "signed_record_missing"),
        ({"held_at": at(EARLIEST, 12)}, "interview_to_come"),
        ({"commitments": [("自查", date(2025, 5, 18))]}, "commitment_too_early"),
    ],
)
def test_a_record_lacking_something_is_refused(office, interview, principal, codes, facts, code):
    call(office, interview, [principal])
    people = {
        "one": [office.officer.pk],
        "stranger": [office.officer.pk, office.supervisor.pk],
    }
    if "agency_people" in facts:
        facts = {"agency_people": people[facts["agency_people"]]}
    with pytest.raises(Refusal) as refusal:
        record(office, interview, [principal], **facts)
    assert codes(refusal) == [code]
    assert not InterviewRecord.objects.exists()
    assert Interview.objects.get().state == InterviewState.CALLED


def test_nobody_present_is_no_interview(office, interview, principal, codes):
    call(office, interview, [principal])
    with pytest.raises(Refusal) as refusal:
        record(office, interview, [])
    assert codes(refusal) == ["nobody_appeared"]


def absent(office, interview, on=EARLIEST):
    return interviews.record_absence(
        interview_id=interview.pk, absence="未到场，未说明理由", by=office.officer, at=at(on, 11)
    )


def test_who_does_not_appear_is_called_once_more(office, interview, principal, codes):
    call(office, interview, [principal])
    with pytest.raises(Refusal) as refusal:
        absent(office, interview, CALLED_ON)
    assert codes(refusal) == ["interview_to_come"]
    absent(office, interview)
    second = Interview.objects.get(attempt=2)
    assert (second.state, second.measure) == (InterviewState.TO_CALL, interview.measure)
    interviews.call_interview(
        interview_id=second.pk,
        meets_at=at(date(2025, 5, 26)),
        place="三楼会议室",
        topics="同上",
        persons=[principal.pk],
        by=office.officer,
        at=at(date(2025, 5, 20)),
    )
    absent(office, second, date(2025, 5, 26))
    assert Interview.objects.count() == 2  # the last call
    told = Notice.objects.filter(key=f"interview.{second.pk}.missed")
    assert set(told.values_list("recipient", flat=True)) == {office.member.pk, office.officer.pk}


def test_the_database_refuses(office, interview):
    values = [
        ({"state": "held"}, "lawful_steps"),
        ({"absence": "x"}, "interview_missed_says_who"),
        ({"state": "called"}, "interview_called_has_its_facts"),
    ]
    for changed, name in values:
        with pytest.raises(Exception, match=name), transaction.atomic():
            Interview.objects.update(**changed)
    row = {"case": interview.case, "measure": interview.measure, "ordered_on": CALLED_ON}
    with pytest.raises(IntegrityError, match="interview_one_under_way"), transaction.atomic():
        Interview.objects.create(attempt=2, **row)


def test_promises_are_checked_off_or_told_when_overdue(office, interview, principal, codes):
    call(office, interview, [principal])
    promise = record(office, interview, [principal]).commitments.get()
    for on, told in [("2025-06-20", 0), ("2025-06-21", 1), ("2025-06-22", 0)]:
        day = date.fromisoformat(on)
        assert interviews.tell_overdue_commitments(on=day, at=at(day)) == told
    asked = {"commitment_id": promise.pk, "note": "现场核实", "at": at(date(2025, 6, 25))}
    with pytest.raises(Refusal) as refusal:
        interviews.check_commitment(done_on=date(2025, 5, 18), by=office.officer, **asked)
    assert codes(refusal) == ["day_out_of_order"]
    interviews.check_commitment(done_on=date(2025, 6, 24), by=office.officer, **asked)
    with pytest.raises(Refusal) as refusal:
        interviews.check_commitment(done_on=date(2025, 6, 24), by=office.officer, **asked)
    assert codes(refusal) == ["commitment_done"]
    assert InterviewCommitment.objects.get().done_on == date(2025, 6, 24)


@pytest.mark.parametrize("role", [Role.AGREEMENT_OFFICER, Role.SUPERVISOR])
def test_only_officers_of_cases_call(office, interview, principal, codes, role):
    with pytest.raises(Refusal) as refusal:
        call(office, interview, [principal], by=user_with(role))
    assert codes(refusal) == ["not_permitted"]


# --- pages --------------------------------------------------------------------------------------


def test_the_officer_calls_and_records_on_the_pages(
    client, office, interview, principal, time_machine
):
    client.force_login(office.officer)
    time_machine.move_to(at(CALLED_ON))
    page = interview.get_absolute_url()
    assert reverse("supervision_desk:interview_call", args=[interview.pk]) in text(client, page)
    calling = reverse("supervision_desk:interview_call", args=[interview.pk])
    stamp = client.get(calling).context["stamp"]
    sent = {
        "meets_at": "2025-05-19T09:00",
        "place": "三楼会议室",
        "topics": "1. 收费",
        "persons": [principal.pk],
        "stamp": stamp,
    }
    assert client.post(calling, sent).status_code == 302
    time_machine.move_to(at(EARLIEST, 11))
    recording = reverse("supervision_desk:interview_record", args=[interview.pk])
    sent = {
        "held_at": "2025-05-19T09:00",
        "agency_people": [office.officer.pk, office.colleague.pk],
        "persons": [principal.pk],
        "content": "已说明",
        "commitments": "2025-06-20 完成自查\n\n完成培训",
        "attachments": [pdf("笔录.pdf")],
        "stamp": client.get(recording).context["stamp"],
    }
    wrong = client.post(recording, sent)
    assert (wrong.status_code, "完成培训" in wrong.text) == (400, True)
    sent |= {"commitments": "2025-06-20 完成自查", "attachments": [pdf("笔录.pdf")]}
    assert client.post(recording, sent).status_code == 302
    assert "完成自查" in text(client, page)
    client.force_login(office.member)
    own = text(client, interview.get_portal_url())
    assert "完成自查" in own
    assert str(office.colleague.name) in own
    event = client.get(reverse("supervision_portal:interview_event", args=[interview.pk]))
    assert b"DTSTART:20250519T010000Z" in event.content


def text(client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return response.text


def test_an_institution_sees_only_its_own_and_only_once_called(
    client, office, interview, principal
):
    client.force_login(office.member)
    assert client.get(interview.get_portal_url()).status_code == 404
    call(office, interview, [principal])
    assert client.get(interview.get_portal_url()).status_code == 200
    client.force_login(make.Office().member)
    assert client.get(interview.get_portal_url()).status_code == 404
