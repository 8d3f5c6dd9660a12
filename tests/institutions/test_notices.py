"""Results are filed, posted, objected to and settled before anything is signed (A-06, A-08)."""

from contextlib import contextmanager
from datetime import date

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from agency.enums import Role
from agency.models import Notice, OfficialLetter
from agency.receipts import status_url
from agency.rules import Refusal
from agency.services.letters import serve_letter
from institutions.enums.designation import ApplicationState
from institutions.enums.notices import (
    AssessedResult,
    FilingState,
    NoticeState,
    ObjectionState,
)
from institutions.models import (
    ApplicationTransition,
    DesignationApplication,
    NoticeEntry,
    Objection,
    PublicNotice,
    ResultFiling,
    ResultToFile,
)
from institutions.services.notices.filing import acknowledge_filing, file_results
from institutions.services.notices.negotiation import end_notices, open_negotiation
from institutions.services.notices.objections import (
    comment_on_objection,
    decide_objection,
    file_objection,
)
from institutions.services.notices.posting import post_notice
from tests.agency.factories import user_with
from tests.institutions.factories import InstitutionFactory, member_of
from tests.institutions.factories_assessment import pdf
from tests.institutions.factories_notices import (
    LAST_DAY,
    POSTED_ON,
    NoticeTeam,
    applicant,
    at,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return NoticeTeam()


def codes(refusal):
    return {each.code for each in refusal.value.obstacles}


@contextmanager
def refused_by(name):
    """The database refuses, under the name."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        yield
    assert error.value.__cause__.diag.constraint_name == name


def state_of(application):
    return DesignationApplication.objects.get(pk=application.pk).state


# --- filing -----------------------------------------------------------------------------------


def test_one_filing_holds_several_results_and_moves_those_who_passed(team):
    passed, failed = team.assessed(), team.assessed(AssessedResult.FAILED)
    # Five working days from Friday 26 September, across the long holiday.
    due = set(ResultToFile.objects.values_list("due_on", flat=True))
    assert due == {date(2025, 10, 10)}
    keys = list(ResultToFile.objects.values_list("pk", flat=True))
    filing = file_results(result_ids=keys, by=team.officer, at=at("2025-09-28"))
    letter = filing.letter
    assert filing.number == letter.number
    assert (letter.kind, letter.issued_by) == ("result_filing", team.officer)
    assert passed.number in letter.body
    assert failed.number in letter.body
    assert state_of(passed) == ApplicationState.FILED
    assert state_of(failed) == ApplicationState.FAILED
    acts = ApplicationTransition.objects.filter(act="file_result")
    assert set(acts.values_list("subject", "source", "target")) == {
        (passed.pk, "passed", "filed"),
        (failed.pk, "failed", "failed"),
    }
    told = Notice.objects.get(recipient=team.supervisor)
    assert told.url == filing.get_absolute_url()


def test_a_result_is_filed_once(team):
    application = team.filed()
    result = application.results_to_file.get()
    with pytest.raises(Refusal) as refusal:
        file_results(result_ids=[result.pk], by=team.officer, at=at("2025-09-29"))
    assert codes(refusal) == {"no_result_chosen"}
    assert ResultFiling.objects.count() == 1
    other = ResultFiling.objects.get()
    with refused_by("resulttofile_filed_once"):
        ResultToFile.objects.filter(pk=result.pk).update(filing=None)
    assert other.results.get() == result


def test_only_the_officer_files(team):
    application = team.assessed()
    keys = [application.results_to_file.get().pk]
    with pytest.raises(Refusal) as refusal:
        file_results(result_ids=keys, by=user_with(Role.INTAKE_CLERK), at=at("2025-09-28"))
    assert codes(refusal) == {"not_entitled"}
    assert not ResultFiling.objects.exists()
    assert not OfficialLetter.objects.exists()
    assert state_of(application) == ApplicationState.PASSED


def test_the_administration_acknowledges_once(team):
    team.filed()
    filing = ResultFiling.objects.get()
    acknowledge_filing(
        filing_id=filing.pk, by=team.supervisor, at=at("2025-09-29"), remark="已收悉"
    )
    filing = ResultFiling.objects.get()
    assert filing.state == FilingState.ACKNOWLEDGED
    assert (filing.acknowledged_by, filing.remark) == (team.supervisor, "已收悉")
    assert Notice.objects.filter(recipient=team.officer, key__startswith="result_filing.").exists()
    with pytest.raises(Refusal) as refusal:
        acknowledge_filing(filing_id=filing.pk, by=team.supervisor, at=at("2025-09-30"))
    assert codes(refusal) == {"filing_acknowledged"}
    with pytest.raises(Refusal) as refusal:
        acknowledge_filing(filing_id=filing.pk, by=team.officer, at=at("2025-09-30"))
    assert "not_entitled" in codes(refusal)


# --- the notice -------------------------------------------------------------------------------


def test_a_notice_posted_before_the_long_holiday_ends_seven_working_days_later(team):
    application = team.filed()
    member = member_of(application.institution)
    notice = team.posted(application)
    assert (notice.posted_on, notice.ends_on) == (POSTED_ON, LAST_DAY)
    assert notice.letter.kind == "assessment_public_notice"
    assert application.institution.name in notice.letter.body
    entry = notice.entries.get()
    assert (entry.name, entry.kind, entry.level) == (
        application.institution.name,
        application.kind,
        application.level,
    )
    assert state_of(application) == ApplicationState.PUBLIC_NOTICE
    assert Notice.objects.filter(recipient=member, key__startswith="public_notice.").exists()


def test_nobody_is_posted_before_the_result_is_filed(team):
    application = team.assessed()
    with pytest.raises(Refusal) as refusal:
        post_notice(application_ids=[application.pk], by=team.officer, at=at(POSTED_ON))
    assert codes(refusal) == {"result_not_filed"}
    assert not PublicNotice.objects.exists()
    assert not NoticeEntry.objects.exists()


def test_what_stands_on_a_notice_never_changes(team):
    entry = team.posted().entries.get()
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        NoticeEntry.objects.filter(pk=entry.pk).update(name="改名")


# --- objections -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "taken"),
    [
        (at("2025-09-26", 10, 1), True),
        (at("2025-10-05"), True),
        (at("2025-10-13", 23, 50), True),
        (at("2025-10-14", 0, 5), False),
    ],
)
def test_anybody_objects_until_the_end_of_the_last_day(team, when, taken):
    notice = team.posted()
    if taken:
        objection = team.objected(notice, when=when)
        assert objection.number == "OBJ-360400-2025-0001"
        assert objection.state == ObjectionState.UNDECIDED
        assert applicant(notice).state == ApplicationState.OBJECTION
        assert Notice.objects.filter(recipient=team.head, key__startswith="objection.").exists()
        return
    with pytest.raises(Refusal) as refusal:
        team.objected(notice, when=when)
    assert codes(refusal) == {"notice_over"}
    assert not Objection.objects.exists()
    assert applicant(notice).state == ApplicationState.PUBLIC_NOTICE


def test_who_objected_is_stored_encrypted(team):
    notice = team.posted()
    team.objected(notice, when=at("2025-10-09"), objector="王示范", contact="13800001111")
    with connection.cursor() as cursor:
        cursor.execute("SELECT objector || contact FROM institutions_objection")
        stored = cursor.fetchone()[0]
    assert "王示范" not in stored
    assert "13800001111" not in stored
    assert Objection.objects.get().objector == "王示范"


def test_an_objection_says_something(team):
    notice = team.posted()
    with pytest.raises(Refusal) as refusal:
        team.objected(notice, when=at("2025-10-09"), text="  ")
    assert codes(refusal) == {"text_missing"}
    assert not Objection.objects.exists()


def test_the_database_takes_no_objection_after_the_notice(team):
    notice = team.posted()
    entry = notice.entries.get()
    values = {
        "number": "OBJ-360400-2025-0009",
        "entry": entry,
        "text": "异议",
        "received_at": at("2025-10-14", 0, 5),
        "received_on": date(2025, 10, 14),
        "decision_due_on": date(2025, 10, 28),
    }
    with refused_by("objection_only_during_the_notice"):
        Objection.objects.create(**values)
    end_notices(on=date(2025, 10, 14), at=at("2025-10-14", 0, 15))
    with refused_by("objection_only_during_the_notice"):
        Objection.objects.create(**values | {"received_on": date(2025, 10, 13)})


def test_the_applicant_comments_once_before_the_decision(team):
    notice = team.posted()
    objection = team.objected(notice, when=at("2025-10-09"))
    member = member_of(applicant(notice).institution)
    stranger = member_of(InstitutionFactory())
    with pytest.raises(Objection.DoesNotExist):
        comment_on_objection(
            objection_id=objection.pk, text="与我无关", by=stranger, at=at("2025-10-10")
        )
    comment_on_objection(objection_id=objection.pk, text="不属实", by=member, at=at("2025-10-10"))
    objection = Objection.objects.get()
    assert (objection.comment, objection.commented_by) == ("不属实", member)
    with pytest.raises(Refusal) as refusal:
        comment_on_objection(objection_id=objection.pk, text="再说", by=member, at=at("2025-10-11"))
    assert codes(refusal) == {"commented_already"}


def test_a_rejected_objection_lets_the_notice_go_on(team):
    notice = team.posted()
    first = team.objected(notice, when=at("2025-10-09"))
    second = team.objected(notice, when=at("2025-10-10"), objector="王示范")
    for each, state in ((first, ObjectionState.REJECTED), (second, ObjectionState.INADMISSIBLE)):
        assert applicant(notice).state == ApplicationState.OBJECTION
        decide_objection(
            objection_id=each.pk,
            state=state,
            reason="经核实不属实",
            by=team.head,
            at=at("2025-10-11"),
        )
    assert applicant(notice).state == ApplicationState.PUBLIC_NOTICE
    answers = OfficialLetter.objects.filter(kind="objection_result").order_by("pk")
    assert [each.addressee for each in answers] == ["异议人", "王示范"]
    assert "经核实不属实" in answers[0].body
    assert end_notices(on=date(2025, 10, 13), at=at("2025-10-13", 0, 15)) == 0
    assert end_notices(on=date(2025, 10, 14), at=at("2025-10-14", 0, 15)) == 1
    assert applicant(notice).state == ApplicationState.NEGOTIATING
    notice.refresh_from_db()
    assert (notice.state, notice.ended_on) == (NoticeState.OVER, date(2025, 10, 14))
    assert end_notices(on=date(2025, 10, 15), at=at("2025-10-15", 0, 15)) == 0


def test_only_the_head_decides_and_gives_a_reason(team):
    notice = team.posted()
    objection = team.objected(notice, when=at("2025-10-09"))
    decision = {
        "objection_id": objection.pk,
        "state": ObjectionState.REJECTED,
        "at": at("2025-10-10"),
    }
    with pytest.raises(Refusal) as refusal:
        decide_objection(**decision, by=team.officer, reason="不属实")
    assert codes(refusal) == {"not_entitled"}
    with pytest.raises(Refusal) as refusal:
        decide_objection(**decision, by=team.head, reason=" ")
    assert codes(refusal) == {"reason_missing"}
    assert Objection.objects.get().state == ObjectionState.UNDECIDED
    assert not OfficialLetter.objects.filter(kind="objection_result").exists()


def test_an_upheld_objection_fails_the_applicant_with_reasons(team):
    notice = team.posted()
    objection = team.objected(notice, when=at("2025-10-09"))
    decide_objection(
        objection_id=objection.pk,
        state=ObjectionState.UPHELD,
        reason="执业医师第一注册地不在本机构",
        by=team.head,
        at=at("2025-10-11"),
    )
    application = applicant(notice)
    assert (application.state, application.failures) == (ApplicationState.FAILED, 1)
    letter = OfficialLetter.objects.get(kind="assessment_failed")
    assert "执业医师第一注册地不在本机构" in letter.body
    result = application.results_to_file.get(filing=None)
    assert (result.result, result.decided_on) == (AssessedResult.FAILED, date(2025, 10, 11))
    assert end_notices(on=date(2025, 10, 14), at=at("2025-10-14", 0, 15)) == 0
    # The waiting time runs from the service of the letter (T-09, A-07).
    serve_letter(
        letter_id=letter.pk,
        method="hand",
        served_on=date(2025, 10, 15),
        recipient="张示范",
        proof=pdf(),
        by=team.officer,
        at=at("2025-10-15"),
        on=date(2025, 10, 15),
    )
    application = applicant(notice)
    assert application.state == ApplicationState.RECTIFYING
    assert application.reassess_from == date(2026, 1, 15)


# --- the negotiation --------------------------------------------------------------------------


def test_the_negotiation_waits_for_the_day_and_for_every_decision(team):
    notice = team.posted()
    application = applicant(notice)
    with pytest.raises(Refusal) as refusal:
        open_negotiation(application_id=application.pk, by=team.officer, at=at(LAST_DAY, 23))
    assert codes(refusal) == {"notice_running"}
    objection = team.objected(notice, when=at(LAST_DAY, 23, 50))
    with pytest.raises(Refusal) as refusal:
        open_negotiation(application_id=application.pk, by=team.officer, at=at("2025-10-14"))
    assert codes(refusal) == {"objections_undecided"}
    # The nightly job ends the notice, and leaves the applicant where it is.
    assert end_notices(on=date(2025, 10, 14), at=at("2025-10-14", 0, 15)) == 0
    assert applicant(notice).state == ApplicationState.OBJECTION
    decide_objection(
        objection_id=objection.pk,
        state=ObjectionState.REJECTED,
        reason="不属实",
        by=team.head,
        at=at("2025-10-15"),
    )
    open_negotiation(application_id=application.pk, by=team.officer, at=at("2025-10-15", 11))
    assert applicant(notice).state == ApplicationState.NEGOTIATING


def move(application, state):
    """Write the state past every service."""
    DesignationApplication.objects.filter(pk=application.pk).update(state=state)


def test_the_database_opens_no_negotiation_during_the_notice(team):
    notice = team.posted()
    with refused_by("application_signed_after_its_notice"):
        move(applicant(notice), ApplicationState.NEGOTIATING)
    assert applicant(notice).state == ApplicationState.PUBLIC_NOTICE


def test_the_database_opens_no_negotiation_while_an_objection_is_undecided(team):
    notice = team.posted()
    team.objected(notice, when=at("2025-10-09"))
    end_notices(on=date(2025, 10, 14), at=at("2025-10-14", 0, 15))
    move(applicant(notice), ApplicationState.PUBLIC_NOTICE)
    with refused_by("application_objections_decided_first"):
        move(applicant(notice), ApplicationState.NEGOTIATING)


def test_the_database_ends_no_notice_before_its_last_day_is_over(team):
    notice = team.posted()
    with refused_by("publicnotice_over_after_its_last_day"):
        PublicNotice.objects.filter(pk=notice.pk).update(state=NoticeState.OVER, ended_on=LAST_DAY)


def test_a_receipt_tells_the_objector_the_answer(team, client):
    notice = team.posted()
    objection = team.objected(notice, when=at("2025-10-09"))
    decide_objection(
        objection_id=objection.pk,
        state=ObjectionState.REJECTED,
        reason="经核实不属实",
        by=team.head,
        at=at("2025-10-11"),
    )
    page = client.get(status_url(objection.number))
    assert page.status_code == 200
    assert "经核实不属实" in page.content.decode()


def test_an_applicant_that_withdrew_is_not_objected_to(team):
    notice = team.posted()
    application = applicant(notice)
    application.withdraw()
    application.save(update_fields=["state"])
    with pytest.raises(Refusal) as refusal:
        file_objection(entry_id=notice.entries.get().pk, text="异议", at=at("2025-10-09"))
    assert codes(refusal) == {"applicant_not_on_notice"}
