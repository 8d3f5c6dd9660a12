"""H-14 and H-15 as golden tables."""

import re
from datetime import date

import pytest

from agency.lawbook import LAWS, QuestionError, ask
from archives import rules
from archives.enums import Category, Matter, Retention
from tests.agency.calendars import office_for, office_on


@pytest.mark.parametrize(
    ("matter", "retention", "until"),
    [
        ("agreement", "D30", date(2055, 12, 31)),
        ("dissolution", "Y", None),
        ("change", "D30", date(2055, 12, 31)),
        ("statement", "D30", date(2055, 12, 31)),
        ("batch_summary", "D10", date(2035, 12, 31)),
        ("case", "D30", date(2055, 12, 31)),
        ("major_case", "Y", None),
        ("complaint", "D10", date(2035, 12, 31)),
        ("fraud_complaint", "D30", date(2055, 12, 31)),
        ("policy", "Y", None),
        ("voucher", "D30", date(2055, 12, 31)),
        ("yearly_statement", "Y", None),
    ],
)
def test_retention_of_every_matter(matter, retention, until):
    question = rules.RetentionQuestion(matter=Matter(matter), formed_on=date(2025, 7, 1))
    answer = rules.retention(question, office_on())
    assert (answer.retention, answer.retained_until) == (retention, until)
    assert answer.appraise_from == (date(until.year + 1, 1, 1) if until else None)
    assert answer.because


def test_every_matter_has_its_period():
    assert set(rules.RETENTION_OF) == set(Matter)


@pytest.mark.parametrize(
    ("formed_on", "retention", "until"),
    [
        pytest.param(date(2025, 1, 1), "D10", date(2035, 12, 31), id="first-day-of-the-year"),
        pytest.param(date(2025, 12, 31), "D10", date(2035, 12, 31), id="last-day-of-the-year"),
        pytest.param(date(2024, 2, 29), "D30", date(2054, 12, 31), id="leap-day"),
        pytest.param(date(2015, 6, 1), "D10", date(2025, 12, 31), id="the-example-of-H-21"),
        pytest.param(date(2025, 6, 1), "Y", None, id="permanent"),
    ],
)
def test_kept_until_the_end_of_a_year(formed_on, retention, until):
    assert rules.retained_until(formed_on, Retention(retention)) == until


@pytest.mark.parametrize(
    ("question", "number"),
    [
        (
            {"fonds": "J001", "category": "WS", "year": 2025, "retention": "D30", "item": 1},
            "J001-WS·2025-D30-0001",
        ),
        (
            {
                "fonds": "J001",
                "category": "WS",
                "year": 2025,
                "retention": "D30",
                "item": 1,
                "department": "JGK",
            },
            "J001-WS·2025-D30-JGK-0001",
        ),
        (
            {
                "fonds": "J001",
                "category": "KJ",
                "subcategory": "SB",
                "year": 2024,
                "retention": "Y",
                "item": 9999,
            },
            "J001-KJ·SB·2024-Y-9999",
        ),
    ],
)
def test_the_number_is_written_as_the_standard_says(question, number):
    answer = ask("H-15", question, office_for)
    assert answer["number"] == number
    assert re.fullmatch(rules.NUMBER_PATTERN, number)


@pytest.mark.parametrize(
    "wrong",
    [
        {"fonds": "J01"},
        {"fonds": "j001"},
        {"category": "XX"},
        {"item": 0},
        {"item": 10000},
        {"retention": "D20"},
        {"department": "A"},
        {"subcategory": "ABC"},
    ],
)
def test_parts_that_have_no_place_in_a_number(wrong):
    good = {"fonds": "J001", "category": "ZY", "year": 2025, "retention": "Y", "item": 1}
    with pytest.raises(QuestionError):
        ask("H-15", {**good, **wrong}, office_for)


@pytest.mark.parametrize("rule", ["H-14", "H-15"])
def test_the_rules_stand_in_the_lawbook(rule):
    assert LAWS[rule].function.__module__ == "archives.rules"
    assert str(LAWS[rule].article)


def test_categories_are_those_of_the_fonds():
    assert "".join(each.value for each in Category) == "WSKJKYJJSBRSKUZYZPLYLXSJYJWYMTSW"
