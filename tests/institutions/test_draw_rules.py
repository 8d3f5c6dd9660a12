"""The draw, the group and which failure counts: pure rules."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agency.lawbook import Office
from agency.workdays import WorkdayCalendar
from institutions.enums.assessment import BasicCondition, ExpertField, FindingResult, Verdict
from institutions.rules import (
    AssessmentQuestion,
    Candidate,
    ConditionFinding,
    FailureCount,
    Gap,
    GroupQuestion,
    PastResult,
    Wanted,
    assessment_due,
    assessment_group,
    drawn,
    failed_conditions,
    failures_counted,
    gaps,
    group_size,
    majority,
)

N, M, F, T = ExpertField
SEED = "00" * 32
# The days of the Dragon Boat and National Day holidays of 2025, as published.
DECLARED = {
    date(2025, 5, 31): False,
    date(2025, 6, 1): False,
    date(2025, 6, 2): False,
    **{date(2025, 10, day): False for day in range(1, 9)},
    date(2025, 9, 28): True,
    date(2025, 10, 11): True,
}
CALENDAR = WorkdayCalendar(DECLARED, frozenset({2024, 2025}))
NUMBERS = {
    "assessment_months": 3,
    "assessment_experts": 5,
    "reassess_after_months": 3,
    "reapply_ban_after_second_fail_years": 1,
}


def office(on=date(2025, 3, 1), **numbers):
    return Office(calendar=CALENDAR, parameters=NUMBERS | numbers, on=on)


def pool(*fields):
    return [Candidate(key, field) for key, field in enumerate(fields, start=1)]


def test_a_draw_is_the_same_for_ever():
    candidates = pool(N, M, F, T, N, M, F, T, M, M)
    assert drawn(SEED, candidates, Wanted.group(5)) == (1, 2, 7, 8, 5)
    assert drawn("ff" * 32, candidates, Wanted.group(5)) != drawn(SEED, candidates, Wanted.group(5))


def test_the_order_of_the_pool_does_not_matter():
    candidates = pool(N, M, F, T, N, M, F, T)
    there = drawn(SEED, candidates, Wanted.group(5))
    assert drawn(SEED, reversed(candidates), Wanted.group(5)) == there


@settings(max_examples=60, deadline=None)
@given(
    extra=st.lists(st.sampled_from(ExpertField), max_size=12),
    seats=st.sampled_from([5, 7, 9]),
    seed=st.integers(min_value=0, max_value=2**256 - 1),
)
def test_every_draw_is_lawful(extra, seats, seed):
    candidates = pool(*ExpertField, *extra)
    wanted = Wanted.group(seats)
    missing = gaps([each.field for each in candidates], wanted)
    if missing:
        assert missing == [Gap(None, seats - len(candidates))]
        with pytest.raises(ValueError, match="cannot fill"):
            drawn(f"{seed:064x}", candidates, wanted)
        return
    keys = drawn(f"{seed:064x}", candidates, wanted)
    by_key = {each.key: each.field for each in candidates}
    assert len(keys) == len(set(keys)) == seats
    assert {by_key[key] for key in keys} == set(ExpertField)
    assert keys == drawn(f"{seed:064x}", candidates, wanted)


def test_everybody_is_drawn_about_as_often():
    candidates = pool(M, M, M, M)
    counted = Counter(
        drawn(f"{seed:064x}", candidates, Wanted.replacement(M))[0] for seed in range(2000)
    )
    assert min(counted.values()) > 400
    assert max(counted.values()) < 600


def test_gaps_name_the_field_and_the_number():
    assert gaps([M, M, F, F], Wanted.group(5)) == [Gap(N, 1), Gap(T, 1)]
    assert gaps([N, M, F, T], Wanted.group(5)) == [Gap(None, 1)]
    assert gaps([M], Wanted.group(7)) == [Gap(N, 1), Gap(F, 1), Gap(T, 1), Gap(None, 3)]
    assert gaps([N, M, F, T, T], Wanted.group(5)) == []
    assert gaps([M], Wanted.replacement(F)) == [Gap(F, 1)]


def test_what_is_wanted_survives_storing():
    wanted = Wanted.group(7)
    assert Wanted.from_json(wanted.to_json()) == wanted


@pytest.mark.parametrize(("number", "size"), [(5, 5), (6, 7), (7, 7), (3, 5), (15, 15)])
def test_a_group_is_odd_and_five_at_least(number, size):
    assert group_size(office(assessment_experts=number)) == size


@pytest.mark.parametrize(
    ("members", "lawful", "missing", "lacking", "odd"),
    [
        ((2, 1, 1, 1), True, (), 0, True),
        ((1, 1, 1, 1), False, (), 1, False),
        ((2, 2, 1, 1), False, (), 0, False),
        ((3, 2, 0, 0), False, (F, T), 2, True),
        ((0, 0, 0, 0), False, (N, M, F, T), 5, False),
    ],
)
def test_who_may_assess(members, lawful, missing, lacking, odd):
    names = [each.value for each in ExpertField]
    question = GroupQuestion(**dict(zip(names, members, strict=True)))
    answer = assessment_group(question, office())
    assert answer.lawful is lawful
    assert answer.missing == missing
    assert answer.lacking == lacking
    assert answer.odd is odd


@pytest.mark.parametrize(
    ("accepted", "pauses", "due", "days"),
    [
        (date(2025, 2, 20), (), date(2025, 5, 20), 0),
        # The catalogue's example: 12 days, up to a holiday Sunday.
        (
            date(2025, 2, 20),
            ((date(2025, 3, 10), date(2025, 3, 22)),),
            date(2025, 6, 3),
            12,
        ),
        # Overlapping pauses count once, several add up.
        (
            date(2025, 2, 20),
            (
                (date(2025, 3, 10), date(2025, 3, 22)),
                (date(2025, 3, 15), date(2025, 3, 25)),
                (date(2025, 4, 1), date(2025, 4, 2)),
            ),
            date(2025, 6, 5),
            16,
        ),
        (date(2025, 7, 4), (), date(2025, 10, 9), 0),
        (date(2024, 11, 30), (), date(2025, 2, 28), 0),
    ],
)
def test_until_when_an_applicant_is_assessed(accepted, pauses, due, days):
    answer = assessment_due(AssessmentQuestion(accepted_on=accepted, pauses=pauses), office())
    assert (answer.due_on, answer.paused_days) == (due, days)
    assert answer.because


def test_one_finding_is_enough_for_a_basic_condition():
    findings = [
        ConditionFinding(BasicCondition.SYSTEMS, FindingResult.MET),
        ConditionFinding(BasicCondition.SYSTEMS, FindingResult.NOT_MET),
        ConditionFinding(BasicCondition.PHYSICIAN, FindingResult.NOT_MET),
        ConditionFinding(BasicCondition.OTHER, FindingResult.NOT_APPLICABLE),
    ]
    assert failed_conditions(findings) == (BasicCondition.PHYSICIAN, BasicCondition.SYSTEMS)
    assert failed_conditions(findings[:1]) == ()


def test_the_majority():
    yes, no = Verdict.QUALIFIED, Verdict.NOT_QUALIFIED
    assert majority([yes, yes, no]) == yes
    assert majority([yes, no, no]) == no
    assert majority([yes, no]) is None
    assert majority([]) is None


FAILED = PastResult(passed=False, decided_on=date(2025, 3, 8), served_on=date(2025, 3, 10))
AGAIN = PastResult(passed=False, decided_on=date(2025, 6, 30), served_on=date(2025, 7, 1))
PASSED = PastResult(passed=True, decided_on=date(2025, 6, 20))


@pytest.mark.parametrize(
    ("results", "on", "count", "round_"),
    [
        ([], date(2025, 3, 1), FailureCount(), 1),
        ([FAILED], date(2025, 3, 11), FailureCount(1, date(2025, 6, 10)), 2),
        ([FAILED], date(2027, 3, 11), FailureCount(1, date(2025, 6, 10)), 2),
        ([FAILED, PASSED], date(2025, 7, 1), FailureCount(), 1),
        ([FAILED, AGAIN], date(2025, 7, 2), FailureCount(2, None, date(2026, 7, 1)), 2),
        ([AGAIN, FAILED], date(2026, 7, 1), FailureCount(2, None, date(2026, 7, 1)), 2),
        ([FAILED, AGAIN], date(2026, 7, 2), FailureCount(), 1),
        (
            [PastResult(passed=False, decided_on=date(2025, 3, 8))],
            date(2025, 3, 9),
            FailureCount(1, None),
            2,
        ),
        # After the ban the count begins anew.
        (
            [
                FAILED,
                AGAIN,
                PastResult(passed=False, decided_on=date(2026, 9, 1), served_on=date(2026, 9, 2)),
            ],
            date(2026, 9, 3),
            FailureCount(1, date(2026, 12, 2)),
            2,
        ),
    ],
)
def test_which_failures_count(results, on, count, round_):
    found = failures_counted(results, on=on, office=office(on))
    assert found == count
    assert found.round == round_
