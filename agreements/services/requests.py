"""What the institution asks for in the portal, and what the agency answers (B-13, B-15, B-16)."""

from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle, refuse_if
from agency.services.calendar import office
from agency.services.numbers import next_number
from agency.workdays import Unit
from agreements.enums.life import (
    AgreementState,
    DissolutionGround,
    RequestKind,
)
from agreements.models import Agreement, AgreementRequest
from agreements.notifications import agreements as notifications
from agreements.permissions.agreements import decision_obstacles, withdrawal_obstacles
from agreements.permissions.renewals import exit_obstacles
from agreements.services import suspension as suspending
from agreements.services.ending import dissolve
from agreements.services.history import record_request_step
from agreements.services.letters import answer_letter
from agreements.services.not_renewing import ask_for_review, review_of
from agreements.services.renewal import renew_agreement
from agreements.services.signing import reason_obstacles
from agreements.services.steps import lock_family
from agreements.services.wishes import (
    RULES,
    filing_obstacles,
    state_obstacles,
    wanted_day,
    wish_obstacles,
)
from institutions.enums.register import Nature

DECISION_WORKDAYS = "request_decision_wd"
DECISION = ["state", "decided_by", "decided_at", "decision_reason"]


@transaction.atomic
def file_request(
    *,
    agreement_id: int,
    kind: RequestKind,
    by: User,
    at: datetime,
    reason: str,
    wanted_on: date | None = None,
    wanted_to: date | None = None,
) -> AgreementRequest:
    """File a request. Leaving needs three months' notice and is barred to public institutions; a
    renewal applied for late is accepted as late: the agency then has no duty to negotiate.
    """
    kind = RequestKind(kind)
    agreement = Agreement.objects.locked(agreement_id)
    on = timezone.localdate(at)
    wanted_on = wanted_day(agreement, kind, wanted_on, on=on)
    refuse_if(
        filing_obstacles(agreement, kind, by=by, on=on)
        + wish_obstacles(agreement, kind, on=on, wanted_on=wanted_on, wanted_to=wanted_to)
        + reason_obstacles(reason)
    )
    region_office = office(on=on, region=agreement.region)
    due, basis = region_office.calendar.own.deadline_with_basis(
        RULES[kind], on, Unit.WORKDAY, region_office.number(DECISION_WORKDAYS)
    )
    key = f"{agreement.region_id}-{on.year}"
    apply_by = agreement.renewal_apply_by
    request = AgreementRequest.objects.create(
        number=f"REQ-{key}-{next_number(f'agreement_request:{key}'):04}",
        agreement=agreement,
        kind=kind,
        wanted_on=wanted_on,
        wanted_to=wanted_to,
        reason=reason,
        is_late=kind == RequestKind.RENEW and apply_by is not None and on > apply_by,
        needs_review=kind == RequestKind.NOT_RENEW
        and agreement.institution.nature == Nature.PUBLIC,
        filed_at=at,
        filed_by=by,
        decision_due_on=due.on,
        decision_due_basis=basis.to_json(),
        decision_due_provisional=due.provisional,
    )
    record_request_step(
        request, act="file", source="", on=on, at=at, by=by, reason=reason, rule=RULES[kind]
    )
    if request.needs_review:
        ask_for_review(request, at=at)
    notifications.request_filed(request, at=at)
    return request


@transaction.atomic
def withdraw_request(
    *, request_id: int, by: User, at: datetime, reason: str = ""
) -> AgreementRequest:
    """Take a request back while nobody has decided it."""
    request = AgreementRequest.objects.visible_to(by).locked(request_id)
    refuse_if(withdrawal_obstacles(request, by))
    source = request.state
    request.withdraw()
    request.save(update_fields=["state"])
    on = timezone.localdate(at)
    record_request_step(request, act="withdraw", source=source, on=on, at=at, by=by, reason=reason)
    notifications.request_withdrawn(request, at=at)
    return request


@transaction.atomic
def accept_request(
    *, request_id: int, by: User, at: datetime, reason: str = ""
) -> AgreementRequest:
    """Agree to a request. What is wanted from today or earlier happens at once, what is wanted
    later on its day; an accepted renewal is drawn up, to be signed.
    """
    request = AgreementRequest.objects.locked(request_id)
    agreement = lock_family(request.agreement_id)
    request.agreement = agreement
    on = timezone.localdate(at)
    refuse_if(decision_obstacles(request, by) + exit_obstacles(request, review_of(request)))
    refuse_if(performing_obstacles(request, on=max(on, request.wanted_on)))
    source = request.state
    request.accept(by=by, at=at, reason=reason)
    request.save(update_fields=DECISION)
    rule = RULES[RequestKind(request.kind)]
    record_request_step(
        request,
        act="accept",
        source=source,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=rule,
        letter=answer_letter(request, "request_accepted", reason=reason, by=by, at=at),
    )
    notifications.request_decided(request, at=at)
    if request.kind == RequestKind.RENEW:
        renew_agreement(agreement_id=agreement.pk, by=by, at=at)
    elif request.wanted_on <= on and request.kind != RequestKind.NOT_RENEW:
        perform_request(request, on=on, at=at, by=by)
    return request


