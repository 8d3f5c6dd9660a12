"""A-03, A-05, A-07 and A-08 against their worked examples, at the edges."""

from datetime import date

import pytest

from agency.lawbook import QuestionError, ask
from agency.workdays import DeadlineBasis, Unit
from institutions.rules import designation
from tests.agency.calendars import office_for, office_on

READY = {
    "opened_on": "2025-01-15",
    "submitted_on": "2025-04-15",
    "beds": 99,
    "insurance_staff": "part",
    "own_physicians": 1,
}


@pytest.mark.parametrize(
    ("changed", "failed"),
    [
        pytest.param({}, [], id="all-met"),
        pytest.param({"submitted_on": "2025-04-14"}, ["A-03.1"], id="a-day-too-early"),
        pytest.param({"submitted_on": "2025-04-16"}, [], id="a-day-later"),
        pytest.param({"own_physicians": 0}, ["A-03.2"], id="no-physician-of-its-own"),
        pytest.param({"insurance_staff": "none"}, ["A-03.3"], id="nobody"),
        pytest.param({"beds": 100}, ["A-03.3"], id="hundred-beds-part-time"),
        pytest.param({"beds": 100, "insurance_staff": "full"}, [], id="hundred-beds-full-time"),
        pytest.param({"principal_in_charge": False}, ["A-03.3"], id="no-principal"),
        pytest.param(
            {"systems": False, "information_system": False, "other_conditions": False},
            ["A-03.4", "A-03.5", "A-03.6"],
            id="what-only-a-visit-shows",
        ),
    ],
)
def test_the_basic_conditions(changed, failed):
    answer = ask("A-03", {**READY, **changed}, office_for)
    assert (answer["met"], answer["failed"]) == (not failed, failed)
    assert answer["open_from"] == "2025-04-15"
    assert len(answer["because"]) == 7


@pytest.mark.parametrize(
    ("ground", "event", "performed", "on", "refused", "free"),
    [
        pytest.param("N4", "2022-05-31", None, "2025-05-31", True, "2025-06-01", id="n4-last"),
        pytest.param("N4", "2022-05-31", None, "2025-06-01", False, "2025-06-01", id="n4-free"),
        pytest.param(
            "N5", "2022-05-31", "2023-01-01", "2025-05-31", True, "2025-06-01", id="n5-last"
        ),
        pytest.param(
            "N5", "2022-05-31", "2023-01-01", "2025-06-01", False, "2025-06-01", id="n5-free"
        ),
        pytest.param(
            "N5", "2022-05-31", "2025-08-10", "2025-08-10", True, "2025-08-11", id="n5-paid-late"
        ),
        pytest.param(
            "N5", "2022-05-31", "2025-08-10", "2025-08-11", False, "2025-08-11", id="n5-paid-free"
        ),
        pytest.param("N5", "2022-05-31", None, "2030-01-01", True, None, id="n5-unpaid"),
        pytest.param(
            "N6", "2024-02-29", "2024-03-01", "2025-02-28", True, "2025-03-01", id="n6-leap-last"
        ),
        pytest.param(
            "N6", "2024-02-29", "2024-03-01", "2025-03-01", False, "2025-03-01", id="n6-leap-free"
        ),
        pytest.param("N6", "2024-02-29", None, "2026-03-01", True, None, id="n6-unperformed"),
        pytest.param("N7", "2020-07-15", None, "2025-07-15", True, "2025-07-16", id="n7-last"),
        pytest.param("N7", "2020-07-15", None, "2025-07-16", False, "2025-07-16", id="n7-free"),
        *(
            pytest.param(ground, "2020-01-01", None, "2025-01-01", True, None, id=ground.lower())
            for ground in ("N1", "N2", "N3", "N8", "N9")
        ),
    ],
)
def test_each_ground_bars_as_long_as_it_says(ground, event, performed, on, refused, free):
    record = {"ground": ground, "event_on": event, "performed_on": performed}
    answer = ask("A-05", {"on": on, "records": [record]}, office_for)
    assert answer["refused"] is refused
    assert answer["grounds"] == ([ground] if refused else [])
    assert answer["free_from"] == free
    assert answer["because"]


def test_of_several_grounds_the_last_one_counts_and_each_is_named_once():
    records = [
        {"ground": "N7", "event_on": "2020-07-15"},
        {"ground": "N4", "event_on": "2024-01-10"},
        {"ground": "N4", "event_on": "2024-02-10"},
    ]
    answer = ask("A-05", {"on": "2025-07-15", "records": records}, office_for)
    assert answer["grounds"] == ["N7", "N4"]
    assert answer["free_from"] == "2027-02-11"
    unending = ask(
        "A-05",
        {"on": "2025-07-15", "records": [*records, {"ground": "N1", "event_on": "2025-01-01"}]},
        office_for,
    )
    assert unending["free_from"] is None


def test_who_has_no_record_may_apply():
    answer = ask("A-05", {"on": "2025-07-15", "records": []}, office_for)
    assert answer.pop("because")
    assert answer == {"refused": False, "grounds": [], "free_from": None}


def test_a_failed_applicant_is_assessed_again_after_three_months():
    answer = ask("A-07", {"failed_on": "2025-03-10"}, office_for)
    assert answer.pop("because")
    assert answer == {"reassess_from": "2025-06-10"}


def test_a_second_failure_bars_for_a_year():
    question = {"failed_on": "2025-03-10", "second_failed_on": "2025-07-01"}
    answer = ask("A-07", question, office_for)
    assert answer.pop("because")
    assert answer == {
        "reassess_from": "2025-06-10",
        "banned_through": "2026-07-01",
        "free_from": "2026-07-02",
    }


def test_a_second_failure_before_the_first_is_refused():
    question = {"failed_on": "2025-03-10", "second_failed_on": "2025-03-09"}
    with pytest.raises(QuestionError) as error:
        ask("A-07", question, office_for)
    assert error.value.field == "second_failed_on"


@pytest.mark.parametrize(
    ("posted", "ends", "signing"),
    [
        ("2025-09-26", "2025-10-13", "2025-10-14"),
        ("2026-02-12", "2026-02-28", "2026-03-01"),
    ],
)
def test_a_public_notice_lasts_seven_working_days(posted, ends, signing):
    answer = ask("A-08", {"posted_on": posted}, office_for)
    assert answer.pop("because")
    assert answer == {"ends_on": ends, "earliest_signing_on": signing}


def test_a_public_notice_is_stored_with_what_it_was_computed_from():
    due, basis = designation.public_notice_basis(date(2025, 9, 26), office_on())
    assert due.on == date(2025, 10, 13)
    assert basis == DeadlineBasis(
        rule="A-08", start=date(2025, 9, 26), unit=Unit.WORKDAY, count=7, calendar_version=1
    )
