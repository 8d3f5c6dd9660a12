"""The nightly jobs of agreements, in the order of their times. With this order many missed
nights lead where one after the other would have led.
"""

from datetime import date

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.jobs import job
from agreements.enums.performance import RoundState
from agreements.models import PerformanceRound
from agreements.services import cascade_nights, deadlines, obligation_periods
from agreements.services.performance.answers import confirm_by_silence
from agreements.services.performance.publishing import write_letters
from agreements.services.performance.rounds import prepare_round
from agreements.services.supplements import end_due
from agreements.services.templates.consulting import close_due
from agreements.services.templates.publishing import supersede_due


@job("agreements.cascades", _("Agreements: signed under a cascade"), hour=0, minute=3)
def join_cascades(on: date) -> int:
    return cascade_nights.join_cascades(on=on, at=timezone.now())


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


@job("agreements.close_consultations", _("Texts: consultations over"), hour=0, minute=2)
def close_consultations(on: date) -> int:
    return close_due(on=on, at=timezone.now())


@job("agreements.supersede_texts", _("Texts: versions superseded"), hour=0, minute=3)
def supersede_texts(on: date) -> int:
    return supersede_due(on=on, at=timezone.now())


# --- performance assessment ---------------------------------------------------------------------


@shared_task(name="agreements.prepare_performance")
def prepare_performance(*, round_id: int) -> str:
    """Compute the figures of a round. May be sent twice or after a crash."""
    return str(prepare_round(round_id=round_id, at=timezone.now()).state)


@shared_task(name="agreements.performance_letters_now")
def write_performance_letters() -> int:
    return write_letters(at=timezone.now())


def hand_round_to_worker(round_id: int) -> None:
    """Have the figures of a round computed; with the broker down the night makes up for it."""

    # A function: what fails on commit is logged by its name, which a partial has not.
    def send() -> None:
        prepare_performance.delay(round_id=round_id)

    transaction.on_commit(send, robust=True)


def hand_letters_to_worker() -> None:
    """Have the letters of published results written; the night makes up for what is left."""

    def send() -> None:
        write_performance_letters.delay()

    transaction.on_commit(send, robust=True)


@job("agreements.performance_rounds", _("Performance: figures not computed"), hour=0, minute=32)
def prepare_rounds(on: date) -> int:
    """Go on with rounds a worker left lying."""
    waiting = PerformanceRound.objects.filter(state=RoundState.PREPARING)
    keys = list(waiting.values_list("pk", flat=True))
    for each in keys:
        prepare_round(round_id=each, at=timezone.now())
    return len(keys)


@job("agreements.performance_silence", _("Performance: confirmed by silence"), hour=0, minute=33)
def confirm_performance_by_silence(on: date) -> int:
    return confirm_by_silence(on=on, at=timezone.now())


@job("agreements.performance_letters", _("Performance: letters of results"), hour=0, minute=36)
def send_performance_letters(on: date) -> int:
    return write_letters(at=timezone.now())


@job("agreements.obligations", _("Obligations: overdue"), hour=6, minute=22)
def tell_overdue_obligations(on: date) -> int:
    return obligation_periods.tell_overdue(on=on, at=timezone.now())


@job("agreements.supplements", _("Supplements: ended with their agreements"), hour=0, minute=35)
def end_supplements(on: date) -> int:
    return end_due(on=on, at=timezone.now())