@transaction.atomic
def refuse_request(*, request_id: int, by: User, at: datetime, reason: str) -> AgreementRequest:
    """Refuse a request, with its reason; nothing changes."""
    request = AgreementRequest.objects.locked(request_id)
    refuse_if(decision_obstacles(request, by) + reason_obstacles(reason))
    source = request.state
    request.refuse(by=by, at=at, reason=reason)
    request.save(update_fields=DECISION)
    rule = RULES[RequestKind(request.kind)]
    record_request_step(
        request,
        act="refuse",
        source=source,
        on=timezone.localdate(at),
        at=at,
        by=by,
        reason=reason,
        rule=rule,
        letter=answer_letter(request, "request_refused", reason=reason, by=by, at=at),
    )
    notifications.request_decided(request, at=at)
    return request


def perform_request(request: AgreementRequest, *, on: date, at: datetime, by: User | None) -> bool:
    """Carry out an accepted request whose day has come; what cannot happen any more lapses.
    The caller holds the locks of the request and its agreement.
    """
    agreement = request.agreement
    source = request.state
    day = max(request.wanted_on, timezone.localdate(request.decided_at or at))
    obstacles = performing_obstacles(request, on=day)
    if obstacles:
        request.lapse()
        act, reason = "lapse", "; ".join(str(each.text) for each in obstacles)
    else:
        reason = _("Request %(number)s") % {"number": request.number}
        _ACTS[RequestKind(request.kind)](agreement, request, day, at, by, reason)
        request.perform()
        act = "perform"
    request.save(update_fields=["state"])
    rule = RULES[RequestKind(request.kind)]
    record_request_step(
        request, act=act, source=source, on=day, at=at, by=by, reason=reason, rule=rule
    )
    return not obstacles


def _suspend(
    agreement: Agreement,
    request: AgreementRequest,
    day: date,
    at: datetime,
    by: User | None,
    reason: str,
) -> None:
    suspending.suspend_on_request(
        agreement, by=by, at=at, on=day, planned_to=request.wanted_to, reason=reason
    )


def _resume(
    agreement: Agreement,
    request: AgreementRequest,
    day: date,
    at: datetime,
    by: User | None,
    reason: str,
) -> None:
    suspending.resume(agreement, by=by, at=at, on=day, reason=reason)


def _dissolve(
    agreement: Agreement,
    request: AgreementRequest,
    day: date,
    at: datetime,
    by: User | None,
    reason: str,
) -> None:
    ground = DissolutionGround.REQUEST
    dissolve(agreement, by=by, at=at, on=day, ground=ground, reason=reason, rule="B-14.12")


_ACTS: dict[
    RequestKind,
    Callable[[Agreement, AgreementRequest, date, datetime, User | None, str], None],
] = {
    RequestKind.SUSPEND: _suspend,
    RequestKind.RESUME: _resume,
    RequestKind.DISSOLVE: _dissolve,
}


def performing_obstacles(request: AgreementRequest, *, on: date) -> list[Obstacle]:
    """Return why the request cannot be agreed to, or carried out, with effect from the day."""
    agreement, kind = request.agreement, RequestKind(request.kind)
    if kind == RequestKind.NOT_RENEW:
        return [] if agreement.is_running else state_obstacles(agreement, kind, on=on)
    if kind == RequestKind.RENEW:
        return []  # the renewal's own guards speak
    states = {
        RequestKind.SUSPEND: agreement.state == AgreementState.EFFECTIVE,
        RequestKind.RESUME: agreement.state == AgreementState.SUSPENDED,
        RequestKind.DISSOLVE: agreement.is_running,
    }
    obstacles = []
    if not states[kind] or on > agreement.valid_to:
        label = AgreementState(agreement.state).label
        text = _("The agreement is “%(state)s” and valid to %(day)s: that does not allow it.")
        facts = {"state": label, "day": agreement.valid_to}
        obstacles.append(Obstacle("wrong_state", text % facts))
    elif kind == RequestKind.SUSPEND:
        obstacles += suspending.day_after_last_suspension(agreement, on)
    elif kind == RequestKind.RESUME:
        obstacles += suspending.too_early_to_resume(agreement, on)
        obstacles += suspending.held_by_home(agreement)
        obstacles += suspending.unrectified(agreement)
    return obstacles
