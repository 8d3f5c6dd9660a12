"""Reports to the administration and its orders (B-20)."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from agency.rules import Obstacle
from supervision.enums.cases import CaseState

ENDED = (CaseState.CLOSED, CaseState.DISMISSED)

# The institution's period never stands still while the administration holds the case.
RETURNABLE = (CaseState.OPENED, CaseState.DECIDED, CaseState.SERVED, CaseState.PERFORMED)


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
