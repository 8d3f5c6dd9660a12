"""Paying a verified statement, once (B-02, B-04)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.models import OfficialLetter, User
from agency.reasons import reason as worded
from agency.rules import Obstacle, Refusal, refuse_if
from agency.services.calendar import office
from agency.services.numbers import next_number
from agency.workdays import ONE_DAY
from institutions.services.registry import Account, account_on
from settlements import notifications, permissions
from settlements.enums import BreachState, PaymentOrderState
from settlements.models import (
    CollectiveDecision,
    PaymentOrder,
    PaymentOrderTransition,
    PotentialBreach,
    Statement,
)
from settlements.rules import PayoutQuestion, needs_collective_decision, payout
from settlements.services.letters import payment_letter
from settlements.services.statements import record

MAJOR_EXPENSE_THRESHOLD = "major_expense_threshold"
_REFERENCE_ONCE = "paymentorder_bank_reference_once"


@dataclass(frozen=True, slots=True)
class OrderTerms:
    """What an order would be issued with on a day."""

    account: Account
    account_on: date
    threshold: Decimal
    decision: CollectiveDecision | None
    needs_decision: bool


def order_of(statement: Statement) -> PaymentOrder | None:
    return PaymentOrder.objects.filter(statement=statement).first()


def order_terms(statement: Statement, on: date) -> OrderTerms:
    """Return the account, the threshold and the decision an order rests on. Few queries.

    The account is that of the day of the declaration; an institution that had none yet is paid
    to the one it has filed since.
    """
    rules = office(on=on, region=statement.institution.region)
    threshold = rules.parameter(MAJOR_EXPENSE_THRESHOLD)
    day = statement.declared_on
    account = account_on(statement.institution, day)
    if not account.bank_account:
        day, account = on, account_on(statement.institution, on)
    return OrderTerms(
        account=account,
        account_on=day,
        threshold=threshold,
        decision=CollectiveDecision.objects.filter(statement=statement).first(),
        needs_decision=needs_collective_decision(statement.payable, threshold),
    )


def order_obstacles(
    statement: Statement, user: User, order: PaymentOrder | None, terms: OrderTerms
) -> list[Obstacle]:
    """Return why the user cannot issue the payment order now."""
    checks = {
        Obstacle(
            "order_exists",
            _("The payment order has been issued already; there is never a second one."),
            rule="B-02",
            remedy=_("Look at the statement again."),
        ): order is not None,
        Obstacle(
            "nothing_to_pay",
            _("Nothing is payable, so there is nothing to order."),
            remedy=_("Close the statement without payment."),
        ): statement.payable <= 0,
        Obstacle(
            "no_account",
            _("The institution has no bank account."),
            rule="B-13a",
            remedy=_("Have the institution file its bank account first."),
        ): not terms.account.bank_account,
        Obstacle(
            "decision_missing",
            _("A major expense needs a collective decision before the order."),
            rule="B-02",
            remedy=_("Record the decision with its minutes and its voters."),
        ): terms.needs_decision and terms.decision is None,
    }
    return permissions.payment_obstacles(statement, user) + [
        obstacle for obstacle, applies in checks.items() if applies
    ]


@transaction.atomic
def issue_order(*, statement_id: int, by: User, at: datetime) -> PaymentOrder:
    """Issue the one payment order of a verified statement (拨付, B-02).

    Refuses a second one, and a major expense without its collective decision.
    """
    statement = Statement.objects.select_related("institution__region").locked(statement_id)
    on = timezone.localdate(at)
    terms = order_terms(statement, on)
    refuse_if(order_obstacles(statement, by, order_of(statement), terms))
    statement.payment_officer = by
    statement.save(update_fields=["payment_officer"])
    region = statement.institution.region_id
    order = PaymentOrder.objects.create(
        number=f"PAY-{region}-{on.year}-{next_number(f'payment.{region}.{on.year}'):05}",
        statement=statement,
        amount=statement.payable,
        decision_threshold=terms.threshold,
        decision=terms.decision,
        payee_name=statement.institution.name,
        payee_bank=terms.account.bank_name,
        payee_account=terms.account.bank_account,
        account_on=terms.account_on,
        issued_at=at,
        issued_by=by,
    )
    letter = payment_letter(order, by=by, at=at)
    _record_order(order, "issue", source="", at=at, by=by, letter=letter)
    record(
        statement,
        "issue_order",
        source=statement.state,
        at=at,
        by=by,
        rule="B-02",
        reason=worded(_("Payment order %(number)s issued."), number=order.number),
    )
    return order


def payment_obstacles(
    statement: Statement, user: User, order: PaymentOrder | None, *, paid_on: date, today: date
) -> list[Obstacle]:
    """Return why the user cannot record the payment as made on a day."""
    if order is None and statement.is_open:
        missing = [
            Obstacle(
                "order_missing",
                _("There is no payment order yet."),
                rule="B-02",
                remedy=_("Issue the order first."),
            )
        ]
        return permissions.payment_obstacles(statement, user) + missing
    checks = {
        Obstacle("paid_before_order", _("The payment cannot be older than its order.")): order
        is not None
        and paid_on < timezone.localdate(order.issued_at),
        Obstacle("paid_in_future", _("The payment cannot be of a later day than today.")): (
            paid_on > today
        ),
        Obstacle(
            "delay_not_approved",
            _("The payment is late; its reason is not recorded and approved by the agency head."),
            rule="B-04",
            remedy=_("Explain the delay and have the agency head approve it."),
        ): paid_on > statement.due_on and statement.late_approved_by_id is None,
    }
    return permissions.payment_obstacles(statement, user) + [
        obstacle for obstacle, applies in checks.items() if applies
    ]


@transaction.atomic
def record_payment(
    *, statement_id: int, bank_reference: str, paid_on: date, by: User, at: datetime
) -> PaymentOrder:
    """Record that the bank has paid the order, under its reference. Cannot be undone.

    The same reference again, by whatever retry, returns the paid order and does nothing; another
    one is refused, and so is a reference under which another order was paid.
    """
    statement = Statement.objects.select_related("institution__region").locked(statement_id)
    order = PaymentOrder.objects.select_for_update(of=("self",)).filter(statement=statement).first()
    reference = bank_reference.strip()
    if (
        order is not None
        and order.state == PaymentOrderState.PAID
        and order.bank_reference == reference
        and permissions.RECORD_PAYMENT.allows(by)
    ):
        return order
    obstacles = payment_obstacles(
        statement, by, order, paid_on=paid_on, today=timezone.localdate(at)
    )
    refuse_if(obstacles + _reference_obstacles(reference))
    assert order is not None  # noqa: S101  # `payment_obstacles` refuses without one
    source = statement.state
    statement.pay(by=by, at=at, on=paid_on)
    statement.save(update_fields=["state", "paid_by", "paid_at", "paid_on"])
    order.pay(by=by, at=at, on=paid_on, bank_reference=reference)
    _save_paid(order)
    _record_order(order, "pay", source=PaymentOrderState.ISSUED, at=at, by=by, reason=reference)
    record(
        statement,
        "pay",
        source=source,
        at=at,
        by=by,
        rule="B-04",
        reason=worded(_("Bank reference %(reference)s."), reference=reference),
    )
    _settle_breach(statement, paid_on, at)
    notifications.tell_institution(
        statement,
        key="paid",
        subject=_("Statement %s is paid") % statement.number,
        body=_("%(amount)s CNY on %(on)s, bank reference %(reference)s.")
        % {"amount": f"{order.amount:,.2f}", "on": paid_on, "reference": reference},
        at=at,
    )
    return order


@transaction.atomic
def close_without_payment(*, statement_id: int, by: User, at: datetime) -> Statement:
    """Close a verified statement that leaves nothing to pay: no order, no bank (B-04)."""
    statement = Statement.objects.locked(statement_id)
    refuse_if(closing_obstacles(statement, by))
    source = statement.state
    statement.close(by=by, at=at)
    statement.save(update_fields=["state", "payment_officer", "closed_at"])
    record(statement, "close", source=source, at=at, by=by, rule="B-04")
    return statement


def closing_obstacles(statement: Statement, user: User) -> list[Obstacle]:
    """Return why the user cannot close the statement without a payment."""
    obstacles = permissions.payment_obstacles(statement, user)
    if statement.payable > 0:
        obstacles.append(
            Obstacle(
                "something_to_pay",
                _("Something is payable; it is paid, not closed."),
                rule="B-04",
                remedy=_("Issue the payment order."),
            )
        )
    return obstacles


def _reference_obstacles(reference: str) -> list[Obstacle]:
    if not reference:
        return [
            Obstacle(
                "reference_missing",
                _("“Paid” needs the reference of the bank."),
                rule="B-04",
                remedy=_("Copy it from the bank's receipt."),
            )
        ]
    if PaymentOrder.objects.filter(bank_reference=reference).exists():
        return [_reference_used()]
    return []


def _reference_used() -> Obstacle:
    return Obstacle(
        "reference_used",
        _("Another order was paid under this bank reference."),
        remedy=_("Compare the bank's receipt with both orders."),
    )


def _save_paid(order: PaymentOrder) -> None:
    """Save the order; two orders under one reference at the same moment: the second is refused."""
    try:
        with transaction.atomic():
            order.save(update_fields=["state", "bank_reference", "paid_on", "paid_at", "paid_by"])
    except IntegrityError as error:
        if _REFERENCE_ONCE in str(error):
            raise Refusal([_reference_used()]) from error
        raise


def _record_order(
    order: PaymentOrder,
    act: str,
    *,
    source: str,
    at: datetime,
    by: User,
    reason: str = "",
    letter: OfficialLetter | None = None,
) -> None:
    PaymentOrderTransition.objects.create(
        subject=order,
        act=act,
        source=source,
        target=order.state,
        on=timezone.localdate(at),
        at=at,
        by=by,
        rule="B-04",
        reason=reason,
        letter=letter,
    )


def _settle_breach(statement: Statement, on: date, at: datetime) -> None:
    """Close the potential breach of an overdue payment now made. One that no job has found yet is
    recorded all the same, as paid late.
    """
    breach = PotentialBreach.objects.filter(statement=statement).first()
    if on <= statement.due_on:
        # The bank had paid in time and was only recorded late.
        if breach and breach.state == BreachState.POTENTIAL:
            breach.state, breach.ended_on = BreachState.CANCELLED, on
            breach.save(update_fields=["state", "ended_on"])
        return
    rules = office(on=on, region=statement.institution.region)
    question = PayoutQuestion(declared_on=statement.declared_on, today=on, paid_on=on)
    ended = {
        "state": BreachState.PAID_LATE,
        "ended_on": on,
        "late_workdays": payout(question, rules).late_workdays,
    }
    found = {
        "due_on": statement.due_on,
        "began_on": statement.due_on + ONE_DAY,
        "amount": statement.payable,
        "found_at": at,
    }
    PotentialBreach.objects.update_or_create(
        statement=statement, defaults=ended, create_defaults=found | ended
    )
