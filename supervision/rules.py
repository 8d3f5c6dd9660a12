"""When an institution must have been heard, who may decide what, and what follows. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office, asked, law, when_true
from agency.reasons import Reason, reason
from agency.rules import Obstacle
from agency.time_rules.counting import months_reason, rolled_reasons, workday_reasons
from agency.time_rules.procedure import STATUTORY_PERIODS, StatutoryPeriod
from agency.workdays import Deadline, DeadlineBasis, Unit
from supervision.enums import CaseState, Rung

DEFENCE_WORKDAYS = "defence_wd"
REPORT_WORKDAYS = "adm_report_wd"
ORDER_WORKDAYS = "adm_order_wd"

# Order 2 art. 47: these two are reported to the administration; the Jiujiang measure 5 wants the
# strict procedure for them, hence the agency's head and a second person.
GRAVE_RUNGS = frozenset({Rung.PERSON, Rung.AGREEMENT})
AMOUNT_RUNGS = frozenset({Rung.WITHHOLD, Rung.REFUSE, Rung.DAMAGES})

CONFIRMED = "confirmed"  # the state of a finding that has been reviewed

ENDED = (CaseState.CLOSED, CaseState.DISMISSED)

# The institution's period never stands still while the administration holds the case.
RETURNABLE = (CaseState.OPENED, CaseState.DECIDED, CaseState.SERVED, CaseState.PERFORMED)


def counted(office: Office, rule: str, start: date, key: str) -> tuple[Deadline, DeadlineBasis]:
    """Return the end of a period of working days whose length is a parameter, and its basis."""
    return office.calendar.deadline_with_basis(rule, start, Unit.WORKDAY, office.number(key))


def defence_period(served_on: date, office: Office) -> tuple[Deadline, DeadlineBasis]:
    """Return the last day on which the institution may state and defend.

    Law: B-11 (Order 2 art. 38).
    """
    return counted(office, "B-11", served_on, DEFENCE_WORKDAYS)


def report_period(decided_on: date, office: Office) -> tuple[Deadline, DeadlineBasis]:
    """Return the day by which a grave measure is reported to the administration.

    Law: B-20 (Order 2 art. 47).
    """
    return counted(office, "B-20", decided_on, REPORT_WORKDAYS)


def order_period(ordered_on: date, office: Office) -> tuple[Deadline, DeadlineBasis]:
    """Return the day by which an order of the administration is carried out and answered.

    Law: B-20 (Order 2 arts. 47, 49).
    """
    return counted(office, "B-20", ordered_on, ORDER_WORKDAYS)


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


def is_grave(rungs: Collection[int]) -> bool:
    """Tell whether any of the measures is one of those the head decides and reports.

    Law: B-11, B-20 (Order 2 arts. 38, 45, 47).
    """
    return not GRAVE_RUNGS.isdisjoint(rungs)


def opening_obstacles(
    *,
    finding_state: str | None,
    has_report: bool,
    finding_in_case: bool = False,
    order_in_case: bool = False,
) -> list[Obstacle]:
    """Return why a case cannot be opened on this ground: only what is confirmed is a breach.

    Law: B-11 (Order 2 art. 38).
    """
    checks = [
        (
            finding_state not in (None, CONFIRMED),
            Obstacle(
                "finding_not_confirmed",
                _("Only a confirmed finding is ground for a case."),
                "B-11",
                _("Let the review be finished first."),
            ),
        ),
        (
            finding_in_case,
            Obstacle(
                "finding_in_a_case",
                _("There is already a case about this finding."),
                "B-11",
                _("Go on with that case."),
            ),
        ),
        (
            order_in_case,
            Obstacle(
                "order_in_a_case",
                _("There is already a case about this order."),
                "B-20",
                _("Go on with that case."),
            ),
        ),
        (
            finding_state is None and not has_report,
            Obstacle(
                "no_ground",
                _("A case needs a ground: a confirmed finding, a report, or an order."),
                "B-11",
            ),
        ),
    ]
    return [obstacle for applies, obstacle in checks if applies]


def measure_obstacles(*, rung: int, rungs: Collection[int], has_agreement: bool) -> list[Obstacle]:
    """Return why a measure cannot be added to those already intended.

    Law: B-11 (Order 2 art. 38).
    """
    checks = [
        (
            rung == Rung.AGREEMENT and Rung.AGREEMENT in rungs,
            Obstacle(
                "two_acts_on_the_agreement",
                _("An agreement is suspended or dissolved, not both and not twice."),
                "B-11",
                _("Take the other measure out first."),
            ),
        ),
        (
            rung == Rung.AGREEMENT and not has_agreement,
            Obstacle(
                "no_agreement",
                _("The institution has no agreement that could be suspended or dissolved."),
                "B-11",
            ),
        ),
    ]
    return [obstacle for applies, obstacle in checks if applies]


def notice_obstacles(*, measures: int) -> list[Obstacle]:
    """Return why the advance notice cannot be issued yet.

    Law: B-11 (Order 2 art. 38).
    """
    if measures:
        return []
    return [
        Obstacle(
            "no_measure",
            _("The notice must name the measures that are intended."),
            "B-11",
            _("Add at least one measure first."),
        )
    ]


def service_obstacles(*, served_on: date, issued_on: date, on: date) -> list[Obstacle]:
    """Return why a day cannot be that of a service or of performance: T-09 counts from it.

    Law: T-09 (Administrative Penalty Law art. 61).
    """
    if issued_on <= served_on <= on:
        return []
    text = _("The day must lie between %(issued)s and %(on)s.") % {"issued": issued_on, "on": on}
    return [Obstacle("day_out_of_order", text, "T-09")]


def statement_obstacles(*, on: date, due_on: date) -> list[Obstacle]:
    """Return why a statement can no longer be given.

    Law: B-11 (Order 2 art. 38).
    """
    if on <= due_on:
        return []
    return [
        Obstacle(
            "defence_period_over",
            _("The period of statement and defence is over."),
            "B-11",
            _("Once the decision is served, it can be disputed."),
        )
    ]


def decision_obstacles(
    *,
    on: date,
    defence_due_on: date,
    statement_given: bool,
    grave: bool,
    opener_decides: bool,
    head_decides: bool,
    consideration: str,
    legal_review: str,
    imposed: int,
) -> list[Obstacle]:
    """Return every reason why the case cannot be decided so, by this person, on this day.

    Law: B-11, C-05 (Order 2 art. 38; Jiujiang measures of 2025, no. 5).
    """
    checks = [
        (
            not statement_given and on <= defence_due_on,
            Obstacle(
                "defence_running",
                _("The institution may still state and defend, and has not done so."),
                "B-11",
                _("Wait for its statement or for the end of the period."),
            ),
        ),
        (
            not imposed,
            Obstacle(
                "nothing_imposed",
                _("The decision imposes none of the measures."),
                "B-11",
                _("Choose a measure, or dismiss the case."),
            ),
        ),
        (
            not consideration.strip(),
            Obstacle(
                "statement_not_considered",
                _("The decision must say how the statement was considered."),
                "B-11",
            ),
        ),
        (
            grave and opener_decides,
            Obstacle(
                "decided_by_its_opener",
                _("Who opened the case cannot decide on this measure."),
                "B-11",
                _("Another person must decide."),
            ),
        ),
        (
            grave and not head_decides,
            Obstacle(
                "head_must_decide",
                _(
                    "Suspending a person or department, suspending or dissolving an agreement is "
                    "decided by the head of the agency."
                ),
                "C-05",
            ),
        ),
        (
            grave and not legal_review.strip(),
            Obstacle(
                "no_legal_review",
                _("A grave measure needs a legal review before it is decided."),
                "C-05",
            ),
        ),
    ]
    return [obstacle for applies, obstacle in checks if applies]


def dismissal_obstacles(*, heard: bool, opener_dismisses: bool) -> list[Obstacle]:
    """Return why this person cannot dismiss the case: after the notice a second person must.

    Law: B-11 (Order 2 art. 38).
    """
    if heard and opener_dismisses:
        return [
            Obstacle(
                "dismissed_by_its_opener",
                _("After the notice, who opened the case cannot dismiss it alone."),
                "B-11",
                _("Another person must dismiss it."),
            )
        ]
    return []


def closing_obstacles(*, unsent_reports: int, unanswered_orders: int) -> list[Obstacle]:
    """Return what the administration still waits for before the case can be closed.

    Law: B-20 (Order 2 arts. 47, 49).
    """
    checks = [
        (
            unsent_reports,
            Obstacle(
                "report_not_sent",
                _("The report to the administration has not been sent."),
                "B-20",
                _("Send it first."),
            ),
        ),
        (
            unanswered_orders,
            Obstacle(
                "order_not_answered",
                _("An order of the administration has not been answered."),
                "B-20",
                _("Answer it first."),
            ),
        ),
    ]
    return [obstacle for applies, obstacle in checks if applies]


def report_obstacles(*, unsent: bool) -> list[Obstacle]:
    """Return that there is nothing to report, or no longer.

    Law: B-20 (Order 2 art. 47).
    """
    if unsent:
        return []
    return [Obstacle("no_report_due", _("There is no report to be sent about this case."), "B-20")]


def order_obstacles(*, state: str) -> list[Obstacle]:
    """Return why nothing can be ordered any more about a case.

    Law: B-20 (Order 2 art. 47).
    """
    if state not in ENDED:
        return []
    return [
        Obstacle(
            "case_has_ended",
            _("The case has ended; nothing can be ordered about it."),
            "B-20",
            _("Order the handling of the breach anew, without the case."),
        )
    ]


def order_day_obstacles(*, due_on: date, on: date) -> list[Obstacle]:
    """Return why an order cannot be due on that day.

    Law: B-20 (Order 2 art. 47).
    """
    if due_on > on:
        return []
    return [Obstacle("due_in_the_past", _("The day must lie after today."), "B-20")]


def answer_obstacles(*, answered: bool, has_case: bool) -> list[Obstacle]:
    """Return why an order cannot be answered now.

    Law: B-20 (Order 2 arts. 47, 49).
    """
    checks = [
        (answered, Obstacle("already_answered", _("The order has been answered."), "B-20")),
        (
            not has_case,
            Obstacle(
                "order_without_case",
                _("No case has been opened on this order yet."),
                "B-20",
                _("Open the case first; its handling is the answer."),
            ),
        ),
    ]
    return [obstacle for applies, obstacle in checks if applies]


def return_obstacles(*, state: str) -> list[Obstacle]:
    """Return why the administration cannot return a case in this state.

    Law: B-20 (Order 2 art. 49).
    """
    if state in RETURNABLE:
        return []
    return [
        Obstacle(
            "not_returnable",
            _(
                "A case can be returned for supplement once opened, not while the institution is "
                "being heard, and not after its end."
            ),
            "B-20",
            _("Take note of it, or order its handling."),
        )
    ]


def state_obstacles(*, state: str, allowed: Collection[str]) -> list[Obstacle]:
    """Return the obstacle of an act that does not fit the state."""
    if state in allowed:
        return []
    text = _("This cannot be done in the state “%(state)s”.") % {"state": CaseState(state).label}
    return [Obstacle("wrong_state", text, "B-11")]
