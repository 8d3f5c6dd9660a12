"""B-13, B-14 ground 1, B-15 and B-16 against their worked examples, at the edges."""

from datetime import date

import pytest

from agency.lawbook import QuestionError, ask
from agency.workdays import DeadlineBasis, Unit
from agreements import rules
from tests.agency.calendars import office_for, office_on


def suspension(start, kind, valid_to):
    question = {"start": start, "kind": kind, "valid_to": valid_to}
    answer = ask("B-13", question, office_for)
    assert answer["because"]
    return answer


@pytest.mark.parametrize(
    ("start", "limit", "warn_150", "warn_170"),
    [
        pytest.param("2025-03-01", "2025-08-28", "2025-07-29", "2025-08-18", id="working-day"),
        pytest.param("2025-04-06", "2025-10-09", "2025-09-03", "2025-09-23", id="national-day"),
        pytest.param("2025-10-20", "2026-04-20", "2026-03-19", "2026-04-08", id="saturday"),
    ],
)
def test_limit_and_warnings_of_a_voluntary_suspension(start, limit, warn_150, warn_170):
    answer = suspension(start, "voluntary", "2026-12-31")
    assert (answer["limit_on"], answer["warn_150_on"], answer["warn_170_on"]) == (
        limit,
        warn_150,
        warn_170,
    )
    assert answer["ends_as"] == "AUTO_TERMINATED"
    assert "provisional" not in answer


@pytest.mark.parametrize(
    ("valid_to", "ends_as", "ends_on", "hold"),
    [
        pytest.param("2025-10-08", "EXPIRED", "2025-10-08", None, id="validity-ends-before"),
        pytest.param("2025-10-09", "EXPIRED", "2025-10-09", None, id="validity-ends-on-limit"),
        pytest.param(
            "2025-10-10", "AUTO_TERMINATED", "2025-10-10", "2025-10-16", id="validity-ends-after"
        ),
        pytest.param(
            "2025-12-31", "AUTO_TERMINATED", "2025-10-10", "2025-10-16", id="long-validity"
        ),
    ],
)
def test_what_comes_first_ends_a_voluntary_suspension(valid_to, ends_as, ends_on, hold):
    answer = suspension("2025-04-06", "voluntary", valid_to)
    assert (answer["ends_as"], answer["ends_on"], answer["hold_until"]) == (ends_as, ends_on, hold)


@pytest.mark.parametrize("valid_to", ["2025-12-31", "2027-12-31"])
def test_a_mandatory_suspension_never_terminates_automatically(valid_to):
    answer = suspension("2025-11-01", "mandatory", valid_to)
    assert (answer["ends_as"], answer["ends_on"]) == ("EXPIRED", valid_to)
    assert (answer["shortest_to"], answer["longest_to"]) == ("2025-11-30", "2026-04-30")
    assert answer["hold_until"] is None


def test_a_limit_in_an_unknown_year_is_provisional():
    answer = suspension("2026-08-01", "voluntary", "2027-12-31")
    assert (answer["limit_on"], answer["provisional"]) == ("2027-01-28", True)


def test_a_suspension_after_the_end_of_validity_is_refused():
    with pytest.raises(QuestionError) as error:
        suspension("2026-01-01", "voluntary", "2025-12-31")
    assert error.value.field == "valid_to"


def test_the_limit_comes_with_what_it_was_computed_from():
    deadline, basis = rules.suspension_limit_basis(date(2025, 4, 6), office_on())
    assert deadline.on == date(2025, 10, 9)
    assert basis == DeadlineBasis("B-13", date(2025, 4, 6), Unit.DAY, 180, 1)


