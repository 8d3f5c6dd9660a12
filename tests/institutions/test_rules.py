"""B-13a against its worked examples, at the edges."""

from datetime import date

import pytest

from agency.lawbook import QuestionError, ask
from agency.workdays import DeadlineBasis, Unit
from institutions import rules
from tests.agency.calendars import office_for, office_on


@pytest.mark.parametrize(
    ("approved", "filed", "due", "late"),
    [
        pytest.param("2025-06-30", "2025-08-10", "2025-08-11", False, id="day-before"),
        pytest.param("2025-06-30", "2025-08-11", "2025-08-11", False, id="the-day"),
        pytest.param("2025-06-30", "2025-08-12", "2025-08-11", True, id="day-after"),
        pytest.param("2025-03-20", "2025-05-06", "2025-05-06", False, id="across-labour-day"),
        pytest.param("2025-09-22", "2025-11-08", "2025-11-07", True, id="across-national-day"),
    ],
)
def test_a_major_change_is_due_in_thirty_working_days(approved, filed, due, late):
    answer = ask("B-13a", {"fields": {"name": approved}, "filed_on": filed}, office_for)
    assert answer.pop("because")
    assert answer == {"due_on": due, "late": late, "major": ["name"], "major_late": late}


def test_one_filing_has_the_earliest_deadline_of_its_fields():
    fields = {"name": "2025-06-30", "bank_account": "2025-07-02"}
    answer = ask("B-13a", {"fields": fields, "filed_on": "2025-08-12"}, office_for)
    assert answer["due_on"] == "2025-08-11"
    assert answer["major"] == ["name", "bank_account"]
    assert answer["late"]


@pytest.mark.parametrize("name", list(rules.MAJOR_FIELDS))
def test_each_major_field_has_the_long_period(name):
    fields = {name: "2025-06-30"}
    answer = ask("B-13a", {"fields": fields, "filed_on": "2025-08-11"}, office_for)
    assert (answer["major"], answer["due_on"]) == ([name], "2025-08-11")


@pytest.mark.parametrize(
    ("filed", "late"), [("2025-07-06", False), ("2025-07-07", False), ("2025-07-08", True)]
)
def test_a_general_change_follows_the_parameter_and_is_no_ground(filed, late):
    answer = ask("B-13a", {"fields": {"phone": "2025-06-30"}, "filed_on": filed}, office_for)
    assert answer.pop("because")
    assert answer == {"due_on": "2025-07-07", "late": late, "major": [], "major_late": False}


def test_a_late_general_field_does_not_make_the_major_one_late():
    fields = {"name": "2025-06-30", "phone": "2025-06-30"}
    answer = ask("B-13a", {"fields": fields, "filed_on": "2025-08-01"}, office_for)
    assert answer["due_on"] == "2025-07-07"
    assert answer["late"]
    assert not answer["major_late"]


def test_a_filing_without_fields_is_refused():
    with pytest.raises(QuestionError) as error:
        ask("B-13a", {"fields": {}, "filed_on": "2025-08-01"}, office_for)
    assert error.value.field == "fields"


def test_the_deadline_comes_with_what_it_was_computed_from():
    fields = {"name": date(2025, 6, 30), "level": date(2025, 6, 27)}
    deadline, basis = rules.change_basis(fields, office_on())
    assert deadline.on == date(2025, 8, 8)
    assert basis == DeadlineBasis("B-13a", date(2025, 6, 27), Unit.WORKDAY, 30, 1)
