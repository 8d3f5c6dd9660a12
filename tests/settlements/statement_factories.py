"""Statements in every state, made the way the office makes them."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import count

from agency.enums import Role
from agency.models import User
from institutions.models import Institution
from settlements.enums import BatchState, Check, FindingStatus, ShelfKind
from settlements.models import ClaimBatch, Finding, PaymentOrder, Shelf, Statement
from settlements.services import payments, statements
from tests.agency.factories import SHANGHAI, user_with
from tests.institutions.factories import InstitutionFactory

DECLARED_ON = date(2025, 1, 10)
DUE_ON = date(2025, 2, 27)  # rules.md B-04, worked example
_serial = count(1)


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


class Team:
    """One person for each post, and the others who have a say."""

    @cached_property
    def reviewer(self) -> User:
        return user_with(Role.CLAIM_REVIEWER)

    @cached_property
    def settlement_officer(self) -> User:
        return user_with(Role.SETTLEMENT_OFFICER)

    @cached_property
    def audit_officer(self) -> User:
        return user_with(Role.AUDIT_OFFICER)

    @cached_property
    def payment_officer(self) -> User:
        return user_with(Role.PAYMENT_OFFICER)

    @cached_property
    def head(self) -> User:
        return user_with(Role.AGENCY_HEAD)

    @cached_property
    def supervisor(self) -> User:
        return user_with(Role.SUPERVISOR)


def reviewed_batch(
    institution: Institution | None = None,
    *,
    fund_amount: str = "10000.00",
    declared_on: date = DECLARED_ON,
    state: BatchState = BatchState.REVIEWED,
) -> ClaimBatch:
    serial = next(_serial)
    month = (declared_on.replace(day=1) - timedelta(days=1)).replace(day=1)
    return ClaimBatch.objects.create(
        number=f"CB-T-{serial}",
        institution=institution or InstitutionFactory(),
        month=month,
        state=state,
        is_supplementary=True,
        submitted_at=at(declared_on),
        fingerprint=f"{serial:064}",
        declared_on=declared_on,
        shelf=Shelf.objects.create(kind=ShelfKind.OWN, month=month),
        claim_count=1,
        line_count=1,
        medfee_amount=Decimal(fund_amount),
        fund_amount=Decimal(fund_amount),
        reviewed_at=at(declared_on),
    )


def finding(
    batch: ClaimBatch,
    fund_amount: str,
    *,
    line: str | None = "L1",
    settlement: str = "S1",
    check: Check = Check.PRICE_OVER_LIMIT,
    status: FindingStatus = FindingStatus.CONFIRMED,
    by: User | None = None,
) -> Finding:
    decided = status != FindingStatus.FLAGGED
    return Finding.objects.create(
        batch=batch,
        check_name=check,
        setl_id=settlement,
        bkkp_sn=line,
        amount=Decimal(fund_amount),
        fund_amount=Decimal(fund_amount),
        facts={"pric": "2.00", "limit": "1.00", "cnt": "1"},
        status=status,
        decided_by=(by or user_with(Role.CLAIM_REVIEWER)) if decided else None,
        decided_at=batch.submitted_at if decided else None,
        reason="核实" if decided else "",
    )


def declared_statement(**batch) -> Statement:
    made = reviewed_batch(**batch)
    return statements.open_statement(batch_id=made.pk, at=made.submitted_at)


def audited_statement(team: Team, **batch) -> Statement:
    made = declared_statement(**batch)
    return statements.audit_statement(
        statement_id=made.pk, by=team.reviewer, at=at(made.declared_on)
    )


def approved_statement(team: Team, **batch) -> Statement:
    made = audited_statement(team, **batch)
    return statements.approve_statement(
        statement_id=made.pk, by=team.settlement_officer, at=at(made.declared_on)
    )


def verified_statement(team: Team, **batch) -> Statement:
    made = approved_statement(team, **batch)
    return statements.verify_statement(
        statement_id=made.pk, by=team.audit_officer, at=at(made.declared_on)
    )


def issued_order(team: Team, **batch) -> PaymentOrder:
    made = verified_statement(team, **batch)
    return payments.issue_order(
        statement_id=made.pk, by=team.payment_officer, at=at(made.declared_on)
    )


def paid_order(team: Team, *, reference: str = "ICBC-1", **batch) -> PaymentOrder:
    made = issued_order(team, **batch)
    return payments.record_payment(
        statement_id=made.statement_id,
        bank_reference=reference,
        paid_on=made.statement.declared_on,
        by=team.payment_officer,
        at=at(made.statement.declared_on),
    )
