"""From a reviewed batch to an amount that three people have stood for (B-02, B-04, B-06)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, override

from agency.models import User
from agency.rules import Obstacle, Refusal, refuse_if
from agency.services.calendar import office
from agency.services.numbers import next_number
from settlements import notifications, permissions
from settlements.enums import BatchState, Check, StatementState
from settlements.models import ClaimBatch, Finding, Statement, StatementTransition
from settlements.rules import PayoutQuestion, payout, payout_basis

ZERO = Decimal("0.00")

# The largest confirmed finding of each line, and never more from a settlement than the fund was
# asked to pay for it (B-06, claims.md §3).
_DEDUCTED = """
    SELECT coalesce(
        sum(least(taken.amount, greatest(coalesce(claim.fund_pay_sumamt, taken.amount), 0))), 0
    )
    FROM (
        SELECT setl_id, sum(largest) AS amount
        FROM (
            SELECT setl_id, bkkp_sn, max(fund_amount) AS largest
            FROM settlements_finding
            WHERE batch_id = %(batch)s AND status = 'confirmed'
                AND (%(without)s::bigint[] IS NULL OR NOT (
                    id = ANY(%(without)s::bigint[]) OR EXISTS (
                        SELECT 1 FROM settlements_restoredfinding AS restored
                        WHERE restored.finding_id = settlements_finding.id
                    )
                ))
            GROUP BY setl_id, bkkp_sn
        ) AS line
        GROUP BY setl_id
    ) AS taken
    LEFT JOIN settlements_claim AS claim
        ON claim.shelf_id = %(shelf)s AND claim.batch_id = %(batch)s
        AND claim.setl_id = taken.setl_id
"""

_BY_CHECK = """
    SELECT check_name,
        count(*) FILTER (WHERE status = 'flagged'),
        count(*) FILTER (WHERE status = 'confirmed'),
        count(*) FILTER (WHERE status = 'cleared'),
        coalesce(sum(fund_amount) FILTER (WHERE status = 'confirmed'), 0),
        coalesce(sum(fund_amount) FILTER (WHERE status = 'confirmed' AND place = 1), 0)
    FROM (
        SELECT check_name, status, fund_amount, row_number() OVER (
            PARTITION BY setl_id, bkkp_sn, status = 'confirmed' ORDER BY fund_amount DESC, id
        ) AS place
        FROM settlements_finding WHERE batch_id = %(batch)s
    ) AS finding
    GROUP BY check_name
    ORDER BY check_name
"""


@dataclass(frozen=True, slots=True)
class CheckRow:
    """What one check found in a batch, and how much of it is deducted."""

    check: Any
    flagged: int
    confirmed: int
    cleared: int
    found: Decimal
    counted: Decimal


@dataclass(frozen=True, slots=True)
class Deductions:
    """What is deducted from a batch, check by check.

    `over` is what the findings of a settlement exceed its own fund payment by: it is not taken.
    """

    rows: Sequence[CheckRow]
    total: Decimal

    @property
    def over(self) -> Decimal:
        return sum((row.counted for row in self.rows), ZERO) - self.total

    @property
    def undecided(self) -> int:
        return sum(row.flagged for row in self.rows)


def deducted_from(batch: ClaimBatch, *, without: Sequence[int] | None = None) -> Decimal:
    """Return what the confirmed findings of the batch take away. One query.

    `without` are findings that shall not count; then those restored earlier do not either.
    """
    values = {
        "batch": batch.pk,
        "shelf": batch.shelf_id,
        "without": None if without is None else list(without),
    }
    with connection.cursor() as cursor:
        cursor.execute(_DEDUCTED, values)
        return cursor.fetchone()[0]


def deductions_of(batch: ClaimBatch) -> Deductions:
    """Return the deductions of the batch by check. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_CHECK, {"batch": batch.pk})
        rows = [
            CheckRow(Check(name) if name in Check.values else name, *figures)
            for name, *figures in cursor.fetchall()
        ]
    return Deductions(rows, deducted_from(batch))


def record(
    statement: Statement,
    act: str,
    *,
    source: str,
    at: datetime,
    by: User | None,
    rule: str,
    reason: object = "",
) -> None:
    """Write the act into the statement's history, its reason in the office's language."""
    with override("zh-hans"):
        words = str(reason)
    StatementTransition.objects.create(
        subject=statement,
        act=act,
        source=source,
        target=statement.state,
        on=timezone.localdate(at),
        at=at,
        by=by,
        rule=rule,
        reason=words,
    )


