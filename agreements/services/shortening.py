"""A suspension made shorter by the result of a dispute, from its new end on (B-19)."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agency.models import User
from agency.periods import ONE_DAY
from agency.rules import Obstacle, refuse_if
from agreements.enums.life import AgreementState
from agreements.models import CascadeReceipt, Suspension
from agreements.rules.following import payable_again
from agreements.services.annulment import PayableDays
from agreements.services.history import record_step
from agreements.services.signing import reason_obstacles
from agreements.services.steps import lock_family, spans_of

RULE = "B-19"


@transaction.atomic
def shorten_suspension(
    *, suspension_id: int, last_day: date, by: User, at: datetime, on: date, reason: str
) -> list[PayableDays]:
    """Let a suspension end with `last_day`, with those that followed it, and return the days up to
    `on` that became payable. A day to come only moves its planned end.
    """
    agreement_id = Suspension.objects.values_list("agreement", flat=True).get(pk=suspension_id)
    lock_family(agreement_id)
    suspension = Suspension.objects.select_related("agreement__region").get(pk=suspension_id)
    refuse_if(shortening_obstacles(suspension, last_day) + reason_obstacles(reason))
    payable = _shorten(suspension, last_day, by=by, at=at, on=on, reason=reason)
    receipts = CascadeReceipt.objects.filter(cause=suspension, undone_on__isnull=True)
    followers = Suspension.objects.standing().filter(cascade__in=receipts)
    for each in followers.select_related("agreement__region").order_by("agreement_id", "pk"):
        if not shortening_obstacles(each, last_day):
            payable += _shorten(each, last_day, by=by, at=at, on=on, reason=reason)
    return payable


def shortening_obstacles(suspension: Suspension, last_day: date) -> list[Obstacle]:
    """Return why the suspension cannot end on that day: it must become shorter, and stay one."""
    if suspension.annulled_on:
        text = _("It was annulled on %(day)s.") % {"day": suspension.annulled_on}
        return [Obstacle("annulled_already", text, RULE)]
    last = last_day_of(suspension)
    if suspension.starts_on <= last_day and (last is None or last_day < last):
        return []
    text = _("The suspension lasts from %(first)s to %(last)s: its new end must lie within.")
    facts = {"first": suspension.starts_on, "last": last}
    return [Obstacle("new_end_outside", text % facts, RULE)]


def last_day_of(suspension: Suspension) -> date | None:
    """Return the last suspended day, as planned or as it came to be."""
    if suspension.resumed_on:
        return suspension.resumed_on - ONE_DAY
    return suspension.planned_to


def _shorten(
    suspension: Suspension, last_day: date, *, by: User, at: datetime, on: date, reason: str
) -> list[PayableDays]:
    agreement = suspension.agreement
    source = agreement.state
    ran_until = suspension.resumed_on - ONE_DAY if suspension.resumed_on else None
    resumes_on = last_day + ONE_DAY
    if resumes_on <= on:
        suspension.resumed_on = resumes_on
    suspension.planned_to = last_day
    suspension.save(update_fields=["resumed_on", "planned_to"])
    if resumes_on <= on and ran_until is None and source == AgreementState.SUSPENDED:
        agreement.resume()
        agreement.save(update_fields=["state"])
    record_step(
        agreement,
        act="shorten_suspension",
        source=source,
        on=resumes_on,
        at=at,
        by=by,
        reason=reason,
        rule=RULE,
    )
    last = min(ran_until or date.max, agreement.last_day, on)
    if resumes_on > last:
        return []
    stretches = payable_again(first=resumes_on, last=last, suspensions=spans_of(agreement))
    return [
        PayableDays(agreement.pk, agreement.institution_id, agreement.region_id, first, until)
        for first, until in stretches
    ]
