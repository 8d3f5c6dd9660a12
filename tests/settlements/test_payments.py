from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, InternalError, connection, transaction

from agency.enums import Role
from agency.models import Notice, PolicyParameter
from agency.rules import Refusal
from institutions.enums.changes import ChangeField
from institutions.services.change_effects import take_due_into_effect
from institutions.services.change_values import FieldChange
from institutions.services.changes import approve_change, check_change
from institutions.services.facts import NewFact, record_facts
from institutions.services.filing import file_change
from settlements.enums import BreachState, PaymentOrderState, StatementState
from settlements.models import CollectiveDecision, PaymentOrder, PotentialBreach, Statement
from settlements.services import approvals, payments, statements
from tests.agency.factories import user_with
from tests.institutions.factories import InstitutionFactory, member_of
from tests.settlements.statement_factories import (
    DECLARED_ON,
    DUE_ON,
    Team,
    at,
    audited_statement,
    declared_statement,
    finding,
    issued_order,
    paid_order,
    verified_statement,
)

pytestmark = pytest.mark.django_db

THRESHOLD = "5000000.00"


@pytest.fixture
def team() -> Team:
    return Team()


def codes(refusal: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [each.code for each in refusal.value.obstacles]


def pay(order: PaymentOrder, by, *, on: date = DECLARED_ON, reference: str = "ICBC-1"):
    return payments.record_payment(
        statement_id=order.statement_id, bank_reference=reference, paid_on=on, by=by, at=at(on, 12)
    )


def decide(statement: Statement, by, **changes) -> CollectiveDecision:
    facts: dict[str, Any] = {
        "decided_on": DECLARED_ON,
        "voters": ["陈主任", "李副主任", "王科长"],
        "in_favour": 2,
        "minutes": "经集体研究同意拨付。",
        "signed": None,
    }
    return approvals.record_decision(
        statement_id=statement.pk, by=by, at=at(DECLARED_ON), **facts | changes
    )


def close_what_pays_nothing(team: Team) -> Statement:
    statement = declared_statement(fund_amount="100.00")
    finding(statement.batch, "100.00")
    statements.audit_statement(statement_id=statement.pk, by=team.reviewer, at=at(DECLARED_ON))
    statements.approve_statement(
        statement_id=statement.pk, by=team.settlement_officer, at=at(DECLARED_ON)
    )
    return statements.verify_statement(
        statement_id=statement.pk, by=team.audit_officer, at=at(DECLARED_ON)
    )


# --- the order ----------------------------------------------------------------------------------


def test_order_carries_amount_payee_and_number(team):
    order = issued_order(team, fund_amount="1234.56")
    assert order.number.startswith("PAY-360400-2025-")
    assert order.amount == Decimal("1234.56")
    assert (order.payee_bank, order.payee_account) == ("工商银行九江分行", "6222000000000001")
    assert order.account_on == DECLARED_ON
    assert order.statement.payment_officer == team.payment_officer
    assert order.statement.state == StatementState.VERIFIED


def test_money_goes_to_the_account_of_the_day_of_declaration(team):
    institution = InstitutionFactory(bank_account="NEW-ACCOUNT")
    fact = NewFact(institution.pk, "bank_account", "OLD-ACCOUNT", "NEW-ACCOUNT")
    record_facts([fact], on=DECLARED_ON + timedelta(days=1))
    assert issued_order(team, institution=institution).payee_account == "OLD-ACCOUNT"


def test_a_filed_account_is_paid_from_the_day_it_takes_effect(team):
    institution = InstitutionFactory(bank_account="6222000000000001")
    approved_on = DECLARED_ON - timedelta(days=3)
    change = file_change(
        institution_id=institution.pk,
        changes=[FieldChange(ChangeField.BANK_ACCOUNT, "6222000000009999", approved_on)],
        by=member_of(institution),
        at=at(approved_on),
    )
    check_change(change_id=change.pk, by=user_with(Role.INTAKE_CLERK), at=at(approved_on))
    approve_change(change_id=change.pk, by=user_with(Role.AGENCY_HEAD), at=at(approved_on))
    for days in (2, 1, 0):
        day = DECLARED_ON - timedelta(days)
        take_due_into_effect(on=day, at=at(day, 0))
    before = issued_order(
        team, institution=institution, declared_on=DECLARED_ON - timedelta(1), fund_amount="1.00"
    )
    after = issued_order(team, institution=institution)
    assert (before.payee_account, after.payee_account) == ("6222000000000001", "6222000000009999")


def test_an_institution_that_had_no_account_yet_is_paid_to_the_one_filed_since(team):
    institution = InstitutionFactory(bank_account="FIRST-ACCOUNT")
    day_after = DECLARED_ON + timedelta(days=1)
    record_facts([NewFact(institution.pk, "bank_account", "", "FIRST-ACCOUNT")], on=day_after)
    statement = verified_statement(team, institution=institution)
    order = payments.issue_order(
        statement_id=statement.pk, by=team.payment_officer, at=at(day_after)
    )
    assert (order.payee_account, order.account_on) == ("FIRST-ACCOUNT", day_after)


def test_no_order_without_an_account(team):
    statement = verified_statement(team, institution=InstitutionFactory(bank_account=""))
    with pytest.raises(Refusal) as refusal:
        payments.issue_order(statement_id=statement.pk, by=team.payment_officer, at=at(DECLARED_ON))
    assert codes(refusal) == ["no_account"]
    statement.refresh_from_db()
    assert statement.payment_officer is None


def test_never_a_second_order(team):
    order = issued_order(team)
    with pytest.raises(Refusal) as refusal:
        payments.issue_order(
            statement_id=order.statement_id, by=team.payment_officer, at=at(DECLARED_ON)
        )
    assert codes(refusal) == ["order_exists"]
    assert PaymentOrder.objects.count() == 1


@pytest.mark.parametrize("post", ["reviewer", "settlement_officer", "audit_officer"])
def test_whoever_had_a_part_does_not_pay(post):
    team = Team()
    role = {
        "reviewer": Role.CLAIM_REVIEWER,
        "settlement_officer": Role.SETTLEMENT_OFFICER,
        "audit_officer": Role.AUDIT_OFFICER,
    }[post]
    setattr(team, post, user_with(role, Role.PAYMENT_OFFICER))
    order = issued_order(team)
    with pytest.raises(Refusal) as refusal:
        pay(order, getattr(team, post))
    assert codes(refusal) == ["same_person"]
    order.refresh_from_db()
    assert order.state == PaymentOrderState.ISSUED
    with pytest.raises(IntegrityError, match="statement_recorder_held_no_other_post"):
        Statement.objects.filter(pk=order.statement_id).update(
            state="paid", paid_by=getattr(team, post), paid_at=at(DECLARED_ON), paid_on=DECLARED_ON
        )


def test_another_payment_officer_may_record_the_payment(team):
    other = user_with(Role.PAYMENT_OFFICER)
    order = pay(issued_order(team), other)
    assert (order.issued_by, order.paid_by) == (team.payment_officer, other)


# --- paid, once ---------------------------------------------------------------------------------


def test_paid_with_its_bank_reference(team):
    institution = InstitutionFactory()
    member = member_of(institution)
    order = pay(issued_order(team, institution=institution), team.payment_officer)
    statement = order.statement
    assert (statement.state, statement.paid_on) == (StatementState.PAID, DECLARED_ON)
    assert statement.transitions.last().act == "pay"
    assert Notice.objects.filter(recipient=member, key=f"statement.{statement.pk}.paid").exists()
    assert not PotentialBreach.objects.exists()


@pytest.mark.parametrize("reference", ["", "   "])
def test_not_paid_without_a_reference(team, reference):
    order = issued_order(team)
    with pytest.raises(Refusal) as refusal:
        pay(order, team.payment_officer, reference=reference)
    assert codes(refusal) == ["reference_missing"]
    order.statement.refresh_from_db()
    assert order.statement.state == StatementState.VERIFIED


def test_a_retry_with_the_same_reference_changes_nothing(team):
    order = pay(issued_order(team), team.payment_officer)
    before = order.statement.transitions.count()
    again = pay(order, team.payment_officer)
    assert again == order
    assert order.statement.transitions.count() == before
    assert order.transitions.count() == 2


def test_a_second_payment_under_another_reference_is_refused(team):
    order = pay(issued_order(team), team.payment_officer)
    with pytest.raises(Refusal) as refusal:
        pay(order, team.payment_officer, reference="ICBC-2")
    assert "wrong_state" in codes(refusal)
    order.refresh_from_db()
    assert order.bank_reference == "ICBC-1"


def test_one_reference_pays_one_order(team):
    pay(issued_order(team), team.payment_officer)
    other = issued_order(team)
    with pytest.raises(Refusal) as refusal:
        pay(other, team.payment_officer)
    assert codes(refusal) == ["reference_used"]
    other.refresh_from_db()
    assert other.state == PaymentOrderState.ISSUED


@pytest.mark.parametrize(
    ("days", "code"), [(-1, "paid_before_order"), (1, "paid_in_future")], ids=["before", "after"]
)
def test_day_of_payment_lies_between_order_and_today(team, days, code):
    order = issued_order(team)
    with pytest.raises(Refusal) as refusal:
        payments.record_payment(
            statement_id=order.statement_id,
            bank_reference="ICBC-1",
            paid_on=DECLARED_ON + timedelta(days=days),
            by=team.payment_officer,
            at=at(DECLARED_ON, 12),
        )
    assert codes(refusal) == [code]


def test_nothing_to_pay_is_closed_without_the_bank(team):
    statement = close_what_pays_nothing(team)
    assert statement.payable == 0
    with pytest.raises(Refusal) as refusal:
        payments.issue_order(statement_id=statement.pk, by=team.payment_officer, at=at(DECLARED_ON))
    assert codes(refusal) == ["nothing_to_pay"]
    closed = payments.close_without_payment(
        statement_id=statement.pk, by=team.payment_officer, at=at(DECLARED_ON)
    )
    assert closed.state == StatementState.CLOSED
    assert not PaymentOrder.objects.exists()


def test_something_to_pay_is_not_closed(team):
    statement = verified_statement(team)
    with pytest.raises(Refusal) as refusal:
        payments.close_without_payment(
            statement_id=statement.pk, by=team.payment_officer, at=at(DECLARED_ON)
        )
    assert codes(refusal) == ["something_to_pay"]
    with pytest.raises(IntegrityError, match="statement_closed_has_nothing_to_pay"):
        Statement.objects.filter(pk=statement.pk).update(
            state="closed", closed_at=at(DECLARED_ON), payment_officer=team.payment_officer
        )


# --- major expenses -----------------------------------------------------------------------------


@pytest.mark.parametrize(("amount", "needed"), [(THRESHOLD, True), ("4999999.99", False)])
def test_collective_decision_from_exactly_the_threshold(team, amount, needed):
    statement = verified_statement(team, fund_amount=amount)
    if not needed:
        assert issued_order_of(statement, team).decision is None
        return
    with pytest.raises(Refusal) as refusal:
        issued_order_of(statement, team)
    assert codes(refusal) == ["decision_missing"]
    assert not PaymentOrder.objects.exists()
    decision = decide(statement, team.head)
    order = issued_order_of(statement, team)
    assert (order.decision, order.amount) == (decision, Decimal(THRESHOLD))


def issued_order_of(statement: Statement, team: Team) -> PaymentOrder:
    return payments.issue_order(
        statement_id=statement.pk, by=team.payment_officer, at=at(DECLARED_ON)
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"voters": ["陈主任", "李副主任"]}, "too_few_voters"),
        ({"voters": ["陈主任", "陈主任", "李副主任"]}, "too_few_voters"),
        ({"in_favour": 1}, "not_carried"),
        ({"in_favour": 4}, "more_votes_than_voters"),
        ({"minutes": "  "}, "minutes_missing"),
        ({"decided_on": DECLARED_ON + timedelta(days=1)}, "decided_in_future"),
    ],
)
def test_what_is_no_collective_decision(team, changes, code):
    statement = audited_statement(team, fund_amount=THRESHOLD)
    with pytest.raises(Refusal) as refusal:
        decide(statement, team.head, **changes)
    assert code in codes(refusal)
    assert not CollectiveDecision.objects.exists()


