"""When a batch must be paid, and what follows when it is not (B-04, B-12)."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office, QuestionError, asked, law, told
from agency.reasons import Reason, reason
from agency.time_rules.counting import workday_reasons
from agency.workdays import Deadline, DeadlineBasis, Unit, WorkdayCalendar

PAYOUT_WORKDAYS = 30  # Order 2 art. 30
FIRST_ALARM = "payout_first_alarm_wd"
SECOND_ALARM = "payout_second_alarm_wd"


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
    return office.calendar.own.deadline_with_basis(
        "B-04", declared_on, Unit.WORKDAY, PAYOUT_WORKDAYS
    )


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
    calendar, declared_on = office.calendar.own, question.declared_on
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


RECONSIDERATION_DAYS = 60  # rules.md B-12, Administrative Reconsideration Law


def reconsideration_until(breach_from: date, calendar: WorkdayCalendar) -> Deadline:
    """Return the last day on which an institution may apply for reconsideration of a breach by
    the agency, counted from its first day.

    Law: B-12 (Order 2 art. 39).
    """
    return calendar.days_after(breach_from, RECONSIDERATION_DAYS)
