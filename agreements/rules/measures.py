"""What measures make of money, persons and departments (B-11, B-18). Pure."""

import re
from collections.abc import Collection
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office
from agency.rules import Obstacle
from agency.workdays import Deadline, DeadlineBasis, Unit
from agreements.enums.measures import (
    PAYABLE_KINDS,
    EntryKind,
    ObligationKind,
    ObligationState,
)

PAYMENT_WORKDAYS = "obligation_payment_workdays"
RULE = "B-11"
BLOCK_RULE = "B-18"
CENT = Decimal("0.01")
_RATE = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)\s*[%％]")


def payment_period(start: date, office: Office) -> tuple[Deadline, DeadlineBasis]:
    """Return until when what a measure demands is paid: from the service of its decision.

    Law: B-11 (Order 2 art. 38).
    """
    return office.calendar.deadline_with_basis(
        RULE, start, Unit.WORKDAY, office.number(PAYMENT_WORKDAYS)
    )


def proposed_damages(terms: str, base: Decimal) -> Decimal | None:
    """Return what a clause's rate makes of an amount, to the fen, as a proposal only: the words
    decide. None if the clause names no rate, or several.

    Law: B-11 (Order 2 art. 38 (4)).
    """
    rates = _RATE.findall(terms)
    if len(rates) != 1:
        return None
    return (base * Decimal(rates[0]) / 100).quantize(CENT, ROUND_HALF_UP)


def amount_obstacles(amount: Decimal) -> list[Obstacle]:
    """Return why an amount cannot be owed: more than nothing, exact to the fen."""
    if amount > 0 and amount == amount.quantize(CENT):
        return []
    return [
        Obstacle(
            "amount_not_exact",
            _("The amount must be above zero and exact to the fen."),
            RULE,
            _("Enter yuan with two decimals."),
        )
    ]


def entry_obstacles(
    *, state: str, outstanding: Decimal, amount: Decimal, reference: str, known: Collection[str]
) -> list[Obstacle]:
    """Return why a payment or a netting cannot be entered.

    Law: B-11 (Order 2 art. 38).
    """
    if state != ObligationState.OPEN:
        return [not_open(state)]
    checks = [
        (
            amount > outstanding,
            Obstacle(
                "more_than_outstanding",
                _("Only %(rest)s yuan are outstanding, %(amount)s were to be entered.")
                % {"rest": f"{outstanding:,.2f}", "amount": f"{amount:,.2f}"},
                RULE,
                _("Enter no more than what is outstanding."),
            ),
        ),
        (
            not reference.strip(),
            Obstacle(
                "reference_missing",
                _("The number of the statement or of the payment voucher is missing."),
                RULE,
            ),
        ),
        (
            reference.strip() in known,
            Obstacle(
                "entered_already",
                _("“%(reference)s” is entered already.") % {"reference": reference.strip()},
                RULE,
                _("Look at the entries below."),
            ),
        ),
    ]
    return amount_obstacles(amount) + [obstacle for applies, obstacle in checks if applies]


def release_obstacles(*, state: str, kind: str) -> list[Obstacle]:
    """Return why a payment cannot be released: only what was withheld comes free again.

    Law: B-11 (Order 2 art. 38 (2)).
    """
    if kind != ObligationKind.WITHHELD:
        return [
            Obstacle(
                "not_withheld",
                _("Only a withheld payment is released; this is “%(kind)s”.")
                % {"kind": ObligationKind(kind).label},
                RULE,
                _("What was decided wrongly is withdrawn."),
            )
        ]
    return [] if state == ObligationState.OPEN else [not_open(state)]


def withdrawal_obstacles(*, state: str, kind: str) -> list[Obstacle]:
    """Return why an obligation cannot be withdrawn.

    Law: B-19 (Order 2 art. 46).
    """
    if state == ObligationState.WITHDRAWN:
        return [not_open(state)]
    if kind == ObligationKind.RESTORED and state == ObligationState.SETTLED:
        return [
            Obstacle("paid_back_already", _("This has been paid back to the institution."), "B-19")
        ]
    return []


def not_open(state: str) -> Obstacle:
    text = _("The obligation is “%(state)s”: nothing is entered any more.") % {
        "state": ObligationState(state).label
    }
    return Obstacle("obligation_not_open", text, RULE, _("Look at its entries."))


def has_period(kind: str) -> bool:
    """Tell whether the kind is paid by a day; what is held back waits for a statement."""
    return kind in PAYABLE_KINDS


def taken_back(entries: Collection[tuple[str, Decimal]]) -> Decimal:
    """Return what the fund has got of an obligation and must give back when it falls away.

    Law: B-19 (Order 2 art. 46).
    """
    return sum(
        (amount for kind, amount in entries if kind != EntryKind.RELEASED), start=Decimal("0.00")
    )


def block_obstacles(
    *,
    first_day: date,
    last_day: date | None,
    on_roster: bool,
    has_code: bool,
    overlapping: str,
) -> list[Obstacle]:
    """Return why a person or a department cannot be blocked in these days.

    Law: B-18 (Order 2 art. 45).
    """
    checks = [
        (
            last_day is not None and last_day < first_day,
            Obstacle(
                "ends_before_it_begins",
                _("The last day, %(last)s, lies before the first, %(first)s.")
                % {"last": last_day, "first": first_day},
                BLOCK_RULE,
            ),
        ),
        (
            not on_roster,
            Obstacle(
                "not_on_the_roster",
                _("This person or department was not of this institution on %(day)s.")
                % {"day": first_day},
                BLOCK_RULE,
                _("Choose from the institution's roster."),
            ),
        ),
        (
            not has_code,
            Obstacle(
                "no_staff_code",
                _("The person has no national staff code: no charge could be told apart."),
                BLOCK_RULE,
                _("Have the code entered in the person's file first."),
            ),
        ),
        (
            bool(overlapping),
            Obstacle(
                "blocked_already",
                _("Blocked already in these days: %(block)s.") % {"block": overlapping},
                BLOCK_RULE,
                _("Let the new block begin after it, or end that one."),
            ),
        ),
    ]
    return [obstacle for applies, obstacle in checks if applies]


def early_end_obstacles(
    *, annulled: bool, first_day: date, last_day: date | None, ends_on: date, on: date
) -> list[Obstacle]:
    """Return why a block cannot end on that day.

    Law: B-18 (Order 2 art. 45).
    """
    checks = [
        (
            annulled,
            Obstacle("block_annulled", _("This block has been annulled."), BLOCK_RULE),
        ),
        (
            last_day is not None and ends_on >= last_day,
            Obstacle(
                "not_earlier",
                _("It ends on %(day)s anyway.") % {"day": last_day},
                BLOCK_RULE,
                _("Name an earlier last day."),
            ),
        ),
        (
            ends_on < first_day,
            Obstacle(
                "before_it_begins",
                _("It begins on %(day)s only.") % {"day": first_day},
                BLOCK_RULE,
                _("A block that was wrong from the beginning is annulled with its decision."),
            ),
        ),
        (
            ends_on < on,
            Obstacle(
                "day_has_passed",
                _("%(day)s has passed: services of those days were refused already.")
                % {"day": ends_on},
                BLOCK_RULE,
                _("End it today or later."),
            ),
        ),
    ]
    return [obstacle for applies, obstacle in checks if applies]
