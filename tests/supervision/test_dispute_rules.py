"""Periods of disputes and what stands in the way, as tables (B-12, B-19, C-04). Pure."""

from datetime import date
from decimal import Decimal

import pytest

from agency.lawbook import Office
from supervision.enums.disputes import DisputeResult, DisputeRoute, DisputeState, DisputeSubject
from supervision.rules import disputes as rules
from tests.agency.calendars import official_calendar

NEGOTIATION, COORDINATION = DisputeRoute.NEGOTIATION, DisputeRoute.COORDINATION
RECONSIDERATION, LITIGATION = DisputeRoute.RECONSIDERATION, DisputeRoute.LITIGATION
PARAMETERS = {
    "correction_answer_wd": 10,
    "agency_rectification_wd": 10,
    "negotiation_answer_wd": 10,
    "negotiation_wd": 20,
    "coordination_accept_wd": 5,
    "coordination_wd": 30,
}


@pytest.fixture(scope="module")
def known() -> Office:
    return Office(
        calendar=official_calendar(),
        parameters={key: Decimal(value) for key, value in PARAMETERS.items()},
        on=date(2026, 11, 22),
    )


@pytest.mark.parametrize(
    ("route", "served_on", "until"),
    [
        # rules.md B-19: 60 days from 5 August are 4 October, within National Day.
        (RECONSIDERATION, date(2025, 8, 5), date(2025, 10, 9)),
        (RECONSIDERATION, date(2025, 3, 3), date(2025, 5, 6)),  # raw 2 May, Labour Day
        (RECONSIDERATION, date(2025, 7, 30), date(2025, 9, 28)),  # a make-up Sunday
        (LITIGATION, date(2025, 8, 5), date(2026, 2, 5)),
        (LITIGATION, date(2025, 4, 4), date(2025, 10, 9)),
        (LITIGATION, date(2025, 8, 31), date(2026, 2, 28)),  # no 31st; a make-up Saturday
        (NEGOTIATION, date(2025, 8, 5), None),
        (COORDINATION, date(2025, 8, 5), None),
    ],
)
def test_until_when_a_dispute_is_filed(known, route, served_on, until):
    period = rules.filing_period(route, served_on, known)
    assert (period[0].on if period else None) == until


def test_period_into_an_unknown_year_is_provisional(known):
    period = rules.filing_period(LITIGATION, date(2026, 11, 2), known)
    assert (period[0].on, period[0].provisional) == (date(2027, 5, 3), True)


@pytest.mark.parametrize(
    ("route", "filed_on", "accepted_by"),
    [
        (RECONSIDERATION, date(2025, 9, 26), date(2025, 10, 10)),  # five working days
        (COORDINATION, date(2025, 3, 3), date(2025, 3, 10)),
        (NEGOTIATION, date(2025, 3, 3), date(2025, 3, 17)),
        (LITIGATION, date(2025, 3, 3), None),
    ],
)
def test_until_when_it_is_accepted(known, route, filed_on, accepted_by):
    period = rules.acceptance_period(route, filed_on, known)
    assert (period[0].on if period else None) == accepted_by


@pytest.mark.parametrize(
    ("route", "accepted_on", "decided_by"),
    [
        (RECONSIDERATION, date(2025, 8, 5), date(2025, 10, 9)),  # sixty calendar days
        (COORDINATION, date(2025, 3, 3), date(2025, 4, 15)),
        (NEGOTIATION, date(2025, 3, 3), date(2025, 3, 31)),
        (LITIGATION, date(2025, 3, 3), None),
    ],
)
def test_until_when_a_result_is_due(known, route, accepted_on, decided_by):
    period = rules.decision_period(route, accepted_on, known)
    assert (period[0].on if period else None) == decided_by


def test_publication_is_withdrawn_within_three_working_days(known):
    assert rules.withdrawal_period(date(2025, 4, 29), known)[0].on == date(2025, 5, 7)  # C-04


def test_answer_and_rectification(known):
    due = rules.answer_period(date(2025, 9, 22), known)[0]
    assert due.on == date(2025, 10, 11)  # a make-up Saturday
    assert rules.rectification_period(date(2025, 3, 3), known)[0].on == date(2025, 3, 17)


@pytest.mark.parametrize(
    ("filed_on", "late"),
    [(date(2025, 10, 8), False), (date(2025, 10, 9), False), (date(2025, 10, 10), True)],
)
def test_the_last_day_is_in_time(filed_on, late):
    assert rules.is_late(filed_on, date(2025, 10, 9)) is late


@pytest.mark.parametrize(
    ("route", "pending", "excluded_by"),
    [
        (LITIGATION, [RECONSIDERATION], RECONSIDERATION),
        (RECONSIDERATION, [LITIGATION], LITIGATION),
        (LITIGATION, [NEGOTIATION, COORDINATION], None),
        (COORDINATION, [RECONSIDERATION], None),
        (NEGOTIATION, [LITIGATION, COORDINATION], None),
        (COORDINATION, [COORDINATION], COORDINATION),
    ],
)
def test_only_reconsideration_and_litigation_exclude_each_other(route, pending, excluded_by):
    assert rules.excluded_by(route, pending) == excluded_by


@pytest.mark.parametrize(
    ("route", "result", "state", "document", "codes"),
    [
        (RECONSIDERATION, "annulled", "under_way", True, []),
        (RECONSIDERATION, "annulled", "accepted", False, ["no_document"]),
        (RECONSIDERATION, "annulled", "filed", True, ["wrong_state"]),
        (LITIGATION, "withdrawn", "filed", False, []),
        (COORDINATION, "annulled", "under_way", True, ["result_of_another_way"]),
        (COORDINATION, "unsettled", "under_way", False, []),
        (NEGOTIATION, "upheld", "under_way", False, ["result_of_another_way"]),
    ],
)
def test_which_result_a_way_can_have(route, result, state, document, codes):
    found = rules.result_obstacles(
        route=route,
        state=DisputeState(state),
        result=DisputeResult(result),
        decided_on=date(2025, 5, 12),
        filed_on=date(2025, 5, 12),
        on=date(2025, 5, 12),
        has_document=document,
    )
    assert [each.code for each in found] == codes


@pytest.mark.parametrize(
    ("new_end_on", "codes"),
    [
        (date(2025, 5, 11), ["new_end_outside"]),  # the day before it began
        (date(2025, 5, 12), []),  # one day stays
        (date(2025, 8, 10), []),
        (date(2025, 8, 11), ["new_end_outside"]),  # no day shorter
    ],
)
def test_a_suspension_becomes_shorter_and_stays_one(new_end_on, codes):
    found = rules.change_obstacles(
        subject=DisputeSubject.CASE,
        changes_end=True,
        changes_amount=False,
        suspended_from=date(2025, 5, 12),
        suspended_to=date(2025, 8, 11),
        new_end_on=new_end_on,
    )
    assert [each.code for each in found] == codes
