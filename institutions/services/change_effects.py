"""An approved change takes effect: most at once, a bank account after its waiting time, in which
it can be stopped (B-13a, B-02).
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pghistory
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle, refuse_if
from agency.services.calendar import office
from agency.workdays import DeadlineBasis, Unit
from institutions.enums.changes import ChangeField
from institutions.enums.persons import Post
from institutions.models import ChangeItem, ChangeRequest, Institution
from institutions.notifications import changes as notifications
from institutions.permissions.changes import APPROVE_CHANGE, stop_obstacles
from institutions.services.change_history import record_step
from institutions.services.change_values import RULE
from institutions.services.commitments import start_verification
from institutions.services.facts import NewFact, as_text, clean_value, record_facts
from institutions.services.names import spell_names
from institutions.services.persons import appoint

WAIT_DAYS = "account_change_wait_days"


def effective_day(change: ChangeRequest, on: date) -> tuple[date, dict[str, Any]]:
    """Return the day from which a change approved on a day is wholly in effect, and what it was
    counted from. The waiting time is no period to act: it ends on a rest day too.
    """
    if not change.changes_account:
        return on, {}
    region_office = office(on=on, region=change.institution.region)
    days = region_office.number(WAIT_DAYS)
    version = region_office.calendar.version
    return on + timedelta(days), DeadlineBasis(RULE, on, Unit.DAY, days, version).to_json()


def enter_approved(change: ChangeRequest, *, by: User, on: date) -> None:
    """Let everything but a bank account hold from the day of approval on."""
    items = [each for each in change.items.all() if not each.is_of_account]
    _enter(change, items, by=by, on=on)
    if any(each.field == ChangeField.REGISTERED_ADDRESS for each in items):
        start_verification(change, on=on)


def take_effect(change: ChangeRequest, *, on: date, at: datetime, by: User | None) -> None:
    """Note that an approved change is wholly in effect from the day on."""
    change.take_effect(at=at)
    change.save(update_fields=["state", "effective_at"])
    record_step(change, act="take_effect", source="approved", on=on, at=at, by=by)


def take_due_into_effect(*, on: date, at: datetime) -> int:
    """Let bank accounts hold whose waiting time has ended by the day, and return how many. Missed
    days are made up for; an account holds from the day on which it is entered, so that what was
    paid in between stays with the account it went to.
    """
    today = timezone.localdate(at)
    due = ChangeRequest.objects.to_take_effect().filter(effect_due_on__lte=min(on, today))
    done = 0
    for pk in due.order_by("effect_due_on", "pk").values_list("pk", flat=True):
        done += _enter_account(pk, on=today, at=at)
    return done


@transaction.atomic
def _enter_account(pk: int, *, on: date, at: datetime) -> bool:
    # Somebody may have stopped it while the job came to it.
    change = ChangeRequest.objects.to_take_effect().locked_if_there(pk)
    if change is None:
        return False
    items = [each for each in change.items.all() if each.effective_on is None]
    _enter(change, items, by=None, on=on)
    take_effect(change, on=on, at=at, by=None)
    notifications.account_in_effect(change, at=at)
    return True


@transaction.atomic
def stop_change(*, change_id: int, by: User, at: datetime, reason: str) -> ChangeRequest:
    """Stop an approved bank account within its waiting time: money keeps going to the old one.

    Refuses one that is in effect, and anybody but an administrator of the institution and the
    agency head.
    """
    change = ChangeRequest.objects.visible_to(by).locked(change_id)
    obstacles = stop_obstacles(change, by)
    if not reason.strip():
        obstacles.append(Obstacle("reason_missing", _("A stop needs its reason."), RULE))
    refuse_if(obstacles)
    source = change.state
    change.stop(by=by, at=at, reason=reason.strip())
    change.save(update_fields=["state", "stopped_by", "stopped_at", "stop_reason"])
    record_step(
        change,
        act="stop",
        source=source,
        on=timezone.localdate(at),
        at=at,
        by=by,
        reason=reason.strip(),
    )
    notifications.change_stopped(change, at=at)
    return change


def _enter(
    change: ChangeRequest, items: Sequence[ChangeItem], *, by: User | None, on: date
) -> None:
    """Write values into the register with effect from a day, and who holds a post from then."""
    if not items:
        return
    institution = Institution.objects.locked(change.institution_id)
    facts = []
    for item in items:
        old = as_text(getattr(institution, item.column))
        setattr(institution, item.column, clean_value(item.column, item.new_value))
        facts.append(NewFact(institution.pk, item.column, old, item.new_value))
        item.effective_on = on
    actor = {"user": by.pk} if by else {}
    with pghistory.context(act=APPROVE_CHANGE.code, change=change.number, **actor):
        institution.save(update_fields=[each.column for each in facts])
    if any(each.field == ChangeField.NAME for each in items):
        spell_names([institution.pk])
    record_facts(facts, on=on, change=change)
    ChangeItem.objects.bulk_update(items, ["effective_on"])
    for item in items:
        if item.person is not None:
            appoint(institution_id=institution.pk, post=Post(item.field), person=item.person, on=on)
