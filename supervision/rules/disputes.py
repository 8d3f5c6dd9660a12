"""Disputes: their periods, and what stands in the way (B-12, B-19, C-04)."""

from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office
from agency.rules import Obstacle
from agency.time_rules.procedure import STATUTORY_PERIODS, StatutoryPeriod
from agency.workdays import Deadline, DeadlineBasis, Unit
from supervision.enums.disputes import (
    OPEN_DISPUTE_STATES,
    OUTSIDE_ROUTES,
    DisputeResult,
    DisputeRoute,
    DisputeState,
    DisputeSubject,
)

RULE = "B-19"
CORRECTION_ANSWER = "correction_answer_wd"
RECTIFICATION = "agency_rectification_wd"
RECONSIDERATION_EXTENSION = "reconsideration_extension_days"
ACCEPTANCE_PARAMETERS = {
    DisputeRoute.NEGOTIATION: "negotiation_answer_wd",
    DisputeRoute.COORDINATION: "coordination_accept_wd",
}
DECISION_PARAMETERS = {
    DisputeRoute.NEGOTIATION: "negotiation_wd",
    DisputeRoute.COORDINATION: "coordination_wd",
}
FILING_PERIODS = {
    DisputeRoute.RECONSIDERATION: StatutoryPeriod.RECONSIDERATION_REQUEST,
    DisputeRoute.LITIGATION: StatutoryPeriod.LITIGATION,
}
Period = tuple[Deadline, DeadlineBasis]


def filing_period(route: DisputeRoute, served_on: date, office: Office) -> Period | None:
    """Return until when a dispute may be filed; negotiation and coordination have no period.

    Law: B-19, T-09 (Order 2 art. 46; Reconsideration Law art. 20; Litigation Law art. 46).
    """
    if route not in FILING_PERIODS:
        return None
    length, unit = STATUTORY_PERIODS[FILING_PERIODS[route]]
    return office.calendar.deadline_with_basis(RULE, served_on, unit, length)


def acceptance_period(route: DisputeRoute, filed_on: date, office: Office) -> Period | None:
    """Return until when somebody says whether the dispute is taken up; a court's own period is not
    the office's to watch.

    Law: B-19, T-08 (Reconsideration Law arts. 30, 88).
    """
    if route == DisputeRoute.RECONSIDERATION:
        length, unit = STATUTORY_PERIODS[StatutoryPeriod.RECONSIDERATION_ACCEPTANCE]
        return office.calendar.deadline_with_basis(RULE, filed_on, unit, length)
    return _counted(ACCEPTANCE_PARAMETERS, route, filed_on, office)


def decision_period(route: DisputeRoute, accepted_on: date, office: Office) -> Period | None:
    """Return until when a result is due once the dispute is taken up.

    Law: B-19, T-08 (Reconsideration Law art. 62).
    """
    if route == DisputeRoute.RECONSIDERATION:
        length, unit = STATUTORY_PERIODS[StatutoryPeriod.RECONSIDERATION_DECISION]
        return office.calendar.deadline_with_basis(RULE, accepted_on, unit, length)
    return _counted(DECISION_PARAMETERS, route, accepted_on, office)


def _counted(
    keys: dict[DisputeRoute, str], route: DisputeRoute, start: date, office: Office
) -> Period | None:
    if route not in keys:
        return None
    calendar = office.calendar.own if route == DisputeRoute.NEGOTIATION else office.calendar
    return calendar.deadline_with_basis(RULE, start, Unit.WORKDAY, office.number(keys[route]))


def withdrawal_period(annulled_on: date, office: Office) -> Period:
    """Return the day by which a publication of an annulled decision is withdrawn.

    Law: C-04, T-08 (Penalty Law arts. 48, 85).
    """
    length, unit = STATUTORY_PERIODS[StatutoryPeriod.PUBLISHED_DECISION_WITHDRAWAL]
    return office.calendar.own.deadline_with_basis("C-04", annulled_on, unit, length)


def answer_period(filed_on: date, office: Office) -> Period:
    """Return until when the agency answers a demand for correction.

    Law: B-12 (Order 2 art. 39).
    """
    return office.calendar.own.deadline_with_basis(
        "B-12", filed_on, Unit.WORKDAY, office.number(CORRECTION_ANSWER)
    )


def rectification_period(ordered_on: date, office: Office) -> Period:
    """Return until when the agency has rectified what the administration ordered.

    Law: B-12 (Order 2 art. 39).
    """
    return office.calendar.own.deadline_with_basis(
        "B-12", ordered_on, Unit.WORKDAY, office.number(RECTIFICATION)
    )


def is_late(filed_on: date, until: date | None) -> bool:
    """Tell whether a dispute was filed after its period; that day itself is in time.

    Law: B-19, T-02 (Order 2 art. 46).
    """
    return until is not None and filed_on > until


def excluded_by(route: DisputeRoute, pending: Collection[DisputeRoute]) -> DisputeRoute | None:
    """Return the pending way that excludes this one: the same way, or of reconsideration and
    litigation the other. Negotiation and coordination run beside everything.

    Law: B-19 (Order 2 art. 46; Reconsideration Law art. 29).
    """
    if route in pending:
        return route
    if route in OUTSIDE_ROUTES:
        return next((each for each in OUTSIDE_ROUTES if each in pending), None)
    return None


