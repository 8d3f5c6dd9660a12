"""Breaches by the agency: found, ended, demanded to be corrected, measured (B-12)."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from agency.clocks import CLOCKS
from agency.enums import Role
from agency.models import Notice, OfficialLetter
from agency.rules import Refusal
from agreements.services import requests
from settlements.services.overdue import mark_overdue
from supervision.enums.disputes import AgencyMeasureKind
from supervision.models import (
    AgencyBreach,
    AgencyBreachTransition,
    AgencyMeasure,
    CorrectionDemand,
)
from supervision.services import agency_measures, demands
from supervision.services.breaches import owed_clocks, record_breaches
from tests.agency.factories import user_with
from tests.agreements.factories import AgreementFactory
from tests.settlements.statement_factories import Team, declared_statement, verified_statement
from tests.supervision.factories import at
from tests.supervision.factories_disputes import breach_of, demand_of, overdue_request

pytestmark = pytest.mark.django_db
JUNE_3 = date(2025, 6, 3)


def test_which_periods_are_owed_to_an_institution():
    names = {each.name for each in owed_clocks()}
    assert {
        "agreements.request_decision",
        "institutions.change_decision",
        "institutions.application_notice",
        "institutions.application_assessment",
        "supervision.demand_answer",
        "supervision.negotiation_answer",
    } <= names
    assert CLOCKS["settlements.payout"].owed
    assert "settlements.payout" not in names
    assert "supervision.report" not in names


def test_a_period_is_recorded_the_day_after_it_passed_and_once(office):
    request = overdue_request(office)
    assert request.decision_due_on == date(2025, 5, 26)

    assert record_breaches(on=date(2025, 5, 26), at=at(date(2025, 5, 26))) == 0
    assert record_breaches(on=date(2025, 5, 27), at=at(date(2025, 5, 27))) == 1
    assert record_breaches(on=date(2025, 5, 28), at=at(date(2025, 5, 28))) == 0

    breach = AgencyBreach.objects.get()
    assert (breach.state, breach.matter, breach.institution) == (
        "potential",
        request.number,
        office.institution,
    )
    assert (breach.due_on, breach.began_on) == (date(2025, 5, 26), date(2025, 5, 27))
    told = Notice.objects.filter(key__startswith=f"breach.{breach.pk}.found")
    assert told.filter(recipient=office.member).count() == 1


def test_it_ends_on_the_day_it_was_done_and_counts_the_working_days(office):
    breach = breach_of(office)
    head = user_with(Role.AGREEMENT_OFFICER)
    requests.refuse_request(
        request_id=breach.row_id, by=head, at=at(date(2025, 6, 4)), reason="不符合续签条件"
    )

    assert record_breaches(on=date(2025, 6, 9), at=at(date(2025, 6, 9))) == 1

    breach = AgencyBreach.objects.get()
    # The Dragon Boat holiday lies between: 27, 28, 29, 30 May, 3, 4 June.
    assert (breach.state, breach.ended_on, breach.late_workdays) == (
        "ended",
        date(2025, 6, 4),
        6,
    )
    steps = AgencyBreachTransition.objects.filter(subject=breach).values_list("act", "target")
    assert list(steps) == [("record", "potential"), ("ended", "ended")]


def test_a_day_put_off_was_no_breach_and_may_become_one_again(office):
    breach = breach_of(office)
    request = requests.AgreementRequest.objects.get(pk=breach.row_id)
    request.decision_due_on = date(2025, 6, 10)
    request.save(update_fields=["decision_due_on"])

    assert record_breaches(on=JUNE_3, at=at(JUNE_3)) == 1
    assert AgencyBreach.objects.get().state == "cancelled"
    assert record_breaches(on=date(2025, 6, 11), at=at(date(2025, 6, 11))) == 1
    again = AgencyBreach.objects.get()
    assert (again.state, again.due_on, again.ended_on) == ("potential", date(2025, 6, 10), None)


def test_an_overdue_payout_has_one_entry_that_ends_with_it():
    team = Team()
    statement = declared_statement()  # due on 27 February 2025 (rules.md B-12)
    for day in (date(2025, 2, 27), date(2025, 2, 28)):
        mark_overdue(on=day, at=at(day))
        record_breaches(on=day, at=at(day))
    breach = AgencyBreach.objects.get()
    assert (breach.began_on, breach.payout.statement, breach.clock) == (
        date(2025, 2, 28),
        statement,
        "settlements.payout",
    )
    breach.payout.state, breach.payout.ended_on = "paid_late", date(2025, 3, 5)
    breach.payout.late_workdays = 4
    breach.payout.save(update_fields=["state", "ended_on", "late_workdays"])

    record_breaches(on=date(2025, 3, 6), at=at(date(2025, 3, 6)))

    breach.refresh_from_db()
    assert (breach.state, breach.ended_on, breach.late_workdays) == (
        "ended",
        date(2025, 3, 5),
        4,
    )
    assert verified_statement(team).pk != statement.pk


def test_the_register_costs_the_same_for_many(office, django_assert_max_num_queries):
    first = overdue_request(office)
    many = [AgreementFactory() for _n in range(20)]
    requests.AgreementRequest.objects.bulk_create(
        [
            requests.AgreementRequest(
                number=f"REQ-360400-2025-{9000 + n}",
                agreement=agreement,
                kind=first.kind,
                wanted_on=first.wanted_on,
                reason="-",
                filed_at=first.filed_at,
                filed_by=first.filed_by,
                decision_due_on=first.decision_due_on,
                decision_due_basis=first.decision_due_basis,
            )
            for n, agreement in enumerate(many)
        ]
    )
    with django_assert_max_num_queries(60):
        assert record_breaches(on=JUNE_3, at=at(JUNE_3)) == 21
    with django_assert_max_num_queries(40):
        assert record_breaches(on=JUNE_3, at=at(JUNE_3)) == 0


# --- demands --------------------------------------------------------------------------------------


def test_a_demand_is_answered_accepted_and_corrected(office):
    demand = demand_of(office.institution, office.member, breach_of(office), on=JUNE_3)
    assert demand.number.startswith("DEM-")
    assert demand.answer_due_on == date(2025, 6, 17)
    settler = user_with(Role.SETTLEMENT_OFFICER)

    demands.accept_demand(
        demand_id=demand.pk,
        answer="情况属实",
        correct_by_on=date(2025, 6, 10),
        by=settler,
        on=date(2025, 6, 4),
        at=at(date(2025, 6, 4)),
    )
    demands.record_correction(
        demand_id=demand.pk,
        correction="已作出决定",
        corrected_on=date(2025, 6, 9),
        by=settler,
        on=date(2025, 6, 9),
        at=at(date(2025, 6, 9)),
    )

    demand = CorrectionDemand.objects.get()
    assert (demand.state, demand.corrected_on) == ("corrected", date(2025, 6, 9))
    letter = OfficialLetter.objects.get(kind="correction_answer")
    assert (demand.letter, letter.matter) == (letter, demand.number)


def test_one_open_demand_a_breach(office, codes):
    breach = breach_of(office)
    demand_of(office.institution, office.member, breach, on=JUNE_3)
    with pytest.raises(Refusal) as refusal:
        demand_of(office.institution, office.member, breach, on=JUNE_3)
    assert codes(refusal) == ["already_demanded"]
    assert CorrectionDemand.objects.count() == 1


def test_only_the_institution_demands_and_only_the_agency_answers(office, codes):
    with pytest.raises(Refusal) as refusal:
        demand_of(office.institution, office.officer, on=JUNE_3)
    assert codes(refusal) == ["not_permitted"]
    demand = demand_of(office.institution, office.member, on=JUNE_3)
    with pytest.raises(Refusal) as refusal:
        demands.refuse_demand(
            demand_id=demand.pk, answer="否", by=office.supervisor, on=JUNE_3, at=at(JUNE_3)
        )
    assert codes(refusal) == ["not_permitted"]
    with (
        pytest.raises(IntegrityError, match="only_of_agency"),
        transaction.atomic(),
    ):
        CorrectionDemand.objects.filter(pk=demand.pk).update(
            state="refused", answer="否", answered_at=at(JUNE_3), answered_by=office.supervisor
        )


# --- measures on the agency -----------------------------------------------------------------------


def ordered(office, breach=None) -> AgencyMeasure:
    return agency_measures.take_measure(
        kind=AgencyMeasureKind.RECTIFICATION,
        text="请查明逾期原因并整改",
        breach_id=breach.pk if breach else None,
        region=None if breach else office.institution.region,
        by=office.supervisor,
        on=JUNE_3,
        at=at(JUNE_3),
    )


def test_a_rectification_is_ordered_reported_returned_and_followed_up(office, codes):
    measure = ordered(office, breach_of(office))
    assert (measure.due_on, measure.state) == (date(2025, 6, 17), "taken")
    assert measure.letter.kind == "agency_measure"
    doer = {"measure_id": measure.pk, "on": JUNE_3, "at": at(JUNE_3)}
    with pytest.raises(Refusal) as refusal:
        agency_measures.close_measure(closing="已整改", by=office.supervisor, **doer)
    assert codes(refusal) == ["not_reported"]

    agency_measures.report_measure(report="已作出决定", by=office.head, **doer)
    agency_measures.return_report(
        reason="未说明原因", due_on=date(2025, 6, 20), by=office.supervisor, **doer
    )
    agency_measures.report_measure(report="已查明原因", by=office.head, **doer)
    agency_measures.close_measure(closing="已核实整改", by=office.supervisor, **doer)

    measure = AgencyMeasure.objects.get()
    assert (measure.state, measure.report, measure.closing) == (
        "closed",
        "已查明原因",
        "已核实整改",
    )
    acts = measure.transitions.values_list("act", flat=True)
    assert list(acts) == ["take", "report", "return", "report", "close"]


def test_the_agency_takes_no_measure_on_itself(office, codes):
    with pytest.raises(Refusal) as refusal:
        agency_measures.take_measure(
            kind=AgencyMeasureKind.CRITICISM,
            text="通报",
            region=office.institution.region,
            by=office.head,
            on=JUNE_3,
            at=at(JUNE_3),
        )
    assert codes(refusal) == ["not_permitted"]
    measure = ordered(office)
    with (
        pytest.raises(IntegrityError, match="only_of_administration"),
        transaction.atomic(),
    ):
        AgencyMeasure.objects.filter(pk=measure.pk).update(taken_by=office.head)
