"""A-01, A-02 and A-04 against their worked examples, at the edges."""

from datetime import date

import pytest

from agency.lawbook import QuestionError, ask
from institutions.rules.admission import assessment_basis, delivery_basis, notice_basis
from tests.agency.calendars import office_for, office_on


@pytest.mark.parametrize(
    ("cap", "current", "over"),
    [
        pytest.param(40, 39, False, id="room-for-one"),
        pytest.param(40, 40, True, id="xunyang-41st-clinic"),
        pytest.param(40, 41, True, id="over-already"),
        pytest.param(0, 0, True, id="none-planned"),
    ],
)
def test_one_more_over_the_plan_is_a_warning(cap, current, over):
    answer = ask("A-01", {"cap": cap, "current": current}, office_for)
    assert answer["over_plan"] is over


@pytest.mark.parametrize(
    ("asked", "reason", "agreement"),
    [
        pytest.param({}, None, "own", id="hospital"),
        pytest.param({"licence_kind": "tcm_filing", "kind": "clinic"}, None, "own", id="tcm"),
        pytest.param({"licence_kind": "military"}, None, "own", id="military"),
        pytest.param({"licence_kind": None}, "NOT_ELIGIBLE", "own", id="no-licence"),
        pytest.param({"kind": None}, "NOT_ELIGIBLE", "own", id="no-type"),
        pytest.param({"internet_hospital": True}, "NO_PARENT", "supplementary", id="no-parent"),
        pytest.param(
            {"internet_hospital": True, "has_parent": True}, None, "supplementary", id="parent"
        ),
    ],
)
def test_who_may_apply(asked, reason, agreement):
    question = {"licence_kind": "practice_licence", "kind": "general_hospital", **asked}
    answer = ask("A-02", question, office_for)
    assert (answer["eligible"], answer["reason"], answer["agreement"]) == (
        reason is None,
        reason,
        agreement,
    )


@pytest.mark.parametrize(
    ("asked", "outcome", "due", "accepted"),
    [
        pytest.param(
            {"submitted_on": "2025-09-26", "complete": True},
            "accepted",
            "2025-10-10",
            "2025-09-26",
            id="complete",
        ),
        pytest.param(
            {"submitted_on": "2025-09-26", "today": "2025-10-10"},
            "open",
            "2025-10-10",
            None,
            id="last-day-across-national-day",
        ),
        pytest.param(
            {"submitted_on": "2025-09-26", "today": "2025-10-11"},
            "deemed",
            "2025-10-10",
            "2025-09-26",
            id="silence",
        ),
        pytest.param(
            {"submitted_on": "2025-01-24", "today": "2025-02-07"},
            "open",
            "2025-02-07",
            None,
            id="spring-festival",
        ),
        pytest.param(
            {"submitted_on": "2025-01-24", "today": "2025-02-08"},
            "deemed",
            "2025-02-07",
            "2025-01-24",
            id="silence-until-make-up-saturday",
        ),
        pytest.param(
            {"submitted_on": "2025-09-26", "noticed_on": "2025-10-10", "today": "2025-12-01"},
            "supplement",
            "2025-10-10",
            None,
            id="told-on-the-last-day",
        ),
        pytest.param(
            {"submitted_on": "2025-09-26", "noticed_on": "2025-10-11", "today": "2025-10-11"},
            "deemed",
            "2025-10-10",
            "2025-09-26",
            id="told-a-day-late",
        ),
    ],
)
def test_what_silence_at_the_door_means(asked, outcome, due, accepted):
    answer = ask("A-04", asked, office_for)
    assert (answer["outcome"], answer["notice_due_on"]) == (outcome, due)
    assert answer.get("accepted_on") == accepted
    assert answer.get("provisional", False) is False


def test_a_year_without_calendar_is_provisional():
    answer = ask("A-04", {"submitted_on": "2026-12-28", "today": "2026-12-28"}, office_for)
    assert answer["provisional"] is True


def test_a_notice_before_the_submission_is_not_understood():
    with pytest.raises(QuestionError) as caught:
        ask("A-04", {"submitted_on": "2025-09-26", "noticed_on": "2025-09-25"}, office_for)
    assert caught.value.field == "noticed_on"


def test_the_assessment_stands_still_while_the_applicant_supplements():
    office = office_on(date(2025, 2, 20))
    due, _basis = assessment_basis(date(2025, 2, 20), office)
    assert due.on == date(2025, 5, 20)
    due, basis = assessment_basis(
        date(2025, 2, 20), office, [(date(2025, 3, 10), date(2025, 3, 22))]
    )
    assert (due.on, basis.rule) == (date(2025, 6, 3), "A-06")


def test_the_periods_at_the_door():
    office = office_on(date(2025, 9, 26))
    assert notice_basis(date(2025, 9, 26), office)[0].on == date(2025, 10, 10)
    assert delivery_basis(date(2025, 10, 10), office)[0].on == date(2025, 10, 30)