def test_decision_keeps_the_signed_minutes(team):
    statement = audited_statement(team, fund_amount=THRESHOLD)
    signed = SimpleUploadedFile("minutes.pdf", b"%PDF-1.7 minutes")
    decision = decide(statement, team.head, signed=signed)
    assert decision.attachment.name == "minutes.pdf"


def test_database_wants_three_voters_and_a_majority(team):
    statement = audited_statement(team, fund_amount=THRESHOLD)
    facts = {
        "statement": statement,
        "decided_on": DECLARED_ON,
        "amount": statement.payable,
        "minutes": "x",
        "recorded_by": team.head,
        "recorded_at": at(DECLARED_ON),
    }
    with pytest.raises(IntegrityError, match="three_voters"), transaction.atomic():
        CollectiveDecision.objects.create(**facts, voters=["a", "b"], in_favour=2)
    with pytest.raises(IntegrityError, match="carried_by_majority"), transaction.atomic():
        CollectiveDecision.objects.create(**facts, voters=["a", "b", "c", "d"], in_favour=2)


# --- late ---------------------------------------------------------------------------------------

LATE = date(2025, 2, 28)


def test_a_late_payment_needs_a_reason_approved_by_the_head(team):
    order = issued_order(team)
    with pytest.raises(Refusal) as refusal:
        pay(order, team.payment_officer, on=LATE)
    assert codes(refusal) == ["delay_not_approved"]

    approvals.explain_delay(
        statement_id=order.statement_id, reason="系统故障", by=team.payment_officer, at=at(LATE)
    )
    with pytest.raises(Refusal) as refusal:
        pay(order, team.payment_officer, on=LATE)
    assert codes(refusal) == ["delay_not_approved"]

    approvals.approve_delay(statement_id=order.statement_id, by=team.head, at=at(LATE))
    pay(order, team.payment_officer, on=LATE)
    breach = PotentialBreach.objects.get(statement=order.statement)
    assert breach.state == BreachState.PAID_LATE
    assert (breach.due_on, breach.began_on, breach.ended_on) == (DUE_ON, LATE, LATE)
    assert breach.late_workdays == 1


