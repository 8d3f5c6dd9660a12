"""B-10, B-18, C-03 and D-06 against their worked examples, at the edges."""

import pytest

from agency.lawbook import QuestionError, ask
from tests.agency.calendars import office_for


@pytest.mark.parametrize(
    ("index", "approved", "causes", "expected"),
    [
        pytest.param(
            "10000000",
            "11500000",
            "800000",
            ("1500000.00", "560000.00", "10560000.00", "940000.00"),
            id="overspent",
        ),
        pytest.param(
            "10000000", "9700000", "0", ("0.00", "0.00", "9700000.00", "0.00"), id="below"
        ),
        pytest.param(
            "10000000", "10000000", "800000", ("0.00", "0.00", "10000000.00", "0.00"), id="equal"
        ),
        pytest.param(
            "10000000", "10000000.01", "0", ("0.01", "0.00", "10000000.00", "0.01"), id="a-cent"
        ),
        pytest.param(
            "100", "110", "50", ("10.00", "7.00", "107.00", "3.00"), id="causes-above-overspend"
        ),
        pytest.param("0", "0", "0", ("0.00", "0.00", "0.00", "0.00"), id="nothing"),
    ],
)
def test_above_the_index_a_share_of_what_is_reasonable_is_paid(index, approved, causes, expected):
    question = {"index": index, "approved": approved, "reasonable_causes": causes}
    answer = ask("B-10", question, office_for)
    keys = ("overspend", "compensation", "pay", "borne")
    assert tuple(answer[key] for key in keys) == expected
    assert answer["because"]


def test_no_amount_is_negative():
    question = {"index": "1", "approved": "1", "reasonable_causes": "-0.01"}
    with pytest.raises(QuestionError) as error:
        ask("B-10", question, office_for)
    assert error.value.field == "reasonable_causes"


@pytest.mark.parametrize("rule", ["B-18", "D-06"])
@pytest.mark.parametrize(
    ("service_on", "med_type", "rejected"),
    [
        ("2025-05-31", "21", False),
        ("2025-06-01", "21", True),
        ("2025-08-31", "21", True),
        ("2025-09-01", "21", False),
        ("2025-08-31", "13", False),
        ("2025-08-31", "24", False),
        ("2025-08-31", "120", False),
        ("2025-08-31", "210104", False),
    ],
)
def test_a_blocked_line_is_rejected_unless_it_is_an_emergency(rule, service_on, med_type, rejected):
    blocks = [["2025-01-01", "2025-01-31"], ["2025-06-01", "2025-08-31"]]
    question = {"service_on": service_on, "med_type": med_type, "blocks": blocks}
    answer = ask(rule, question, office_for)
    assert answer["rejected"] is rejected
    assert answer["because"]


def test_without_a_block_nothing_is_rejected():
    question = {"service_on": "2025-06-01", "med_type": "21", "blocks": []}
    assert ask("B-18", question, office_for)["rejected"] is False


@pytest.mark.parametrize(
    ("pushed", "answer_by"), [("2025-04-29", "2025-05-13"), ("2026-02-12", "2026-02-28")]
)
def test_a_suspicion_is_answered_in_seven_working_days(pushed, answer_by):
    answer = ask("C-03", {"pushed_on": pushed}, office_for)
    assert answer.pop("because")
    assert answer == {"answer_by": answer_by}
