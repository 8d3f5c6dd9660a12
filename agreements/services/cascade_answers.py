"""What the agency of another region answers to a cascade: acknowledged, resumed, or not (B-17)."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agency.letter_kinds import CHINESE
from agency.models import User
from agency.rules import refuse_if
from agreements.enums.life import SuspensionKind
from agreements.models import CascadeReceipt, Suspension
from agreements.notifications import cascade as notifications
from agreements.permissions.cascade import acknowledging_obstacles, answering_obstacles
from agreements.services.cascade_receipts import record
from agreements.services.signing import reason_obstacles
from agreements.services.steps import lock_family
from agreements.services.suspension import resume_agreement

_ANSWER = ["state", "answer", "acknowledged_by", "acknowledged_at"]


@transaction.atomic
def acknowledge_receipt(*, receipt_id: int, by: User, at: datetime) -> CascadeReceipt:
    """Record that the other region's agency has taken notice."""
    receipt = CascadeReceipt.objects.locked(receipt_id)
    refuse_if(acknowledging_obstacles(receipt, by))
    source = receipt.state
    receipt.acknowledge(by=by, at=at)
    receipt.save(update_fields=["state", "acknowledged_by", "acknowledged_at"])
    on = timezone.localdate(at)
    record(receipt, "acknowledge", source=source, on=on, at=at, by=by)
    notifications.answered(receipt, at=at)
    return receipt


@transaction.atomic
def accept_proposal(
    *, receipt_id: int, by: User, at: datetime, on: date, reason: str = ""
) -> CascadeReceipt:
    """Resume the other region's agreement from `on`, as proposed. What the home region's check
    found counts here as well.
    """
    receipt = _locked(receipt_id)
    refuse_if(answering_obstacles(receipt, by))
    current = Suspension.objects.current(receipt.agreement)
    cause = receipt.cause
    check: dict[str, Any] = {}
    if current and cause and current.kind == SuspensionKind.MANDATORY and not current.rectified:
        with translation.override(CHINESE):
            text = _("As found by %(region)s, %(number)s: %(findings)s")
            facts = {
                "region": receipt.home.region.name,
                "number": receipt.number,
                "findings": cause.rectification,
            }
            check = {"rectified": True, "findings": text % facts} if cause.rectified else {}
    resume_agreement(agreement_id=receipt.agreement_id, by=by, at=at, on=on, reason=reason, **check)
    source = receipt.state
    receipt.accept(by=by, at=at, answer=reason.strip())
    receipt.save(update_fields=_ANSWER)
    record(receipt, "accept", source=source, on=on, at=at, by=by, reason=reason)
    notifications.answered(receipt, at=at)
    return receipt


@transaction.atomic
def decline_proposal(*, receipt_id: int, by: User, at: datetime, reason: str) -> CascadeReceipt:
    """Leave the other region's agreement suspended, with a reason."""
    receipt = _locked(receipt_id)
    refuse_if(answering_obstacles(receipt, by) + reason_obstacles(reason))
    source = receipt.state
    receipt.decline(by=by, at=at, answer=reason.strip())
    receipt.save(update_fields=_ANSWER)
    on = timezone.localdate(at)
    record(receipt, "decline", source=source, on=on, at=at, by=by, reason=reason)
    notifications.answered(receipt, at=at)
    return receipt


def _locked(receipt_id: int) -> CascadeReceipt:
    """Lock the agreement before its receipt: the order of everybody else."""
    agreement = CascadeReceipt.objects.values_list("agreement", flat=True).get(pk=receipt_id)
    lock_family(agreement)
    return CascadeReceipt.objects.locked(receipt_id)
