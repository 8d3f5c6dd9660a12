"""The assessment: its clock, its group, what a result needs, and which failure it is (A-06, A-07).
Pure.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office, asked, law, told, when_true
from agency.reasons import Reason, reason
from agency.workdays import DatePair, banned_through, paused_days
from institutions.enums.assessment import BasicCondition, ExpertField, FindingResult, Verdict
from institutions.rules.admission import ASSESSMENT, assessment_basis
from institutions.rules.designation import (
    SECOND_FAILURE_BAN,
    FailureQuestion,
    failed_assessment,
)
from institutions.rules.draw import Wanted, gaps

GROUP_SIZE = "assessment_experts"
SMALLEST_GROUP = 5
MAX_EXPERTS = 1000
FAILURES_TO_BAN = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class AssessmentQuestion:
    accepted_on: date = asked(_("Accepted on"))
    pauses: tuple[DatePair, ...] = asked(_("Supplement asked for and delivered"), default=())


@dataclass(frozen=True, kw_only=True, slots=True)
class AssessmentAnswer:
    due_on: date = told(_("Assessment due on"))
    paused_days: int = told(_("Days not counted"))
    provisional: bool = when_true()
    because: tuple[Reason, ...] = ()


@law(
    "A-06",
    article=_("Order 2, art. 9"),
    decides=_("Until when an applicant is assessed"),
    question=AssessmentQuestion,
    answer=AssessmentAnswer,
    parameters=(ASSESSMENT,),
)
def assessment_due(question: AssessmentQuestion, office: Office) -> AssessmentAnswer:
    """Return the last day of an assessment. The days in which the applicant supplements are not
    counted, each once however many pauses cover it. Missing the day accepts nobody.

    Law: A-06 (Order 2 art. 9).
    """
    due, basis = assessment_basis(question.accepted_on, office, question.pauses)
    stopped = paused_days(question.pauses)
    raw = due.raw or due.on
    lines = [
        reason(
            _("%(months)d months from the acceptance on %(accepted)s."),
            months=basis.count,
            accepted=question.accepted_on,
        )
    ]
    if stopped:
        lines.append(
            reason(
                _("%(days)d days of supplementing are not counted: up to %(raw)s."),
                days=stopped,
                raw=raw,
            )
        )
    if due.on != raw:
        lines.append(
            reason(_("%(raw)s is a rest day: the next working day, %(day)s."), raw=raw, day=due.on)
        )
    return AssessmentAnswer(
        due_on=due.on,
        paused_days=stopped,
        provisional=due.provisional,
        because=(
            *lines,
            reason(_("A missed deadline is reported to the administration; nobody is accepted.")),
        ),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupQuestion:
    insurance: int = asked(_("Medical insurance"), minimum=0, maximum=MAX_EXPERTS)
    medicine: int = asked(_("Medicine and health"), minimum=0, maximum=MAX_EXPERTS)
    finance: int = asked(_("Financial management"), minimum=0, maximum=MAX_EXPERTS)
    information: int = asked(_("Information technology"), minimum=0, maximum=MAX_EXPERTS)

    def of(self, field: ExpertField) -> int:
        return int(getattr(self, field.value))


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupAnswer:
    lawful: bool = told(_("The group may assess"))
    missing: tuple[ExpertField, ...] = told(_("Fields without an expert"))
    lacking: int = told(_("More experts needed"))
    odd: bool = told(_("An odd number"))
    because: tuple[Reason, ...]


@law(
    "A-06a",
    article=_("Order 2, art. 9"),
    decides=_("Whether a group may assess an applicant"),
    question=GroupQuestion,
    answer=GroupAnswer,
    parameters=(GROUP_SIZE,),
)
def assessment_group(question: GroupQuestion, office: Office) -> GroupAnswer:
    """Tell what a group of experts lacks: one of each field, enough of them, an odd number.

    Law: A-06 (Order 2 art. 9).
    """
    least = office.number(GROUP_SIZE)
    fields = [field for field in ExpertField for _each in range(question.of(field))]
    found = gaps(fields, Wanted.group(least))
    missing = tuple(each.field for each in found if each.field)
    lacking = sum(each.lacking for each in found)
    odd = len(fields) % 2 == 1
    lines = [
        reason(
            _("%(there)d experts; an odd number of at least %(least)d is needed."),
            there=len(fields),
            least=least,
        )
    ]
    lines += [reason(_("No expert of: %(missing)s."), missing=missing)] if missing else []
    return GroupAnswer(
        lawful=not found and odd,
        missing=missing,
        lacking=lacking,
        odd=odd,
        because=tuple(lines),
    )


def group_size(office: Office) -> int:
    """Return how many experts are drawn: the number of the region, made odd, five at least.

    Law: A-06 (Order 2 art. 9).
    """
    wanted = max(int(office.number(GROUP_SIZE)), SMALLEST_GROUP)
    return wanted + (wanted + 1) % 2


# --- the result -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ConditionFinding:
    """What one expert found of an item that stands for a basic condition."""

    condition: BasicCondition
    result: FindingResult


def failed_conditions(findings: Iterable[ConditionFinding]) -> tuple[BasicCondition, ...]:
    """Return the basic conditions that somebody found not met, in the order of the law: all of
    them are required, so one finding is enough.

    Law: A-03 (Order 2 art. 6).
    """
    failed = {each.condition for each in findings if each.result is FindingResult.NOT_MET}
    return tuple(each for each in BasicCondition if each in failed)


def majority(verdicts: Iterable[Verdict]) -> Verdict | None:
    """Return what most experts hold, None where neither side has more.

    Law: A-06 (Order 2 art. 9).
    """
    counted = Counter(verdicts)
    yes, no = counted[Verdict.QUALIFIED], counted[Verdict.NOT_QUALIFIED]
    if yes == no:
        return None
    return Verdict.QUALIFIED if yes > no else Verdict.NOT_QUALIFIED


# --- which failure it is ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PastResult:
    """A result of the past; `served_on` is None while a failed one has not been served."""

    passed: bool
    decided_on: date
    served_on: date | None = None


@dataclass(frozen=True, slots=True)
class FailureCount:
    """How many failures count now, from when a new assessment may be made after one, and through
    which day a second one bars.
    """

    failures: int = 0
    assess_from: date | None = None
    banned_through: date | None = None

    @property
    def round(self) -> int:
        return min(self.failures + 1, FAILURES_TO_BAN)


def failures_counted(results: Sequence[PastResult], *, on: date, office: Office) -> FailureCount:
    """Return the failures that count on a day: those since the last pass, or since a ban after
    the second one ran out. Withdrawing and applying anew resets nothing.

    Law: A-07 (Order 2 art. 9).
    """
    count = FailureCount()
    for each in sorted(results, key=lambda result: result.decided_on):
        if count.banned_through and each.decided_on > count.banned_through:
            count = FailureCount()
        if each.passed:
            count = FailureCount()
            continue
        served = each.served_on
        if count.failures + 1 >= FAILURES_TO_BAN:
            years = office.number(SECOND_FAILURE_BAN)
            through = banned_through(served, years) if served else None
            count = FailureCount(FAILURES_TO_BAN, None, through)
        else:
            again = (
                failed_assessment(FailureQuestion(failed_on=served), office).reassess_from
                if served
                else None
            )
            count = FailureCount(count.failures + 1, again)
    if count.banned_through and on > count.banned_through:
        return FailureCount()
    return count
