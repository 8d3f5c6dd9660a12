from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.db.models import F

from agency.enums import Role
from agency.models import Notice
from agency.rules import Refusal
from settlements.enums import BatchState, Check, FindingStatus, StatementState
from settlements.models import Claim, ClaimBatch, Finding, Statement, StatementTransition
from settlements.services import shelves, statements
from tests.agency.factories import user_with
from tests.institutions.factories import InstitutionFactory, member_of
from tests.settlements.statement_factories import (
    DECLARED_ON,
    DUE_ON,
    Team,
    approved_statement,
    at,
    audited_statement,
    declared_statement,
    finding,
    paid_order,
    reviewed_batch,
    verified_statement,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return Team()


def codes(refusal: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [each.code for each in refusal.value.obstacles]


# --- opening ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared_on", "due_on"),
    [
        (date(2025, 1, 10), date(2025, 2, 27)),
        (date(2025, 9, 30), date(2025, 11, 18)),
        (date(2026, 4, 30), date(2026, 6, 15)),
    ],
)
def test_due_date_is_the_worked_example(declared_on, due_on):
    statement = declared_statement(declared_on=declared_on)
    assert statement.due_on == due_on
    assert not statement.due_provisional
    assert statement.due_basis["rule"] == "B-04"
    assert statement.due_basis["start"] == declared_on.isoformat()
    assert statement.due_basis["n"] == 30


def test_alarms_lie_at_20_and_27_working_days():
    statement = declared_statement()
    assert (statement.alarm_20_on, statement.alarm_27_on) == (date(2025, 2, 13), date(2025, 2, 24))


def test_opening_twice_gives_the_same_statement():
    batch = reviewed_batch()
    first = statements.open_statement(batch_id=batch.pk, at=at(DECLARED_ON))
    second = statements.open_statement(batch_id=batch.pk, at=at(DECLARED_ON))
    assert first == second
    assert list(first.transitions.values_list("act", "target")) == [("open", "declared")]
    assert first.payable == first.declared == Decimal("10000.00")


def test_no_statement_of_a_batch_under_review():
    batch = reviewed_batch(state=BatchState.REVIEWING)
    with pytest.raises(Refusal) as refusal:
        statements.open_statement(batch_id=batch.pk, at=at(DECLARED_ON))
    assert codes(refusal) == ["batch_not_reviewed"]
    assert not Statement.objects.exists()


# --- deductions ---------------------------------------------------------------------------------


def test_only_the_largest_confirmed_finding_of_a_line_is_deducted(team):
    statement = declared_statement()
    batch = statement.batch
    finding(batch, "30.00", line="L1", check=Check.PRICE_OVER_LIMIT)
    finding(batch, "50.00", line="L1", check=Check.DRUG_SEX)
    finding(batch, "20.00", line="L2", check=Check.DRUG_SEX)
    finding(batch, "5.00", line=None, check=Check.AMOUNT_MISMATCH)
    finding(batch, "900.00", line="L3", check=Check.DRUG_SEX, status=FindingStatus.CLEARED)

    rows = {row.check: row for row in statements.deductions_of(batch).rows}
    assert rows[Check.PRICE_OVER_LIMIT].found == Decimal("30.00")
    assert rows[Check.PRICE_OVER_LIMIT].counted == Decimal(0)
    assert rows[Check.DRUG_SEX].counted == Decimal("70.00")
    assert rows[Check.DRUG_SEX].cleared == 1

    audited = statements.audit_statement(
        statement_id=statement.pk, by=team.reviewer, at=at(DECLARED_ON)
    )
    assert audited.deducted == Decimal("75.00")
    assert audited.payable == Decimal("9925.00")


def test_example_of_b06(team):
    """12 lines flagged 8,400.00; 3 cleared 1,900.00: 6,500.00 are deducted."""
    statement = declared_statement()
    for number, amount in enumerate(["700.00"] * 8 + ["900.00"]):
        finding(statement.batch, amount, line=f"L{number}")
    for number, amount in enumerate(["600.00", "600.00", "700.00"]):
        finding(statement.batch, amount, line=f"C{number}", status=FindingStatus.CLEARED)
    audited = statements.audit_statement(
        statement_id=statement.pk, by=team.reviewer, at=at(DECLARED_ON)
    )
    assert audited.deducted == Decimal("6500.00")


def test_no_settlement_loses_more_than_the_fund_was_asked_for(team):
    """A finding on the whole settlement and others on its lines: 100.00 asked, 100.00 taken."""
    statement = declared_statement()
    batch = statement.batch
    ClaimBatch.objects.filter(pk=batch.pk).update(shelf=shelves.live_shelf(DECLARED_ON))
    batch = ClaimBatch.objects.get(pk=batch.pk)
    Claim.objects.create(
        shelf_id=batch.shelf_id,
        batch_id=batch.pk,
        claim_no=1,
        setl_id="S1",
        mdtrt_id="M1",
        psn_no="P1",
        begndate=DECLARED_ON,
        enddate=DECLARED_ON,
        setl_time=at(DECLARED_ON),
        medfee_sumamt=Decimal("150.00"),
        fund_pay_sumamt=Decimal("100.00"),
        psn_pay=Decimal("50.00"),
    )
    finding(batch, "100.00", line=None)
    finding(batch, "30.00", line="L1")
    deductions = statements.deductions_of(batch)
    assert (deductions.total, deductions.over) == (Decimal("100.00"), Decimal("30.00"))
    audited = statements.audit_statement(
        statement_id=statement.pk, by=team.reviewer, at=at(DECLARED_ON)
    )
    assert audited.deducted == Decimal("100.00")


def test_undecided_findings_block_the_audit(team):
    statement = declared_statement()
    finding(statement.batch, "30.00", status=FindingStatus.FLAGGED)
    with pytest.raises(Refusal) as refusal:
        statements.audit_statement(statement_id=statement.pk, by=team.reviewer, at=at(DECLARED_ON))
    assert codes(refusal) == ["findings_undecided"]
    assert "1" in str(refusal.value.obstacles[0].text)
    statement.refresh_from_db()
    assert (statement.state, statement.reviewer) == (StatementState.DECLARED, None)
    assert statement.transitions.count() == 1


def test_findings_are_frozen_by_the_audit(team):
    statement = declared_statement()
    confirmed = finding(statement.batch, "30.00")
    audited_ = statements.audit_statement(
        statement_id=statement.pk, by=team.reviewer, at=at(DECLARED_ON)
    )
    with pytest.raises(IntegrityError, match="audited") as error, transaction.atomic():
        Finding.objects.filter(pk=confirmed.pk).update(fund_amount=0)
    assert error.value.__cause__.diag.constraint_name == "finding_frozen_by_audit"
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        ClaimBatch.objects.filter(pk=statement.batch_id).update(state=BatchState.REVIEWING)
    assert error.value.__cause__.diag.constraint_name == "claimbatch_review_ends_with_audit"
    with pytest.raises(InternalError, match="Cannot update rows"), transaction.atomic():
        Statement.objects.filter(pk=audited_.pk).update(
            deducted=F("deducted") + 1, payable=F("payable") - 1
        )


def test_the_institution_is_told_of_the_audit(team):
    institution = InstitutionFactory()
    member = member_of(institution)
    other = member_of(InstitutionFactory())
    statement = audited_statement(team, institution=institution)
    notice = Notice.objects.get(recipient=member)
    assert statement.number in notice.subject
    assert notice.url == statement.get_portal_url()
    assert not Notice.objects.filter(recipient=other).exists()


# --- the machine --------------------------------------------------------------------------------


def test_each_act_leaves_its_person_and_its_record(team):
    statement = verified_statement(team)
    assert statement.state == StatementState.VERIFIED
    assert list(statement.transitions.values_list("act", "source", "target", "by", "rule")) == [
        ("open", "", "declared", None, "B-04"),
        ("audit", "declared", "audited", team.reviewer.pk, "B-06"),
        ("approve", "audited", "approved", team.settlement_officer.pk, "B-02"),
        ("verify", "approved", "verified", team.audit_officer.pk, "B-02"),
    ]


@pytest.mark.parametrize(
    ("act", "make", "role"),
    [
        (statements.audit_statement, audited_statement, Role.CLAIM_REVIEWER),
        (statements.approve_statement, approved_statement, Role.SETTLEMENT_OFFICER),
        (statements.verify_statement, verified_statement, Role.AUDIT_OFFICER),
    ],
)
def test_an_act_done_is_not_done_again(team, act, make, role):
    statement = make(team)
    before = StatementTransition.objects.count()
    with pytest.raises(Refusal) as refusal:
        act(statement_id=statement.pk, by=user_with(role), at=at(DECLARED_ON))
    assert codes(refusal) == ["wrong_state"]
    assert StatementTransition.objects.count() == before


@pytest.mark.parametrize(
    "role", [role for role in Role if role is not Role.SETTLEMENT_OFFICER], ids=str
)
def test_nobody_else_approves(team, role):
    statement = audited_statement(team)
    with pytest.raises(Refusal) as refusal:
        statements.approve_statement(
            statement_id=statement.pk, by=user_with(role), at=at(DECLARED_ON)
        )
    assert "not_entitled" in codes(refusal)
    statement.refresh_from_db()
    assert statement.state == StatementState.AUDITED


def test_who_moved_to_another_post_is_still_the_same_person():
    """B-02: users are compared, not roles."""
    team = Team()
    team.reviewer = user_with(Role.CLAIM_REVIEWER, Role.SETTLEMENT_OFFICER)
    statement = audited_statement(team)
    with pytest.raises(Refusal) as refusal:
        statements.approve_statement(
            statement_id=statement.pk, by=team.reviewer, at=at(DECLARED_ON)
        )
    assert codes(refusal) == ["same_person"]
    assert refusal.value.obstacles[0].rule == "B-02"
    statement.refresh_from_db()
    assert (statement.state, statement.settlement_officer) == (StatementState.AUDITED, None)


# --- what the database refuses by itself ----------------------------------------------------------

POSTS = ["reviewer", "settlement_officer", "audit_officer", "payment_officer"]


@pytest.mark.parametrize(
    ("one", "other"),
    [(one, other) for number, one in enumerate(POSTS) for other in POSTS[number + 1 :]],
)
def test_database_refuses_one_person_in_two_posts(team, one, other):
    statement = verified_statement(team)
    people = {
        "reviewer": team.reviewer,
        "settlement_officer": team.settlement_officer,
        "audit_officer": team.audit_officer,
        "payment_officer": team.payment_officer,
    }
    with pytest.raises(IntegrityError, match="statement_four_different_people"):
        Statement.objects.filter(pk=statement.pk).update(
            payment_officer=people["payment_officer"], **{other: people[one]}
        ) if other != "payment_officer" else Statement.objects.filter(pk=statement.pk).update(
            payment_officer=people[one]
        )


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"deducted": "1.00"}, "statement_payable_is_the_difference"),
        ({"deducted": "-1.00", "payable": "10001.00"}, "statement_deducted_not_negative"),
        ({"month": date(2024, 12, 2)}, "statement_month_is_its_first_day"),
        ({"state": "audited"}, "statement_audited_has_its_person"),
        ({"late_reason": "system failure"}, "statement_delay_explained_in_full"),
    ],
)
def test_database_refuses_a_declared_statement_with(facts, constraint):
    statement = declared_statement()
    with pytest.raises(IntegrityError, match=constraint):
        Statement.objects.filter(pk=statement.pk).update(**facts)


