from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.jobs import job
from supervision.services import administration, breaches, filing, grounds, hearing, interviews
from supervision.services.disputes import reminders


@job("supervision.defence", _("End periods of statement and defence"), hour=0, minute=30)
def end_defence_periods(on: date) -> int:
    return hearing.end_defence_periods(on=on, at=timezone.now())


@job("supervision.overdue", _("Tell of overdue orders, reports and supplements"), hour=6, minute=20)
def remind_overdue(on: date) -> int:
    now = timezone.now()
    return administration.remind_overdue(on=on, at=now) + filing.remind_unfiled(on=on, at=now)


@job("supervision.detect_grounds", _("Find grounds of dissolution"), hour=1, minute=40)
def detect_grounds(on: date) -> int:
    return grounds.detect_grounds(on=on, at=timezone.now())


@job("supervision.agency_breaches", _("Record breaches by the agency"), hour=2, minute=10)
def record_breaches(on: date) -> int:
    return breaches.record_breaches(on=on, at=timezone.now())


@job("supervision.disputes", _("Tell of disputes without a result in time"), hour=6, minute=25)
def remind_disputes(on: date) -> int:
    return reminders.remind_overdue(on=on, at=timezone.now())


@job("supervision.commitments", _("Interviews: commitments overdue"), hour=6, minute=24)
def tell_overdue_commitments(on: date) -> int:
    return interviews.tell_overdue_commitments(on=on, at=timezone.now())
