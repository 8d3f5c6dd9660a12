"""Running jobs, with a record of each run and somebody told when one fails."""

import zlib
from datetime import date, datetime

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.enums import JobStatus, Role
from agency.jobs import JOBS
from agency.models import JobRun, JobWatch, User
from agency.models.jobs import interrupted_before
from agency.permissions import RUN_JOB, WATCH_JOB
from agency.rules import Obstacle, refuse_if
from agency.services.notices import holders, tell

_NOT_ENTITLED = Obstacle(
    "not_entitled", gettext_lazy("Jobs are run and watched by the system administrator.")
)


def run_job(name: str, *, on: date, run_id: int | None = None) -> JobRun:
    """Run the job for the day and return its record; `run_id` is that of a run asked for.

    One worker at a time: a second one waits for the first and then finds nothing left to do.
    A failing job is recorded with its error, told of and raised again; what it did is rolled back.
    """
    run, is_ours = _begin(name, on, run_id)
    if not is_ours:
        return run
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [zlib.crc32(name.encode())])
            run.count = JOBS[name].function(on)
    except Exception as error:
        run.status, run.error = JobStatus.FAILED, f"{type(error).__name__}: {error}"
        run.finished_at = timezone.now()
        run.save(update_fields=["status", "error", "finished_at"])
        tell_of_failure(run, at=run.finished_at)
        raise
    run.status, run.finished_at = JobStatus.DONE, timezone.now()
    run.save(update_fields=["status", "count", "finished_at"])
    return run


def _begin(name: str, on: date, run_id: int | None) -> tuple[JobRun, bool]:
    now = timezone.now()
    if run_id is None:
        run = JobRun.objects.create(job=name, on=on, status=JobStatus.RUNNING, started_at=now)
        return run, True
    # A message handed out twice finds the run begun and leaves it alone, unless it was killed.
    with transaction.atomic():
        run = JobRun.objects.select_for_update().get(pk=run_id)
        if run.status == JobStatus.QUEUED or run.is_interrupted_at(now):
            run.status, run.started_at = JobStatus.RUNNING, now
            run.save(update_fields=["status", "started_at"])
            return run, True
    return run, False


def request_run(*, name: str, on: date, by: User, at: datetime, reason: str) -> JobRun:
    """Record that somebody wants the job run for a day; a worker does it.

    Refuses a day to come, a run without a reason, and a job that waits or runs already.
    """
    today = timezone.localdate(at)
    checks = {
        _NOT_ENTITLED: not RUN_JOB.allows(by),
        Obstacle(
            "day_to_come",
            _("%(day)s has not come yet; jobs act for days up to today, %(today)s.")
            % {"day": on, "today": today},
            remedy=_("Choose today or an earlier day."),
        ): on > today,
        Obstacle("reason_missing", _("Say why the job is run by hand.")): not reason.strip(),
        Obstacle(
            "job_at_work",
            _("The job is waiting for a worker or running."),
            remedy=_("Wait for it to end; its page shows how far it is."),
        ): at_work(name, at) is not None,
    }
    refuse_if([obstacle for obstacle, applies in checks.items() if applies])
    return JobRun.objects.create(
        job=name,
        on=on,
        status=JobStatus.QUEUED,
        started_at=at,
        requested_by=by,
        reason=reason.strip(),
    )


def at_work(name: str, at: datetime) -> JobRun | None:
    """Return the run of a job that waits or runs, if there is one and it was not killed."""
    rows = JobRun.objects.filter(
        job=name,
        status__in=[JobStatus.QUEUED, JobStatus.RUNNING],
        started_at__gte=interrupted_before(at),
    )
    return rows.order_by("-started_at").first()


@transaction.atomic
def name_watcher(*, name: str, person: User, by: User, at: datetime) -> JobWatch:
    """Name who is told when the job fails or does not run. Refuses somebody without a desk."""
    checks = {
        _NOT_ENTITLED: not WATCH_JOB.allows(by),
        Obstacle(
            "no_desk",
            _("%(person)s is not an active member of the agency's staff.") % {"person": person},
            remedy=_("Name somebody who works at the agency."),
        ): not (person.is_active and person.is_agency_staff),
    }
    refuse_if([obstacle for obstacle, applies in checks.items() if applies])
    watch, _created = JobWatch.objects.update_or_create(
        job=name, defaults={"person": person, "set_by": by, "set_at": at}
    )
    return watch


# --- telling -------------------------------------------------------------------------------------


def watchers_of(name: str) -> list[User]:
    """Return who is told of a job: the named person, else every system administrator."""
    watch = JobWatch.objects.filter(job=name, person__is_active=True).select_related("person")
    return [each.person for each in watch] or holders(Role.SYSTEM_ADMINISTRATOR)


def tell_of_failure(run: JobRun, *, at: datetime) -> None:
    """Tell of a failed run, once per job and day."""
    tell(
        watchers_of(run.job),
        key=f"job.failed.{run.job}.{run.on}",
        subject=_written(
            gettext_lazy("Job failed: %(job)s, for %(on)s"), job=JOBS[run.job].label, on=run.on
        ),
        body=run.error,
        url=reverse("agency_desk:job_run", args=[run.pk]),
        at=at,
    )


def tell_of_interrupted(*, at: datetime) -> int:
    """Tell of runs whose worker was killed; return how many. Told once each."""
    rows = JobRun.objects.filter(
        status__in=[JobStatus.QUEUED, JobStatus.RUNNING], started_at__lt=interrupted_before(at)
    )
    for run in rows:
        job = JOBS.get(run.job)
        tell(
            watchers_of(run.job),
            key=f"job.interrupted.{run.job}.{run.on}",
            subject=_written(
                gettext_lazy("Job interrupted: %(job)s, for %(on)s"),
                job=job.label if job else run.job,
                on=run.on,
            ),
            body=gettext_lazy(
                "Its worker ended before the job did. What it had done was rolled back; the next "
                "run catches up."
            ),
            url=reverse("agency_desk:job_run", args=[run.pk]),
            at=at,
        )
    return len(rows)


def tell_of_missed(missed: dict[str, date], *, at: datetime) -> None:
    """Tell, for each job, that a day passed on which it did not run with success."""
    for name, day in missed.items():
        tell(
            watchers_of(name),
            key=f"job.missed.{name}.{day}",
            subject=_written(
                gettext_lazy("Job did not run: %(job)s, for %(on)s"), job=JOBS[name].label, on=day
            ),
            body=gettext_lazy(
                "It was due and has no successful run. The next run does what this one left "
                "undone; run it now if that cannot wait."
            ),
            url=reverse("agency_desk:job", args=[name]),
            at=at,
        )


def _written(text: str | Promise, **values: object) -> str:
    """Fill a text in the office's language, in which every notice is written."""
    with translation.override("zh-hans"):
        return str(text) % values
