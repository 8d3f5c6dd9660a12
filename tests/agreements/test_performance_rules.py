"""B-09 and J-09: formulas, points, totals and grades at their edges."""

from datetime import date
from decimal import Decimal

import pytest

from agency.lawbook import QuestionError, ask
from agreements.enums.performance import Direction, Grade
from agreements.rules.formulas import FormulaError, read_formula, trial
from agreements.rules.performance import (
    APPEAL_WORKDAYS,
    BandError,
    bands_from,
    deadline,
    deposit_share_of,
    grade_of,
    share_by_bands,
    share_linear,
    total,
    weights_missing,
)
from tests.agency.calendars import office_for, office_on

FIGURES = {"part": Decimal(3), "whole": Decimal(4), "nothing": Decimal(0)}


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("part + whole * 2", "11"),
        ("ratio(part, whole) * 100", "75.00"),
        ("ratio(part, nothing, 1)", "1"),
        ("0.1 + 0.2", "0.3"),
        ("min(part, whole) - max(1, 2)", "1"),
        ("100 if part > whole else 60", "60"),
        ("part >= 3 and whole", "4"),
        ("abs(part - whole)", "1"),
        ("part > whole", "0"),
        ("-part", "-3"),
    ],
)
def test_a_formula_is_exact_arithmetic(formula, value):
    assert read_formula(formula).value(FIGURES) == Decimal(value)


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ("", "empty"),
        ("part +", "unreadable"),
        ("part := 3", "unreadable"),
        ("part.real", "not_arithmetic"),
        ("part.__class__", "not_arithmetic"),
        ("9 ** 9 ** 9", "not_arithmetic"),
        ("part ** whole", "not_arithmetic"),
        ("1 << 1000000", "not_arithmetic"),
        ("part % whole", "not_arithmetic"),
        ("'x' * 100000", "not_arithmetic"),
        ("[1 for each in part]", "not_arithmetic"),
        ("part[0]", "not_arithmetic"),
        ("f'{part}'", "not_arithmetic"),
        ("lambda: 1", "not_arithmetic"),
        ("True", "not_arithmetic"),
        ("1e400", "not_arithmetic"),
        ("9" * 50, "not_arithmetic"),
        ("1j", "not_arithmetic"),
        ("open('/etc/passwd')", "unknown_function"),
        ("__import__('os')", "unknown_function"),
        ("(lambda: 1)()", "unknown_function"),
        ("part.bit_length()", "unknown_function"),
        ("min(*part)", "wrong_arguments"),
        ("ratio(part, whole, otherwise=1)", "wrong_arguments"),
        ("1 + " * 80 + "1", "too_long"),
        ("-" * 100 + "1", "too_deep"),
    ],
)
def test_everything_but_arithmetic_is_refused(formula, code):
    with pytest.raises(FormulaError) as refused:
        read_formula(formula)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ("part / whole", "division_by_zero"),
        ("ratio(part, whole) + other", "unknown_figure"),
        ("min", "unknown_figure"),
    ],
)
def test_a_trial_run_finds_what_fails_later(formula, code):
    with pytest.raises(FormulaError) as refused:
        trial(formula, FIGURES)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("value", "share"),
    [("79.9999", "0.5"), ("80", "0.8"), ("99.9999", "0.8"), ("100", "1"), ("59.99", "0")],
)
def test_bands_begin_with_their_edge_where_more_is_better(value, share):
    bands = bands_from([["60", "0.5"], ["100", "1"], ["80", "0.8"]], Direction.HIGHER)
    assert share_by_bands(Decimal(value), bands, Direction.HIGHER) == Decimal(share)


@pytest.mark.parametrize(
    ("value", "share"), [("0", "1"), ("0.0001", "0.5"), ("3", "0.5"), ("3.0001", "0")]
)
def test_bands_end_with_their_edge_where_less_is_better(value, share):
    bands = bands_from([["0", "1"], ["3", "0.5"]], Direction.LOWER)
    assert share_by_bands(Decimal(value), bands, Direction.LOWER) == Decimal(share)


@pytest.mark.parametrize(
    ("bands", "reason"),
    [
        ([], "share"),
        ([["1", "1.1"]], "share"),
        ([["1", "1"], ["1", "0.5"]], "order"),
        ([["1", "1"], ["2", "0.5"]], "order"),
        ([["x", "1"]], "unreadable"),
        ([["1"]], "unreadable"),
    ],
)
def test_bands_that_cannot_be_applied(bands, reason):
    with pytest.raises(BandError, match=reason):
        bands_from(bands, Direction.HIGHER)


