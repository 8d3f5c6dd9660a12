"""Filling in, comparing, refining, and whether a text may be published (B-22)."""

import pytest

from agency.lawbook import ask
from agency.rules import Refusal
from agreements.rules.clauses import (
    ChangeKind,
    ClauseText,
    Mark,
    differences,
    filled,
    marked,
    missing_values,
    names_in,
    unknown_variables,
    unused_variables,
)
from agreements.rules.templates import (
    PublicationFacts,
    publication_obstacles,
    rebased,
    refinement_obstacles,
)
from tests.agency.calendars import office_for


def clause(key: str, body: str = "正文", **kwargs) -> ClauseText:
    return ClauseText(key, kwargs.pop("heading", key), body, **kwargs)


@pytest.mark.parametrize(
    ("body", "values", "expected"),
    [
        ("没有变量", {}, "没有变量"),
        ("{{ a }}和{{a}}", {"a": "甲"}, "甲和甲"),
        ("{{  a  }}", {"a": 3}, "3"),
        ("{ a } {{ a }}", {"a": "{{ b }}"}, "{ a } {{ b }}"),
        ("{{ a }}", {"a": ""}, ""),
    ],
)
def test_a_wording_is_filled_in(body, values, expected):
    assert filled(body, values) == expected


@pytest.mark.parametrize("body", ["{{ b }}", "{{ A }}", "{{ 1a }}", "{{ a b }}", "{{ }}"])
def test_a_name_that_is_not_declared_is_refused(body):
    with pytest.raises(Refusal) as refused:
        filled(f"{{{{ a }}}} {body}", {"a": "甲"})
    assert [each.code for each in refused.value.obstacles] == ["variable_unknown"]


def test_names_unknown_missing_and_unused():
    texts = ["{{ b }} {{ a }}", "{{ b }} {{ c }}"]
    assert names_in(*texts) == ["b", "a", "c"]
    assert [str(each.text)[1:2] for each in unknown_variables(texts, ["a", "b"])] == ["c"]
    assert missing_values(texts, {"a": "1", "b": " ", "c": 0}) == ["b", "c"]
    assert unused_variables(texts, ["a", "z"]) == ["z"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("三十日内", "三十日内", [("", "三十日内")]),
        ("三十日内", "二十日内", [("-", "三"), ("+", "二"), ("", "十日内")]),
        (
            "within 30 days",
            "within 20 days",
            [("", "within "), ("-", "30"), ("+", "20"), ("", " days")],
        ),
        ("", "新增", [("+", "新增")]),
        (
            "{{ pay_days }}日",
            "{{ days }}日",
            [("-", "{{ pay_days }}"), ("+", "{{ days }}"), ("", "日")],
        ),
    ],
)
def test_wordings_are_compared_word_by_word(before, after, expected):
    assert marked(before, after) == tuple(Mark(*each) for each in expected)


def test_versions_are_compared_clause_by_clause():
    before = [clause("a"), clause("b"), clause("c", measures=(1, 4)), clause("d")]
    after = [clause("a"), clause("c", measures=(4, 1, 6)), clause("x"), clause("d", "改后")]
    found = differences(before, after)
    assert [(each.key, each.kind) for each in found] == [
        ("a", ChangeKind.SAME),
        ("b", ChangeKind.REMOVED),
        ("c", ChangeKind.CHANGED),
        ("x", ChangeKind.ADDED),
        ("d", ChangeKind.CHANGED),
    ]
    assert [each.measures_changed for each in found] == [False, False, True, False, False]
    assert found[4].body == marked("正文", "改后")


def test_a_clause_that_only_moved_or_lists_its_measures_otherwise_is_the_same():
    before = [clause("a", measures=(1, 2)), clause("b")]
    after = [clause("b"), clause("a", measures=(2, 1))]
    assert {each.kind for each in differences(before, after)} == {ChangeKind.SAME}