@transaction.atomic
def open_statement(*, batch_id: int, at: datetime) -> Statement:
    """Return the statement of a reviewed batch, opened now unless it already is (B-04).

    Refuses a batch that is not reviewed.
    """
    batch = ClaimBatch.objects.select_related("institution__region").locked(batch_id)
    if statement := Statement.objects.filter(batch=batch).first():
        return statement
    if batch.state != BatchState.REVIEWED or batch.declared_on is None or batch.month is None:
        raise Refusal(
            [
                Obstacle(
                    "batch_not_reviewed",
                    _("The batch is not reviewed: there is no statement yet."),
                    rule="B-03",
                    remedy=_("Wait until its review has ended."),
                )
            ]
        )
    region = batch.institution.region
    on = timezone.localdate(at)
    rules = office(on=on, region=region)
    due, basis = payout_basis(batch.declared_on, rules)
    alarms = payout(PayoutQuestion(declared_on=batch.declared_on, today=on), rules)
    serial = next_number(f"statement.{region.code}.{on.year}")
    statement = Statement.objects.create(
        number=f"STM-{region.code}-{on.year}-{serial:05}",
        batch=batch,
        institution=batch.institution,
        month=batch.month,
        declared=batch.fund_amount,
        payable=batch.fund_amount,
        declared_on=batch.declared_on,
        due_on=due.on,
        due_basis=basis.to_json(),
        due_provisional=due.provisional,
        alarm_20_on=alarms.alarm_20_on,
        alarm_27_on=alarms.alarm_27_on,
    )
    record(statement, "open", source="", at=at, by=None, rule="B-04")
    return statement


def audit_obstacles(statement: Statement, user: User) -> list[Obstacle]:
    """Return why the user cannot audit the statement now. Two queries."""
    obstacles = permissions.audit_obstacles(statement, user)
    if statement.state != StatementState.DECLARED:
        return obstacles
    if statement.batch.state != BatchState.REVIEWED:
        obstacles.append(
            Obstacle(
                "batch_not_reviewed",
                _("The batch is being reviewed again."),
                rule="B-03",
                remedy=_("Wait until its review has ended."),
            )
        )
    if undecided := Finding.objects.filter(batch=statement.batch_id).undecided().count():
        text = ngettext(
            "%d finding is not decided yet.", "%d findings are not decided yet.", undecided
        )
        obstacles.append(
            Obstacle(
                "findings_undecided",
                text % undecided,
                rule="B-03",
                remedy=_("Confirm or clear each finding of the batch first."),
            )
        )
    return obstacles


@transaction.atomic
def audit_statement(*, statement_id: int, by: User, at: datetime) -> Statement:
    """Fix the amounts: declared less what confirmed findings take away (审核, B-03, B-06).

    Refuses while findings are undecided; afterwards no finding of the batch changes any more.
    """
    # The batch first, as the review and the decisions on findings lock it first too.
    batch = ClaimBatch.objects.locked(Statement.objects.get(pk=statement_id).batch_id)
    statement = Statement.objects.locked(statement_id)
    statement.batch = batch
    refuse_if(audit_obstacles(statement, by))
    source = statement.state
    statement.audit(by=by, at=at, deducted=deducted_from(batch))
    statement.save(update_fields=["state", "reviewer", "audited_at", "deducted", "payable"])
    record(statement, "audit", source=source, at=at, by=by, rule="B-06")
    notifications.tell_institution(
        statement,
        key="audited",
        subject=_("Statement %s is audited") % statement.number,
        body=_("Declared %(declared)s, deducted %(deducted)s, payable %(payable)s CNY.")
        % {
            "declared": f"{statement.declared:,.2f}",
            "deducted": f"{statement.deducted:,.2f}",
            "payable": f"{statement.payable:,.2f}",
        },
        at=at,
    )
    return statement


@transaction.atomic
def approve_statement(*, statement_id: int, by: User, at: datetime) -> Statement:
    """Approve the audited amount for settlement (结算, B-02)."""
    statement = Statement.objects.locked(statement_id)
    refuse_if(permissions.approval_obstacles(statement, by))
    source = statement.state
    statement.approve(by=by, at=at)
    statement.save(update_fields=["state", "settlement_officer", "approved_at"])
    record(statement, "approve", source=source, at=at, by=by, rule="B-02")
    return statement


@transaction.atomic
def verify_statement(*, statement_id: int, by: User, at: datetime) -> Statement:
    """Verify that audit and settlement were done by the rules (稽核, B-02)."""
    statement = Statement.objects.locked(statement_id)
    refuse_if(permissions.verification_obstacles(statement, by))
    source = statement.state
    statement.verify(by=by, at=at)
    statement.save(update_fields=["state", "audit_officer", "verified_at"])
    record(statement, "verify", source=source, at=at, by=by, rule="B-02")
    return statement