@pytest.mark.parametrize(
    ("value", "floor", "full", "share"),
    [
        ("60", "60", "100", "0"),
        ("59", "60", "100", "0"),
        ("80", "60", "100", "0.5"),
        ("100", "60", "100", "1"),
        ("101", "60", "100", "1"),
        ("90", "90", "0", "0"),
        ("45", "90", "0", "0.5"),
        ("0", "90", "0", "1"),
    ],
)
def test_linear_between_floor_and_full(value, floor, full, share):
    assert share_linear(Decimal(value), Decimal(floor), Decimal(full)) == Decimal(share)


@pytest.mark.parametrize(
    ("points", "score"),
    [
        # Each third rounded for itself would give 79.99.
        (["26.6666666667"] * 3, "80.00"),
        (["89.994"], "89.99"),
        (["89.995"], "90.00"),
        (["44.9974999999", "44.9975"], "89.99"),
        ([], "0.00"),
    ],
)
def test_a_total_is_rounded_half_up_once(points, score):
    assert total(Decimal(each) for each in points) == Decimal(score)


@pytest.mark.parametrize(
    ("weights", "missing"), [(["40", "60"], "0"), (["40", "59.99"], "0.01"), (["101"], "-1")]
)
def test_weights_lack_what_they_lack(weights, missing):
    assert weights_missing(Decimal(each) for each in weights) == Decimal(missing)


@pytest.mark.parametrize(
    ("score", "grade", "share"),
    [
        ("100", Grade.EXCELLENT, "1"),
        ("90", Grade.EXCELLENT, "1"),
        ("89.99", Grade.GOOD, "0.90"),
        ("86", Grade.GOOD, "0.90"),
        ("80", Grade.GOOD, "0.90"),
        ("79.99", Grade.PASS, "0.70"),
        ("70", Grade.PASS, "0.70"),
        ("69.99", Grade.PASS, "0.50"),
        ("60", Grade.PASS, "0.50"),
        ("59.99", Grade.FAIL, "0"),
        ("0", Grade.FAIL, "0"),
    ],
)
def test_grade_and_share_of_the_deposit(score, grade, share):
    """J-09: of 1,060,000 at a score of 86, 954,000 is returned."""
    office = office_on(date(2026, 1, 1))
    assert grade_of(Decimal(score), office) == grade
    assert deposit_share_of(Decimal(score), office) == Decimal(share)


@pytest.mark.parametrize(
    ("given", "until", "provisional"),
    [
        # rules.md, B-09: across the Spring Festival with its make-up days.
        pytest.param("2026-02-12", "2026-03-04", False, id="spring-festival"),
        pytest.param("2025-09-25", "2025-10-15", False, id="national-day"),
        pytest.param("2025-06-02", "2025-06-16", False, id="plain"),
        pytest.param("2027-12-20", "2028-01-03", True, id="year-without-calendar"),
    ],
)
def test_ten_working_days_to_confirm_or_appeal(given, until, provisional):
    office = office_on(date(2025, 6, 1))
    due, basis = deadline(date.fromisoformat(given), APPEAL_WORKDAYS, office)
    assert (due.on.isoformat(), due.provisional) == (until, provisional)
    assert basis.rule == "B-09"


def test_the_lawbook_answers_what_a_score_means():
    """B-09, asked."""
    answer = ask("B-09", {"score": "89.99", "proposed_on": "2026-02-12"}, office_for)
    assert answer["grade"] == "good"
    assert answer["deposit_share"] == "0.90"
    assert answer["passed"] is True
    assert answer["simplified_renewal"] is False
    assert answer["appeal_by"] == "2026-03-04"
    assert answer["because"]
    best = ask("B-09", {"score": "90.00"}, office_for)
    assert (best["grade"], best["simplified_renewal"]) == ("excellent", True)
    assert best["appeal_by"] is None


@pytest.mark.parametrize("score", ["-1", "100.01"])
def test_no_score_beyond_its_bounds(score):
    with pytest.raises(QuestionError):
        ask("B-09", {"score": score}, office_for)
