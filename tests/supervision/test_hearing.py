from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from agency.models import Attachment, Notice
from agency.rules import Refusal
from agency.services.recomputation import recompute_deadlines
from supervision.enums.cases import CaseState, DefenceOutcome, Origin
from supervision.models import Case, CaseMeasure, CaseStatement
from supervision.services import hearing, opening, orders
from tests.institutions.factories import InstitutionFactory, member_of
from tests.settlements.statement_factories import finding, reviewed_batch
from tests.supervision import factories as make
from tests.supervision.factories import DEFENCE_UNTIL, SERVED_ON, at, measure, pdf

pytestmark = pytest.mark.django_db


# --- opening ------------------------------------------------------------------------------------


def test_numbers_run_by_region_and_year(office):
    numbers = [
        make.clue(office).number,
        make.clue(office).number,
        make.clue(office, on=date(2026, 1, 5)).number,
    ]
    assert numbers == ["CASE-360400-2025-0001", "CASE-360400-2025-0002", "CASE-360400-2026-0001"]


def test_a_case_from_a_confirmed_finding(office):
    batch = reviewed_batch(office.institution)
    confirmed = finding(batch, "8400.00")
    case = make.clue(office, finding=confirmed, clue="")
    assert (case.origin, case.finding, case.state) == (Origin.FINDING, confirmed, CaseState.CLUE)


@pytest.mark.parametrize("status", ["flagged", "cleared"])
def test_no_case_from_a_finding_that_is_not_confirmed(office, codes, status):
    doubtful = finding(reviewed_batch(office.institution), "10.00", status=status)
    with pytest.raises(Refusal) as refusal:
        make.clue(office, finding=doubtful)
    assert codes(refusal) == ["finding_not_confirmed"]
    assert not Case.objects.exists()


def test_one_case_per_finding_until_it_is_dismissed(office, codes):
    confirmed = finding(reviewed_batch(office.institution), "8400.00")
    first = make.clue(office, finding=confirmed)
    with pytest.raises(Refusal) as refusal:
        make.clue(office, finding=confirmed)
    assert codes(refusal) == ["finding_in_a_case"]
    make.decision.dismiss_case(
        case_id=first.pk, reason="并案", by=office.officer, on=SERVED_ON, at=at(SERVED_ON)
    )
    assert make.clue(office, finding=confirmed).pk != first.pk


def test_the_database_knows_one_case_per_finding(office):
    confirmed = finding(reviewed_batch(office.institution), "8400.00")
    case = make.clue(office, finding=confirmed)
    with (
        pytest.raises(IntegrityError, match="case_one_per_finding"),
        transaction.atomic(),
    ):
        Case.objects.create(
            number="CASE-360400-2025-9999",
            institution=case.institution,
            region=case.region,
            origin=Origin.FINDING,
            finding=confirmed,
            title="x",
            opened_by=office.officer,
            opened_on=SERVED_ON,
        )


def test_a_finding_of_another_institution_is_not_found(office):
    foreign = finding(reviewed_batch(InstitutionFactory()), "8400.00")
    with pytest.raises(type(foreign).DoesNotExist):
        make.clue(office, finding=foreign)
    assert not Case.objects.exists()


def test_a_clue_must_say_something(office, codes):
    with pytest.raises(Refusal) as refusal:
        make.clue(office, clue="  ")
    assert codes(refusal) == ["no_ground"]


def test_a_case_from_an_order_answers_that_order(office, codes):
    order = orders.order_handling(
        institution=office.institution,
        text="请处理",
        by=office.supervisor,
        on=SERVED_ON,
        at=at(SERVED_ON),
    )
    case = make.clue(office, order=order)
    order.refresh_from_db()
    assert (case.origin, order.case) == (Origin.ORDER, case)
    with pytest.raises(Refusal) as refusal:
        make.clue(office, order=order)
    assert codes(refusal) == ["order_in_a_case"]


def test_the_agreement_in_term_is_the_case_s(office):
    agreement = office.agreement
    assert make.clue(office).agreement == agreement


def test_clue_files_are_kept_with_their_digest(office):
    case = make.clue(office, files=[pdf("举报.pdf")])
    kept = case.evidence.get()
    assert (kept.name, len(kept.sha256), kept.content_type) == ("举报.pdf", 64, "application/pdf")


