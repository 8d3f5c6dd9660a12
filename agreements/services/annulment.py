"""Annulling a suspension or a dissolution: from its first day it counts as if it had never been,
here and in every region that followed (B-19, Order 2 art. 46).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from agency.letter_kinds import CHINESE, Value
from agency.models import OfficialLetter, User
from agency.periods import ONE_DAY
from agency.rules import refuse_if
from agreements.enums.cascade import CascadeKind, CascadeOutcome
from agreements.enums.life import AgreementState
from agreements.models import (
    Agreement,
    AgreementClock,
    AgreementTransition,
    CascadeReceipt,
    Suspension,
)
from agreements.notifications import agreements as agreement_notifications
from agreements.notifications import cascade as notifications
from agreements.permissions.cascade import (
    annulling_dissolution_obstacles,
    annulling_suspension_obstacles,
)
from agreements.rules.following import payable_again, restored_state
from agreements.services.cascade_receipts import record
from agreements.services.dissolved import annul_entry
from agreements.services.history import record_step
from agreements.services.inpatients import void_warnings
from agreements.services.letters import issue_about
from agreements.services.signing import reason_obstacles
from agreements.services.steps import lock_family, spans_of

RULE = "B-19"


@dataclass(frozen=True, slots=True)
class PayableDays:
    """Days, both included, that are payable again under an agreement."""

    agreement_id: int
    institution_id: int
    region_code: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class _Annulment:
    by: User
    at: datetime
    on: date
    reason: str
    letter: OfficialLetter | None


@transaction.atomic
def annul_suspension(
    *,
    suspension_id: int,
    by: User,
    at: datetime,
    on: date,
    reason: str,
    letter: OfficialLetter | None = None,
) -> list[PayableDays]:
    """Annul a suspension retroactively, with those that followed it, and return the days up to
    `on` that became payable. `letter` is the decision that says so; without one each institution's
    agreement gets a letter of its own.
    """
    agreement_id = Suspension.objects.values_list("agreement", flat=True).get(pk=suspension_id)
    agreement = lock_family(agreement_id)
    suspension = Suspension.objects.select_related("cascade__home__region").get(pk=suspension_id)
    refuse_if(annulling_suspension_obstacles(suspension, by) + reason_obstacles(reason))
    act = _Annulment(by, at, on, reason, letter)
    payable = list(_unsuspend(agreement, [suspension], act))
    receipts = CascadeReceipt.objects.filter(cause=suspension, undone_on__isnull=True)
    for receipt in _undone(receipts, act):
        suspensions = list(receipt.suspensions.standing().order_by("starts_on"))
        if suspensions:
            payable += _unsuspend(receipt.agreement, suspensions, act)
    return payable


@transaction.atomic
def annul_dissolution(
    *,
    agreement_id: int,
    by: User,
    at: datetime,
    on: date,
    reason: str,
    letter: OfficialLetter | None = None,
) -> list[PayableDays]:
    """Annul a dissolution retroactively, with those that followed it, and return the days up to
    `on` that became payable. What it had cancelled is signed again where nothing signed since
    stands in its place.
    """
    agreement = lock_family(agreement_id)
    followed = CascadeReceipt.objects.filter(agreement=agreement, kind=CascadeKind.DISSOLVE)
    receipt = followed.filter(undone_on__isnull=True).select_related("home__region").first()
    refuse_if(annulling_dissolution_obstacles(agreement, receipt, by) + reason_obstacles(reason))
    act = _Annulment(by, at, on, reason, letter)
    payable = list(_undissolve(agreement, act))
    receipts = CascadeReceipt.objects.filter(
        home=agreement, kind=CascadeKind.DISSOLVE, undone_on__isnull=True
    )
    for each in _undone(receipts, act):
        if each.outcome == CascadeOutcome.CANCELLED:
            _reinstate(each.agreement, act)
        else:
            payable += _undissolve(each.agreement, act)
    return payable


def _undone(receipts: Any, act: _Annulment) -> Iterator[CascadeReceipt]:
    """Lock the followers in the order of their keys and mark their receipts."""
    for pk, agreement in receipts.order_by("agreement_id", "pk").values_list("pk", "agreement"):
        follower = Agreement.objects.locked(agreement)
        receipt = CascadeReceipt.objects.locked(pk)
        receipt.agreement = follower
        source = receipt.state
        receipt.undone_on = act.on
        if receipt.awaits_answer:
            receipt.withdraw()
        receipt.save(update_fields=["state", "undone_on"])
        record(receipt, "undo", source=source, on=act.on, at=act.at, by=act.by, reason=act.reason)
        notifications.undone(receipt, at=act.at)
        yield receipt


def _unsuspend(
    agreement: Agreement, suspensions: list[Suspension], act: _Annulment
) -> Iterator[PayableDays]:
    """Strike suspensions out of an agreement's life and say which days are payable again."""
    source = agreement.state
    struck = []
    for suspension in suspensions:
        until = suspension.resumed_on - ONE_DAY if suspension.resumed_on else None
        struck.append((suspension.starts_on, until))
        suspension.annulled_on, suspension.annulled_at = act.on, act.at
        suspension.annulled_by, suspension.annulment_reason = act.by, act.reason
        suspension.save(
            update_fields=["annulled_on", "annulled_at", "annulled_by", "annulment_reason"]
        )
        void_warnings(
            agreement, kind=CascadeKind.SUSPEND, boundary_on=suspension.starts_on, on=act.on
        )
    if struck[-1][1] is None and source in _ENDED_SUSPENDED:
        _restore(agreement, act, suspended=False)
    _say(agreement, "annul_suspension", source=source, on=struck[0][0], act=act)
    for first, until in struck:
        last = min(until or date.max, agreement.last_day, act.on)
        yield from _payable(agreement, first, last)


