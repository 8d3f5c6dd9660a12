"""When a batch must be paid, whether a service is payable at all, who may take part. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office, QuestionError, asked, law, told
from agency.reasons import Reason, reason
from agency.rules import Obstacle
from agency.time_rules.counting import workday_reasons
from agency.workdays import DatePair, Deadline, DeadlineBasis, Unit, WorkdayCalendar, in_any
from settlements.enums import Post

PAYOUT_WORKDAYS = 30  # Order 2 art. 30
FIRST_ALARM = "payout_first_alarm_wd"
SECOND_ALARM = "payout_second_alarm_wd"

# claims.md §2: outpatient emergency, inpatient emergency, rescue, emergency transfer. Rescue and
# emergency care are paid wherever they are given (Order 2 art. 33).
EMERGENCY_MED_TYPES = frozenset({"13", "24", "120", "210104"})


@dataclass(frozen=True, kw_only=True, slots=True)
class PayoutQuestion:
    declared_on: date = asked(_("Declaration received on"))
    today: date | None = asked(_("Today"), default=None)
    paid_on: date | None = asked(_("Paid on"), default=None)

    def __post_init__(self) -> None:
        if self.paid_on and self.paid_on < self.declared_on:
            raise QuestionError("paid_on", self.paid_on, _("a day not before the declaration"))


@dataclass(frozen=True, kw_only=True, slots=True)
class PayoutAnswer:
    due_on: date = told(_("Due on"))
    alarm_20_on: date = told(_("First alarm"))
    alarm_27_on: date = told(_("Second alarm"))
    overdue: bool = told(_("Overdue"))
    late_workdays: int = told(_("Working days late"))
    provisional: bool = told(_("Provisional"))
    because: tuple[Reason, ...]


def payout_basis(declared_on: date, office: Office) -> tuple[Deadline, DeadlineBasis]:
    """Return the day by which a declaration must be paid, and what it was computed from.

    Law: B-04 (Order 2 art. 30).
    """
    return office.calendar.deadline_with_basis("B-04", declared_on, Unit.WORKDAY, PAYOUT_WORKDAYS)


@law(
    "B-04",
    article=_("Order 2, art. 30"),
    decides=_("By when a claim batch must be paid, and when the office is warned"),
    question=PayoutQuestion,
    answer=PayoutAnswer,
    parameters=(FIRST_ALARM, SECOND_ALARM),
)
def payout(question: PayoutQuestion, office: Office) -> PayoutAnswer:
    """Return the payout deadline of a declaration, its alarms, and how late it is or was.

    Law: B-04 (Order 2 art. 30).
    """
    calendar, declared_on = office.calendar, question.declared_on
    today, paid_on = question.today or office.on, question.paid_on
    due, _basis = payout_basis(declared_on, office)
    is_paid = paid_on is not None and paid_on <= today
    overdue = today > due.on and not is_paid
    late = max(0, calendar.workdays_between(due.on, paid_on)) if paid_on else 0
    return PayoutAnswer(
        due_on=due.on,
        alarm_20_on=calendar.workdays_after(declared_on, office.number(FIRST_ALARM)).on,
        alarm_27_on=calendar.workdays_after(declared_on, office.number(SECOND_ALARM)).on,
        overdue=overdue,
        late_workdays=late,
        provisional=due.provisional,
        because=(
            *workday_reasons(calendar, declared_on, PAYOUT_WORKDAYS, due),
            payment_reason(due.on, today, paid_on if is_paid else None, late),
        ),
    )


def payment_reason(due_on: date, today: date, paid_on: date | None, late: int) -> Reason:
    if paid_on and late:
        message = _("Paid on %(paid)s, %(late)d working days after the deadline.")
    elif paid_on and paid_on > due_on:
        message = _("Paid on %(paid)s, after the deadline but before the next working day.")
    elif paid_on:
        message = _("Paid on %(paid)s, in time.")
    elif today > due_on:
        message = _("Not paid on %(today)s, after the deadline: overdue.")
    else:
        message = _("Not paid on %(today)s, but still within the period.")
    return reason(message, paid=paid_on, today=today, late=late)


class PayableGround(StrEnum):
    """Why a service is payable or not; the codes are stable."""

    AGREEMENT_IN_FORCE = "agreement_in_force"
    EMERGENCY = "emergency"
    SUSPENDED = "suspended"
    NOT_DESIGNATED = "not_designated"

    @property
    def label(self) -> Promise:
        return PAYABLE_GROUND_LABELS[self]


PAYABLE_GROUND_LABELS = {
    PayableGround.AGREEMENT_IN_FORCE: _("agreement in force"),
    PayableGround.EMERGENCY: _("emergency or rescue"),
    PayableGround.SUSPENDED: _("agreement suspended"),
    PayableGround.NOT_DESIGNATED: _("no agreement in force"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class PayableQuestion:
    service_on: date = asked(_("Day of the service"))
    med_type: str = asked(_("Medical category code (med_type)"))
    periods: tuple[DatePair, ...] = asked(_("Terms of validity"))
    suspensions: tuple[DatePair, ...] = asked(_("Suspensions"), default=())


@dataclass(frozen=True, kw_only=True, slots=True)
class PayableAnswer:
    payable: bool = told(_("Payable"))
    ground: PayableGround = told(_("Ground"))
    because: tuple[Reason, ...]


@law(
    "B-07",
    article=_("Order 2, art. 33"),
    decides=_("Whether a service is payable at all"),
    question=PayableQuestion,
    answer=PayableAnswer,
)
def payable_on(question: PayableQuestion, office: Office) -> PayableAnswer:
    """Tell whether a service is payable: by its own day, never by that of the bill.

    Law: B-07 (Order 2 art. 33).
    """
    designated = in_any(question.service_on, question.periods)
    suspended = designated and in_any(question.service_on, question.suspensions)
    emergency = question.med_type in EMERGENCY_MED_TYPES
    if designated and not suspended:
        ground = PayableGround.AGREEMENT_IN_FORCE
    elif emergency:
        ground = PayableGround.EMERGENCY
    else:
        ground = PayableGround.SUSPENDED if suspended else PayableGround.NOT_DESIGNATED
    return PayableAnswer(
        payable=ground in (PayableGround.AGREEMENT_IN_FORCE, PayableGround.EMERGENCY),
        ground=ground,
        because=tuple(payable_reasons(question, designated, suspended, emergency)),
    )


def payable_reasons(
    question: PayableQuestion, designated: bool, suspended: bool, emergency: bool
) -> list[Reason]:
    if suspended:
        state = _("On %(on)s the agreement was suspended: nothing provided then is settled.")
    elif designated:
        state = _("On %(on)s the agreement was in force.")
    else:
        state = _("On %(on)s no agreement was in force.")
    reasons = [reason(state, on=question.service_on)]
    if suspended or not designated:
        category = (
            _("Category %(code)s is emergency or rescue care, payable wherever it is given.")
            if emergency
            else _("Category %(code)s is neither emergency nor rescue care: not payable.")
        )
        reasons.append(reason(category, code=question.med_type))
    return reasons


VOTERS_AT_LEAST = 3  # rules.md B-02


def segregation_obstacles(
    *, post: Post, user_id: int, holders: Mapping[Post, int | None]
) -> list[Obstacle]:
    """Return why a person cannot act in a post: another post of the same batch was theirs.

    People are compared, not their present roles.

    Law: B-02 (Order 2 art. 29).
    """
    text = _("You did the %(held)s of this statement; its %(post)s must be done by another person.")
    return [
        Obstacle(
            "same_person",
            text % {"held": held.label, "post": post.label},
            rule="B-02",
            remedy=_("Leave it to a colleague who has had no part in it."),
        )
        for held, holder in holders.items()
        if held != post and holder == user_id
    ]


def needs_collective_decision(amount: Decimal, threshold: Decimal) -> bool:
    """Tell whether a payment is a major expense; at exactly the threshold it is.

    Law: B-02 (Order 2 art. 29).
    """
    return amount >= threshold


def collective_decision_obstacles(
    *, voters: Sequence[str], in_favour: int, decided_on: date, today: date
) -> list[Obstacle]:
    """Return why a vote is no collective decision in favour of the payment.

    Law: B-02 (Order 2 art. 29).
    """
    checks = {
        Obstacle(
            "too_few_voters",
            _("A collective decision needs at least three voters, each named once."),
            rule="B-02",
        ): len(set(voters)) < VOTERS_AT_LEAST or len(set(voters)) < len(voters),
        Obstacle(
            "more_votes_than_voters", _("There are more votes in favour than voters."), rule="B-02"
        ): in_favour > len(voters),
        Obstacle(
            "not_carried",
            _("The payment was not carried: more than half of the voters must be in favour."),
            rule="B-02",
        ): in_favour * 2 <= len(voters),
        Obstacle(
            "decided_in_future", _("The decision cannot be of a later day than today.")
        ): decided_on > today,
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


RECONSIDERATION_DAYS = 60  # rules.md B-12, Administrative Reconsideration Law


def reconsideration_until(breach_from: date, calendar: WorkdayCalendar) -> Deadline:
    """Return the last day on which an institution may apply for reconsideration of a breach by
    the agency, counted from its first day.

    Law: B-12 (Order 2 art. 39).
    """
    return calendar.days_after(breach_from, RECONSIDERATION_DAYS)
