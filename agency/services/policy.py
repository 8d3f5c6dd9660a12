"""What changes of parameters and of profiles have in common: one proposes, another decides."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from agency import policy
from agency.enums import Role
from agency.models import StandIn, User
from agency.models.policy import PolicyChange
from agency.rules import Obstacle, refuse_if
from agency.services.notices import holders, tell


def record(change: Any, *, act: str, source: str, by: User, at: datetime, reason: str) -> None:
    """Write one step into the history of a change."""
    change.transitions.create(
        act=act,
        source=source,
        target=change.state,
        on=timezone.localdate(at),
        at=at,
        by=by,
        reason=reason,
        rule=policy.TWO_PEOPLE,
    )


def standing_for(user_id: int, on: date) -> frozenset[int]:
    """Return the person and everybody the person stood in for on the day (B-02). One query."""
    delegators = StandIn.objects.filter(
        Q(revoked_at__isnull=True) | Q(revoked_at__date__gte=on),
        delegate_id=user_id,
        starts_on__lte=on,
        ends_on__gte=on,
    )
    return frozenset(delegators.values_list("delegator_id", flat=True)) | {user_id}


def decision_obstacles(change: PolicyChange, by: User, *, on: date) -> list[Obstacle]:
    """Return why the person cannot decide the proposal."""
    proposers: frozenset[int] = frozenset()
    if change.proposed_by_id is not None and change.proposed_at is not None:
        proposers = standing_for(change.proposed_by_id, timezone.localdate(change.proposed_at))
    return policy.decision_obstacles(
        is_open=change.is_open, proposer_ids=proposers, decider_ids=standing_for(by.pk, on)
    )


def approval_obstacles(
    change: PolicyChange, by: User, *, on: date, approved: Any
) -> list[Obstacle]:
    """Return why the person cannot approve the proposal; `approved` are the approved changes of
    the same subject.
    """
    taken = approved.filter(effective_from=change.effective_from).exists()
    return decision_obstacles(change, by, on=on) + policy.approval_obstacles(
        effective_from=change.effective_from, on=on, taken=taken and change.is_open
    )


def withdrawal_obstacles(change: PolicyChange, by: User) -> list[Obstacle]:
    return policy.withdrawal_obstacles(
        is_open=change.is_open, proposer_id=change.proposed_by_id, by_id=by.pk
    )


def propose(change: Any, *, by: User, at: datetime) -> None:
    """Store what was made as a proposal."""
    change.proposed_by, change.proposed_at = by, at
    change.save(force_insert=True)
    record(change, act="propose", source="", by=by, at=at, reason=change.reason)


def decide(change: Any, *, approve: bool, by: User, at: datetime, reason: str) -> None:
    source = change.state
    move = change.approve if approve else change.reject
    move(by=by, at=at, reason=reason)
    change.save(update_fields=change.DECISION)
    record(
        change, act="approve" if approve else "reject", source=source, by=by, at=at, reason=reason
    )


def withdraw(change: Any, *, by: User, at: datetime, reason: str) -> None:
    refuse_if(withdrawal_obstacles(change, by))
    source = change.state
    change.withdraw()
    change.save(update_fields=["state"])
    record(change, act="withdraw", source=source, by=by, at=at, reason=reason)


def tell_deciders(*, key: str, subject: object, body: object, url: str, at: datetime) -> None:
    """Tell the agency's heads that a proposal waits for them."""
    tell(holders(Role.AGENCY_HEAD), key=key, subject=subject, body=body, url=url, at=at)


def tell_proposer(
    change: PolicyChange, *, key: str, subject: object, body: object, url: str, at: datetime
) -> None:
    if change.proposed_by is not None:
        tell([change.proposed_by], key=key, subject=subject, body=body, url=url, at=at)
