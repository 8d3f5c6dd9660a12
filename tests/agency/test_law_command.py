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
        "B-01",
        {"effective_on": "2025-11-01", "trainings": 0, "year": 2025},
        {"listed": False, "exempt": True},
    ),
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
    (
        "A-03",
        {
            "opened_on": "2025-01-15",
            "submitted_on": "2025-04-14",
            "beds": 100,
            "insurance_staff": "part",
            "own_physicians": 1,
        },
        {"met": False, "failed": ["A-03.1", "A-03.3"]},
    ),
    (
        "A-05",
        {
            "on": "2025-08-10",
            "records": [
                {"ground": "N5", "event_on": "2022-05-31", "performed_on": "2025-08-10"},
            ],
        },
        {"refused": True, "grounds": ["N5"], "free_from": "2025-08-11"},
    ),
    (
        "A-07",
        {"failed_on": "2025-03-10", "second_failed_on": "2025-07-01"},
        {"reassess_from": "2025-06-10", "banned_through": "2026-07-01"},
    ),
    (
        "A-08",
        {"posted_on": "2025-09-26"},
        {"ends_on": "2025-10-13", "earliest_signing_on": "2025-10-14"},
    ),
    (
        "B-10",
        {"index": "10000000", "approved": "11500000", "reasonable_causes": "800000"},
        {"overspend": "1500000.00", "compensation": "560000.00", "pay": "10560000.00"},
    ),
    ("B-11", {"served_on": "2025-09-26"}, {"until": "2025-10-10"}),
    (
        "B-17",
        {
            "home_region": "360400",
            "deciding_region": "360400",
            "deciding_level": "prefecture",
            "others": ["360100"],
            "act": "dissolve",
        },
        {"cascades_to": ["360100"]},
    ),
    (
        "B-18",
        {
            "service_on": "2025-08-31",
            "med_type": "21",
            "blocks": [["2025-06-01", "2025-08-31"]],
        },
        {"rejected": True},
    ),
    (
        "B-19",
        {"served_on": "2025-08-05", "route": "reconsideration"},
        {"until": "2025-10-09"},
    ),
    ("B-20", {"decided_on": "2025-09-26"}, {"report_by": "2025-09-29"}),
    (
        "C-01",
        {"days": ["2025-09-20", "2025-09-21"], "exception": None},
        {"blocked": ["2025-09-20"]},
    ),
    ("C-03", {"pushed_on": "2025-04-29"}, {"answer_by": "2025-05-13"}),
    (
        "C-09",
        {
            "fields": ["registered_address"],
            "address_case": "RELOCATION",
            "from_district": "浔阳区",
            "to_district": "濂溪区",
        },
        {"route": "NO_REEVAL_WITH_COMMITMENT", "row": "R5"},
    ),
    (
        "D-06",
        {
            "service_on": "2025-11-20",
            "med_type": "13",
            "blocks": [["2025-11-15", "2026-01-15"]],
        },
        {"rejected": False},
    ),
]

# The rules the issues name: who takes one out of the registry has to answer for it here.
REQUIRED = [
    *(f"T-{number:02}" for number in range(1, 13)),
    *("A-03", "A-05", "A-07", "A-08"),
    "B-01",
    *("B-04", "B-07", "B-10", "B-11", "B-13", "B-13a", "B-14.1", "B-15", "B-16"),
    *("B-17", "B-18", "B-19", "B-20"),
    *("C-01", "C-03", "C-09"),
    "D-06",
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
    assert by_rule["B-15"][5] == "renewal_reminder_months renewal_simplified_score"
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
