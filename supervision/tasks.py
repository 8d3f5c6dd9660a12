from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.jobs import job
from supervision.services import administration, filing, grounds, hearing


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
