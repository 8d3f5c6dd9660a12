"""Suspending, resuming, and holding an automatic termination (B-13, Order 2 art. 42)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import OfficialLetter, User
from agency.rules import Obstacle, refuse_if
from agency.services.calendar import office
from agreements.enums.life import SuspensionGround, SuspensionKind
from agreements.models import Agreement, Suspension
from agreements.notifications import agreements as notifications
from agreements.permissions.agreements import (
    effective_day_obstacles,
    holding_obstacles,
    resuming_obstacles,
    suspending_obstacles,
)
from agreements.rules import SuspensionQuestion, suspension_limit_basis, suspension_limits
from agreements.services.history import record_step
from agreements.services.letters import resumption_letter, suspension_letter
from agreements.services.signing import reason_obstacles

RULE = "B-13"


@transaction.atomic
def suspend_agreement(
    *,
    agreement_id: int,
    by: User,
    at: datetime,
    on: date,
    ground: SuspensionGround,
    reason: str,
    planned_to: date | None = None,
    rule: str = RULE,
    basis_case: str = "",
    decision: OfficialLetter | None = None,
) -> Agreement:
    """Suspend an agreement on one of the mandatory grounds, from `on` (not later than today)
    until `planned_to`, which must lie within the bounds of the region's parameters; without it
    the longest allowed.

    `decision` is the letter that imposes it, if that of a case does; else one is issued.
    """
    agreement = Agreement.objects.locked(agreement_id)
    today = timezone.localdate(at)
    obstacles = (
        suspending_obstacles(agreement, by)
        + effective_day_obstacles(agreement, day=on, on=today)
        + day_after_last_suspension(agreement, on)
        + reason_obstacles(reason)
    )
    if ground == SuspensionGround.REQUEST:
        text = _("A mandatory suspension needs one of the grounds of the article.")
        obstacles.append(Obstacle("ground_missing", text, RULE))
    if not obstacles:
        shortest, longest = mandatory_window(agreement, on)
        planned_to = planned_to or longest
        if not shortest <= planned_to <= longest:
            text = _("A mandatory suspension ends between %(first)s and %(last)s.")
            facts = {"first": shortest, "last": longest}
            obstacles.append(Obstacle("length_out_of_bounds", text % facts, RULE))
    refuse_if(obstacles)
    suspension = start_suspension(
        agreement, kind=SuspensionKind.MANDATORY, ground=ground, on=on, planned_to=planned_to
    )
    _suspend(
        agreement,
        suspension,
        by=by,
        at=at,
        reason=reason,
        rule=rule,
        basis_case=basis_case,
        decision=decision,
    )
    return agreement


def suspend_on_request(
    agreement: Agreement,
    *,
    by: User | None,
    at: datetime,
    on: date,
    planned_to: date | None,
    reason: str,
) -> None:
    """Start a voluntary suspension the agency has agreed to; the caller holds the lock."""
    suspension = start_suspension(
        agreement,
        kind=SuspensionKind.VOLUNTARY,
        ground=SuspensionGround.REQUEST,
        on=on,
        planned_to=planned_to,
    )
    _suspend(agreement, suspension, by=by, at=at, reason=reason, rule=RULE)


@transaction.atomic
def resume_agreement(
    *, agreement_id: int, by: User, at: datetime, on: date, reason: str = ""
) -> Agreement:
    """Put a suspended agreement in force again from `on` (not later than today)."""
    agreement = Agreement.objects.locked(agreement_id)
    refuse_if(
        resuming_obstacles(agreement, by, on=on)
        + effective_day_obstacles(agreement, day=on, on=timezone.localdate(at))
        + too_early_to_resume(agreement, on)
    )
    resume(agreement, by=by, at=at, on=on, reason=reason)
    return agreement


def resume(agreement: Agreement, *, by: User | None, at: datetime, on: date, reason: str) -> None:
    """Resume a suspended agreement; the caller holds the lock and has checked."""
    suspension = Suspension.objects.current(agreement)
    assert suspension is not None, "the database keeps it for every suspended agreement"  # noqa: S101
    suspension.resumed_on = on
    suspension.save(update_fields=["resumed_on"])
    source = agreement.state
    agreement.resume()
    agreement.save(update_fields=["state"])
    record_step(
        agreement,
        act="resume",
        source=source,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=RULE,
        letter=resumption_letter(agreement, on=on, reason=reason, by=by, at=at),
    )
    notifications.agreement_resumed(agreement, on=on, at=at)


@transaction.atomic
def hold_termination(*, agreement_id: int, by: User, at: datetime, reason: str) -> Agreement:
    """Hold the automatic termination that is due, with a reason: the agency head's act."""
    agreement = Agreement.objects.locked(agreement_id)
    suspension = Suspension.objects.current(agreement)
    on = timezone.localdate(at)
    refuse_if(holding_obstacles(agreement, suspension, by, on=on) + reason_obstacles(reason))
    assert suspension is not None, "one of the obstacles"  # noqa: S101
    suspension.held_at, suspension.held_by, suspension.hold_reason = at, by, reason
    suspension.save(update_fields=["held_at", "held_by", "hold_reason"])
    record_step(
        agreement, act="hold", source=agreement.state, on=on, at=at, by=by, reason=reason, rule=RULE
    )
    notifications.termination_held(agreement, reason=reason, at=at)
    return agreement


