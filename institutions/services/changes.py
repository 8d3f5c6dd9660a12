"""Checking and deciding a change of information: the agency's side (B-13a, C-09)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle, refuse_if
from institutions.models import ChangeRequest
from institutions.notifications import changes as notifications
from institutions.permissions.changes import (
    approval_obstacles,
    check_obstacles,
    decision_obstacles,
    route_obstacles,
)
from institutions.rules.reevaluation import Route
from institutions.services.change_effects import (
    effective_day,
    enter_approved,
    take_effect,
)
from institutions.services.change_history import record_step
from institutions.services.change_rejection import DECISION, reject
from institutions.services.letters.changes import result_letter
from institutions.services.reassessment import begin_reassessment, end_assessments
from institutions.services.routes import RULE as TABLE

EFFECT = ["effect_due_on", "effect_due_basis"]
CHOICES = (Route.NO_REEVAL, Route.REEVAL)


@transaction.atomic
def check_change(*, change_id: int, by: User, at: datetime, reason: str = "") -> ChangeRequest:
    """Note that a filing was checked against its evidence; where the table says so, the new
    assessment begins.

    Refuses a filing that is not new any more, and the person who filed it.
    """
    change = ChangeRequest.objects.locked(change_id)
    refuse_if(check_obstacles(change, by))
    source, on = change.state, timezone.localdate(at)
    change.check_off(by=by, at=at)
    change.save(update_fields=["state", "checked_by", "checked_at"])
    record_step(change, act="check", source=source, on=on, at=at, by=by, reason=reason)
    if change.final_route is Route.REEVAL:
        begin_reassessment(change, by=by, at=at)
    else:
        notifications.change_checked(change, at=at)
    return change


@transaction.atomic
def choose_route(
    *, change_id: int, route: Route, by: User, at: datetime, reason: str
) -> ChangeRequest:
    """Decide, where the table leaves it to a person, whether the change is assessed anew.

    Refuses anybody but the agency head, an unchecked filing, and a choice without its reason.
    """
    change = ChangeRequest.objects.locked(change_id)
    obstacles = route_obstacles(change, by)
    if not reason.strip():
        text = _("The decision needs its reason.")
        obstacles.append(Obstacle("reason_missing", text, TABLE))
    if route not in CHOICES:
        text = _("Either there is a new assessment, or there is none.")
        obstacles.append(Obstacle("route_unknown", text, TABLE))
    refuse_if(obstacles)
    change.choose_route(route, by=by, at=at)
    change.save(update_fields=["chosen_route", "route_chosen_by", "route_chosen_at"])
    record_step(
        change,
        act="choose_reeval" if route is Route.REEVAL else "choose_no_reeval",
        source=change.state,
        on=timezone.localdate(at),
        at=at,
        by=by,
        reason=reason.strip(),
        rule=TABLE,
    )
    if route is Route.REEVAL:
        begin_reassessment(change, by=by, at=at)
    else:
        notifications.route_chosen(change, reason=reason.strip(), at=at)
    return change


@transaction.atomic
def approve_change(*, change_id: int, by: User, at: datetime, reason: str = "") -> ChangeRequest:
    """Approve a change: its values hold from this day on, a bank account after its waiting time;
    what held before stays on record.

    Refuses a change that is no longer open, unchecked or not assessed, the person who filed it,
    for money and decisive fields anybody but the agency head, and for a bank account whoever
    checked it.
    """
    change = ChangeRequest.objects.select_related("institution__region").locked(change_id)
    refuse_if(approval_obstacles(change, by))
    source, on = change.state, timezone.localdate(at)
    effect_due_on, basis = effective_day(change, on)
    change.approve(by=by, at=at, reason=reason, effect_due_on=effect_due_on, basis=basis)
    change.save(update_fields=[*DECISION, *EFFECT])
    addresses = notifications.addresses_on_file(change)
    enter_approved(change, by=by, on=on)
    letter = result_letter(change, "change_approved", reason=reason, by=by, at=at)
    record_step(
        change, act="approve", source=source, on=on, at=at, by=by, reason=reason, letter=letter
    )
    notifications.change_decided(change, at=at)
    if change.changes_account:
        notifications.account_waits(change, addresses, at=at)
    else:
        take_effect(change, on=on, at=at, by=by)
    return change


@transaction.atomic
def reject_change(*, change_id: int, by: User, at: datetime, reason: str) -> ChangeRequest:
    """Reject a change with a reason; the register stays as it is."""
    change = ChangeRequest.objects.locked(change_id)
    obstacles = decision_obstacles(change, by)
    if not reason.strip():
        obstacles.append(Obstacle("reason_missing", _("A rejection needs its reason.")))
    refuse_if(obstacles)
    end_assessments(change, reason=reason, by=by, at=at)
    return reject(change, by=by, at=at, reason=reason)
