"""Deciding a change of information: the agency's side (B-13a)."""

from datetime import date, datetime

import pghistory
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle, refuse_if
from institutions.models import ChangeRequest, Institution
from institutions.notifications import changes as notifications
from institutions.permissions.changes import APPROVE_CHANGE, approval_obstacles, decision_obstacles
from institutions.services.facts import NewFact, as_text, clean_value, record_facts
from institutions.services.filing import record_step
from institutions.services.letters.changes import result_letter
from institutions.services.names import spell_names

DECISION = ["state", "decided_by", "decided_at", "decision_reason"]


@transaction.atomic
def approve_change(*, change_id: int, by: User, at: datetime, reason: str = "") -> ChangeRequest:
    """Approve a change: its values hold from this day on; what held before stays on record.

    Refuses a change that is no longer open, the person who filed it, and for a bank account
    anybody but the agency head.
    """
    change = ChangeRequest.objects.locked(change_id)
    refuse_if(approval_obstacles(change, by))
    source, on = change.state, timezone.localdate(at)
    change.approve(by=by, at=at, reason=reason)
    change.save(update_fields=DECISION)
    _apply(change, by=by, on=on)
    letter = result_letter(change, "change_approved", reason=reason, by=by, at=at)
    record_step(
        change, act="approve", source=source, on=on, at=at, by=by, reason=reason, letter=letter
    )
    notifications.change_decided(change, at=at)
    return change


@transaction.atomic
def reject_change(*, change_id: int, by: User, at: datetime, reason: str) -> ChangeRequest:
    """Reject a change with a reason; the register stays as it is."""
    change = ChangeRequest.objects.locked(change_id)
    obstacles = decision_obstacles(change, by)
    if not reason.strip():
        obstacles.append(Obstacle("reason_missing", _("A rejection needs its reason.")))
    refuse_if(obstacles)
    source = change.state
    change.reject(by=by, at=at, reason=reason)
    change.save(update_fields=DECISION)
    on = timezone.localdate(at)
    letter = result_letter(change, "change_rejected", reason=reason, by=by, at=at)
    record_step(
        change, act="reject", source=source, on=on, at=at, by=by, reason=reason, letter=letter
    )
    notifications.change_decided(change, at=at)
    return change


def _apply(change: ChangeRequest, *, by: User, on: date) -> None:
    institution = Institution.objects.locked(change.institution_id)
    facts = []
    for item in change.items.all():
        old = as_text(getattr(institution, item.column))
        setattr(institution, item.column, clean_value(item.column, item.new_value))
        facts.append(NewFact(institution.pk, item.column, old, item.new_value))
    with pghistory.context(act=APPROVE_CHANGE.code, change=change.number, user=by.pk):
        institution.save(update_fields=[each.column for each in facts])
    spell_names([institution.pk])
    record_facts(facts, on=on, change=change)
