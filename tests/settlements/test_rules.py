"""B-04 and B-07 against their worked examples, at the edges."""

from datetime import date

import pytest
from django.utils.translation import override

from agency.lawbook import QuestionError, ask
from agency.workdays import DeadlineBasis, Unit
from settlements import rules
from tests.agency.calendars import office_for, office_on

D = date.fromisoformat


@pytest.mark.parametrize(
    ("declared", "alarm_20", "alarm_27", "due"),
    [
        pytest.param("2025-01-10", "2025-02-13", "2025-02-24", "2025-02-27", id="spring-festival"),
        pytest.param("2025-09-30", "2025-11-04", "2025-11-13", "2025-11-18", id="national-day"),
        pytest.param("2026-04-30", "2026-06-01", "2026-06-10", "2026-06-15", id="labour-day"),
        pytest.param("2025-03-03", "2025-03-31", "2025-04-10", "2025-04-15", id="tomb-sweeping"),
    ],
)
def test_payout_deadline_and_alarms(declared, alarm_20, alarm_27, due):
    office = office_on(D(declared))
    answer = rules.payout(rules.PayoutQuestion(declared_on=D(declared)), office)
    assert (answer.alarm_20_on, answer.alarm_27_on, answer.due_on) == (
        D(alarm_20),
        D(alarm_27),
        D(due),
    )
    calendar = office.calendar
    assert calendar.workdays_between(D(declared), answer.alarm_20_on) == 20
    assert calendar.workdays_between(D(declared), answer.alarm_27_on) == 27
    assert not answer.overdue
    assert not answer.provisional


@pytest.mark.parametrize(
    ("today", "paid", "overdue", "late"),
    [
        pytest.param("2025-02-26", None, False, 0, id="day-before"),
        pytest.param("2025-02-27", None, False, 0, id="the-day"),
        pytest.param("2025-02-28", None, True, 0, id="day-after"),
        pytest.param("2025-02-27", "2025-02-27", False, 0, id="paid-on-the-day"),
        pytest.param("2025-02-28", "2025-02-28", False, 1, id="paid-a-day-late"),
        pytest.param("2025-03-02", "2025-03-02", False, 1, id="paid-on-the-sunday-after"),
        pytest.param("2025-03-31", "2025-03-03", False, 2, id="paid-the-monday-after"),
        pytest.param("2025-02-28", "2025-03-03", True, 2, id="payment-still-to-come"),
        pytest.param("2025-03-31", "2025-01-10", False, 0, id="paid-at-once"),
    ],
)
def test_overdue_and_late(today, paid, overdue, late):
    question = {"declared_on": "2025-01-10", "today": today}
    if paid:
        question["paid_on"] = paid
    answer = ask("B-04", question, office_for)
    assert (answer["overdue"], answer["late_workdays"]) == (overdue, late)


@override("en")
def test_without_a_day_the_office_day_decides():
    assert ask("B-04", {"declared_on": "2025-01-10"}, office_for) == {
        "due_on": "2025-02-27",
        "alarm_20_on": "2025-02-13",
        "alarm_27_on": "2025-02-24",
        "overdue": True,
        "late_workdays": 0,
        "provisional": False,
        "because": [
            "The day of the event, 2025-01-10, is not counted; the count begins on 2025-01-13.",
            (
                "Rest days left out: 2025-01-11 – 2025-01-12, 2025-01-18 – 2025-01-19, 2025-01-25, "
                "2025-01-28 – 2025-02-04, 2025-02-09, 2025-02-15 – 2025-02-16, "
                "2025-02-22 – 2025-02-23."
            ),
            "Make-up working days counted: 2025-01-26, 2025-02-08.",
            "Working day 30 is 2025-02-27 (working day).",
            "Not paid on 2026-11-22, after the deadline: overdue.",
        ],
    }


def test_a_deadline_in_an_unknown_year_is_provisional():
    answer = ask("B-04", {"declared_on": "2026-11-30"}, office_for)
    assert (answer["due_on"], answer["provisional"]) == ("2027-01-11", True)
    assert answer["alarm_20_on"] == "2026-12-28"


def test_a_payment_before_the_declaration_is_refused():
    with pytest.raises(QuestionError) as error:
        ask("B-04", {"declared_on": "2025-01-10", "paid_on": "2025-01-09"}, office_for)
    assert error.value.field == "paid_on"


def test_the_deadline_comes_with_what_it_was_computed_from():
    deadline, basis = rules.payout_basis(date(2025, 1, 10), office_on())
    assert deadline.on == date(2025, 2, 27)
    assert basis == DeadlineBasis("B-04", date(2025, 1, 10), Unit.WORKDAY, 30, 1)


@pytest.mark.parametrize(
    ("service", "med_type", "payable", "ground"),
    [
        pytest.param("2025-01-01", "21", True, "agreement_in_force", id="first-day"),
        pytest.param("2025-12-31", "21", True, "agreement_in_force", id="last-day"),
        pytest.param("2024-12-31", "21", False, "not_designated", id="day-before"),
        pytest.param("2026-01-01", "21", False, "not_designated", id="day-after"),
        pytest.param("2025-02-28", "11", True, "agreement_in_force", id="before-suspension"),
        pytest.param("2025-03-01", "11", False, "suspended", id="first-suspended-day"),
        pytest.param("2025-05-31", "11", False, "suspended", id="last-suspended-day"),
        pytest.param("2025-06-01", "11", True, "agreement_in_force", id="resumed"),
        pytest.param("2025-04-02", "24", True, "emergency", id="emergency-in-suspension"),
        pytest.param("2025-04-02", "21", False, "suspended", id="elective-in-suspension"),
        pytest.param("2024-06-01", "13", True, "emergency", id="emergency-without-agreement"),
        pytest.param("2025-01-15", "13", True, "agreement_in_force", id="emergency-in-force"),
        pytest.param("2024-06-01", "120", True, "emergency", id="rescue"),
        pytest.param("2024-06-01", "210104", True, "emergency", id="inpatient-emergency"),
    ],
)
def test_payable_by_the_day_of_service(service, med_type, payable, ground):
    answer = ask(
        "B-07",
        {
            "service_on": service,
            "med_type": med_type,
            "periods": [["2025-01-01", "2025-12-31"]],
            "suspensions": [["2025-03-01", "2025-05-31"]],
        },
        office_for,
    )
    assert answer.pop("because")
    assert answer == {"payable": payable, "ground": ground}


def test_a_suspension_outside_every_term_changes_nothing():
    answer = ask(
        "B-07",
        {
            "service_on": "2024-06-01",
            "med_type": "21",
            "periods": [],
            "suspensions": [["2024-01-01", "2024-12-31"]],
        },
        office_for,
    )
    assert answer["ground"] == "not_designated"
