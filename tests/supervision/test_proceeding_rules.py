"""The periods and obstacles of proceedings, from tables at their edges."""

from datetime import date

import pytest

from agency.services.calendar import office
from supervision import rules
from supervision.enums.proceedings import Ground

pytestmark = pytest.mark.django_db


@pytest.fixture
def known():
    return office(on=date(2025, 12, 31))


@pytest.mark.parametrize(
    ("decided_on", "file_by"),
    [
        (date(2025, 11, 14), date(2025, 12, 1)),  # raw 29 November, a Saturday
        (date(2025, 11, 15), date(2025, 12, 1)),  # the worked example of C-05
        (date(2025, 11, 16), date(2025, 12, 1)),
        (date(2025, 11, 17), date(2025, 12, 2)),
        (date(2025, 9, 18), date(2025, 10, 9)),  # raw 3 October, in the long holiday
        (date(2025, 9, 13), date(2025, 9, 28)),  # a Sunday worked
    ],
)
def test_a_grave_decision_is_filed_within_fifteen_days_rolled(known, decided_on, file_by):
    answer = rules.filing(rules.FilingQuestion(decided_on=decided_on), known)
    assert (answer.file_by, answer.provisional) == (file_by, False)
    assert rules.filing_period(decided_on, known)[0].on == file_by


def test_a_year_without_a_calendar_is_provisional(known):
    assert rules.filing(rules.FilingQuestion(decided_on=date(2027, 9, 20)), known).provisional


def test_the_other_periods_count_working_days(known):
    day = date(2025, 4, 29)  # Labour Day from 1 to 5 May, 27 April worked
    assert rules.verify_period(day, known)[0].on == date(2025, 5, 9)
    assert rules.review_period(day, known)[0].on == date(2025, 5, 9)
    assert rules.acknowledge_period(day, known)[0].on == date(2025, 5, 9)
    assert rules.demand_period(day, known)[0].on == date(2025, 5, 16)
    assert rules.correction_period(day, known)[0].on == date(2025, 5, 16)
    assert rules.perform_period(day, known)[0].on == date(2025, 5, 14)


@pytest.mark.parametrize(
    ("on", "month"),
    [
        (date(2025, 11, 29), date(2025, 9, 1)),
        (date(2025, 11, 30), date(2025, 10, 1)),
        (date(2025, 12, 1), date(2025, 10, 1)),
        (date(2025, 3, 30), date(2025, 2, 1)),
        (date(2025, 3, 29), date(2025, 1, 1)),
    ],
)
def test_the_month_that_should_have_been_claimed(on, month):
    assert rules.last_whole_month(on, 30) == month


@pytest.mark.parametrize(
    ("members", "in_favour", "carried"), [(3, 2, True), (4, 2, False), (3, 1, False), (5, 3, True)]
)
def test_more_than_half_carry(members, in_favour, carried):
    assert rules.is_carried(members=members, in_favour=in_favour) is carried


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"needed": False, "served": False, "due_on": None}, []),
        ({"needed": True, "served": False, "due_on": None}, ["not_demanded"]),
        ({"needed": True, "served": True, "due_on": date(2025, 5, 12)}, ["demand_running"]),
        ({"needed": True, "served": True, "due_on": date(2025, 5, 11)}, []),
    ],
)
def test_what_stands_in_the_way_of_ordering_performance(given, expected):
    found = rules.demand_obstacles(on=date(2025, 5, 12), **given)
    assert [each.code for each in found] == expected


def test_every_ground_of_the_articles_but_the_institution_s_own_wish():
    assert [each.value for each in Ground if each.suspends] == ["42.1", "42.2", "42.3", "42.4"]
    numbers = [each.dissolves.value for each in Ground if each.dissolves]
    assert numbers == [each for each in range(1, 15) if each != 12]
