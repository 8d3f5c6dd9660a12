"""Deciding findings: confirmed ones are deducted, cleared ones are not (B-03, B-06)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.models import User
from agency.rules import Obstacle, refuse_if
from settlements.enums import Check, FindingStatus
from settlements.models import BatchTransition, ClaimBatch, Finding, FindingTransition
from settlements.permissions import decision_on_findings_obstacles, finding_obstacles

_NO_REASON = Obstacle("reason_missing", _("Say why."), rule="B-03")


@transaction.atomic
def decide_finding(
    *, finding_id: int, verdict: FindingStatus, reason: str, by: User, at: datetime
) -> Finding:
    """Confirm or clear one finding. Refuses one already decided, a batch whose statement is
    audited, and a decision without a reason.
    """
    # The batch first, as review and audit lock it first too.
    batch = ClaimBatch.objects.locked(Finding.objects.get(pk=finding_id).batch_id)
    finding = Finding.objects.locked(finding_id)
    finding.batch = batch
    refuse_if(finding_obstacles(finding, by) + ([] if reason.strip() else [_NO_REASON]))
    decide = finding.confirm if verdict == FindingStatus.CONFIRMED else finding.clear
    decide(by=by, at=at, reason=reason)
    finding.save(update_fields=["status", "decided_by", "decided_at", "reason"])
    FindingTransition.objects.create(
        subject=finding, **_decision(verdict, reason=reason, by=by, at=at)
    )
    _record(batch, verdict, f"{finding.check_name} {finding.bkkp_sn or finding.setl_id}", by, at)
    return finding


@transaction.atomic
def decide_check(
    *,
    batch_id: int,
    check: Check,
    verdict: FindingStatus,
    reason: str,
    by: User,
    at: datetime,
) -> int:
    """Confirm or clear all undecided findings of one check; return how many. One UPDATE, and one
    step of history for each of them.
    """
    batch = ClaimBatch.objects.locked(batch_id)
    refuse_if(decision_on_findings_obstacles(batch, by) + ([] if reason.strip() else [_NO_REASON]))
    rows = Finding.objects.filter(batch=batch, check_name=check).undecided()
    decided = list(rows.values_list("pk", flat=True))
    # The database's own machine (finding_status_machine) guards what this update does.
    count = Finding.objects.filter(pk__in=decided).update(
        status=verdict.value, decided_by=by, decided_at=at, reason=reason
    )
    step = _decision(verdict, reason=reason, by=by, at=at)
    FindingTransition.objects.bulk_create(
        (FindingTransition(subject_id=pk, **step) for pk in decided), batch_size=5000
    )
    if count:
        _record(batch, verdict, f"{check.value} × {count}", by, at)
    return count


def _decision(verdict: FindingStatus, *, reason: str, by: User, at: datetime) -> dict[str, Any]:
    return {
        "act": "confirm" if verdict == FindingStatus.CONFIRMED else "clear",
        "source": FindingStatus.FLAGGED.value,
        "target": verdict.value,
        "on": timezone.localdate(at),
        "at": at,
        "by": by,
        "reason": reason,
        "rule": "B-03",
    }


def _record(batch: ClaimBatch, verdict: FindingStatus, what: str, by: User, at: datetime) -> None:
    BatchTransition.objects.create(
        subject=batch,
        act="confirm_findings" if verdict == FindingStatus.CONFIRMED else "clear_findings",
        source=batch.state,
        target=batch.state,
        on=timezone.localdate(at),
        at=at,
        by=by,
        reason=what,
        rule="B-03",
    )
