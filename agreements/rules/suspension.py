"""How a suspension ends, and when two of them end the agreement (B-13, B-14.1)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office, QuestionError, asked, law, told, when_true
from agency.reasons import Reason, reason
from agency.time_rules.counting import rolled_reasons
from agency.workdays import (
    ONE_DAY,
    Deadline,
    DeadlineBasis,
    Unit,
    add_months,
)
from agreements.enums.life import SuspensionKind

MAX_VOLUNTARY_SUSPENSION_DAYS = 180  # Order 2 art. 42
SUSPENSIONS_TO_DISSOLVE = 2  # Order 2 art. 43(1)
REPEATED_SUSPENSION_GROUND = 1  # Order 2 art. 43(1)


FIRST_WARNING = "suspension_first_warning_days"
SECOND_WARNING = "suspension_second_warning_days"
AUTO_TERMINATION_GRACE = "auto_termination_grace_wd"
MANDATORY_MIN = "mandatory_suspension_min_months"
MANDATORY_MAX = "mandatory_suspension_max_months"


def refuse_reversed(valid_from: date, valid_to: date) -> None:
    if valid_to < valid_from:
        raise QuestionError("valid_to", valid_to, _("a day not before the start"))


class EndsAs(StrEnum):
    """What becomes of a suspended agreement when nobody resumes it."""

    AUTO_TERMINATED = "AUTO_TERMINATED"
    EXPIRED = "EXPIRED"

    @property
    def label(self) -> Promise:
        return ENDS_AS_LABELS[self]


ENDS_AS_LABELS = {
    EndsAs.AUTO_TERMINATED: _("terminated automatically"),
    EndsAs.EXPIRED: _("expired"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class SuspensionQuestion:
    start: date = asked(_("First suspended day"))
    kind: SuspensionKind = asked(_("Kind of suspension"))
    valid_to: date = asked(_("Agreement valid to"))

    def __post_init__(self) -> None:
        refuse_reversed(self.start, self.valid_to)


@dataclass(frozen=True, kw_only=True, slots=True)
class SuspensionAnswer:
    """`limit_on` is the last day to ask for resumption of a voluntary suspension; a mandatory
    one is only flagged then. Who misses it may still be held until `hold_until`.
    """

    limit_on: date = told(_("Limit"))
    warn_150_on: date = told(_("First warning"))
    warn_170_on: date = told(_("Second warning"))
    ends_as: EndsAs = told(_("Ends as"))
    ends_on: date = told(_("Ends on"))
    hold_until: date | None = told(_("May be held until"))
    shortest_to: date | None = told(_("Shortest until"))
    longest_to: date | None = told(_("Longest until"))
    provisional: bool = when_true()
    because: tuple[Reason, ...] = ()


def suspension_limit_basis(start: date, office: Office) -> tuple[Deadline, DeadlineBasis]:
    """Return the 180th day of a suspension, moved off a rest day, and what it came from.

    Law: B-13 (Order 2 art. 42).
    """
    return office.calendar.deadline_with_basis(
        "B-13", start, Unit.DAY, MAX_VOLUNTARY_SUSPENSION_DAYS
    )


def hold_until(limit_on: date, office: Office) -> Deadline:
    """Return the last day on which the head may hold an automatic termination that is due.

    Law: B-13 (Order 2 art. 42).
    """
    return office.calendar.workdays_after(limit_on + ONE_DAY, office.number(AUTO_TERMINATION_GRACE))


def mandatory_bounds(start: date, office: Office) -> tuple[date, date]:
    """Return the earliest and the latest last day of a mandatory suspension.

    Law: B-13 (Order 2 art. 42).
    """
    return (
        add_months(start, office.number(MANDATORY_MIN)) - ONE_DAY,
        add_months(start, office.number(MANDATORY_MAX)) - ONE_DAY,
    )


@law(
    "B-13",
    article=_("Order 2, art. 42"),
    decides=_("How long a suspension may last, and how the agreement ends if nobody resumes it"),
    question=SuspensionQuestion,
    answer=SuspensionAnswer,
    parameters=(
        FIRST_WARNING,
        SECOND_WARNING,
        AUTO_TERMINATION_GRACE,
        MANDATORY_MIN,
        MANDATORY_MAX,
    ),
)
def suspension_limits(question: SuspensionQuestion, office: Office) -> SuspensionAnswer:
    """Return the limit and warnings of a suspension, and how it ends if nobody resumes it.

    Automatic termination is for voluntary suspensions only, as the text of the article follows
    them; validity that ends first ends the agreement as expired in any case.

    Law: B-13 (Order 2 art. 42).
    """
    start, valid_to = question.start, question.valid_to
    limit, _basis = suspension_limit_basis(start, office)
    voluntary = question.kind == SuspensionKind.VOLUNTARY
    # Termination takes effect on the day after the limit: validity ending on the limit is first.
    terminates = voluntary and limit.on < valid_to
    shortest, longest = (None, None) if voluntary else mandatory_bounds(start, office)
    return SuspensionAnswer(
        limit_on=limit.on,
        warn_150_on=start + timedelta(days=office.number(FIRST_WARNING)),
        warn_170_on=start + timedelta(days=office.number(SECOND_WARNING)),
        ends_as=EndsAs.AUTO_TERMINATED if terminates else EndsAs.EXPIRED,
        ends_on=limit.on + ONE_DAY if terminates else valid_to,
        hold_until=hold_until(limit.on, office).on if terminates else None,
        shortest_to=shortest,
        longest_to=longest,
        provisional=limit.provisional,
        because=tuple(suspension_reasons(question, office, limit, terminates)),
    )


def suspension_reasons(
    question: SuspensionQuestion, office: Office, limit: Deadline, terminates: bool
) -> Iterator[Reason]:
    yield reason(
        _("A suspension lasts at most %(days)d days: %(start)s + %(days)d = %(raw)s."),
        days=MAX_VOLUNTARY_SUSPENSION_DAYS,
        start=question.start,
        raw=limit.raw,
    )
    yield from rolled_reasons(office.calendar, limit)
    if question.kind == SuspensionKind.MANDATORY:
        shortest, longest = mandatory_bounds(question.start, office)
        yield reason(
            _(
                "A mandatory suspension is not terminated automatically: the limit is only "
                "flagged. The agency sets its end between %(shortest)s and %(longest)s."
            ),
            shortest=shortest,
            longest=longest,
        )
    if terminates:
        yield reason(
            _(
                "Without a request to resume by %(limit)s the agreement is terminated with effect "
                "from %(ends)s, unless the agency head holds it by %(hold)s."
            ),
            limit=limit.on,
            ends=limit.on + ONE_DAY,
            hold=hold_until(limit.on, office).on,
        )
    else:
        yield reason(
            _("Not resumed, the agreement expires at the end of its validity, %(valid_to)s."),
            valid_to=question.valid_to,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class SuspensionFact:
    start: date = asked(_("First suspended day"))
    kind: SuspensionKind = asked(_("Kind of suspension"))


@dataclass(frozen=True, kw_only=True, slots=True)
class RepeatedSuspensionQuestion:
    valid_from: date = asked(_("Agreement valid from"))
    valid_to: date = asked(_("Agreement valid to"))
    suspensions: tuple[SuspensionFact, ...] = asked(_("Suspensions"))

    def __post_init__(self) -> None:
        refuse_reversed(self.valid_from, self.valid_to)


@dataclass(frozen=True, kw_only=True, slots=True)
class RepeatedSuspensionAnswer:
    ground: int | None = told(_("Ground"))
    on: date | None = told(_("Met from"))
    because: tuple[Reason, ...]


@law(
    "B-14.1",
    article=_("Order 2, art. 43(1)"),
    decides=_("Whether repeated suspension is a ground to dissolve the agreement"),
    question=RepeatedSuspensionQuestion,
    answer=RepeatedSuspensionAnswer,
)
def repeated_suspension(
    question: RepeatedSuspensionQuestion, office: Office
) -> RepeatedSuspensionAnswer:
    """Tell whether and when suspensions within one term became a ground to dissolve.

    Only mandatory ones count: the article says "was suspended".

    Law: B-14, ground 1 (Order 2 art. 43(1)).
    """
    counted = sorted(
        each.start
        for each in question.suspensions
        if each.kind == SuspensionKind.MANDATORY
        and question.valid_from <= each.start <= question.valid_to
    )
    met = len(counted) >= SUSPENSIONS_TO_DISSOLVE
    on = counted[SUSPENSIONS_TO_DISSOLVE - 1] if met else None
    left_out = len(question.suspensions) - len(counted)
    reasons = [
        reason(
            _("Mandatory suspensions that start from %(first)s to %(last)s: %(count)d."),
            first=question.valid_from,
            last=question.valid_to,
            count=len(counted),
        )
    ]
    if left_out:
        reasons.append(
            reason(_("Not counted, being voluntary or of another term: %(count)d."), count=left_out)
        )
    if met:
        reasons.append(
            reason(_("The second one starts on %(on)s: ground 1 is met from that day."), on=on)
        )
    else:
        reasons.append(reason(_("Two are needed: ground 1 is not met.")))
    return RepeatedSuspensionAnswer(
        ground=REPEATED_SUSPENSION_GROUND if met else None, on=on, because=tuple(reasons)
    )