def test_paid_on_the_last_day_is_in_time(team):
    order = pay(issued_order(team), team.payment_officer, on=DUE_ON)
    assert not order.statement.is_late
    assert not PotentialBreach.objects.exists()


def test_database_refuses_a_late_payment_without_approval(team):
    order = issued_order(team)
    with pytest.raises(IntegrityError, match="statement_late_payment_has_its_reason"):
        Statement.objects.filter(pk=order.statement_id).update(
            state="paid", paid_by=team.payment_officer, paid_at=at(LATE), paid_on=LATE
        )


def test_nobody_approves_their_own_reason():
    both = user_with(Role.PAYMENT_OFFICER, Role.AGENCY_HEAD)
    statement = declared_statement()
    approvals.explain_delay(statement_id=statement.pk, reason="积压", by=both, at=at(LATE))
    with pytest.raises(Refusal) as refusal:
        approvals.approve_delay(statement_id=statement.pk, by=both, at=at(LATE))
    assert codes(refusal) == ["own_reason"]
    with pytest.raises(IntegrityError, match="statement_delay_approved_by_another"):
        Statement.objects.filter(pk=statement.pk).update(
            late_approved_by=both, late_approved_at=at(LATE)
        )


def test_no_delay_to_explain_before_the_deadline(team):
    statement = declared_statement()
    with pytest.raises(Refusal) as refusal:
        approvals.explain_delay(
            statement_id=statement.pk, reason="积压", by=team.payment_officer, at=at(DUE_ON)
        )
    assert codes(refusal) == ["not_overdue"]


