"""From the defence to the end of a grave case: review, discussion, decision, filing, report."""

import threading
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from agency.enums import Role
from agency.models import Notice, OfficialLetter
from agency.rules import Refusal
from agreements.enums.life import AgreementState
from agreements.models import Agreement, Suspension
from supervision.enums.cases import CaseState
from supervision.enums.proceedings import Correction, FilingOutcome, LegalOutcome
from supervision.models import (
    AdministrationReport,
    Case,
    CollectiveDiscussion,
    FilingReview,
    FormalDemand,
    LegalReview,
)
from supervision.services import acknowledgement, administration, corrections, decision, filing
from supervision.services.formal_demands import issue_demand
from tests.agency.factories import user_with
from tests.supervision import factories as make
from tests.supervision.factories import DECIDED_ON, at

pytestmark = pytest.mark.django_db

LATER = date(2025, 5, 22)


# --- legal review and discussion ------------------------------------------------------------------


def test_a_grave_case_is_reviewed_by_a_third_person_and_discussed(office):
    assert office.agreement
    case = make.decided(office, "suspend")
    review = LegalReview.objects.get()
    assert (review.reviewed_by, review.outcome) == (office.reviewer, "approved")
    assert (case.state, case.decided_by, case.legal_review) == (
        "decided",
        office.head,
        "法制审核意见",
    )
    discussion = CollectiveDiscussion.objects.get()
    assert (discussion.members, discussion.in_favour, discussion.carried) == (3, 3, True)
    acts = list(case.transitions.values_list("act", flat=True))
    assert acts[-5:] == ["give_statement", "submit_for_review", "find_lawful", "discuss", "decide"]


def test_the_review_is_due_within_five_working_days(office):
    case = make.in_review(office)
    assert case.review_due_on == date(2025, 5, 14)
    assert case.review_due_basis["rule"] == "C-05"


def test_a_light_case_is_not_reviewed(office, codes):
    case = make.heard(office, "refuse")
    with pytest.raises(Refusal) as refusal:
        make.submitted(case, office)
    assert codes(refusal) == ["not_grave"]
    assert Case.objects.get(pk=case.pk).state == CaseState.DEFENCE


def test_nobody_reviews_what_they_opened(office, codes):
    both = user_with(Role.AUDIT_OFFICER, Role.LEGAL_REVIEWER)
    office.__dict__["officer"] = office.__dict__["reviewer"] = both
    case = make.in_review(office)
    with pytest.raises(Refusal) as refusal:
        make.reviewed(case, office)
    assert codes(refusal) == ["reviewed_by_its_opener"]
    with pytest.raises(DatabaseError, match="does not review it"), transaction.atomic():
        LegalReview.objects.create(
            case=case,
            outcome="approved",
            opinion="x",
            reviewed_on=LATER,
            reviewed_at=at(LATER),
            reviewed_by=both,
        )
    assert not LegalReview.objects.exists()


def test_a_returned_case_is_mended_and_submitted_again(office, codes):
    case = make.in_review(office)
    make.reviewed(case, office, LegalOutcome.RETURNED)
    assert Case.objects.get(pk=case.pk).state == CaseState.DEFENCE
    with pytest.raises(Refusal) as refusal:
        make.decide(Case.objects.get(pk=case.pk), by=office.head)
    assert codes(refusal) == ["no_legal_review"]
    make.submitted(case, office, on=date(2025, 5, 8))
    make.reviewed(case, office)
    make.discussed(case, office)
    assert make.decide(case, by=office.head).state == CaseState.DECIDED


def test_what_is_not_carried_goes_back_to_the_officer(office, codes):
    case = make.in_review(office)
    make.reviewed(case, office)
    discussion = make.discussed(case, office, in_favour=1)
    assert not discussion.carried
    assert Case.objects.get(pk=case.pk).state == CaseState.DEFENCE
    make.submitted(case, office, on=date(2025, 5, 9))
    with pytest.raises(Refusal) as refusal:
        make.discussed(case, office)
    assert codes(refusal) == ["not_reviewed"]


def test_two_members_are_too_few(office, codes):
    case = make.in_review(office)
    make.reviewed(case, office)
    on = date(2025, 5, 9)
    with pytest.raises(Refusal) as refusal:
        make.legal.record_discussion(
            case_id=case.pk,
            held_on=on,
            minutes="x",
            votes={office.head: "in_favour", office.colleague: "in_favour"},
            by=office.officer,
            on=on,
            at=at(on),
        )
    assert codes(refusal) == ["too_few_members"]
    assert not CollectiveDiscussion.objects.exists()