# --- measures -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(make.MEASURES))
def test_each_rung_takes_its_own_facts(office, kind):
    assert office.agreement
    case = make.opened(office, kind)
    [only] = case.measures.all()
    assert only.imposed is None
    assert only.clause
    assert only.wording


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"rung": 3}, "casemeasure_amount_where_it_applies"),
        ({"rung": 3, "amount": "0.00"}, "casemeasure_amount_where_it_applies"),
        ({"rung": 1, "amount": "1.00"}, "casemeasure_amount_where_it_applies"),
        ({"rung": 5, "starts_on": SERVED_ON}, "casemeasure_fifth_names_whom"),
        ({"rung": 1, "target": "person", "target_name": "甲"}, "casemeasure_fifth_names_whom"),
        (
            {"rung": 5, "target": "person", "target_name": "甲"},
            "casemeasure_dated_where_it_lasts",
        ),
        ({"rung": 6, "starts_on": SERVED_ON}, "casemeasure_sixth_names_the_act"),
        (
            {"rung": 6, "agreement_act": "dissolve", "starts_on": SERVED_ON},
            "casemeasure_sixth_names_the_act",
        ),
        (
            {
                "rung": 6,
                "agreement_act": "suspend",
                "suspension_ground": "risk",
                "starts_on": SERVED_ON,
            },
            "casemeasure_suspension_has_its_end",
        ),
        (
            {
                "rung": 5,
                "target": "person",
                "target_name": "甲",
                "starts_on": SERVED_ON,
                "ends_on": SERVED_ON - timedelta(days=1),
            },
            "casemeasure_ends_after_it_starts",
        ),
        ({"rung": 1, "clause": ""}, "casemeasure_has_clause_and_evidence"),
        ({"rung": 1, "evidence": ""}, "casemeasure_has_clause_and_evidence"),
    ],
)
def test_a_measure_without_its_facts_is_refused_by_the_database(office, facts, constraint):
    case = make.opened(office)
    given = {"clause": "第二十三条", "evidence": "笔录", **facts}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        CaseMeasure.objects.create(case=case, **given)


def test_the_agreement_is_suspended_or_dissolved_not_both(office, codes):
    assert office.agreement
    case = make.opened(office, "suspend")
    with pytest.raises(Refusal) as refusal:
        opening.add_measure(
            case_id=case.pk, facts=measure("dissolve"), by=office.officer, at=at(SERVED_ON)
        )
    assert codes(refusal) == ["two_acts_on_the_agreement"]
    with (
        pytest.raises(IntegrityError, match="casemeasure_one_act_on_the_agreement"),
        transaction.atomic(),
    ):
        CaseMeasure.objects.create(case=case, **measure("dissolve"))


def test_without_an_agreement_there_is_nothing_to_suspend(office, codes):
    case = make.opened(office)
    with pytest.raises(Refusal) as refusal:
        opening.add_measure(
            case_id=case.pk, facts=measure("suspend"), by=office.officer, at=at(SERVED_ON)
        )
    assert codes(refusal) == ["no_agreement"]


def test_measures_are_fixed_by_the_notice(office, codes):
    case = make.noticed(office, "refuse")
    with pytest.raises(Refusal) as refusal:
        opening.add_measure(
            case_id=case.pk, facts=measure("interview"), by=office.officer, at=at(SERVED_ON)
        )
    assert codes(refusal) == ["wrong_state"]
    with pytest.raises(Refusal):
        opening.remove_measure(
            case_id=case.pk, measure_id=case.measures.get().pk, by=office.officer
        )
    assert case.measures.count() == 1


def test_an_intended_measure_can_be_taken_out(office):
    case = make.opened(office, "refuse", "interview")
    opening.remove_measure(case_id=case.pk, measure_id=case.measures.first().pk, by=office.officer)
    assert case.measures.count() == 1


def test_a_notice_names_measures(office, codes):
    case = make.opened(office)
    with pytest.raises(Refusal) as refusal:
        hearing.give_notice(
            case_id=case.pk, facts="x", by=office.officer, on=SERVED_ON, at=at(SERVED_ON)
        )
    assert codes(refusal) == ["no_measure"]
    assert Case.objects.get(pk=case.pk).state == CaseState.OPENED


# --- notice, statement, silence -----------------------------------------------------------------


def test_the_period_runs_from_service_not_from_the_notice(office):
    case = make.in_defence(office)
    assert case.noticed_on == date(2025, 4, 28)
    assert case.defence_due_on == DEFENCE_UNTIL  # worked example of B-11
    assert case.defence_due_basis["rule"] == "B-11"
    assert not case.defence_due_provisional


@pytest.mark.parametrize("day", [date(2025, 4, 27), date(2025, 4, 30)])
def test_service_lies_between_the_notice_and_today(office, codes, day):
    case = make.noticed(office)
    with pytest.raises(Refusal) as refusal:
        hearing.serve_notice(
            case_id=case.pk,
            served_on=day,
            recipient="院办张某",
            proof=pdf("回执.pdf"),
            by=office.officer,
            on=SERVED_ON,
            at=at(SERVED_ON),
        )
    assert codes(refusal) == ["day_out_of_order"]
    assert Case.objects.get(pk=case.pk).notice_served_on is None


def test_the_institution_is_told_of_the_notice(office):
    member = office.member
    case = make.in_defence(office)
    notice = Notice.objects.get(recipient=member, key=f"case.{case.pk}.notice")
    assert "2025-05-09" in notice.body
    assert notice.url == case.get_portal_url()