def filing_obstacles(
    *,
    route: DisputeRoute,
    pending: Collection[DisputeRoute],
    filed_on: date,
    served_on: date,
    on: date,
) -> list[Obstacle]:
    """Return why a dispute cannot be filed on this way. Being late is none of the reasons: whether
    a late one is heard, the body decides.

    Law: B-19 (Order 2 art. 46).
    """
    obstacles = []
    other = excluded_by(route, pending)
    if other == route:
        obstacles.append(
            Obstacle(
                "already_disputed",
                _("There is an open dispute about this on the same way: %(route)s.")
                % {"route": DisputeRoute(route).label},
                RULE,
                _("Add what is new to it."),
            )
        )
    elif other is not None:
        obstacles.append(
            Obstacle(
                "reconsideration_excludes_litigation",
                _("%(other)s is pending: while it is, %(route)s is excluded.")
                % {"other": DisputeRoute(other).label, "route": DisputeRoute(route).label},
                RULE,
                _("Wait for its result or withdraw it; negotiation and coordination stay open."),
            )
        )
    if filed_on > on:
        obstacles.append(
            Obstacle("filed_in_future", _("The day of filing cannot lie after today."), RULE)
        )
    if filed_on < served_on:
        obstacles.append(
            Obstacle(
                "filed_before_service",
                _("Filed on %(filed)s, but what is disputed was served on %(served)s.")
                % {"filed": filed_on, "served": served_on},
                "T-09",
                _("Correct the day of filing."),
            )
        )
    return obstacles


def step_obstacles(*, state: DisputeState, allowed: Collection[DisputeState]) -> list[Obstacle]:
    """Return the obstacle of an act that does not fit the state of the dispute."""
    if state in allowed:
        return []
    text = _("This cannot be done with a dispute in the state “%(state)s”.")
    return [Obstacle("wrong_state", text % {"state": DisputeState(state).label}, RULE)]


def closing_dispute_obstacles(*, open_disputes: Collection[str]) -> list[Obstacle]:
    """Return the disputes that keep a case from being closed.

    Law: B-19 (Order 2 art. 46).
    """
    if not open_disputes:
        return []
    text = _("The decision is disputed and the dispute is open: %(numbers)s.")
    return [
        Obstacle(
            "dispute_open",
            text % {"numbers": ", ".join(sorted(open_disputes))},
            RULE,
            _("Wait for the result and record it."),
        )
    ]


def results_of(route: DisputeRoute) -> list[DisputeResult]:
    """Return the results a way can have."""
    if route in OUTSIDE_ROUTES:
        return [
            DisputeResult.UPHELD,
            DisputeResult.CHANGED,
            DisputeResult.ANNULLED,
            DisputeResult.SETTLED,
            DisputeResult.WITHDRAWN,
        ]
    return [DisputeResult.SETTLED, DisputeResult.UNSETTLED, DisputeResult.WITHDRAWN]


def result_obstacles(
    *,
    route: DisputeRoute,
    state: DisputeState,
    result: DisputeResult,
    decided_on: date,
    filed_on: date,
    on: date,
    has_document: bool,
) -> list[Obstacle]:
    """Return why this result cannot be recorded.

    Law: B-19 (Order 2 art. 46).
    """
    allowed: Collection[DisputeState] = OPEN_DISPUTE_STATES
    if result != DisputeResult.WITHDRAWN:
        allowed = (DisputeState.ACCEPTED, DisputeState.UNDER_WAY)
    obstacles = step_obstacles(state=state, allowed=allowed)
    if result not in results_of(route):
        text = _("“%(route)s” cannot end with the result “%(result)s”.")
        facts = {"route": DisputeRoute(route).label, "result": DisputeResult(result).label}
        obstacles.append(Obstacle("result_of_another_way", text % facts, RULE))
    if not filed_on <= decided_on <= on:
        text = _("The day of the result, %(day)s, lies before the filing or after today.")
        obstacles.append(Obstacle("result_day", text % {"day": decided_on}, RULE))
    if route in OUTSIDE_ROUTES and result != DisputeResult.WITHDRAWN and not has_document:
        obstacles.append(
            Obstacle(
                "no_document",
                _("The document of the body that decided is missing."),
                RULE,
                _("Attach the decision, the judgment or the settlement."),
            )
        )
    return obstacles


def change_obstacles(
    *,
    subject: DisputeSubject,
    changes_end: bool,
    changes_amount: bool,
    suspended_from: date | None,
    suspended_to: date | None,
    new_end_on: date | None,
) -> list[Obstacle]:
    """Return why what was decided cannot be changed like this: a suspension becomes shorter, never
    longer; an amount belongs to a measure of the case.

    Law: B-19 (Order 2 art. 46).
    """
    obstacles = []
    can_change = subject in (DisputeSubject.CASE, DisputeSubject.SUSPENSION)
    if can_change and not changes_end and not changes_amount:
        obstacles.append(
            Obstacle(
                "nothing_changed",
                _("Say what is changed: the end of the suspension or the amount of a measure."),
                RULE,
            )
        )
    if changes_end and (suspended_from is None or suspended_to is None):
        obstacles.append(Obstacle("no_suspension", _("What is disputed suspended nothing."), RULE))
    elif changes_end and new_end_on and not suspended_from <= new_end_on < suspended_to:  # type: ignore[operator]
        text = _("The suspension lasts from %(first)s to %(last)s: its new end must lie within.")
        facts = {"first": suspended_from, "last": suspended_to}
        obstacles.append(Obstacle("new_end_outside", text % facts, RULE))
    if changes_amount and subject != DisputeSubject.CASE:
        obstacles.append(
            Obstacle("no_measure", _("Only the measures of a case have an amount."), RULE)
        )
    return obstacles
