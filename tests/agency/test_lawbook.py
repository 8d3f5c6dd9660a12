"""The registry itself: what it refuses to enter, and how strictly it reads a question."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

import pytest
from django.utils.translation import override

from agency import lawbook
from agency.law_json import decode, encode, fields_of
from agency.lawbook import LAWS, MissingParameterError, Office, QuestionError, ask, asked, law
from agency.reasons import Reason, reason
from agency.workdays import DatePair
from tests.agency.calendars import official_calendar

TODAY = date(2026, 11, 22)


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    start: date
    colour: Colour = Colour.RED


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    day: date
    count: int = asked("Count", default=1, minimum=0, maximum=10)
    amount: Decimal | None = None
    flag: bool = False
    name: str = "x"
    pairs: tuple[DatePair, ...] = ()
    parts: tuple[Part, ...] = ()
    fields: Mapping[str, date] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    day: date
    office_on: date
    amount: Decimal | None
    colours: tuple[Colour, ...]
    provisional: bool = lawbook.when_true()
    because: tuple[Reason, ...] = ()


def echo(question: Question, office: Office) -> Answer:
    return Answer(
        day=question.day,
        office_on=office.on,
        amount=question.amount,
        colours=tuple(part.colour for part in question.parts),
        because=(reason("On %(day)s.", day=question.day),),
    )


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture
def book(monkeypatch):
    monkeypatch.setattr(lawbook, "LAWS", {})
    enter = law("X-01", article="art. 1", decides="echo", question=Question, answer=Answer)
    assert enter(echo) is echo
    return lawbook.LAWS


def office_for(*, on, region):
    if region not in (None, "360400"):
        raise QuestionError("region", region, "a known region")
    return Office(calendar=official_calendar(), parameters={"n": Decimal(5)}, on=on or TODAY)


def test_an_answer_is_plain_json(book):
    answer = ask("X-01", {"day": "2025-01-10", "amount": "12.5"}, office_for)
    assert answer == {
        "day": "2025-01-10",
        "office_on": "2026-11-22",
        "amount": "12.50",
        "colours": [],
        "because": ["On 2025-01-10."],
    }


def test_region_and_day_choose_the_office(book):
    answer = ask("X-01", {"day": "2025-01-10", "on": "2025-02-01", "region": "360400"}, office_for)
    assert answer["office_on"] == "2025-02-01"


@pytest.mark.parametrize(
    ("payload", "field", "expected"),
    [
        pytest.param({}, "day", "a date", id="missing"),
        pytest.param([], "question", "a JSON object", id="no-object"),
        pytest.param("x", "question", "a JSON object", id="text"),
        pytest.param(None, "question", "a JSON object", id="null"),
        pytest.param({"day": "2025-02-30"}, "day", "a date that exists", id="impossible-date"),
        pytest.param({"day": "20250210"}, "day", "YYYY-MM-DD", id="compact-date"),
        pytest.param({"day": "2025-W02-5"}, "day", "YYYY-MM-DD", id="week-date"),
        pytest.param({"day": "２０２５-01-10"}, "day", "YYYY-MM-DD", id="full-width-digits"),
        pytest.param({"day": "1900-01-01"}, "day", "between 1949 and 2199", id="too-early"),
        pytest.param({"day": "9999-12-31"}, "day", "between 1949 and 2199", id="too-late"),
        pytest.param({"day": 20250110}, "day", "a date", id="number-for-date"),
        pytest.param({"day": None}, "day", "a date", id="null-for-date"),
        pytest.param({"count": -1}, "count", "from 0 to 10", id="below-range"),
        pytest.param({"count": 11}, "count", "from 0 to 10", id="above-range"),
        pytest.param({"count": True}, "count", "a whole number", id="bool-for-int"),
        pytest.param({"count": 1.0}, "count", "a whole number", id="float-for-int"),
        pytest.param({"count": "1"}, "count", "a whole number", id="text-for-int"),
        pytest.param({"amount": 1.5}, "amount", "in a string", id="float-amount"),
        pytest.param({"amount": "NaN"}, "amount", "in a string", id="not-a-number"),
        pytest.param({"amount": "1e40"}, "amount", "in a string", id="huge-amount"),
        pytest.param({"flag": "yes"}, "flag", "true or false", id="text-for-bool"),
        pytest.param({"name": ""}, "name", "a short text", id="empty-text"),
        pytest.param({"name": "a\u0000"}, "name", "a short text", id="control-character"),
        pytest.param({"name": "\ud800"}, "name", "a short text", id="lone-surrogate"),
        pytest.param({"pairs": "x"}, "pairs", "a list", id="text-for-list"),
        pytest.param({"pairs": [["2025-01-01"]]}, "pairs[0]", "two dates", id="half-a-pair"),
        pytest.param(
            {"pairs": [["2025-01-02", "2025-01-01"]]}, "pairs[0]", "earlier", id="reversed-pair"
        ),
        pytest.param(
            {"pairs": [["2025-01-02", "2025-13-01"]]}, "pairs[0][1]", "a date", id="bad-pair-end"
        ),
        pytest.param({"parts": [{}]}, "parts[0].start", "a date", id="missing-inside"),
        pytest.param(
            {"parts": [{"start": "2025-01-01", "colour": "green"}]},
            "parts[0].colour",
            "one of red, blue",
            id="unknown-choice",
        ),
        pytest.param(
            {"parts": [{"start": "2025-01-01", "x": 1}]},
            "parts[0].x",
            "one of",
            id="unknown-inside",
        ),
        pytest.param({"fields": {}}, "fields", "at least one", id="empty-object"),
        pytest.param({"fields": {"a": "x"}}, "fields.a", "a date", id="bad-value-in-object"),
        pytest.param({"dya": "2025-01-10"}, "dya", "one of the fields", id="unknown-key"),
        pytest.param({"region": "nowhere"}, "region", "a known region", id="unknown-region"),
        pytest.param({"region": 5}, "region", "a short text", id="number-for-region"),
        pytest.param({"on": "today"}, "on", "a date", id="bad-day"),
    ],
)
def test_a_bad_question_is_refused_with_field_value_and_expectation(book, payload, field, expected):
    if isinstance(payload, dict) and payload and "day" not in payload:
        payload = {"day": "2025-01-10", **payload}
    with pytest.raises(QuestionError) as error:
        ask("X-01", payload, office_for)
    assert error.value.field == field
    assert expected in str(error.value)
    assert error.value.as_dict()["field"] == field


@pytest.mark.parametrize("rule", ["X-99", None, 7, ["X-01"]])
def test_an_unknown_rule_is_refused(book, rule):
    with pytest.raises(QuestionError) as error:
        ask(rule, {}, office_for)
    assert error.value.field == "id"
    assert "one of X-01" in str(error.value)


def test_a_long_value_is_cut_in_the_message(book):
    with pytest.raises(QuestionError) as error:
        ask("X-01", {"day": "9" * 5000}, office_for)
    assert len(str(error.value)) < 400


def test_a_rule_is_entered_once(book):
    with pytest.raises(ValueError, match="twice"):
        law("X-01", article="art. 1", decides="x", question=Question, answer=Answer)(echo)
    assert list(book) == ["X-01"]


def test_a_rule_without_article_is_not_entered(book):
    with pytest.raises(ValueError, match="no article"):
        law("X-02", article=" ", decides="x", question=Question, answer=Answer)
    assert "X-02" not in book


def test_a_rule_without_reasons_or_types_is_not_entered(book):
    with pytest.raises(ValueError, match="no reasons"):
        law("X-02", article="art. 1", decides="x", question=Question, answer=Question)
    with pytest.raises(TypeError, match="no dataclass"):
        law("X-02", article="art. 1", decides="x", question=dict, answer=Answer)
    assert "X-02" not in book


def test_a_missing_parameter_is_named():
    office = office_for(on=None, region=None)
    assert office.number("n") == 5
    with pytest.raises(MissingParameterError, match="policy parameter m has no value"):
        office.number("m")


def test_a_question_survives_its_own_encoding():
    payload = {
        "day": "2025-01-10",
        "count": 3,
        "amount": "1.00",
        "flag": True,
        "name": "中文",
        "pairs": [["2025-01-01", "2025-01-02"]],
        "parts": [{"start": "2025-01-01", "colour": "blue"}],
        "fields": {"name": "2025-06-30"},
    }
    assert encode(decode(Question, payload)) == payload


def test_the_fields_of_a_question_describe_themselves():
    specs = {spec.name: spec for spec in fields_of(Question)}
    assert specs["day"].required
    assert not specs["count"].required
    assert specs["amount"].may_be_null
    assert specs["amount"].bare is Decimal
    assert (specs["count"].label, specs["count"].maximum) == ("Count", 10)


def test_every_law_cites_an_article_and_has_reasons():
    for entry in LAWS.values():
        assert str(entry.article).strip(), entry.id
        assert str(entry.decides).strip(), entry.id
        assert (entry.function.__doc__ or "").strip().splitlines()[-1].strip().startswith("Law: ")
