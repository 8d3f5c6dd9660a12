from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.jobs import job
from settlements.services import overdue

# --- statements and payments ------------------------------------------------------------------


@job("settlements.recompute_deadlines", _("Payout deadlines by a new calendar"), hour=0, minute=20)
def recompute_deadlines(on: date) -> int:
    return overdue.recompute_deadlines(on=on, at=timezone.now())


@job("settlements.mark_overdue", _("Overdue payments"), hour=0, minute=30)
def mark_overdue(on: date) -> int:
    return overdue.mark_overdue(on=on, at=timezone.now())


@job("settlements.send_alarms", _("Alarms at 20 and 27 working days"), hour=0, minute=35)
def send_alarms(on: date) -> int:
    return overdue.send_alarms(on=on, at=timezone.now())