@pytest.mark.parametrize(
    ("suspensions", "on"),
    [
        pytest.param("2025-02-10m 2025-09-01m", "2025-09-01", id="two-mandatory"),
        pytest.param("2025-09-01m 2025-02-10m", "2025-09-01", id="in-any-order"),
        pytest.param("2025-02-10m 2025-06-01m 2025-09-01m", "2025-06-01", id="the-second-of-three"),
        pytest.param("2025-02-10m", None, id="one"),
        pytest.param("", None, id="none"),
        pytest.param("2025-02-10m 2025-09-01v", None, id="voluntary-does-not-count"),
        pytest.param("2024-12-20m 2025-09-01m", None, id="of-the-previous-agreement"),
        pytest.param("2025-01-01m 2025-12-31m", "2025-12-31", id="both-ends-of-the-term"),
        pytest.param("2025-01-01m 2026-01-01m", None, id="day-after-the-term"),
    ],
)
def test_two_mandatory_suspensions_in_a_term_are_a_ground(suspensions, on):
    kinds = {"m": "mandatory", "v": "voluntary"}
    question = {
        "valid_from": "2025-01-01",
        "valid_to": "2025-12-31",
        "suspensions": [
            {"start": each[:-1], "kind": kinds[each[-1]]} for each in suspensions.split()
        ],
    }
    answer = ask("B-14.1", question, office_for)
    assert answer.pop("because")
    assert answer == {"ground": 1 if on else None, "on": on}


@pytest.mark.parametrize(
    ("valid_to", "apply_by", "remind_on"),
    [
        ("2025-12-31", "2025-09-30", "2025-08-31"),
        ("2026-06-30", "2026-03-30", "2026-02-28"),
        ("2026-10-31", "2026-07-31", "2026-06-30"),
    ],
)
def test_renewal(valid_to, apply_by, remind_on):
    answer = ask("B-15", {"valid_to": valid_to}, office_for)
    assert answer.pop("because")
    assert answer == {"apply_by": apply_by, "remind_on": remind_on, "expires_on": valid_to}


@pytest.mark.parametrize(
    ("act", "nature", "filed", "wanted", "allowed", "code", "earliest"),
    [
        pytest.param(
            "suspend",
            "private_profit",
            "2025-10-01",
            "2026-01-01",
            True,
            "in_time",
            "2026-01-01",
            id="last-day",
        ),
        pytest.param(
            "suspend",
            "private_profit",
            "2025-10-02",
            "2026-01-01",
            False,
            "notice_too_short",
            "2026-01-02",
            id="a-day-late",
        ),
        pytest.param(
            "dissolve",
            "private_nonprofit",
            "2025-09-30",
            "2025-12-31",
            True,
            "in_time",
            "2025-12-30",
            id="two-days-share-a-last-day",
        ),
        pytest.param(
            "dissolve",
            "private_nonprofit",
            "2025-11-30",
            "2026-02-28",
            False,
            "notice_too_short",
            "2026-03-01",
            id="month-end",
        ),
        pytest.param(
            "suspend",
            "public",
            "2025-01-01",
            "2026-01-01",
            False,
            "public_institution",
            "2025-04-01",
            id="public-suspension",
        ),
        pytest.param(
            "dissolve",
            "public",
            "2025-12-31",
            "2026-01-01",
            False,
            "public_institution",
            "2026-03-31",
            id="public-dissolution",
        ),
        pytest.param(
            "not_renew",
            "public",
            "2025-10-01",
            "2026-01-01",
            True,
            "in_time_with_review",
            "2026-01-01",
            id="public-no-renewal",
        ),
    ],
)
def test_exit_request(act, nature, filed, wanted, allowed, code, earliest):
    answer = ask(
        "B-16",
        {"act": act, "nature": nature, "filed_on": filed, "wanted_on": wanted},
        office_for,
    )
    assert (answer["allowed"], answer["reason"], answer["earliest_on"]) == (allowed, code, earliest)
    assert answer["because"]


def test_an_exit_request_is_refused_with_all_its_obstacles():
    answer = rules.exit_request(
        rules.ExitQuestion(
            act=rules.ExitAct.DISSOLVE,
            nature="public",
            filed_on=date(2025, 12, 31),
            wanted_on=date(2026, 1, 1),
        ),
        office_on(),
    )
    assert answer.obstacles == (
        rules.ExitObstacle.PUBLIC_INSTITUTION,
        rules.ExitObstacle.NOTICE_TOO_SHORT,
    )
