"""Until when an institution is heard, may dispute, and the agency reports (B-11, B-19, B-20)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office, asked, law, when_true
from agency.reasons import Reason, reason
from agency.time_rules.counting import months_reason, rolled_reasons, workday_reasons
from agency.time_rules.procedure import STATUTORY_PERIODS, StatutoryPeriod
from agency.workdays import Deadline, DeadlineBasis, Unit, WorkdayCalendar

DEFENCE_WORKDAYS = "defence_wd"
REPORT_WORKDAYS = "adm_report_wd"
ORDER_WORKDAYS = "adm_order_wd"


def counted(
    calendar: WorkdayCalendar, office: Office, rule: str, start: date, key: str
) -> tuple[Deadline, DeadlineBasis]:
    """Return the end of a period of working days whose length is a parameter, and its basis."""
    return calendar.deadline_with_basis(rule, start, Unit.WORKDAY, office.number(key))


def defence_period(served_on: date, office: Office) -> tuple[Deadline, DeadlineBasis]:
    """Return the last day on which the institution may state and defend.

    Law: B-11 (Order 2 art. 38).
    """
    return counted(office.calendar, office, "B-11", served_on, DEFENCE_WORKDAYS)


def report_period(decided_on: date, office: Office) -> tuple[Deadline, DeadlineBasis]:
    """Return the day by which a grave measure is reported to the administration.

    Law: B-20 (Order 2 art. 47).
    """
    return counted(office.calendar.own, office, "B-20", decided_on, REPORT_WORKDAYS)


def order_period(ordered_on: date, office: Office) -> tuple[Deadline, DeadlineBasis]:
    """Return the day by which an order of the administration is carried out and answered.

    Law: B-20 (Order 2 arts. 47, 49).
    """
    return counted(office.calendar.own, office, "B-20", ordered_on, ORDER_WORKDAYS)


@dataclass(frozen=True, kw_only=True, slots=True)
class DefenceQuestion:
    served_on: date = asked(_("Notice served on"))


@dataclass(frozen=True, kw_only=True, slots=True)
class DefenceAnswer:
    until: date
    provisional: bool = when_true()
    because: tuple[Reason, ...] = ()


@law(
    "B-11",
    article=_("Order 2, art. 38"),
    decides=_("Until when an institution may state and defend before a measure is decided"),
    question=DefenceQuestion,
    answer=DefenceAnswer,
    parameters=(DEFENCE_WORKDAYS,),
)
def defence(question: DefenceQuestion, office: Office) -> DefenceAnswer:
    """Return the end of the period of statement and defence.

    Law: B-11 (Order 2 art. 38).
    """
    due, basis = defence_period(question.served_on, office)
    return DefenceAnswer(
        until=due.on,
        provisional=due.provisional,
        because=tuple(workday_reasons(office.calendar, question.served_on, basis.count, due)),
    )


class Route(StrEnum):
    """Ways of disputing a decision that run from its service."""

    RECONSIDERATION = "reconsideration"
    LITIGATION = "litigation"

    @property
    def label(self) -> Promise:
        return ROUTE_LABELS[self]


ROUTE_LABELS = {
    Route.RECONSIDERATION: _("administrative reconsideration"),
    Route.LITIGATION: _("administrative litigation"),
}
ROUTE_PERIODS = {
    Route.RECONSIDERATION: StatutoryPeriod.RECONSIDERATION_REQUEST,
    Route.LITIGATION: StatutoryPeriod.LITIGATION,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class RemedyQuestion:
    served_on: date = asked(_("Decision served on"))
    route: Route = asked(_("Route"))


@dataclass(frozen=True, kw_only=True, slots=True)
class RemedyAnswer:
    until: date
    provisional: bool = when_true()
    because: tuple[Reason, ...] = ()


@law(
    "B-19",
    article=_("Order 2, art. 46"),
    decides=_("Until when a decision may be disputed"),
    question=RemedyQuestion,
    answer=RemedyAnswer,
)
def remedy(question: RemedyQuestion, office: Office) -> RemedyAnswer:
    """Return the last day to ask for reconsideration of a decision, or to sue.

    Law: B-19 (Order 2 art. 46).
    """
    length, unit = STATUTORY_PERIODS[ROUTE_PERIODS[question.route]]
    due = office.calendar.deadline(question.served_on, unit, length)
    if unit is Unit.MONTH:
        first = months_reason(question.served_on, length)
    else:
        first = reason(
            _("%(days)d calendar days after the service on %(start)s: %(raw)s."),
            days=length,
            start=question.served_on,
            raw=due.raw,
        )
    return RemedyAnswer(
        until=due.on,
        provisional=due.provisional,
        because=(first, *rolled_reasons(office.calendar, due)),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportQuestion:
    decided_on: date = asked(_("Day of the decision"))


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportAnswer:
    report_by: date
    provisional: bool = when_true()
    because: tuple[Reason, ...] = ()


@law(
    "B-20",
    article=_("Order 2, arts. 47 and 49"),
    decides=_("By when a grave measure is reported to the administration"),
    question=ReportQuestion,
    answer=ReportAnswer,
    parameters=(REPORT_WORKDAYS,),
)
def report(question: ReportQuestion, office: Office) -> ReportAnswer:
    """Return the day by which the agency reports a grave measure.

    Law: B-20 (Order 2 art. 47).
    """
    due, basis = report_period(question.decided_on, office)
    return ReportAnswer(
        report_by=due.on,
        provisional=due.provisional,
        because=tuple(workday_reasons(office.calendar, question.decided_on, basis.count, due)),
    )
