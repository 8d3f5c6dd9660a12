import threading
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django_fsm import ConcurrentTransition

from agency.enums import Role
from agency.models import Notice
from agency.rules import Refusal
from agreements.enums.life import AgreementState
from agreements.models import Agreement, Suspension
from supervision.enums.cases import CaseState
from supervision.models import AdministrationReport, Case
from supervision.services import administration, decision, hearing, orders
from tests.agency.factories import user_with
from tests.supervision import factories as make
from tests.supervision.factories import (
    DECIDED_ON,
    DEFENCE_UNTIL,
    SERVED_ON,
    at,
    decide,
    imposed,
    pdf,
)

pytestmark = pytest.mark.django_db


def untouched(case: Case) -> bool:
    """Whether the case still waits to be decided, without a trace of a decision."""
    fresh = Case.objects.get(pk=case.pk)
    return (
        fresh.state == case.state
        and fresh.state in (CaseState.DEFENCE, CaseState.LEGAL_REVIEW)
        and fresh.decided_on is None
        and not fresh.transitions.filter(act="decide").exists()
        and not fresh.measures.filter(imposed__isnull=False).exists()
        and not AdministrationReport.objects.exists()
    )


# --- what a decision needs ----------------------------------------------------------------------


def test_the_officer_decides_on_interview_and_amounts(office):
    case = decide(make.heard(office, "interview", "refuse"), by=office.officer)
    assert (case.state, case.decided_by, case.is_grave) == ("decided", office.officer, False)
    assert all(case.measures.values_list("imposed", flat=True))
    assert not AdministrationReport.objects.exists()


def test_no_decision_while_the_institution_may_still_state(office, codes):
    case = make.in_defence(office)
    with pytest.raises(Refusal) as refusal:
        decide(case, by=office.officer, on=DEFENCE_UNTIL)
    assert codes(refusal) == ["defence_running"]
    assert untouched(case)


def test_silence_until_the_end_opens_the_way(office):
    case = decide(make.in_defence(office), by=office.officer, on=date(2025, 5, 10))
    assert (case.state, case.defence_outcome) == ("decided", "silent")


def test_a_statement_opens_the_way_at_once(office):
    case = decide(make.heard(office), by=office.officer, on=date(2025, 5, 7))
    assert (case.state, case.defence_outcome) == ("decided", "statement")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"imposed": []}, ["nothing_imposed"]),
        ({"consideration": " "}, ["statement_not_considered"]),
        ({"imposed": [], "consideration": ""}, ["nothing_imposed", "statement_not_considered"]),
    ],
)
def test_every_reason_is_named_and_nothing_is_done(office, codes, given, expected):
    case = make.heard(office)
    with pytest.raises(Refusal) as refusal:
        decide(case, by=office.officer, **given)
    assert codes(refusal) == expected
    assert untouched(case)


def test_measures_left_out_fall_away(office):
    case = make.heard(office, "interview", "refuse")
    kept = case.measures.get(rung=1)
    decide(case, by=office.officer, imposed=[kept.pk])
    assert list(case.measures.order_by("rung").values_list("rung", "imposed")) == [
        (1, True),
        (3, False),
    ]


def test_measures_of_another_case_impose_nothing(office, codes):
    case, other = make.heard(office), make.heard(office)
    with pytest.raises(Refusal) as refusal:
        decide(case, by=office.officer, imposed=imposed(other))
    assert codes(refusal) == ["nothing_imposed"]


# --- grave measures -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["person", "suspend", "dissolve"])
def test_grave_measures_need_the_head(office, codes, kind):
    agreement = office.agreement
    case = make.ready(office, kind)
    with pytest.raises(Refusal) as refusal:
        decide(case, by=office.colleague)
    assert codes(refusal) == ["head_must_decide"]
    assert untouched(case)
    assert Agreement.objects.get(pk=agreement.pk).state == AgreementState.EFFECTIVE


