"""Claims decided anew because days became payable again (B-19, Order 2 art. 46).

The checks that asked for those days are asked again, batch by batch, with what is true now. What
they find no longer falls away: before the audit the finding itself; afterwards, when the amounts
are fixed, the fund owes the difference to the fen, as an obligation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from agency.models import Region, User
from agreements.enums.measures import ObligationKind
from agreements.models import Obligation
from agreements.services.obligations import oblige
from institutions.models import Institution
from settlements.enums import BatchState, Check, FindingStatus, StatementState
from settlements.models import (
    BatchTransition,
    ClaimBatch,
    ClaimReopening,
    Finding,
    FindingTransition,
    ReopenedStatement,
    RestoredFinding,
    ReviewRun,
    Statement,
)
from settlements.services.locks import REVIEW, wait_for_lock
from settlements.services.review.running import counts_of
from settlements.services.review.units import UNITS, Unit
from settlements.services.statements import deducted_from

RULE = "B-19"
ARTICLE = "国家医疗保障局令第2号第四十六条"
CHUNK = 5000
REOPENABLE = (
    Check.AGREEMENT_NOT_IN_FORCE,
    Check.PRACTITIONER_BLOCKED,
    Check.DEPARTMENT_BLOCKED,
)

_BATCHES = """
SELECT DISTINCT batch.id FROM settlements_claimbatch AS batch
LEFT JOIN settlements_finding AS finding ON finding.batch_id = batch.id
    AND finding.check_name = ANY(%(checks)s)
    AND (finding.facts ->> 'day')::date BETWEEN %(first)s AND %(last)s
WHERE batch.institution_id = %(institution)s
    AND (finding.id IS NOT NULL OR batch.state = 'reviewing')
ORDER BY batch.id
"""

_GONE = """
WITH found (setl_id, bkkp_sn, amount, fund_pay_sumamt, medfee_sumamt, facts, knowledge_row_id) AS (
{select}
)
SELECT finding.id, finding.status FROM settlements_finding AS finding
WHERE finding.batch_id = %(batch)s AND finding.check_name = %(check)s
    AND finding.status IN ('flagged', 'confirmed')
    AND (finding.facts ->> 'day')::date BETWEEN %(first)s AND %(last)s
    AND NOT EXISTS (
        SELECT 1 FROM settlements_restoredfinding AS restored
        WHERE restored.finding_id = finding.id
    )
    AND NOT EXISTS (
        SELECT 1 FROM found
        WHERE found.setl_id = finding.setl_id
            AND found.bkkp_sn IS NOT DISTINCT FROM finding.bkkp_sn
    )
