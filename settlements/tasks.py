from datetime import date, timedelta
from functools import partial

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.jobs import job
from settlements.enums import BatchState
from settlements.models import ClaimBatch
from settlements.services import overdue, review
from settlements.services.intake import take_in

# --- statements and payments ------------------------------------------------------------------


@job("settlements.mark_overdue", _("Overdue payments"), hour=0, minute=30)
def mark_overdue(on: date) -> int:
    return overdue.mark_overdue(on=on, at=timezone.now())


@job("settlements.send_alarms", _("Alarms at 20 and 27 working days"), hour=0, minute=35)
def send_alarms(on: date) -> int:
    return overdue.send_alarms(on=on, at=timezone.now())


# --- claim batches ------------------------------------------------------------------------------

LEFT_LYING = timedelta(minutes=10)


@shared_task(name="settlements.intake_batch")
def intake_batch(*, batch_id: int) -> str:
    """Check and store a batch, then have it reviewed. May be sent twice or after a crash."""
    batch = take_in(batch_id=batch_id, at=timezone.now())
    if batch.state in (BatchState.ACCEPTED, BatchState.REVIEWING):
        transaction.on_commit(partial(review_batch.delay, batch_id=batch_id))
    return batch.state


@shared_task(name="settlements.review_batch")
def review_batch(*, batch_id: int) -> str:
    """Review an accepted batch, or finish a review whose worker died. May be sent twice."""
    batch = ClaimBatch.objects.get(pk=batch_id)
    if batch.state in (BatchState.ACCEPTED, BatchState.REVIEWING):
        batch = review.review_batch(batch_id=batch_id, at=timezone.now())
    return batch.state


def hand_to_worker(batch: ClaimBatch) -> None:
    """Enqueue whatever comes next for the batch. Harmless when it is in hand already; with the
    broker down the failure is logged, and the next look at the batch's page asks again.
    """
    is_stored = batch.state in (BatchState.ACCEPTED, BatchState.REVIEWING)
    task = review_batch if is_stored else intake_batch

    # A function: what fails on commit is logged by its name, which a partial has not.
    def send() -> None:
        task.delay(batch_id=batch.pk)

    transaction.on_commit(send, robust=True)


@job("settlements.resume_batches", _("Batches left lying by a worker"), hour=0, minute=5)
def resume_batches(on: date) -> int:
    """Hand to the worker again what it should have finished."""
    since = timezone.now() - LEFT_LYING
    waiting = list(ClaimBatch.objects.at_work().filter(submitted_at__lt=since))
    for batch in waiting:
        hand_to_worker(batch)
    return len(waiting)
