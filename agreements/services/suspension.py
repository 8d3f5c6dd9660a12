"""Suspending, resuming, and holding an automatic termination (B-13, Order 2 art. 42)."""

from collections.abc import Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import OfficialLetter, User
from agency.rules import Obstacle, refuse_if
from agency.services.attachments import UploadRef, store_files
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
from agreements.permissions.cascade import check_obstacles, unrectified_obstacles
from agreements.rules import SuspensionQuestion, suspension_limits
from agreements.services.cascade import (
    cascade_suspension,
    home_suspension,
    propose_resumption,
)
from agreements.services.history import record_step
from agreements.services.signing import reason_obstacles
from agreements.services.steps import lock_family, resume_one, start_suspension, suspend_one

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
    the longest allowed. What the home region decides, all other regions do on the same day (B-17).

    `decision` is the letter that imposes it, if that of a case does; else one is issued.
    """
    agreement = lock_family(agreement_id)
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
    letter = suspend_one(
        agreement,
        suspension,
        by=by,
        at=at,
        reason=reason,
        rule=rule,
        basis_case=basis_case,
        decision=decision,
    )
    cascade_suspension(agreement, suspension, by=by, at=at, reason=reason, decision=letter)
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
    """Start a voluntary suspension the agency has agreed to, here and in the regions that follow;
    the caller holds the locks (`steps.lock_family`).
    """
    suspension = start_suspension(
        agreement,
        kind=SuspensionKind.VOLUNTARY,
        ground=SuspensionGround.REQUEST,
        on=on,
        planned_to=planned_to,
    )
    letter = suspend_one(agreement, suspension, by=by, at=at, reason=reason, rule=RULE)
    cascade_suspension(agreement, suspension, by=by, at=at, reason=reason, decision=letter)


@transaction.atomic
def resume_agreement(
    *,
    agreement_id: int,
    by: User,
    at: datetime,
    on: date,
    reason: str = "",
    rectified: bool | None = None,
    findings: str = "",
    files: Sequence[UploadedFile | UploadRef] = (),
) -> Agreement:
    """Put a suspended agreement in force again from `on` (not later than today). After a mandatory
    suspension only once a check, given here or recorded before, found it rectified.
    """
    agreement = lock_family(agreement_id)
    suspension = Suspension.objects.current(agreement)
    today = timezone.localdate(at)
    refuse_if(
        resuming_obstacles(agreement, by, on=on)
        + effective_day_obstacles(agreement, day=on, on=today)
        + too_early_to_resume(agreement, on)
        + held_by_home(agreement)
    )
    assert suspension is not None, "resuming_obstacles asks for it"  # noqa: S101
    if rectified is not None and suspension.kind == SuspensionKind.MANDATORY:
        store_check(
            suspension, rectified=rectified, findings=findings, files=files, by=by, at=at, on=today
        )
    refuse_if(unrectified_obstacles(suspension))
    resume(agreement, by=by, at=at, on=on, reason=reason)
    return agreement


def resume(agreement: Agreement, *, by: User | None, at: datetime, on: date, reason: str) -> None:
    """Resume a suspended agreement and propose the same to the regions that followed it; the
    caller holds the lock and has checked.
    """
    suspension = resume_one(agreement, by=by, at=at, on=on, reason=reason)
    propose_resumption(agreement, suspension, by=by, at=at)


@transaction.atomic
def record_check(
    *,
    agreement_id: int,
    rectified: bool,
    findings: str,
    by: User,
    at: datetime,
    files: Sequence[UploadedFile | UploadRef] = (),
) -> Suspension:
    """Record what the check of a running mandatory suspension found. Not rectified, the agreement
    stays suspended, and ground 1 of dissolution is met (B-14).
    """
    agreement = Agreement.objects.locked(agreement_id)
    suspension = Suspension.objects.current(agreement)
    refuse_if(check_obstacles(agreement, suspension, by))
    assert suspension is not None, "one of the obstacles"  # noqa: S101
    on = timezone.localdate(at)
    store_check(
        suspension, rectified=rectified, findings=findings, files=files, by=by, at=at, on=on
    )
    record_step(
        agreement,
        act="check_rectification",
        source=agreement.state,
        on=on,
        at=at,
        by=by,
        reason=findings,
        rule=RULE,
    )
    return suspension


def store_check(
    suspension: Suspension,
    *,
    rectified: bool,
    findings: str,
    files: Sequence[UploadedFile | UploadRef],
    by: User,
    at: datetime,
    on: date,
) -> None:
    if not findings.strip():
        text = _("Findings: say what the check of the rectification found.")
        refuse_if([Obstacle("findings_missing", text, RULE)])
    suspension.rectified, suspension.rectification = rectified, findings.strip()
    suspension.checked_on, suspension.checked_by = on, by
    suspension.save(update_fields=["rectified", "rectification", "checked_on", "checked_by"])
    suspension.rectification_files.add(*store_files(files, by=by, at=at))


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


def day_after_last_suspension(agreement: Agreement, on: date) -> list[Obstacle]:
    """Return why no suspension can start on the day: another one reaches beyond it."""
    last = agreement.suspensions.standing().order_by("-starts_on").first()
    if last is None or (last.resumed_on and last.resumed_on <= on):
        return []
    text = _("Another suspension reaches beyond %(day)s.") % {"day": on}
    return [Obstacle("suspension_overlaps", text, RULE)]


def held_by_home(agreement: Agreement) -> list[Obstacle]:
    """Return why an agreement is not resumed: the home region's suspension lasts. One query."""
    receipt = home_suspension(agreement)
    if receipt is None:
        return []
    text = _("%(region)s, where the institution is located, has suspended it: %(number)s.")
    facts = {"region": receipt.home.region, "number": receipt}
    remedy = _("Wait for its resumption; you then receive a proposal.")
    return [Obstacle("home_suspended", text % facts, "B-17", remedy)]


def unrectified(agreement: Agreement) -> list[Obstacle]:
    suspension = Suspension.objects.current(agreement)
    return unrectified_obstacles(suspension) if suspension else []


def too_early_to_resume(agreement: Agreement, on: date) -> list[Obstacle]:
    suspension = Suspension.objects.current(agreement)
    if suspension is None or on > suspension.starts_on:
        return []
    text = _("The suspension began on %(day)s: it can end on a later day only.")
    return [Obstacle("resumed_too_early", text % {"day": suspension.starts_on}, RULE)]