def test_a_statement_with_evidence_on_the_last_day(office):
    case = make.in_defence(office)
    hearing.give_statement(
        case_id=case.pk,
        text="有异议",
        files=[pdf(), pdf("票据.pdf")],
        by=office.member,
        on=DEFENCE_UNTIL,
        at=at(DEFENCE_UNTIL, 23),
    )
    statement = CaseStatement.objects.get()
    assert statement.files.count() == 2
    assert Case.objects.get(pk=case.pk).defence_outcome == DefenceOutcome.STATEMENT


def test_a_statement_after_the_period_leaves_nothing(office, codes):
    case = make.in_defence(office)
    late = DEFENCE_UNTIL + timedelta(days=1)
    steps, files = case.transitions.count(), Attachment.objects.count()
    with pytest.raises(Refusal) as refusal:
        hearing.give_statement(
            case_id=case.pk, text="有异议", files=[pdf()], by=office.member, on=late, at=at(late)
        )
    assert codes(refusal) == ["defence_period_over"]
    assert not CaseStatement.objects.exists()
    assert Attachment.objects.count() == files
    assert case.transitions.count() == steps


def test_a_file_of_a_wrong_kind_takes_the_statement_with_it(office, codes):
    case = make.in_defence(office)
    script = make.SimpleUploadedFile("evidence.pdf", b"#!/bin/sh\n")
    with pytest.raises(Refusal) as refusal:
        hearing.give_statement(
            case_id=case.pk,
            text="有异议",
            files=[pdf(), script],
            by=office.member,
            on=SERVED_ON,
            at=at(SERVED_ON),
        )
    assert codes(refusal) == ["file_wrong_type"]
    assert not CaseStatement.objects.exists()
    assert Case.objects.get(pk=case.pk).defence_outcome == ""


def test_another_institution_cannot_state(office):
    case = make.in_defence(office)
    stranger = member_of(InstitutionFactory())
    with pytest.raises(Case.DoesNotExist):
        hearing.give_statement(
            case_id=case.pk, text="x", by=stranger, on=SERVED_ON, at=at(SERVED_ON)
        )
    assert not CaseStatement.objects.exists()


def test_statements_are_never_altered(office):
    make.heard(office)
    for attempt in (
        lambda: CaseStatement.objects.update(text="别的"),
        lambda: CaseStatement.objects.all().delete(),
    ):
        with pytest.raises(Exception, match="append_only"), transaction.atomic():
            attempt()
    assert CaseStatement.objects.get().text == "对认定金额有异议"


@pytest.mark.parametrize(
    ("day", "ended"), [(DEFENCE_UNTIL, 0), (DEFENCE_UNTIL + timedelta(days=1), 1)]
)
def test_silence_is_marked_the_day_after_the_period(office, day, ended):
    case = make.in_defence(office)
    assert hearing.end_defence_periods(on=day, at=at(day)) == ended
    case = Case.objects.get(pk=case.pk)
    assert case.defence_outcome == ("silent" if ended else "")
    assert case.transitions.filter(act="end_defence", by=None).count() == ended
    assert hearing.end_defence_periods(on=day, at=at(day)) == 0


def test_the_sweep_leaves_a_statement_alone(office):
    case = make.heard(office)
    day = DEFENCE_UNTIL + timedelta(days=30)
    assert hearing.end_defence_periods(on=day, at=at(day)) == 0
    assert Case.objects.get(pk=case.pk).defence_outcome == "statement"


def test_a_period_into_an_unknown_year_is_provisional_and_recomputed(office):
    day = date(2026, 12, 29)
    case = make.noticed(office)
    case = hearing.serve_notice(
        case_id=case.pk,
        served_on=day,
        recipient="院办张某",
        proof=pdf(),
        by=office.officer,
        on=day,
        at=at(day),
    )
    assert case.defence_due_provisional
    assert case.defence_due_on == date(2027, 1, 5)
    assert recompute_deadlines(on=day, at=at(day), models=[Case]) == 0


# --- facts the database ties to states ----------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "fields", "constraint"),
    [
        (make.in_defence, {"defence_due_on": None}, "case_defence_has_its_period"),
        (make.decided, {"decided_by": None}, "case_decision_has_its_facts"),
        (make.decided, {"consideration": ""}, "case_decision_has_its_facts"),
        (make.decided, {"defence_outcome": ""}, "case_decided_after_hearing"),
        (make.served, {"decision_served_on": None}, "case_served_has_its_day"),
        (make.performed, {"performed_on": None}, "case_performed_has_its_day"),
        (make.closed, {"closed_by": None}, "case_closed_has_its_facts"),
        (make.dismissed, {"dismissal_reason": ""}, "case_dismissed_has_its_reason"),
        (make.returned, {"returned_from": "clue"}, "case_returned_knows_from_where"),
        (make.noticed, {"noticed_on": None}, "case_noticed_has_its_day"),
        (make.clue, {"number": "X-1"}, "case_number_has_its_form"),
        (make.clue, {"origin": "finding"}, "case_finding_is_its_origin"),
    ],
)
def test_a_state_cannot_lose_its_facts(office, state, fields, constraint):
    case = state(office)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**fields)