def test_no_grave_decision_before_the_discussion(office, codes):
    assert office.agreement
    case = make.in_review(office, "dissolve")
    make.reviewed(case, office)
    with pytest.raises(Refusal) as refusal:
        make.decide(case, by=office.head)
    assert codes(refusal) == ["not_discussed"]
    with pytest.raises(DatabaseError, match="is not reviewed and discussed"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(
            state="decided", decided_on=LATER, decided_by=office.head, is_grave=True
        )
    assert Agreement.objects.get().state == AgreementState.EFFECTIVE


def test_who_reviewed_does_not_decide(office, codes):
    both = user_with(Role.AGENCY_HEAD, Role.LEGAL_REVIEWER)
    office.__dict__["reviewer"] = both
    case = make.ready(office, "person")
    with pytest.raises(Refusal) as refusal:
        make.decide(case, by=both)
    assert codes(refusal) == ["decided_by_its_reviewer"]


def test_an_act_on_the_agreement_never_begins_before_its_decision(office, codes):
    assert office.agreement
    case = make.ready(office, "suspend")
    with pytest.raises(Refusal) as refusal:
        make.decide(case, by=office.head, starts_on=date(2025, 5, 11))
    assert codes(refusal) == ["starts_before_decision"]
    assert not Suspension.objects.exists()


def test_a_case_in_review_can_be_dismissed_by_another(office, codes):
    case = make.in_review(office)
    doer = {"case_id": case.pk, "reason": "证据不足", "on": LATER, "at": at(LATER)}
    with pytest.raises(Refusal) as refusal:
        decision.dismiss_case(by=office.officer, **doer)
    assert codes(refusal) == ["dismissed_by_its_opener"]
    assert decision.dismiss_case(by=office.colleague, **doer).state == CaseState.DISMISSED


# --- formal demand --------------------------------------------------------------------------------


def test_damages_are_demanded_before_they_are_ordered(office, codes):
    case = make.heard(office, "damages")
    FormalDemand.objects.update(served_on=None, due_on=None)
    with pytest.raises(Refusal) as refusal:
        make.decide(case, by=office.officer)
    assert codes(refusal) == ["not_demanded"]
    assert Case.objects.get(pk=case.pk).state == CaseState.DEFENCE


def test_the_period_of_the_demand_runs_from_its_service(office, codes):
    case = make.heard(office, "damages")
    demand = FormalDemand.objects.get()
    # Ten working days from 22 April 2025, Labour Day and the Sunday worked in between.
    assert (demand.served_on, demand.due_on) == (date(2025, 4, 22), date(2025, 5, 8))
    assert demand.letter.kind == "formal_demand"
    with pytest.raises(Refusal) as refusal:
        make.decide(case, by=office.officer, on=date(2025, 5, 8))
    assert codes(refusal) == ["demand_running"]
    assert make.decide(case, by=office.officer, on=date(2025, 5, 9)).state == CaseState.DECIDED


def test_one_demand_at_a_time(office, codes):
    case = make.opened(office, "refuse")
    on = date(2025, 4, 22)
    issue_demand(case_id=case.pk, text="x", by=office.officer, on=on, at=at(on))
    with pytest.raises(Refusal) as refusal:
        issue_demand(case_id=case.pk, text="x", by=office.officer, on=on, at=at(on))
    assert codes(refusal) == ["demand_under_way"]
    assert FormalDemand.objects.count() == 1


# --- filing review --------------------------------------------------------------------------------


def test_a_grave_decision_is_to_be_filed_within_fifteen_days(office):
    assert office.agreement
    case = make.decided(office, "suspend")
    row = FilingReview.objects.get()
    assert (row.case, row.due_on, row.word) == (case, date(2025, 5, 27), "owed")
    row = make.filed(case, office)
    assert (row.word, row.letter.kind) == ("filed", "handling_filing")
    row = make.answered(case, office)
    assert (row.word, row.answered_by) == ("ok", office.law)
    assert OfficialLetter.objects.filter(kind="filing_answer").count() == 1


def test_a_filing_is_made_once_and_answered_once(office, codes):
    case = make.decided(office, "person")
    with pytest.raises(Refusal) as refusal:
        make.answered(case, office)
    assert codes(refusal) == ["not_filed"]
    make.filed(case, office)
    with pytest.raises(Refusal) as refusal:
        make.filed(case, office)
    assert codes(refusal) == ["no_filing_due"]
    make.answered(case, office)
    with pytest.raises(Refusal) as refusal:
        make.answered(case, office)
    assert codes(refusal) == ["filing_answered"]


def test_a_correction_blocks_the_closing_until_it_is_made(office, codes):
    agreement = office.agreement
    case = make.performed(office, "suspend")
    administration.send_report(
        case_id=case.pk, text="报告", by=office.officer, on=LATER, at=at(LATER)
    )
    make.filed(case, office, on=LATER)
    doer = {"case_id": case.pk, "by": office.officer, "on": LATER, "at": at(LATER)}
    with pytest.raises(Refusal) as refusal:
        decision.close_case(**doer)
    assert codes(refusal) == ["filing_unanswered"]
    row = make.answered(case, office, FilingOutcome.REVIEW_CORRECTION)
    assert (row.word, row.correct_due_on) == ("correction", date(2025, 6, 6))
    with pytest.raises(Refusal) as refusal:
        decision.close_case(**doer)
    assert codes(refusal) == ["correction_open"]
    corrections.correct_decision(
        case_id=case.pk,
        correction=Correction.ANNULLED,
        text="撤销中止决定",
        by=office.head,
        on=LATER,
        at=at(LATER),
    )
    assert Agreement.objects.get(pk=agreement.pk).state == AgreementState.EFFECTIVE
    assert Suspension.objects.get().annulled_on == LATER
    assert FilingReview.objects.get().word == "corrected"
    assert decision.close_case(**doer).state == CaseState.CLOSED


def test_a_changed_decision_leaves_the_agreement(office):
    assert office.agreement
    case = make.decided(office, "suspend")
    make.filed(case, office)
    make.answered(case, office, FilingOutcome.REVIEW_CORRECTION)
    corrections.correct_decision(
        case_id=case.pk,
        correction=Correction.CHANGED,
        text="补正文书引用条款",
        by=office.head,
        on=LATER,
        at=at(LATER),
    )
    assert Agreement.objects.get().state == AgreementState.SUSPENDED


def test_a_filing_that_is_late_is_told_once(office):
    make.decided(office, "person")
    assert filing.remind_unfiled(on=date(2025, 5, 27), at=at(date(2025, 5, 27))) == 0
    late = date(2025, 5, 28)
    assert filing.remind_unfiled(on=late, at=at(late)) == 1
    assert filing.remind_unfiled(on=late, at=at(late)) == 0
    assert Notice.objects.filter(key__endswith=".filing.overdue").exists()


# --- report and acknowledgement -------------------------------------------------------------------


def reported(office):
    case = make.decided(office, "person")
    administration.send_report(
        case_id=case.pk, text="报告", by=office.officer, on=DECIDED_ON, at=at(DECIDED_ON)
    )
    return case


def test_a_report_is_acknowledged_by_the_administration(office, codes):
    case = reported(office)
    report = AdministrationReport.objects.get()
    assert (report.acknowledge_due_on, report.word) == (date(2025, 5, 19), "sent")
    doer = {"case_id": case.pk, "on": LATER, "at": at(LATER)}
    with pytest.raises(Refusal) as refusal:
        acknowledgement.acknowledge_report(by=office.head, **doer)
    assert codes(refusal) == ["not_permitted"]
    report = acknowledgement.acknowledge_report(by=office.supervisor, **doer)
    assert (report.word, report.acknowledged_by) == ("acknowledged", office.supervisor)
    with pytest.raises(Refusal) as refusal:
        acknowledgement.acknowledge_report(by=office.supervisor, **doer)
    assert codes(refusal) == ["report_acknowledged"]


def test_a_question_is_answered_before_the_report_is_acknowledged(office, codes):
    case = reported(office)
    doer = {"case_id": case.pk, "on": LATER, "at": at(LATER)}
    acknowledgement.ask_about_report(text="参保人如何安置？", by=office.supervisor, **doer)
    with pytest.raises(Refusal) as refusal:
        acknowledgement.acknowledge_report(by=office.supervisor, **doer)
    assert codes(refusal) == ["question_open"]
    acknowledgement.answer_question(answer="均已转诊", by=office.officer, **doer)
    with pytest.raises(Refusal) as refusal:
        acknowledgement.answer_question(answer="x", by=office.officer, **doer)
    assert codes(refusal) == ["no_question"]
    assert acknowledgement.acknowledge_report(by=office.supervisor, **doer).acknowledged_at


# --- the whole way --------------------------------------------------------------------------------


def test_the_decision_says_by_when_it_is_to_be_performed(office):
    case = make.served(office, "refuse", on=date(2025, 5, 14))
    assert case.perform_due_on == date(2025, 5, 29)


@pytest.mark.django_db(transaction=True)
def test_two_heads_decide_a_grave_case_once():
    office = make.Office()
    assert office.agreement
    case = make.ready(office, "dissolve")
    heads, chosen = [office.head, user_with(Role.AGENCY_HEAD)], make.imposed(case)
    start, results = threading.Barrier(2), []

    def run(head):
        try:
            start.wait(timeout=10)
            make.decide(case, by=head, imposed=chosen)
            results.append("done")
        except Refusal:
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(head,)) for head in heads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(results) == ["done", "refused"]
    assert FilingReview.objects.count() == AdministrationReport.objects.count() == 1
    assert Agreement.objects.get().state == AgreementState.DISSOLVED