@pytest.mark.parametrize(
    ("local", "codes"),
    [
        ([clause("m", measures=(1, 4)), clause("o")], []),
        ([clause("m", "本地表述", measures=(1, 4, 6))], []),  # what is not mandatory may go
        ([clause("o")], ["mandatory_clause_missing"]),
        ([clause("m", measures=(1,))], ["mandatory_measure_missing"]),
        ([], ["mandatory_clause_missing"]),
    ],
)
def test_a_region_refines_and_adds_but_drops_nothing_mandatory(local, codes):
    national = [clause("m", measures=(1, 4), is_mandatory=True), clause("o")]
    assert [each.code for each in refinement_obstacles(national, local)] == codes


def test_a_regional_text_follows_the_newer_national_one():
    old = [clause("a"), clause("b"), clause("c"), clause("gone"), clause("left")]
    new = [clause("a", "新"), clause("n", "新增"), clause("b", "新"), clause("c"), clause("left")]
    local = [clause("a"), clause("b", "本地"), clause("c", "本地"), clause("gone"), clause("own")]
    result = rebased(local, old, new)
    assert [(each.key, each.body) for each in result.clauses] == [
        ("a", "新"),
        ("n", "新增"),
        ("b", "本地"),
        ("c", "本地"),
        ("own", "正文"),
    ]
    assert set(result.taken_over) == {"a", "n", "gone"}
    assert result.to_review == ("b",)


def test_a_mandatory_clause_comes_back_when_a_text_is_put_upon_the_newer_one():
    old = [clause("a"), clause("m")]
    new = [clause("a"), clause("m", is_mandatory=True)]
    assert [each.key for each in rebased([clause("a")], old, new).clauses] == ["a", "m"]


FACTS = {"changes_published": False, "by_administration": False, "refines_national": False}


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({}, []),
        ({"clauses": 0}, ["no_clauses"]),
        ({"changes_published": True}, ["not_consulted"]),
        ({"by_administration": True}, ["not_consulted"]),
        ({"refines_national": True}, ["not_consulted"]),
        ({"changes_published": True, "was_asked": True}, []),
        ({"changes_published": True, "asks_still": True}, ["consultation_open"]),
        ({"asks_still": True}, ["consultation_open"]),  # asked without need: still waited for
        (
            {"changes_published": True, "was_asked": True, "unanswered": 1},
            ["comments_unanswered"],
        ),
    ],
)
def test_what_stands_in_the_way_of_a_publication(facts, codes):
    known = PublicationFacts(**{**FACTS, "clauses": 3, **facts})
    assert [each.code for each in publication_obstacles(known)] == codes


@pytest.mark.parametrize(
    ("question", "needed", "publishable", "comments_by"),
    [
        ({}, False, True, None),
        ({"changes_published": True}, True, False, None),
        # 15 working days across the National Day holiday and a make-up Saturday.
        (
            {"changes_published": True, "opened_on": "2025-09-22"},
            True,
            False,
            "2025-10-17",
        ),
        (
            {
                "changes_published": True,
                "opened_on": "2025-09-22",
                "closed_on": "2025-10-17",
            },
            True,
            False,
            "2025-10-17",
        ),
        (
            {
                "changes_published": True,
                "opened_on": "2025-09-22",
                "closed_on": "2025-10-18",
            },
            True,
            True,
            "2025-10-17",
        ),
        (
            {
                "by_administration": True,
                "opened_on": "2025-09-22",
                "urgent": True,
                "closed_on": "2025-09-26",
                "comments": 46,
                "answered": 45,
            },
            True,
            False,
            "2025-09-25",
        ),
        (
            {
                "by_administration": True,
                "opened_on": "2025-09-22",
                "urgent": True,
                "closed_on": "2025-09-26",
                "comments": 46,
                "answered": 46,
            },
            True,
            True,
            "2025-09-25",
        ),
    ],
)
def test_b_22(question, needed, publishable, comments_by):
    answer = ask("B-22", question, office_for)
    assert (
        answer["consultation_needed"],
        answer["publishable"],
        answer.get("comments_by"),
    ) == (needed, publishable, comments_by)
    assert answer["because"]