def mandatory_window(agreement: Agreement, on: date) -> tuple[date, date]:
    """Return the earliest and latest last day of a mandatory suspension that starts on the day; a
    term that is over leaves none.
    """
    if on > agreement.valid_to:
        return on, on
    question = SuspensionQuestion(
        start=on, kind=SuspensionKind.MANDATORY, valid_to=agreement.valid_to
    )
    answer = suspension_limits(question, office(on=on, region=agreement.region))
    return answer.shortest_to or on, answer.longest_to or on


def start_suspension(
    agreement: Agreement,
    *,
    kind: SuspensionKind,
    ground: SuspensionGround,
    on: date,
    planned_to: date | None,
) -> Suspension:
    """Store a suspension with its limit and warnings, as rule B-13 answers."""
    region_office = office(on=on, region=agreement.region)
    answer = suspension_limits(
        SuspensionQuestion(start=on, kind=kind, valid_to=agreement.valid_to), region_office
    )
    _limit, basis = suspension_limit_basis(on, region_office)
    return Suspension.objects.create(
        agreement=agreement,
        kind=kind,
        ground=ground,
        starts_on=on,
        planned_to=planned_to,
        limit_on=answer.limit_on,
        limit_basis=basis.to_json(),
        limit_provisional=answer.provisional,
        warn_150_on=answer.warn_150_on,
        warn_170_on=answer.warn_170_on,
    )


def day_after_last_suspension(agreement: Agreement, on: date) -> list[Obstacle]:
    """Return why no suspension can start on the day: another one reaches beyond it."""
    last = agreement.suspensions.order_by("-starts_on").first()
    if last is None or (last.resumed_on and last.resumed_on <= on):
        return []
    text = _("Another suspension reaches beyond %(day)s.") % {"day": on}
    return [Obstacle("suspension_overlaps", text, RULE)]


def too_early_to_resume(agreement: Agreement, on: date) -> list[Obstacle]:
    suspension = Suspension.objects.current(agreement)
    if suspension is None or on > suspension.starts_on:
        return []
    text = _("The suspension began on %(day)s: it can end on a later day only.")
    return [Obstacle("resumed_too_early", text % {"day": suspension.starts_on}, RULE)]


def _suspend(
    agreement: Agreement,
    suspension: Suspension,
    *,
    by: User | None,
    at: datetime,
    reason: str,
    rule: str,
    basis_case: str = "",
    decision: OfficialLetter | None = None,
) -> None:
    source, on = agreement.state, suspension.starts_on
    agreement.suspend()
    agreement.save(update_fields=["state"])
    record_step(
        agreement,
        act="suspend",
        source=source,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=rule,
        basis_case=basis_case,
        letter=decision
        or suspension_letter(
            agreement,
            ground=SuspensionGround(suspension.ground),
            on=on,
            until=suspension.planned_to or suspension.limit_on,
            reason=reason,
            by=by,
            at=at,
        ),
    )
    notifications.agreement_suspended(agreement, on=on, reason=reason, at=at)
