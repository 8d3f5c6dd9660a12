"""What a year's performance is worth: points, score, grade, and what follows (B-09, J-09)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office, QuestionError, asked, law, told, when_true
from agency.money import rounded
from agency.reasons import Reason, reason
from agency.workdays import Deadline, DeadlineBasis, Unit
from agreements.enums.performance import Direction, Grade
from agreements.rules.renewal import SIMPLIFIED_SCORE

RULE = "B-09"
FULL_WEIGHT = Decimal(100)
SELF_WORKDAYS = "performance_self_wd"
ASSESS_WORKDAYS = "performance_assess_wd"
APPEAL_WORKDAYS = "performance_appeal_wd"
DECISION_WORKDAYS = "performance_decision_wd"
SILENCE_CONFIRMS = "performance_silence_confirms"
EXCELLENT, GOOD, PASS = "performance_excellent", "performance_good", "performance_pass"
_GRADES = ((EXCELLENT, Grade.EXCELLENT), (GOOD, Grade.GOOD), (PASS, Grade.PASS))
# J-09: from which score which share of the quality deposit is returned.
DEPOSIT_BANDS = (
    ("deposit_full_score", "deposit_full_share"),
    ("deposit_high_score", "deposit_high_share"),
    ("deposit_middle_score", "deposit_middle_share"),
    ("deposit_low_score", "deposit_low_share"),
)
DEPOSIT_REST = "deposit_rest_share"


@dataclass(frozen=True, slots=True)
class Band:
    """From this value on (in the direction of the indicator) this share of the weight."""

    start: Decimal
    share: Decimal


class BandError(ValueError):
    """Bands that cannot be applied."""


def weights_missing(weights: Iterable[Decimal]) -> Decimal:
    """Return what the weights lack to 100; negative where they exceed it.

    Law: B-09 (Order 2 art. 36).
    """
    return FULL_WEIGHT - sum(weights, Decimal(0))


def bands_from(stored: Sequence[Sequence[str]], direction: Direction) -> tuple[Band, ...]:
    """Return the bands as applied, the best first.

    Raises `BandError` unless shares lie between 0 and 1 and fall with the value's worth.
    """
    try:
        bands = [Band(Decimal(start), Decimal(share)) for start, share in stored]
    except (InvalidOperation, ValueError, TypeError) as error:
        raise BandError("unreadable") from error
    bands.sort(key=lambda each: each.start, reverse=direction == Direction.HIGHER)
    for before, after in pairwise(bands):
        if before.start == after.start or before.share <= after.share:
            raise BandError("order")
    if not bands or any(not 0 <= each.share <= 1 for each in bands):
        raise BandError("share")
    return tuple(bands)


def share_by_bands(value: Decimal, bands: Sequence[Band], direction: Direction) -> Decimal:
    """Return the share of the weight a value earns; bands are the best first.

    Law: B-09 (Order 2 art. 36).
    """
    for band in bands:
        reached = value >= band.start if direction == Direction.HIGHER else value <= band.start
        if reached:
            return band.share
    return Decimal(0)


def share_linear(value: Decimal, floor: Decimal, full: Decimal) -> Decimal:
    """Return the share between the value that earns nothing and the one that earns all, whichever
    of them is the greater.

    Law: B-09 (Order 2 art. 36).
    """
    share = (value - floor) / (full - floor)
    return max(Decimal(0), min(Decimal(1), share))


def total(points: Iterable[Decimal]) -> Decimal:
    """Return the score: the sum of unrounded points, rounded once.

    Law: B-09 (Order 2 art. 36), T-11.
    """
    return rounded(sum(points, Decimal(0)))


def grade_of(score: Decimal, office: Office) -> Grade:
    """Return the grade of a score as published, that is rounded.

    Law: B-09 (Order 2 art. 36).
    """
    for key, grade in _GRADES:
        if score >= office.parameter(key):
            return grade
    return Grade.FAIL


def deposit_share_of(score: Decimal, office: Office) -> Decimal:
    """Return the share of the quality deposit that is returned.

    Law: J-09 (Order 2 art. 36).
    """
    for start, share in DEPOSIT_BANDS:
        if score >= office.parameter(start):
            return office.parameter(share)
    return office.parameter(DEPOSIT_REST)


def deadline(start: date, workdays: str, office: Office) -> tuple[Deadline, DeadlineBasis]:
    """Return the end of a stage that began on a day, and how it was counted.

    Law: B-09 (Order 2 art. 36).
    """
    return office.calendar.deadline_with_basis(RULE, start, Unit.WORKDAY, office.number(workdays))


@dataclass(frozen=True, kw_only=True, slots=True)
class PerformanceQuestion:
    score: Decimal = asked(_("Score"))
    proposed_on: date | None = asked(_("Result given to the institution on"), default=None)

    def __post_init__(self) -> None:
        if not 0 <= self.score <= FULL_WEIGHT:
            raise QuestionError("score", self.score, _("a score from 0 to 100"))


@dataclass(frozen=True, kw_only=True, slots=True)
class PerformanceAnswer:
    """`simplified_renewal`: a fixed and a yearly agreement, simplified signing (B-15)."""

    score: Decimal = told(_("Score, rounded"))
    grade: Grade = told(_("Grade"))
    deposit_share: Decimal = told(_("Share of the quality deposit returned"))
    passed: bool = told(_("Passed"))
    simplified_renewal: bool = told(_("Simplified signing at renewal"))
    appeal_by: date | None = told(_("Confirmation or appeal by"))
    provisional: bool = when_true()
    because: tuple[Reason, ...]


@law(
    RULE,
    article=_("Order 2, art. 36"),
    decides=_("The grade of a performance score and what it does to deposit and renewal"),
    question=PerformanceQuestion,
    answer=PerformanceAnswer,
    parameters=(
        *(EXCELLENT, GOOD, PASS, APPEAL_WORKDAYS, SIMPLIFIED_SCORE),
        *(key for band in DEPOSIT_BANDS for key in band),
        DEPOSIT_REST,
    ),
)
def performance_result(question: PerformanceQuestion, office: Office) -> PerformanceAnswer:
    """Return the grade of a score, its consequences, and until when it may be appealed against.

    Law: B-09, J-09, B-15 (Order 2 arts. 36, 41).
    """
    score = rounded(question.score)
    grade, share = grade_of(score, office), deposit_share_of(score, office)
    because = [
        reason(
            _("The score %(score)s is “%(grade)s” (from %(excellent)s, %(good)s, %(passing)s)."),
            score=score,
            grade=grade.label,
            excellent=office.parameter(EXCELLENT),
            good=office.parameter(GOOD),
            passing=office.parameter(PASS),
        ),
        reason(
            _("Of the quality deposit %(share)s %% is returned."),
            share=f"{(share * 100).normalize():f}",
        ),
    ]
    simplified = score >= office.parameter(SIMPLIFIED_SCORE)
    if simplified:
        because.append(reason(_("A good performance: signing is simplified at renewal.")))
    due: Deadline | None = None
    if question.proposed_on:
        due, _basis = deadline(question.proposed_on, APPEAL_WORKDAYS, office)
        because.append(
            reason(
                _("Given on %(day)s, it may be confirmed or appealed against until %(due)s."),
                day=question.proposed_on,
                due=due.on,
            )
        )
    return PerformanceAnswer(
        score=score,
        grade=grade,
        deposit_share=share,
        passed=grade != Grade.FAIL,
        simplified_renewal=simplified,
        appeal_by=due.on if due else None,
        provisional=bool(due and due.provisional),
        because=tuple(because),
    )