def test_grave_measures_need_another_person_and_a_legal_review(office, codes):
    assert office.agreement
    both = user_with(Role.AUDIT_OFFICER, Role.AGENCY_HEAD)
    office.__dict__["officer"] = both
    case = make.heard(office, "suspend")
    with pytest.raises(Refusal) as refusal:
        decide(case, by=both)
    assert codes(refusal) == ["decided_by_its_opener", "no_legal_review"]
    assert untouched(case)


def test_the_database_refuses_a_grave_decision_by_the_opener(office):
    assert office.agreement
    case = make.decided(office, "suspend")
    with (
        pytest.raises(IntegrityError, match="case_grave_decided_by_another"),
        transaction.atomic(),
    ):
        Case.objects.filter(pk=case.pk).update(decided_by=F("opened_by"))


def test_a_grave_measure_that_is_dropped_leaves_a_light_case(office):
    assert office.agreement
    case = make.heard(office, "refuse", "suspend")
    light = case.measures.get(rung=3)
    case = decide(case, by=office.officer, imposed=[light.pk])
    assert not case.is_grave
    assert not AdministrationReport.objects.exists()


def test_suspending_goes_through_the_agreement_s_own_services(office):
    agreement = office.agreement
    case = make.decided(office, "refuse", "suspend")
    agreement = Agreement.objects.get(pk=agreement.pk)
    suspension = Suspension.objects.get(agreement=agreement)
    assert agreement.state == AgreementState.SUSPENDED
    assert (suspension.kind, suspension.ground) == ("mandatory", "risk")
    assert (suspension.starts_on, suspension.planned_to) == (DECIDED_ON, date(2025, 8, 11))
    step = agreement.transitions.get(act="suspend")
    assert (step.by, step.rule) == (office.head, "B-11")
    assert case.number in step.reason


def test_dissolving_goes_through_the_agreement_s_own_services(office):
    agreement = office.agreement
    make.decided(office, "dissolve")
    agreement = Agreement.objects.get(pk=agreement.pk)
    assert (agreement.state, agreement.dissolution_ground) == (AgreementState.DISSOLVED, 5)
    assert agreement.last_day == date(2025, 5, 11)


def test_the_agreement_s_guards_undo_the_whole_decision(office, codes):
    """Six months are the longest mandatory suspension: the agreement refuses a year."""
    agreement = office.agreement
    case = make.ready(office, "refuse", "suspend")
    with pytest.raises(Refusal) as refusal:
        decide(case, by=office.head, ends_on=date(2025, 12, 31))
    assert codes(refusal) == ["length_out_of_bounds"]
    assert untouched(case)
    agreement = Agreement.objects.get(pk=agreement.pk)
    assert agreement.state == AgreementState.EFFECTIVE
    assert not agreement.suspensions.exists()
    assert not Notice.objects.filter(key=f"case.{case.pk}.decided").exists()


def test_an_agreement_already_suspended_is_not_suspended_again(office, codes):
    assert office.agreement
    first, second = make.ready(office, "suspend"), make.ready(office, "suspend")
    decide(first, by=office.head)
    with pytest.raises(Refusal) as refusal:
        decide(second, by=office.head)
    assert "wrong_state" in codes(refusal)
    assert Case.objects.get(pk=second.pk).state == CaseState.LEGAL_REVIEW
    assert Suspension.objects.count() == 1


def test_ground_one_needs_two_suspensions(office, codes):
    assert office.agreement
    case = make.opened(office)
    make.intend(case, "dissolve", office, dissolution_ground=1)
    day = date(2025, 4, 28)
    hearing.give_notice(case_id=case.pk, facts="x", by=office.officer, on=day, at=at(day))
    hearing.serve_notice(
        case_id=case.pk,
        served_on=SERVED_ON,
        recipient="院办张某",
        proof=pdf("回执.pdf"),
        by=office.officer,
        on=SERVED_ON,
        at=at(SERVED_ON),
    )
    day = date(2025, 5, 10)
    make.submitted(case, office, on=day)
    make.reviewed(case, office, on=day)
    make.discussed(case, office, on=day)
    case.refresh_from_db()
    with pytest.raises(Refusal) as refusal:
        decide(case, by=office.head)
    assert codes(refusal) == ["ground_not_met"]
    assert untouched(case)