def test_database_refuses_states_without_their_person(team):
    audited = audited_statement(team)
    with (
        pytest.raises(IntegrityError, match="statement_approved_has_its_person"),
        transaction.atomic(),
    ):
        Statement.objects.filter(pk=audited.pk).update(state="approved")
    approved = approved_statement(team)
    with (
        pytest.raises(IntegrityError, match="statement_verified_has_its_person"),
        transaction.atomic(),
    ):
        Statement.objects.filter(pk=approved.pk).update(state="verified")
    with (
        pytest.raises(IntegrityError, match="statement_payment_officer_comes_last"),
        transaction.atomic(),
    ):
        Statement.objects.filter(pk=approved.pk).update(payment_officer=team.payment_officer)
    verified = verified_statement(team)
    with pytest.raises(IntegrityError, match=r"statement_pa(id|yment)_"), transaction.atomic():
        Statement.objects.filter(pk=verified.pk).update(state="paid")


@pytest.mark.parametrize("target", ["approved", "verified", "paid", "closed"])
def test_database_refuses_to_skip_a_post(target):
    statement = declared_statement()
    with pytest.raises(InternalError, match="Invalid transition"):
        Statement.objects.filter(pk=statement.pk).update(state=target)


def test_database_refuses_to_change_or_delete_a_paid_statement(team):
    statement = paid_order(team).statement
    with pytest.raises(InternalError, match="Cannot update rows"), transaction.atomic():
        Statement.objects.filter(pk=statement.pk).update(due_on=DUE_ON.replace(year=2030))
    with pytest.raises(InternalError, match="Cannot delete rows"), transaction.atomic():
        connection.cursor().execute(
            "DELETE FROM settlements_statement WHERE id = %s", [statement.pk]
        )