ORDER BY finding.id
"""


@dataclass(frozen=True, slots=True)
class Restored:
    """What falls away on one batch; `statement` is None while none is open."""

    statement: Statement | None
    findings: Sequence[int]
    amount: Decimal
    fixed: bool


def reopen_claims(
    *,
    institution_id: int,
    region_code: str,
    first: date,
    last: date,
    reason: str,
    by: User,
    at: datetime,
) -> int:
    """Decide the claims of the days from `first` to `last` anew and return how many findings no
    longer hold. Asked again, nothing is left to do.
    """
    reopening = reopen(
        institution_id=institution_id,
        region_code=region_code,
        first=first,
        last=last,
        reason=reason,
        by=by,
        at=at,
    )
    return reopening.finding_count if reopening else 0


@transaction.atomic
def reopen(
    *,
    institution_id: int,
    region_code: str,
    first: date,
    last: date,
    reason: str,
    by: User,
    at: datetime,
) -> ClaimReopening | None:
    """Do what `reopen_claims` says and return its record, or None where nothing changed. Costs one
    pass of three checks over the lines of each batch that has such findings.
    """
    institution = Institution.objects.get(pk=institution_id)
    region = Region.objects.get(pk=region_code)
    restored = []
    for pk in _batches(institution_id, first, last):
        # A review under way is waited for; none begins before this has committed.
        wait_for_lock(REVIEW, pk)
        batch = ClaimBatch.objects.locked(pk)
        if found := _restore(batch, first=first, last=last, reason=reason, by=by, at=at):
            restored.append(found)
    if not restored:
        return None
    reopening = ClaimReopening.objects.create(
        institution=institution,
        region=region,
        first_day=first,
        last_day=last,
        reason=reason,
        finding_count=sum(len(each.findings) for each in restored),
        at=at,
        by=by,
    )
    for each in restored:
        if each.statement is not None:
            _owe(reopening, each, each.statement, by=by, at=at)
    return reopening


def _batches(institution_id: int, first: date, last: date) -> list[int]:
    values: dict[str, Any] = {
        "institution": institution_id,
        "checks": [each.value for each in REOPENABLE],
        "first": first,
        "last": last,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BATCHES, values)
        return [pk for (pk,) in cursor.fetchall()]


def _restore(
    batch: ClaimBatch, *, first: date, last: date, reason: str, by: User, at: datetime
) -> Restored | None:
    statement = Statement.objects.select_for_update().filter(batch=batch).first()
    gone = _no_longer_found(batch, first, last)
    if not gone:
        return None
    confirmed = [pk for pk, status in gone if status == FindingStatus.CONFIRMED]
    everything = [pk for pk, _status in gone]
    amount = deducted_from(batch, without=[]) - deducted_from(batch, without=confirmed)
    fixed = statement is not None and statement.state != StatementState.DECLARED
    if not fixed:
        _take_back(batch, confirmed, everything, reason=reason, by=by, at=at)
    return Restored(statement, everything, amount, fixed)


def _no_longer_found(batch: ClaimBatch, first: date, last: date) -> list[tuple[int, str]]:
    """Ask the checks again and return (finding, status) of what they do not find any more."""
    values: dict[str, Any] = {
        "shelf": batch.shelf_id,
        "batch": batch.pk,
        "institution": batch.institution_id,
        "knowledge": None,
        "first": first,
        "last": last,
    }
    gone: list[tuple[int, str]] = []
    with connection.cursor() as cursor:
        for unit in _units():
            cursor.execute(_GONE.format(select=unit.select), {**values, "check": unit.check.value})
            gone += cursor.fetchall()
    return gone


def _units() -> list[Unit]:
    return [each for each in UNITS if each.check in REOPENABLE]


def _take_back(
    batch: ClaimBatch,
    confirmed: Sequence[int],
    everything: Sequence[int],
    *,
    reason: str,
    by: User,
    at: datetime,
) -> None:
    """Before the audit: what a person confirmed is cleared, what nobody decided falls away, and
    the run of the review says so.
    """
    Finding.objects.filter(pk__in=confirmed).update(
        status=FindingStatus.CLEARED.value, decided_by=by, decided_at=at, reason=reason
    )
    FindingTransition.objects.bulk_create(
        (
            FindingTransition(
                subject_id=pk,
                act="reopen",
                source=FindingStatus.CONFIRMED.value,
                target=FindingStatus.CLEARED.value,
                on=timezone.localdate(at),
                at=at,
                by=by,
                reason=reason,
                rule=RULE,
            )
            for pk in confirmed
        ),
        batch_size=CHUNK,
    )
    Finding.objects.filter(pk__in=everything).undecided().delete()
    if batch.state != BatchState.REVIEWED:
        return
    last_run = ReviewRun.objects.filter(batch=batch).order_by("-number").first()
    ReviewRun.objects.create(
        batch=batch,
        number=last_run.number + 1 if last_run else 1,
        knowledge=last_run.knowledge if last_run else None,
        parameters={"checks": [each.value for each in REOPENABLE]},
        counts=counts_of(batch),
        started_at=at,
        finished_at=timezone.now(),
        by=by,
    )
    BatchTransition.objects.create(
        subject=batch,
        act="reopen_claims",
        source=batch.state,
        target=batch.state,
        on=timezone.localdate(at),
        at=at,
        by=by,
        reason=reason,
        rule=RULE,
    )


def _owe(
    reopening: ClaimReopening, found: Restored, statement: Statement, *, by: User, at: datetime
) -> None:
    """Record the statement, and where its amounts are fixed oblige the fund to pay the rest."""
    obligation: Obligation | None = None
    if found.fixed and found.amount > 0:
        with override("zh-hans"):
            ground = _("Statement %(number)s: %(reason)s") % {
                "number": statement.number,
                "reason": reopening.reason,
            }
        obligation = oblige(
            institution=reopening.institution,
            region=reopening.region,
            kind=ObligationKind.RESTORED,
            amount=found.amount,
            ground=ground,
            basis=statement.number,
            basis_item=str(reopening.pk),
            on=timezone.localdate(at),
            at=at,
            by=by,
            rule=RULE,
            article=ARTICLE,
        )
    row = ReopenedStatement.objects.create(
        reopening=reopening,
        statement=statement,
        finding_count=len(found.findings),
        amount=found.amount,
        obligation=obligation,
    )
    if found.fixed:
        RestoredFinding.objects.bulk_create(
            (RestoredFinding(finding_id=pk, of=row) for pk in found.findings), batch_size=CHUNK
        )