# --- what the database refuses by itself ----------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"amount": "0.01"}, "paymentorder_matches_its_statement"),
        ({"payee_account": ""}, "paymentorder_has_an_account"),
        ({"decision_threshold": "1.00"}, "paymentorder_major_expense_has_decision"),
        ({"state": "paid"}, "paymentorder_paid_has_its_reference"),
        ({"bank_reference": "X"}, "paymentorder_paid_has_its_reference"),
    ],
)
def test_database_refuses_an_order_with(team, facts, constraint):
    statement = verified_statement(team)
    Statement.objects.filter(pk=statement.pk).update(payment_officer=team.payment_officer)
    good = {
        "number": "PAY-1",
        "statement": statement,
        "amount": statement.payable,
        "decision_threshold": THRESHOLD,
        "payee_name": "医院",
        "payee_bank": "银行",
        "payee_account": "1",
        "account_on": DECLARED_ON,
        "issued_at": at(DECLARED_ON),
        "issued_by": team.payment_officer,
    }
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        PaymentOrder.objects.create(**good | facts)
    assert error.value.__cause__.diag.constraint_name == constraint


def test_database_pays_statement_and_order_only_together(team):
    order = issued_order(team)
    with pytest.raises(IntegrityError, match="without its payment order"), transaction.atomic():
        Statement.objects.filter(pk=order.statement_id).update(
            state="paid",
            paid_by=team.payment_officer,
            paid_at=at(DECLARED_ON),
            paid_on=DECLARED_ON,
        )
        connection.check_constraints()
    with pytest.raises(IntegrityError, match="without its statement"), transaction.atomic():
        PaymentOrder.objects.filter(pk=order.pk).update(
            state="paid",
            paid_by=team.payment_officer,
            paid_at=at(DECLARED_ON),
            paid_on=DECLARED_ON,
            bank_reference="X",
        )
        connection.check_constraints()


