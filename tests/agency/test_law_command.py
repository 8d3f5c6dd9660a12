"""The lawbook from the command line, and that no rule an issue names is missing from it."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from agency.lawbook import LAWS
from agency.services.laws import all_laws, rule_tests

pytestmark = pytest.mark.django_db

EXAMPLES = [
    ("T-01", {"day": "2025-10-11"}, {"workday": True}),
    ("T-02", {"start": "2025-01-10", "workdays": 30}, {"on": "2025-02-27", "provisional": False}),
    ("T-03", {"start": "2025-08-05", "days": 60}, {"on": "2025-10-09", "raw": "2025-10-04"}),
    ("T-04", {"start": "2025-11-30", "months": 3}, {"on": "2026-02-28", "raw": "2026-02-28"}),
    (
        "T-05",
        {"event": "2024-02-29", "years": 1, "on": "2025-02-28"},
        {"banned": True, "free_from": "2025-03-01"},
    ),
    ("T-06", {"target": "2025-12-31", "months": 3}, {"latest": "2025-09-30"}),
    ("T-07", {"valid_from": "2025-01-01", "months": 12}, {"valid_to": "2025-12-31"}),
    ("T-08", {"period": "fine_payment", "start": "2025-09-20"}, {"on": "2025-10-09"}),
    (
        "T-09",
        {"document_on": "2025-08-01", "served_on": "2025-08-05"},
        {"starts_on": "2025-08-05"},
    ),
    (
        "T-10",
        {"start": "2025-02-20", "months": 3, "pauses": [["2025-03-10", "2025-03-22"]]},
        {"on": "2025-06-03", "paused_days": 12},
    ),
    ("T-11", {"amounts": ["0.005"]}, {"total": "0.01"}),
    ("T-12", {"start": "2025-01-10", "unit": "workday", "count": 30}, {"on": "2025-02-27"}),
    (
        "B-04",
        {"declared_on": "2025-01-10", "paid_on": "2025-02-28"},
        {"due_on": "2025-02-27", "overdue": False, "late_workdays": 1},
    ),
    (
        "B-07",
        {
            "service_on": "2025-04-02",
            "med_type": "24",
            "periods": [["2025-01-01", "2025-12-31"]],
            "suspensions": [["2025-03-01", "2025-05-31"]],
        },
        {"payable": True, "ground": "emergency"},
    ),
    (
        "B-13",
        {"start": "2025-03-01", "kind": "voluntary", "valid_to": "2025-12-31"},
        {
            "limit_on": "2025-08-28",
            "warn_150_on": "2025-07-29",
            "warn_170_on": "2025-08-18",
            "ends_as": "AUTO_TERMINATED",
        },
    ),
    (
        "B-13a",
        {"fields": {"name": "2025-06-30", "bank_account": "2025-07-02"}, "filed_on": "2025-08-12"},
        {"due_on": "2025-08-11", "late": True, "major": ["name", "bank_account"]},
    ),
    (
        "B-14.1",
        {
            "valid_from": "2025-01-01",
            "valid_to": "2025-12-31",
            "suspensions": [
                {"start": "2025-02-10", "kind": "mandatory"},
                {"start": "2025-09-01", "kind": "mandatory"},
            ],
        },
        {"ground": 1, "on": "2025-09-01"},
    ),
    (
        "B-15",
        {"valid_to": "2025-12-31"},
        {"apply_by": "2025-09-30", "remind_on": "2025-08-31", "expires_on": "2025-12-31"},
    ),
    (
        "B-16",
        {
            "act": "suspend",
            "nature": "private_profit",
            "filed_on": "2025-10-01",
            "wanted_on": "2026-01-01",
        },
        {"allowed": True, "earliest_on": "2026-01-01"},
    ),
]

# The rules the issues name: who takes one out of the registry has to answer for it here.
REQUIRED = [
    *(f"T-{number:02}" for number in range(1, 13)),
    *("B-04", "B-07", "B-13", "B-13a", "B-14.1", "B-15", "B-16"),
]


def run(*args: str) -> str:
    out = io.StringIO()
    call_command("law", *args, stdout=out)
    return out.getvalue().strip()


@pytest.mark.parametrize(
    ("rule", "question", "answer"), EXAMPLES, ids=[example[0] for example in EXAMPLES]
)
def test_each_rule_answers_its_example_from_the_real_calendar(rule, question, answer):
    given = json.loads(run(rule, json.dumps(question), "--lang", "en"))
    assert {name: given[name] for name in answer} == answer
    assert given["because"]


@pytest.mark.parametrize("rule", REQUIRED)
def test_each_required_rule_is_entered_with_article_example_and_tests(rule):
    all_laws()
    entry = LAWS[rule]
    assert str(entry.article).strip()
    assert (entry.function.__doc__ or "").rstrip().splitlines()[-1].strip().startswith("Law: ")
    assert rule in [example[0] for example in EXAMPLES]
    assert [path for path in rule_tests()[rule] if path != "tests/agency/test_law_command.py"]


def test_the_table_names_each_rule_with_its_function_tests_and_parameters():
    head, *rows = [line.split("\t") for line in run("--lang", "en").splitlines()]
    assert head == ["Rule", "Article", "Decides", "Function", "Tests", "Parameters"]
    by_rule = {row[0]: row for row in rows}
    assert set(REQUIRED) <= set(by_rule)
    assert by_rule["B-04"][3] == "settlements.rules.payouts.payout"
    assert "tests/settlements/test_rules.py" in by_rule["B-04"][4].split()
    assert by_rule["B-15"][5] == "renewal_reminder_months"
    assert all(len(row) == 6 and all(row) for row in rows)


def test_a_rule_without_question_is_described():
    described = json.loads(run("B-15", "--lang", "en"))
    assert described["article"] == "Order 2, art. 41"
    assert described["question"]["required"] == ["valid_to"]


def test_the_reasons_come_in_the_language_asked_for():
    question = '{"valid_to": "2025-12-31"}'
    english = json.loads(run("B-15", question, "--lang", "en"))["because"]
    assert english[0] == "To be applied for 3 months before 2025-12-31, by 2025-09-30."
    with override("en"):
        chinese = json.loads(run("B-15", question))["because"]
    assert chinese != english
    assert "2025-09-30" in chinese[0]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("B-99", "{}"), "B-99"),
        (("B-99",), "B-99"),
        (("B-04", "{}"), "declared_on"),
        (("B-04", "{"), "valid JSON"),
        (("B-04", '{"declared_on": "2025-01-10", "declared_on": "2025-01-11"}'), "valid JSON"),
        (("B-04", '{"declared_on": NaN}'), "valid JSON"),
        (("B-04", "[" * 100_000), "valid JSON"),
        (("B-04", '{"declared_on": ' + "9" * 5000 + "}"), "valid JSON"),
        (("B-04", '{"declared_on": "2025-02-30"}'), "2025-02-30"),
        (("B-04", '{"declared_on": "2025-01-10", "region": "999999"}'), "999999"),
        (("B-04", '{"declared_on": "2025-01-10", "on": "2000-01-01"}'), "payout_first_alarm_wd"),
        (("T-02", '{"start": "2025-01-10", "workdays": -1}'), "workdays"),
        (("T-02", '{"start": "2025-01-10", "workdays": 1e3}'), "workdays"),
        (("B-04", "--batch", "x"), "--batch"),
        (("--batch", "/no/such/file"), "/no/such/file"),
    ],
)
def test_bad_input_is_refused_with_exit_code_two(args, said):
    with pytest.raises(CommandError) as error:
        run(*args, "--lang", "en")
    assert error.value.returncode == 2
    assert said in str(error.value)


def test_a_batch_answers_every_line_in_order(tmp_path: Path):
    questions = [
        {"id": "B-15", "question": {"valid_to": "2025-12-31"}},
        {"id": "B-15", "question": {"valid_to": "2025-02-30"}},
        {"id": "X-01", "question": {}},
        {"question": {}},
        {"id": "B-15", "question": {"valid_to": "2026-06-30"}, "more": 1},
        {"id": "T-06", "question": {"target": "2026-06-30", "months": 3}},
    ]
    file = tmp_path / "questions.jsonl"
    lines = [json.dumps(each) for each in questions]
    file.write_text("\n".join([*lines[:3], "not json", *lines[3:], ""]), encoding="utf-8")
    answers = [json.loads(line) for line in run("--batch", str(file)).splitlines()]
    assert [answer.get("apply_by") or answer.get("latest") for answer in answers] == [
        "2025-09-30",
        None,
        None,
        None,
        None,
        None,
        "2026-03-30",
    ]
    assert ["error" in answer for answer in answers] == [False, True, True, True, True, True, False]


def test_a_batch_asks_the_database_once_per_office(tmp_path, django_assert_max_num_queries):
    line = json.dumps({"id": "B-15", "question": {"valid_to": "2025-12-31"}})
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join([line] * 100), encoding="utf-8")
    with django_assert_max_num_queries(4):
        assert len(run("--batch", str(file)).splitlines()) == 100


def test_a_batch_that_is_no_text_is_refused(tmp_path):
    file = tmp_path / "questions.jsonl"
    file.write_bytes("中".encode("gb18030"))
    with pytest.raises(CommandError) as error:
        run("--batch", str(file))
    assert error.value.returncode == 2
