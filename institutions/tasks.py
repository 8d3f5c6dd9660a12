from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.jobs import job
from institutions.services import deadlines


@job(
    "institutions.recompute_deadlines", _("Filings: deadlines by a new calendar"), hour=0, minute=2
)
def recompute_deadlines(on: date) -> int:
    return deadlines.recompute_deadlines(on=on, at=timezone.now())
