"""The time rules as questions of the lawbook, in the shapes the lawbook promises."""

import pytest
from django.utils.translation import override

from agency import time_rules
from agency.lawbook import LAWS, ask
from tests.agency.calendars import office_for

assert time_rules


def answer(rule, **question):
    given = ask(rule, question, office_for)
    assert given.pop("because")
    return given


@pytest.mark.parametrize(
    ("day", "workday", "kind", "provisional"),
    [
        pytest.param("2025-10-11", True, "make_up", False, id="make-up-saturday"),
        pytest.param("2025-10-08", False, "holiday", False, id="holiday"),
        pytest.param("2025-10-12", False, "weekend", False, id="sunday"),
        pytest.param("2027-01-01", True, "workday", True, id="unknown-year"),
    ],
)
def test_t_01(day, workday, kind, provisional):
    assert answer("T-01", day=day) == {
        "workday": workday,
        "kind": kind,
        "provisional": provisional,
    }


@pytest.mark.parametrize(
    ("start", "workdays", "on", "provisional"),
    [
        pytest.param("2025-01-10", 30, "2025-02-27", False, id="across-spring-festival"),
        pytest.param("2026-02-12", 7, "2026-02-28", False, id="ends-on-make-up-saturday"),
        pytest.param("2026-11-30", 30, "2027-01-11", True, id="into-an-unknown-year"),
        pytest.param("2025-10-01", 0, "2025-10-01", False, id="no-days"),
    ],
)
def test_t_02(start, workdays, on, provisional):
    assert answer("T-02", start=start, workdays=workdays) == {"on": on, "provisional": provisional}


def test_t_03():
    assert answer("T-03", start="2025-08-05", days=60) == {"on": "2025-10-09", "raw": "2025-10-04"}
    assert answer("T-03", start="2026-12-20", days=20) == {
        "on": "2027-01-11",
        "raw": "2027-01-09",
        "provisional": True,
    }


@pytest.mark.parametrize(
    ("start", "raw", "on"),
    [("2025-11-30", "2026-02-28", "2026-02-28"), ("2025-07-04", "2025-10-04", "2025-10-09")],
)
def test_t_04(start, raw, on):
    assert answer("T-04", start=start, months=3) == {"on": on, "raw": raw}


@pytest.mark.parametrize(
    ("on", "banned"), [("2025-02-28", True), ("2025-03-01", False), (None, False)]
)
def test_t_05(on, banned):
    question = {"event": "2024-02-29", "years": 1} | ({"on": on} if on else {})
    assert answer("T-05", **question) == {"banned": banned, "free_from": "2025-03-01"}


@pytest.mark.parametrize(
    ("target", "latest"), [("2025-12-31", "2025-09-30"), ("2026-06-30", "2026-03-30")]
)
def test_t_06(target, latest):
    assert answer("T-06", target=target, months=3) == {"latest": latest}


def test_t_07():
    assert answer("T-07", valid_from="2025-01-01", months=12) == {"valid_to": "2025-12-31"}


@pytest.mark.parametrize(
    ("period", "start", "length", "unit", "on"),
    [
        ("hearing_request", "2025-04-29", 5, "workday", "2025-05-09"),
        ("hearing_notice", "2025-10-10", 7, "workday", "2025-09-24"),
        ("decision_service", "2025-09-26", 7, "workday", "2025-10-13"),
        ("published_decision_withdrawal", "2025-09-30", 3, "workday", "2025-10-11"),
        ("decision_after_filing", "2025-07-04", 90, "day", "2025-10-09"),
        ("fine_payment", "2025-09-20", 15, "day", "2025-10-09"),
        ("reconsideration_request", "2025-08-05", 60, "day", "2025-10-09"),
        ("reconsideration_acceptance", "2025-09-26", 5, "workday", "2025-10-10"),
        ("reconsideration_decision", "2025-08-05", 60, "day", "2025-10-09"),
        ("litigation", "2025-04-04", 6, "month", "2025-10-09"),
    ],
)
def test_t_08(period, start, length, unit, on):
    assert answer("T-08", period=period, start=start) == {"length": length, "unit": unit, "on": on}


def test_t_09():
    question = {"document_on": "2025-08-01", "served_on": "2025-08-05"}
    assert answer("T-09", **question) == {"starts_on": "2025-08-05"}


def test_t_10():
    question = {"start": "2025-02-20", "months": 3, "pauses": [["2025-03-10", "2025-03-22"]]}
    assert answer("T-10", **question) == {
        "on": "2025-06-03",
        "paused_days": 12,
        "raw": "2025-06-01",
    }


@pytest.mark.parametrize(
    ("amounts", "total"),
    [
        pytest.param(["0.005"], "0.01", id="half-goes-up"),
        pytest.param(["0.004", "0.004"], "0.01", id="rounded-once"),
        pytest.param(["-0.005"], "-0.01", id="half-of-a-refund"),
        pytest.param(["8400.00", "-1900.00"], "6500.00", id="deduction"),
        pytest.param([], "0.00", id="nothing"),
    ],
)
def test_t_11(amounts, total):
    assert answer("T-11", amounts=amounts) == {"total": total}


def test_t_12():
    question = {"start": "2025-01-10", "unit": "workday", "count": 30}
    assert answer("T-12", **question) == {
        "on": "2025-02-27",
        "calendar_version": 1,
        "provisional": False,
    }
    paused = {"unit": "month", "count": 3, "pauses": [["2025-03-10", "2025-03-22"]]}
    assert answer("T-12", start="2025-02-20", **paused)["on"] == "2025-06-03"


@override("en")
def test_the_reasons_say_each_step():
    because = ask("T-02", {"start": "2025-09-26", "workdays": 5}, office_for)["because"]
    assert because == [
        "The day of the event, 2025-09-26, is not counted; the count begins on 2025-09-28.",
        "Rest days left out: 2025-09-27, 2025-10-01 – 2025-10-08.",
        "Make-up working days counted: 2025-09-28.",
        "Working day 5 is 2025-10-10 (working day).",
    ]


@override("en")
def test_a_provisional_date_names_the_year_it_waits_for():
    because = ask("T-02", {"start": "2026-11-30", "workdays": 30}, office_for)["because"]
    assert because[-1] == "The working-day notice of 2027 is not known: the date is provisional."


def test_every_time_rule_is_entered():
    assert {f"T-{number:02}" for number in range(1, 13)} <= set(LAWS)
