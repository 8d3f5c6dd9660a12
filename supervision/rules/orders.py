"""Orders of the administration, and the agency's reports back (B-20)."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from agency.rules import Obstacle
from supervision.enums.orders import OPEN_ORDERS, OrderKind, OrderState
from supervision.rules.administration import ENDED


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


def lead_obstacles(*, kind: str, lead: str) -> list[Obstacle]:
    """Return that an order to supplement does not say which lead it is about.

    Law: B-20 (Order 2 art. 49).
    """
    if kind != OrderKind.SUPPLEMENT or lead.strip():
        return []
    return [
        Obstacle(
            "lead_missing",
            _("The order does not say which transferred lead is to be supplemented."),
            "B-20",
            _("Name its number, or what it was about and when it was transferred."),
        )
    ]


def answer_obstacles(*, state: str, kind: str, has_case: bool) -> list[Obstacle]:
    """Return why the agency cannot report back on an order now.

    Law: B-20 (Order 2 arts. 47, 49).
    """
    checks = [
        (
            state not in OPEN_ORDERS,
            Obstacle("already_answered", _("The order has been answered."), "B-20"),
        ),
        (
            kind == OrderKind.HANDLE and not has_case,
            Obstacle(
                "order_without_case",
                _("No case has been opened on this order yet."),
                "B-20",
                _("Open the case first; its handling is the answer."),
            ),
        ),
    ]
    return [obstacle for applies, obstacle in checks if applies]


def judging_obstacles(*, state: str) -> list[Obstacle]:
    """Return why the administration cannot accept a report, or demand more: there is none.

    Law: B-20 (Order 2 arts. 47, 49).
    """
    if state == OrderState.ANSWERED:
        return []
    return [
        Obstacle(
            "no_report_to_judge",
            _("There is no report of the agency that waits for you."),
            "B-20",
            _("Wait for the report; once overdue, remind the agency by a new order."),
        )
    ]


def asking_obstacles(
    *, state: str, due_on: date, wanted_on: date | None, on: date, asked: bool
) -> list[Obstacle]:
    """Return why the agency cannot ask for more time: nothing is owed, the day is not later, it
    asked already, or the deadline has passed.

    Law: B-20 (Order 2 arts. 47, 49).
    """
    checks = [
        (
            state not in OPEN_ORDERS,
            Obstacle("already_answered", _("The order has been answered."), "B-20"),
        ),
        (
            asked,
            Obstacle(
                "extension_asked",
                _("More time has been asked for; the administration has not answered."),
                "B-20",
            ),
        ),
        (
            on > due_on,
            Obstacle(
                "deadline_passed",
                _("The deadline has passed: more time is asked for before it ends."),
                "B-20",
                _("Report back now."),
            ),
        ),
        (
            wanted_on is not None and wanted_on <= due_on,
            Obstacle(
                "not_later",
                _("The day wanted is not later than the deadline that runs."),
                "B-20",
            ),
        ),
    ]
    return [obstacle for applies, obstacle in checks if applies]


def granting_obstacles(
    *, asked: bool, due_before: date | None, due_on: date | None
) -> list[Obstacle]:
    """Return why more time cannot be granted: nobody asks for it, or the day is not later.

    Law: B-20 (Order 2 arts. 47, 49).
    """
    checks = [
        (
            not asked,
            Obstacle("nothing_asked", _("Nobody asks for more time for this order."), "B-20"),
        ),
        (
            due_on is not None and due_before is not None and due_on <= due_before,
            Obstacle(
                "not_later",
                _("The day wanted is not later than the deadline that runs."),
                "B-20",
            ),
        ),
    ]
    return [obstacle for applies, obstacle in checks if applies]
