"""Claims of days that became payable, decided anew to the fen (B-19)."""

from datetime import date
from decimal import Decimal

import pytest

from agency.enums import Role
from agreements.models import Obligation
from agreements.services.annulment import annul_suspension
from settlements.enums import Check, FindingStatus
from settlements.models import (
    BatchTransition,
    ClaimReopening,
    Finding,
    ReopenedStatement,
    RestoredFinding,
    ReviewRun,
    Statement,
)
from settlements.services.findings import decide_check
from settlements.services.reopening import reopen_claims
from settlements.services.review import review_batch
from settlements.services.statements import audit_statement
from tests.agency.factories import user_with
from tests.institutions.factories import InstitutionFactory
from tests.settlements.claimfiles import AT, Files, agreement_of, hand_in, suspended

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 10, 5), date(2026, 10, 9)


class Story:
    """Two suspensions cover the 5th to the 7th and the 8th to the 9th of October."""

    def __init__(self) -> None:
        self.institution = InstitutionFactory()
        agreement = agreement_of(self.institution)
        self.annulled = suspended(agreement, FIRST, date(2026, 10, 8))
        self.standing = suspended(agreement, date(2026, 10, 8), date(2026, 10, 10))
        self.head = user_with(Role.AGENCY_HEAD)
        self.reviewer = user_with(Role.CLAIM_REVIEWER)
        files = Files(self.institution.code)
        row = files.settlement(fund_share="0.7", begndate="2026-10-04")
        for day in range(4, 10):
            files.line(row, fee_ocur_time=f"2026-10-{day:02} 09:00:00", cnt="1", pric="33.33")
        self.batch = hand_in(self.institution, files.totals().csv())
        review_batch(batch_id=self.batch.pk, at=AT)

    @property
    def statement(self) -> Statement:
        return Statement.objects.get(batch=self.batch)

    def confirm(self) -> None:
        decide_check(
            batch_id=self.batch.pk,
            check=Check.AGREEMENT_NOT_IN_FORCE,
            verdict=FindingStatus.CONFIRMED,
            reason="协议中止期间",
            by=self.reviewer,
            at=AT,
        )

    def audit(self) -> Statement:
        self.confirm()
        return audit_statement(
            statement_id=self.statement.pk, by=user_with(Role.CLAIM_REVIEWER), at=AT
        )

    def annul(self) -> None:
        annul_suspension(
            suspension_id=self.annulled.pk,
            by=self.head,
            at=AT,
            on=date(2026, 11, 20),
            reason="复议撤销",
        )

    def reopen(self, first: date = FIRST, last: date = LAST) -> int:
        return reopen_claims(
            institution_id=self.institution.pk,
            region_code=self.institution.region_id,
            first=first,
            last=last,
            reason="复议撤销",
            by=self.head,
            at=AT,
        )

    def left(self) -> list[tuple[str, str]]:
        rows = Finding.objects.filter(batch=self.batch).order_by("bkkp_sn")
        return list(rows.values_list("bkkp_sn", "status"))


def test_a_day_that_is_still_suspended_is_not_given_back():
    story = Story()
    assert len(story.left()) == 5
    assert story.reopen() == 0
    assert not ClaimReopening.objects.exists()


def test_undecided_findings_of_the_days_fall_away_and_the_run_says_so():
    story = Story()
    story.annul()

    assert story.reopen() == 3

    assert story.left() == [("L00005", "flagged"), ("L00006", "flagged")]
    run = ReviewRun.objects.filter(batch=story.batch).order_by("-number").first()
    assert (run.number, run.counts["agreement_not_in_force"]["findings"]) == (2, 2)
    assert BatchTransition.objects.filter(subject=story.batch, act="reopen_claims").count() == 1
    row = ReopenedStatement.objects.get()
    assert (row.statement, row.amount, row.obligation) == (story.statement, Decimal("0.00"), None)


def test_confirmed_before_the_audit_is_cleared_and_no_longer_deducted():
    story = Story()
    story.confirm()
    story.annul()

    assert story.reopen() == 3

    assert [status for _line, status in story.left()] == ["cleared"] * 3 + ["confirmed"] * 2
    assert ReopenedStatement.objects.get().amount == Decimal("69.99")  # 3 × 23.33
    audited = audit_statement(statement_id=story.statement.pk, by=story.reviewer, at=AT)
    assert audited.deducted == Decimal("46.66")
    assert not Obligation.objects.exists()


def test_after_the_audit_the_fund_owes_the_difference_to_the_fen():
    story = Story()
    before = story.audit()
    assert before.deducted == Decimal("116.65")  # 5 × 23.33
    story.annul()

    assert story.reopen() == 3

    after = story.statement
    assert (after.deducted, after.payable) == (before.deducted, before.payable)
    owed = Obligation.objects.get()
    assert (owed.kind, owed.direction, owed.amount) == (
        "restored",
        "to_institution",
        Decimal("69.99"),
    )
    assert (owed.basis, owed.rule, owed.institution) == (after.number, "B-19", story.institution)
    assert ReopenedStatement.objects.get().obligation == owed
    assert RestoredFinding.objects.count() == 3
    # What a person confirmed stays as it was confirmed.
    assert {status for _line, status in story.left()} == {"confirmed"}


def test_asked_again_nothing_is_given_back_twice():
    story = Story()
    story.audit()
    story.annul()
    assert story.reopen(FIRST, date(2026, 10, 6)) == 2
    assert story.reopen() == 1  # only the 7th is new
    assert story.reopen() == 0
    amounts = Obligation.objects.order_by("pk").values_list("amount", flat=True)
    assert list(amounts) == [Decimal("46.66"), Decimal("23.33")]
    assert ClaimReopening.objects.count() == 2


def test_another_finding_on_the_line_still_deducts():
    story = Story()
    Finding.objects.create(
        batch=story.batch,
        check_name=Check.PRICE_OVER_LIMIT,
        setl_id="S0001",
        bkkp_sn="L00002",
        amount=Decimal("10.00"),
        fund_amount=Decimal("7.00"),
        facts={"pric": "2.00", "limit": "1.00", "cnt": "1"},
        status=FindingStatus.CONFIRMED,
        decided_by=story.reviewer,
        decided_at=AT,
        reason="超限价",
    )
    story.audit()
    story.annul()
    story.reopen()
    assert Obligation.objects.get().amount == Decimal("62.99")  # 69.99 less the 7.00 that stays