_ENDED_SUSPENDED = (
    AgreementState.SUSPENDED,
    AgreementState.AUTO_TERMINATED,
    AgreementState.EXPIRED,
)


def _undissolve(agreement: Agreement, act: _Annulment) -> Iterator[PayableDays]:
    if agreement.state != AgreementState.DISSOLVED:
        return
    source, first = agreement.state, agreement.ended_on or agreement.valid_from
    suspended = Suspension.objects.current(agreement) is not None
    annul_entry(agreement, on=act.on, at=act.at, by=act.by, reason=act.reason)
    void_warnings(agreement, kind=CascadeKind.DISSOLVE, boundary_on=first, on=act.on)
    _restore(agreement, act, suspended=suspended)
    _say(agreement, "annul_dissolution", source=source, on=first, act=act)
    yield from _payable(agreement, first, min(agreement.last_day, act.on))


def _restore(agreement: Agreement, act: _Annulment, *, suspended: bool) -> None:
    """Give an agreement the state it has without what was annulled, up to the day before another
    one that was signed since; a renewal given up with it is signed again.
    """
    until = _free_until(agreement, agreement.valid_to)
    renewal = None if suspended or until < agreement.valid_to else _renewal_given_up(agreement)
    state = restored_state(
        valid_to=until, on=act.on, suspended=suspended, renewal_alive=renewal is not None
    )
    if until < agreement.valid_to and state != AgreementState.EXPIRED:
        state = AgreementState.EXPIRED
    if agreement.state == state == AgreementState.EXPIRED:
        return
    agreement.restore(state=state, last_day=until)
    agreement.save(update_fields=["state", "dissolution_ground", "ended_on", "last_day"])
    reminded = AgreementTransition.objects.filter(subject=agreement, act="remind_renewal")
    if reminded.exists():
        AgreementClock.objects.filter(agreement=agreement).update(reminds_on=None)
    if renewal is not None:
        _reinstate(renewal, act)


def _renewal_given_up(agreement: Agreement) -> Agreement | None:
    """Return a signed renewal that the program cancelled along with the agreement, if nothing
    signed since stands in its place.
    """
    pk = (
        Agreement.objects.filter(
            renewal_of=agreement,
            state=AgreementState.CANCELLED,
            signed_on__isnull=False,
            transitions__act="cancel",
            transitions__by__isnull=True,
        )
        .values_list("pk", flat=True)
        .first()
    )
    if pk is None:
        return None
    renewal = Agreement.objects.locked(pk)
    return renewal if _free_until(renewal, renewal.valid_to) == renewal.valid_to else None


def _reinstate(agreement: Agreement, act: _Annulment) -> None:
    """Let a signed agreement that was cancelled take its place again, where that is free; in
    force at once if its first day has come.
    """
    if (
        agreement.state != AgreementState.CANCELLED
        or agreement.signed_on is None
        or _free_until(agreement, agreement.valid_to) < agreement.valid_to
    ):
        return
    source = agreement.state
    agreement.reinstate()
    agreement.save(update_fields=["state", "last_day"])
    _record(agreement, "reinstate", source=source, on=act.on, act=act)
    before = agreement.renewal_of
    if agreement.valid_from <= act.on and (
        before is None or before.state == AgreementState.RENEWED
    ):
        source = agreement.state
        agreement.take_effect()
        agreement.save(update_fields=["state"])
        _record(agreement, "take_effect", source=source, on=agreement.valid_from, act=act)
    agreement_notifications.agreement_signed(agreement, at=act.at)


def _free_until(agreement: Agreement, last: date) -> date:
    """Return the last day up to `last` on which no other signed agreement stands in the way."""
    others = (
        Agreement.objects.filter(
            institution=agreement.institution_id,
            region=agreement.region_id,
            signed_on__isnull=False,
            last_day__gte=agreement.valid_from,
            valid_from__lte=last,
        )
        .exclude(pk=agreement.pk)
        .exclude(state=AgreementState.CANCELLED)
        .exclude(last_day__lt=agreement.valid_from)
    )
    first = others.order_by("valid_from").values_list("valid_from", flat=True).first()
    return last if first is None else min(last, first - ONE_DAY)


def _payable(agreement: Agreement, first: date, last: date) -> Iterator[PayableDays]:
    for begin, end in payable_again(first=first, last=last, suspensions=spans_of(agreement)):
        yield PayableDays(agreement.pk, agreement.institution_id, agreement.region_id, begin, end)


def _say(agreement: Agreement, what: str, *, source: str, on: date, act: _Annulment) -> None:
    letter = act.letter or _letter(agreement, what, on=on, act=act)
    _record(agreement, what, source=source, on=on, act=act, letter=letter)
    notifications.annulled(agreement, what, reason=act.reason, at=act.at)


def _letter(agreement: Agreement, what: str, *, on: date, act: _Annulment) -> OfficialLetter:
    with translation.override(CHINESE):
        measures = {"annul_suspension": _("suspension"), "annul_dissolution": _("dissolution")}
        context: dict[str, Value] = {
            "measure": measures[what],
            "from_on": on,
            "reason": act.reason,
            "state": agreement.get_state_display(),
        }
        return issue_about(agreement, "annulment_notice", context, by=None, at=act.at)


def _record(
    agreement: Agreement,
    what: str,
    *,
    source: str,
    on: date,
    act: _Annulment,
    letter: OfficialLetter | None = None,
) -> None:
    record_step(
        agreement,
        act=what,
        source=source,
        on=on,
        at=act.at,
        by=act.by,
        reason=act.reason,
        rule=RULE,
        letter=letter,
    )
