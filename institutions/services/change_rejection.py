"""Rejecting a change of information: by a person, or because its new assessment was failed."""

from datetime import datetime

from django.utils import timezone

from agency.models import User
from institutions.models import ChangeRequest
from institutions.notifications import changes as notifications
from institutions.services.change_history import record_step
from institutions.services.change_values import RULE
from institutions.services.letters.changes import result_letter

DECISION = ["state", "decided_by", "decided_at", "decision_reason"]


def reject(
    change: ChangeRequest, *, by: User, at: datetime, reason: str, rule: str = RULE
) -> ChangeRequest:
    """Reject a locked change that may be rejected: state, letter, history, notices."""
    source = change.state
    change.reject(by=by, at=at, reason=reason)
    change.save(update_fields=DECISION)
    letter = result_letter(change, "change_rejected", reason=reason, by=by, at=at)
    record_step(
        change,
        act="reject",
        source=source,
        on=timezone.localdate(at),
        at=at,
        by=by,
        reason=reason,
        rule=rule,
        letter=letter,
    )
    notifications.change_decided(change, at=at)
    return change