def test_database_keeps_an_order_as_it_was_issued_and_paid(team):
    order = issued_order(team)
    with pytest.raises(InternalError, match="Cannot update rows"), transaction.atomic():
        PaymentOrder.objects.filter(pk=order.pk).update(payee_account="ELSEWHERE")
    pay(order, team.payment_officer)
    with pytest.raises(InternalError, match="Cannot update rows"), transaction.atomic():
        PaymentOrder.objects.filter(pk=order.pk).update(bank_reference="OTHER")
    with pytest.raises(InternalError, match="Cannot delete rows"), transaction.atomic():
        connection.cursor().execute(
            "DELETE FROM settlements_paymentorder WHERE id = %s", [order.pk]
        )


def test_references_are_unique_in_the_database(team):
    first, second = paid_order(team, reference="ICBC-7"), issued_order(team)
    with pytest.raises(IntegrityError, match="paymentorder_bank_reference_once"):
        PaymentOrder.objects.filter(pk=second.pk).update(
            state="paid",
            paid_by=first.paid_by,
            paid_at=first.paid_at,
            paid_on=first.paid_on,
            bank_reference="ICBC-7",
        )


def test_threshold_is_the_parameter_of_the_day(team):
    PolicyParameter.objects.create(
        key="major_expense_threshold",
        profile="JIUJIANG",
        value="1000.0000",
        unit="CNY",
        evidence="LOCAL",
        effective_from=date(2025, 1, 1),
    )
    statement = verified_statement(team, fund_amount="1000.00")
    with pytest.raises(Refusal) as refusal:
        issued_order_of(statement, team)
    assert codes(refusal) == ["decision_missing"]
