"""The nightly jobs of agreements, in the order of their times. With this order many missed
nights lead where one after the other would have led.
"""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.jobs import job
from agreements.services import deadlines


@job("agreements.renewal_reminders", _("Agreements: renewal reminders"), hour=0, minute=4)
def remind_of_renewal(on: date) -> int:
    return deadlines.remind_of_renewal(on=on, at=timezone.now())


@job("agreements.requests", _("Agreements: accepted requests"), hour=0, minute=5)
def perform_requests(on: date) -> int:
    return deadlines.perform_requests(on=on, at=timezone.now())


@job("agreements.warnings", _("Agreements: warnings before the limit"), hour=0, minute=10)
def warn_of_limit(on: date) -> int:
    return deadlines.warn_of_limit(on=on, at=timezone.now())


@job("agreements.termination_due", _("Agreements: limits passed"), hour=0, minute=15)
def mark_terminations_due(on: date) -> int:
    return deadlines.mark_terminations_due(on=on, at=timezone.now())


@job("agreements.auto_terminate", _("Agreements: automatic termination"), hour=0, minute=20)
def terminate_automatically(on: date) -> int:
    return deadlines.terminate_automatically(on=on, at=timezone.now())


@job("agreements.expire", _("Agreements: end and beginning of terms"), hour=0, minute=25)
def end_and_begin_terms(on: date) -> int:
    return deadlines.end_and_begin_terms(on=on, at=timezone.now())


@job("agreements.lapse_requests", _("Agreements: requests without an agreement"), hour=0, minute=30)
def lapse_requests(on: date) -> int:
    return deadlines.lapse_requests(on=on, at=timezone.now())
