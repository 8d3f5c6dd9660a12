"""Reviewing a batch: every check as one statement over all lines (B-03).

The same batch, knowledge base and parameters give the same findings; the run records all three.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from agency.models import User
from agency.rules import refuse_if
from settlements.enums import BatchState
from settlements.models import (
    BatchTransition,
    ClaimBatch,
    DataRemark,
    Finding,
    KnowledgeVersion,
    ReviewRun,
)
from settlements.permissions import review_obstacles
from settlements.services.locks import REVIEW, try_lock
from settlements.services.progress import Step, report_progress
from settlements.services.review.units import UNITS, Unit
from settlements.services.statements import open_statement

# For this transaction only: room to tell a million lines apart without writing to disk; no
# compiling of queries, which takes longer than they do; and no nested loops where there is another
# way: freshly loaded rows have no statistics, the planner takes a batch for one row and would
# compare each line with each claim, quadratically.
_SETTINGS = (
    "SELECT set_config('work_mem', '256MB', true), set_config('jit', 'off', true),"
    " set_config('enable_nestloop', 'off', true)"
)

_STORE = """
WITH found (setl_id, bkkp_sn, amount, fund_pay_sumamt, medfee_sumamt, facts, knowledge_row_id) AS (
{select}
)
INSERT INTO settlements_finding (
    batch_id, check_name, setl_id, bkkp_sn, amount, fund_amount, facts, knowledge_row_id,
    status, reason
)
SELECT %(batch)s, %(check)s, setl_id, bkkp_sn, amount,
    coalesce(round(amount * fund_pay_sumamt / nullif(medfee_sumamt, 0), 2), 0.00),
    facts, knowledge_row_id, 'flagged', ''
FROM found
ORDER BY setl_id, bkkp_sn, knowledge_row_id
-- A decided finding stays as it was decided; a line with two rows of one rule is found once.
ON CONFLICT (batch_id, setl_id, bkkp_sn, check_name) DO NOTHING
"""

_COUNTS = """
SELECT check_name, count(*), sum(amount), sum(fund_amount)
FROM settlements_finding WHERE batch_id = %s GROUP BY check_name
"""


def review_batch(*, batch_id: int, at: datetime, by: User | None = None) -> ClaimBatch:
    """Run all checks on an accepted batch, or again on one already reviewed, and open its
    statement.

    Undecided findings are made anew, decided ones stay. Refuses a batch not taken in, or whose
    statement is audited. Does nothing while another worker reviews it. A review whose worker
    died starts again. Costs one pass over the lines per check.
    """
    begin_review(batch_id=batch_id, at=at, by=by)
    with transaction.atomic():
        # Ends with the transaction, also when the worker is killed.
        if not try_lock(REVIEW, batch_id):
            return ClaimBatch.objects.get(pk=batch_id)
        batch = ClaimBatch.objects.get(pk=batch_id)
        if batch.state != BatchState.REVIEWING:
            return batch
        return _review(batch, at, by)


@transaction.atomic
def begin_review(*, batch_id: int, at: datetime, by: User | None = None) -> ClaimBatch:
    """Mark the batch as under review, for whoever then runs it. Refuses a batch not taken in, or
    whose statement is audited.
    """
    batch = ClaimBatch.objects.locked(batch_id)
    if batch.state == BatchState.REVIEWING:
        return batch
    refuse_if(review_obstacles(batch))
    source = batch.state
    batch.start_review()
    batch.save(update_fields=["state"])
    _record(batch, "review", source, at, by)
    return batch


def _record(batch: ClaimBatch, act: str, source: str, at: datetime, by: User | None) -> None:
    BatchTransition.objects.create(
        subject=batch,
        act=act,
        source=source,
        target=batch.state,
        on=timezone.localdate(at),
        at=at,
        by=by,
        rule="B-03",
    )


def _review(batch: ClaimBatch, at: datetime, by: User | None) -> ClaimBatch:
    knowledge = KnowledgeVersion.objects.in_use_on(timezone.localdate(at))
    values = {
        "shelf": batch.shelf_id,
        "batch": batch.pk,
        "institution": batch.institution_id,
        "knowledge": knowledge.pk if knowledge else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SETTINGS)
    Finding.objects.filter(batch=batch).undecided().delete()
    DataRemark.objects.filter(batch=batch).exclude(check_name="").delete()
    for done, unit in enumerate(UNITS):
        report_progress(batch.pk, Step.REVIEWING, done, len(UNITS))
        _run(unit, values)
    ReviewRun.objects.create(
        batch=batch,
        number=ReviewRun.objects.filter(batch=batch).count() + 1,
        knowledge=knowledge,
        parameters={},
        counts=counts_of(batch),
        started_at=at,
        finished_at=timezone.now(),
        by=by,
    )
    locked = ClaimBatch.objects.locked(batch.pk)
    source = locked.state
    locked.finish_review(at=at)
    locked.save(update_fields=["state", "reviewed_at"])
    _record(locked, "finish_review", source, at, by)
    open_statement(batch_id=locked.pk, at=at)
    return locked


def _run(unit: Unit, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_STORE.format(select=unit.select), {**values, "check": unit.check.value})
        if unit.missing:
            cursor.execute(unit.missing, values)
            DataRemark.objects.bulk_create(
                DataRemark(
                    batch_id=values["batch"],
                    check_name=unit.check.value,
                    field=field,
                    row_count=count,
                    example=example or "",
                )
                for field, count, example in cursor.fetchall()
            )


def counts_of(batch: ClaimBatch) -> dict[str, dict[str, str | int]]:
    """Return per check the number of findings, their amount and fund amount; zeros included."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [batch.pk])
        rows = {name: figures for name, *figures in cursor.fetchall()}
    nothing = [0, Decimal("0.00"), Decimal("0.00")]
    return {
        unit.check.value: {"findings": count, "amount": str(amount), "fund_amount": str(fund)}
        for unit in UNITS
        for count, amount, fund in [rows.get(unit.check.value, nothing)]
    }


def finding_counts(batch: ClaimBatch) -> dict[str, int]:
    """Return the number of findings of each check, zeros included. One query."""
    return {name: int(row["findings"]) for name, row in counts_of(batch).items()}
