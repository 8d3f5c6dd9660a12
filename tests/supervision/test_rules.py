"""B-11, B-19, B-20 and the obstacles as tables."""

from datetime import date
from decimal import Decimal

import pytest

from agency.lawbook import LAWS, Office
from supervision import rules
from supervision.enums.cases import Rung
from tests.agency.calendars import official_calendar

PARAMETERS = {"defence_wd": 5, "adm_report_wd": 2, "adm_order_wd": 10}


@pytest.fixture
def known() -> Office:
    return Office(
        calendar=official_calendar(),
        parameters={key: Decimal(value) for key, value in PARAMETERS.items()},
        on=date(2026, 11, 22),
    )


@pytest.mark.parametrize(
    ("served_on", "until"),
    [
        pytest.param(date(2025, 4, 29), date(2025, 5, 9), id="labour-day"),
        pytest.param(date(2025, 3, 3), date(2025, 3, 10), id="over-a-weekend"),
        pytest.param(date(2025, 9, 26), date(2025, 10, 10), id="make-up-sunday-and-national-day"),
        pytest.param(date(2026, 2, 10), date(2026, 2, 24), id="across-spring-festival"),
    ],
)
def test_statement_until(known, served_on, until):
    answer = rules.defence(rules.DefenceQuestion(served_on=served_on), known)
    assert (answer.until, answer.provisional) == (until, False)
    assert answer.because


def test_statement_into_an_unknown_year_is_provisional(known):
    assert rules.defence(rules.DefenceQuestion(served_on=date(2026, 12, 29)), known).provisional


@pytest.mark.parametrize(
    ("served_on", "route", "until"),
    [
        (date(2025, 8, 5), "reconsideration", date(2025, 10, 9)),
        (date(2025, 3, 3), "reconsideration", date(2025, 5, 6)),
        (date(2025, 8, 5), "litigation", date(2026, 2, 5)),
        (date(2025, 4, 4), "litigation", date(2025, 10, 9)),
    ],
)
def test_remedy_until(known, served_on, route, until):
    question = rules.RemedyQuestion(served_on=served_on, route=rules.Route(route))
    assert rules.remedy(question, known).until == until


@pytest.mark.parametrize(
    ("decided_on", "report_by"),
    [
        (date(2025, 5, 12), date(2025, 5, 14)),
        (date(2025, 4, 30), date(2025, 5, 7)),
        (date(2025, 9, 30), date(2025, 10, 10)),
    ],
)
def test_report_by(known, decided_on, report_by):
    answer = rules.report(rules.ReportQuestion(decided_on=decided_on), known)
    assert answer.report_by == report_by


@pytest.mark.parametrize("rule", ["B-11", "B-19", "B-20"])
def test_the_rules_stand_in_the_lawbook(rule):
    assert LAWS[rule].function.__module__.startswith("supervision.rules.")
    assert str(LAWS[rule].article)


@pytest.mark.parametrize("rung", list(Rung))
def test_the_fifth_and_sixth_rungs_are_grave(rung):
    assert rules.is_grave([rung]) == (rung in (Rung.PERSON, Rung.AGREEMENT))
    assert rules.is_grave([Rung.INTERVIEW, rung]) == rules.is_grave([rung])


FINE = {
    "on": date(2025, 5, 12),
    "defence_due_on": date(2025, 5, 9),
    "statement_given": False,
    "grave": False,
    "opener_decides": True,
    "head_decides": False,
    "consideration": "x",
    "reviewer_decides": False,
    "reviewed": False,
    "discussed": False,
    "imposed": 1,
}

GRAVE = {
    "grave": True,
    "opener_decides": False,
    "head_decides": True,
    "reviewed": True,
    "discussed": True,
}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"on": date(2025, 5, 9)}, ["defence_running"]),
        ({"on": date(2025, 5, 10)}, []),
        ({"on": date(2025, 5, 6), "statement_given": True}, []),
        ({"imposed": 0}, ["nothing_imposed"]),
        ({"consideration": "  "}, ["statement_not_considered"]),
        ({"grave": True}, ["decided_by_its_opener", "head_must_decide", "no_legal_review"]),
        ({**GRAVE, "reviewed": False, "discussed": False}, ["no_legal_review"]),
        ({**GRAVE, "discussed": False}, ["not_discussed"]),
        ({**GRAVE, "reviewer_decides": True}, ["decided_by_its_reviewer"]),
        (GRAVE, []),
    ],
)
def test_what_stands_in_the_way_of_a_decision(change, expected):
    assert [each.code for each in rules.decision_obstacles(**{**FINE, **change})] == expected
