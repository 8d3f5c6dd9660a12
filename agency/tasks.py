from datetime import date, timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.jobs import JOBS, job
from agency.models import JobRun
from agency.services import (
    attachments,
    calendar_imports,
    closing,
    delivery,
    idempotency,
    jobs,
    letters,
    previews,
    recomputation,
    uploads,
)
from agency.services.audit.checks import run_check
from agency.services.audit.sealing import seal_days
from agency.services.in_force import parameters_on
from agency.services.job_history import missed_days
from agency.services.turns import compute_figures


@shared_task
def run_job(name: str, on: str | None = None) -> int:
    """Run a registered job for the day (ISO), by default today in Shanghai."""
    day = date.fromisoformat(on) if on else timezone.localdate()
    return jobs.run_job(name, on=day).count


@shared_task(name="agency.deliver_outbox")
def deliver_outbox() -> int:
    """Send the mails that are due. Any number of workers may do it at once."""
    return delivery.run_outbox(at=timezone.now()).sent


@job("agency.clean_files", _("Remove expired uploads and files of no matter"), hour=3, minute=40)
def clean_files(on: date) -> int:
    at = timezone.now()
    hours = int(parameters_on(on)["orphan_file_hours"])
    return (
        uploads.remove_expired(at=at)
        + attachments.remove_orphans(before=at - timedelta(hours=hours))
        + previews.remove_unused(before=at - timedelta(days=settings.PREVIEW_KEPT_DAYS))
    )


@job("agency.forget_requests", _("Forget keys of repeated requests"), hour=3, minute=50)
def forget_requests(on: date) -> int:
    return idempotency.forget_requests(at=timezone.now())


@job("agency.service_figures", _("Compute the service figures"), hour=5, minute=10)
def service_figures(on: date) -> int:
    return compute_figures(on=on, at=timezone.now())


@shared_task(name="agency.run_requested_job")
def run_requested_job(*, run_id: int) -> int:
    """Run a job that somebody asked for. May be handed out twice; it runs once."""
    run = JobRun.objects.get(pk=run_id)
    return jobs.run_job(run.job, on=run.on, run_id=run_id).count


@shared_task(name="agency.verify_history")
def verify_history(*, check_id: int) -> str:
    """Verify the days of a check. May be handed out twice or after a crash."""
    return run_check(check_id=check_id).outcome


@job("agency.seal_history", _("Seal the history of past days"), hour=4, minute=30)
def seal_history(on: date) -> int:
    return seal_days(on=on, at=timezone.now())


@job("agency.watch_jobs", _("Tell of jobs that did not run"), hour=7, minute=0)
def watch_jobs(on: date) -> int:
    """Tell of runs that were killed, and of yesterday's and today's runs that never were."""
    at = timezone.now()
    missed = missed_days(JOBS, at=at, begin=on - timedelta(1))
    for name, days in missed.items():
        for day in days:
            jobs.tell_of_missed({name: day}, at=at)
    return jobs.tell_of_interrupted(at=at) + sum(len(days) for days in missed.values())


@job(
    "agency.recompute_deadlines", _("Deadlines by a new calendar, of all matters"), hour=0, minute=1
)
def recompute_deadlines(on: date) -> int:
    """Runs before every job that reads deadlines."""
    closing.follow_parameter(on=on)
    return recomputation.recompute_deadlines(on=on, at=timezone.now())


@job("agency.calendar_warning", _("Warn while next year has no calendar"), hour=6, minute=10)
def warn_of_missing_year(on: date) -> int:
    return calendar_imports.warn_of_missing_year(on=on, at=timezone.now())


@job("agency.end_notices", _("Letters served by public notice"), hour=0, minute=20)
def end_notices(on: date) -> int:
    return letters.end_notices(on=on, at=timezone.now())
