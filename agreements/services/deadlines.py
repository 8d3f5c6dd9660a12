"""The nightly jobs. Each sweep is set-based (`sweeps`), idempotent, and does what missed nights
left with the dates the law gives, not with the day of the run.
"""

import json
from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.models import Region
from agency.services.calendar import office
from agency.services.notices import holders
from agency.workdays import Unit
from agreements.enums.life import RequestKind, RequestState
from agreements.models import Agreement, AgreementRequest, Suspension
from agreements.notifications import agreements as notifications
from agreements.rules import AUTO_TERMINATION_GRACE
from agreements.services.cascade_nights import follow_up
from agreements.services.requests import perform_request
from agreements.services.sweeps import (
    BECOMING_DUE,
    BEGIN,
    CANCEL_ORPHANS,
    END,
    MARK_DUE,
    REMIND,
    TERMINATE,
    WARN_FIRST,
    WARN_SECOND,
    found,
    lapse_all,
    sweep,
)


@transaction.atomic
def end_and_begin_terms(*, on: date, at: datetime) -> int:
    """End what was valid to an earlier day, as renewed or expired, and put in force what begins.

    After missed years a renewal may have begun and ended as well: it goes on until all is done.
    """
    total = 0
    while moved := end_terms(on=on, at=at) + begin_terms(on=on, at=at):
        total += moved
        remind_of_renewal(on=on, at=at)
        total += follow_home(on=on, at=at)
    return total + follow_home(on=on, at=at)


def follow_home(*, on: date, at: datetime) -> int:
    """Suspend what has begun in other regions under a suspension of the home region, and do what
    its own limit asks since (B-17).
    """
    moved = follow_up(on=on, at=at)
    if moved:
        warn_of_limit(on=on, at=at)
        mark_terminations_due(on=on, at=at)
        terminate_automatically(on=on, at=at)
    return moved


@transaction.atomic
def end_terms(*, on: date, at: datetime) -> int:
    return sweep(
        END,
        on=on,
        at=at,
        rule="B-15",
        subject=_("Agreement {number} has ended on {on}."),
        reason=_("End of the validity"),
    )


@transaction.atomic
def begin_terms(*, on: date, at: datetime) -> int:
    begun = sweep(
        BEGIN, on=on, at=at, rule="A-09", subject=_("Agreement {number} is in force from {on}.")
    )
    cancelled = sweep(
        CANCEL_ORPHANS,
        on=on,
        at=at,
        rule="B-15",
        subject=_("Agreement {number} has been cancelled before it took effect."),
        reason=_("The agreement it renews did not end as renewed."),
    )
    return begun + cancelled


@transaction.atomic
def remind_of_renewal(*, on: date, at: datetime) -> int:
    """Remind institutions that have neither applied nor said that they will not (B-15)."""
    return sweep(
        REMIND,
        on=on,
        at=at,
        rule="B-15",
        subject=_("Agreement {number} ends on {on}: apply for its renewal in time."),
        body=_("A renewal is applied for three months before the end of the validity (art. 41)."),
        reason=_("Reminder of the renewal"),
    )


@transaction.atomic
def warn_of_limit(*, on: date, at: datetime) -> int:
    """Send the first and second warning of long suspensions (B-13)."""
    subject = _("Agreement {number}: the limit of its suspension is {on}.")
    first = sweep(
        WARN_FIRST,
        on=on,
        at=at,
        rule="B-13",
        subject=subject,
        reason=_("First warning of the limit"),
    )
    second = sweep(
        WARN_SECOND,
        on=on,
        at=at,
        rule="B-13",
        subject=subject,
        reason=_("Second warning of the limit"),
    )
    return first + second


@transaction.atomic
def mark_terminations_due(*, on: date, at: datetime) -> int:
    """Mark voluntary suspensions whose limit has passed, tell both sides, and set the last day on
    which the head may hold the termination (B-13).
    """
    rows = found(BECOMING_DUE, {"on": on})
    if not rows:
        return 0
    regions = {each.pk: each for each in Region.objects.filter(pk__in={row[2] for row in rows})}
    offices = {code: office(on=on, region=region) for code, region in regions.items()}
    ids, due_on, bases, provisional = [], [], [], []
    for pk, limit_on, region, refused_on in rows:
        here = offices[region]
        # Counted from the day it became due: the day after the limit, or a later refusal.
        start = max(date.fromordinal(limit_on.toordinal() + 1), refused_on or limit_on)
        deadline, basis = here.calendar.own.deadline_with_basis(
            "B-13", start, Unit.WORKDAY, here.number(AUTO_TERMINATION_GRACE)
        )
        ids.append(pk)
        due_on.append(deadline.on)
        bases.append(json.dumps(basis.to_json()))
        provisional.append(deadline.provisional)
    marked = sweep(
        MARK_DUE,
        on=on,
        at=at,
        rule="B-13",
        subject=_("Agreement {number} will be terminated automatically after {on}."),
        body=_("Its suspension has passed the limit without a request to resume (art. 42)."),
        reason=_("The limit of the suspension has passed."),
        ids=ids,
        due_on=due_on,
        basis=bases,
        provisional=provisional,
    )
    _tell_agency(ids, at=at)
    return marked


@transaction.atomic
def terminate_automatically(*, on: date, at: datetime) -> int:
    """End agreements whose voluntary suspension passed its limit, neither resumed nor held, with
    effect from the day after the limit (B-13).
    """
    return sweep(
        TERMINATE,
        on=on,
        at=at,
        rule="B-13",
        subject=_("Agreement {number} has been terminated automatically from {on}."),
        reason=_("Suspended beyond the limit without a request to resume"),
    )


@transaction.atomic
def lapse_requests(*, on: date, at: datetime) -> int:
    """Let requests lapse whose agreement has ended."""
    return lapse_all(on=on, at=at, reason=_("The agreement has ended."))


@transaction.atomic
def perform_requests(*, on: date, at: datetime) -> int:
    """Carry out accepted requests whose day has come, oldest day first. What somebody works on
    is left for the next night.
    """
    due = list(
        AgreementRequest.objects.filter(state=RequestState.ACCEPTED, wanted_on__lte=on)
        .exclude(kind__in=[RequestKind.RENEW, RequestKind.NOT_RENEW])
        .order_by("wanted_on", "pk")
        .select_for_update(skip_locked=True, no_key=True)
    )
    # What one of them does at home others may follow: locked at once, in the order of their keys.
    institutions = Agreement.objects.filter(requests__in=due).values_list(
        "institution_id", flat=True
    )
    Agreement.objects.live_of(institutions).lock_in_order()
    for request in due:
        request.agreement = Agreement.objects.locked(request.agreement_id)
        perform_request(request, on=on, at=at, by=None)
    return len(due)


def _tell_agency(suspension_ids: Iterable[int], *, at: datetime) -> None:
    recipients = holders(Role.AGREEMENT_OFFICER, Role.AGENCY_HEAD)
    for suspension in Suspension.objects.filter(pk__in=suspension_ids).select_related("agreement"):
        agreement = suspension.agreement
        notifications.termination_due(agreement, suspension, recipients, at=at)