def test_a_grave_measure_owes_a_report_within_two_working_days(office):
    assert office.agreement
    case = make.decided(office, "suspend")
    report = AdministrationReport.objects.get()
    assert (report.case, report.due_on) == (case, date(2025, 5, 14))
    assert report.due_basis["rule"] == "B-20"


# --- after the decision -------------------------------------------------------------------------


def test_remedies_run_from_the_service(office):
    case = make.served(office, on=date(2025, 8, 5))
    assert case.reconsideration_until == date(2025, 10, 9)  # worked example of B-19
    assert case.litigation_until == date(2026, 2, 5)


def test_a_case_is_closed_only_when_the_administration_has_what_it_waits_for(office, codes):
    assert office.agreement
    case = make.performed(office, "suspend")
    on = date(2025, 5, 21)
    order = orders.order_handling(
        institution=office.institution,
        case_id=case.pk,
        text="限期整改",
        by=office.supervisor,
        on=on,
        at=at(on),
    )
    with pytest.raises(Refusal) as refusal:
        decision.close_case(case_id=case.pk, by=office.officer, on=on, at=at(on))
    assert codes(refusal) == ["report_not_sent", "order_not_answered", "filing_owed"]
    make.filed(case, office, on=on)
    make.answered(case, office, on=on)
    administration.send_report(case_id=case.pk, text="报告", by=office.officer, on=on, at=at(on))
    orders.answer_order(order_id=order.pk, answer="已处理", by=office.officer, on=on, at=at(on))
    orders.accept_answer(order_id=order.pk, by=office.supervisor, on=on, at=at(on))
    case = decision.close_case(case_id=case.pk, by=office.officer, on=on, at=at(on))
    assert (case.state, case.closed_by) == ("closed", office.officer)


def test_the_opener_dismisses_alone_only_before_the_notice(office, codes):
    case = make.in_defence(office)
    with pytest.raises(Refusal) as refusal:
        decision.dismiss_case(
            case_id=case.pk, reason="x", by=office.officer, on=DECIDED_ON, at=at(DECIDED_ON)
        )
    assert codes(refusal) == ["dismissed_by_its_opener"]
    case = decision.dismiss_case(
        case_id=case.pk, reason="证据不足", by=office.colleague, on=DECIDED_ON, at=at(DECIDED_ON)
    )
    assert case.state == CaseState.DISMISSED


# --- two at once --------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_deciders_at_once_decide_once():
    office = make.Office()
    agreement = office.agreement
    case = make.ready(office, "suspend")
    heads = [office.head, user_with(Role.AGENCY_HEAD)]
    chosen = imposed(case)
    start, results = threading.Barrier(2), []

    def run(head):
        try:
            start.wait(timeout=10)
            decide(case, by=head, imposed=chosen)
            results.append("done")
        except (Refusal, ConcurrentTransition) as error:
            results.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(head,)) for head in heads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(results) == ["Refusal", "done"]
    assert Suspension.objects.filter(agreement=agreement).count() == 1
    assert case.transitions.filter(act="decide").count() == 1
    assert AdministrationReport.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clues_at_once_get_two_numbers():
    office = make.Office()
    assert office.officer
    assert office.institution
    start, numbers = threading.Barrier(2), []

    def run():
        try:
            start.wait(timeout=10)
            numbers.append(make.clue(office).number)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(numbers) == ["CASE-360400-2025-0001", "CASE-360400-2025-0002"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_end_a_period_once():
    office = make.Office()
    case = make.in_defence(office)
    day = date(2025, 5, 10)
    start, counts = threading.Barrier(2), []

    def run():
        try:
            start.wait(timeout=10)
            counts.append(hearing.end_defence_periods(on=day, at=at(day)))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(counts) == [0, 1]
    assert case.transitions.filter(act="end_defence").count() == 1
