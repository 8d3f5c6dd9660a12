"""Reports to the administration and its orders (B-20)."""

from django.utils.translation import gettext_lazy as _

from agency.rules import Obstacle
from supervision.enums.cases import CaseState

ENDED = (CaseState.CLOSED, CaseState.DISMISSED)

# The institution's period never stands still while the administration holds the case.
RETURNABLE = (CaseState.OPENED, CaseState.DECIDED, CaseState.SERVED, CaseState.PERFORMED)


def closing_obstacles(
    *, unsent_reports: int, unanswered_orders: int, unaccepted_orders: int = 0
) -> list[Obstacle]:
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
        (
            unaccepted_orders,
            Obstacle(
                "order_not_accepted",
                _("The administration has not accepted the report on its order yet."),
                "B-20",
                _("Wait for it, or ask the administration."),
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
