"""Two hands on one statement at the same moment, with real threads and connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from agency.enums import Role
from agency.rules import Refusal
from settlements.enums import FindingStatus, StatementState
from settlements.models import Finding, PaymentOrder, Statement, StatementTransition
from settlements.services import overdue, payments, statements
from tests.agency.factories import user_with
from tests.settlements.statement_factories import (
    DECLARED_ON,
    DUE_ON,
    Team,
    at,
    declared_statement,
    finding,
    issued_order,
    verified_statement,
)

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Run the acts at the same moment and return their results or refusals."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            gate.wait(timeout=10)
            return act()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def refused(results: list[Any]) -> list[Refusal]:
    return [each for each in results if isinstance(each, Refusal)]


def test_two_payment_officers_issue_one_order():
    team = Team()
    statement = verified_statement(team)
    officers = [team.payment_officer, user_with(Role.PAYMENT_OFFICER)]
    results = together(
        *(
            lambda officer=officer: payments.issue_order(
                statement_id=statement.pk, by=officer, at=at(DECLARED_ON)
            )
            for officer in officers
        )
    )
    assert len(refused(results)) == 1
    assert PaymentOrder.objects.filter(statement=statement).count() == 1
    acts = StatementTransition.objects.filter(subject=statement, act="issue_order")
    assert acts.count() == 1


def test_four_clicks_under_different_references_pay_once():
    team = Team()
    order = issued_order(team)
    other = user_with(Role.PAYMENT_OFFICER)
    results = together(
        *(
            lambda number=number: payments.record_payment(
                statement_id=order.statement_id,
                bank_reference=f"ICBC-{number}",
                paid_on=DECLARED_ON,
                by=team.payment_officer if number % 2 else other,
                at=at(DECLARED_ON, 12),
            )
            for number in range(4)
        )
    )
    assert len(refused(results)) == 3
    order.refresh_from_db()
    paid = next(each for each in results if isinstance(each, PaymentOrder))
    assert order.bank_reference == paid.bank_reference
    assert order.transitions.filter(act="pay").count() == 1


def test_a_retry_while_the_first_runs_pays_once_and_is_not_refused():
    team = Team()
    order = issued_order(team)
    results = together(
        *(
            lambda: payments.record_payment(
                statement_id=order.statement_id,
                bank_reference="ICBC-1",
                paid_on=DECLARED_ON,
                by=team.payment_officer,
                at=at(DECLARED_ON, 12),
            )
            for _number in range(3)
        )
    )
    assert not refused(results)
    assert order.transitions.filter(act="pay").count() == 1


def test_one_reference_for_two_orders_at_once_pays_one():
    team = Team()
    orders = [issued_order(team), issued_order(team)]
    results = together(
        *(
            lambda order=order: payments.record_payment(
                statement_id=order.statement_id,
                bank_reference="ICBC-1",
                paid_on=DECLARED_ON,
                by=team.payment_officer,
                at=at(DECLARED_ON, 12),
            )
            for order in orders
        )
    )
    assert [each.obstacles[0].code for each in refused(results)] == ["reference_used"]
    states = Statement.objects.values_list("state", flat=True)
    assert sorted(states) == [StatementState.PAID, StatementState.VERIFIED]


def test_an_audit_never_misses_a_decision_made_at_the_same_moment():
    team = Team()
    statement = declared_statement()
    doubt = finding(statement.batch, "30.00")
    changed = finding(statement.batch, "20.00", line="L2", status=FindingStatus.FLAGGED)

    def confirm() -> None:
        Finding.objects.filter(pk=changed.pk).update(
            status=FindingStatus.CONFIRMED,
            decided_by=doubt.decided_by,
            decided_at=doubt.decided_at,
            reason="核实",
        )

    results = together(
        confirm,
        lambda: statements.audit_statement(
            statement_id=statement.pk, by=team.reviewer, at=at(DECLARED_ON)
        ),
    )
    statement.refresh_from_db()
    changed.refresh_from_db()
    assert changed.status == FindingStatus.CONFIRMED
    if refused(results):
        assert statement.state == StatementState.DECLARED
    else:
        assert str(statement.deducted) == "50.00"


def test_two_workers_find_one_overdue_payment_once():
    statement = declared_statement()
    day = DUE_ON.replace(month=3, day=3)
    results = together(*(lambda: overdue.mark_overdue(on=day, at=at(day)) for _worker in range(2)))
    assert sorted(results) == [0, 1]
    assert statement.transitions.filter(act="overdue").count() == 1
