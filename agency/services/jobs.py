"""Running jobs, with a record of each run."""

import zlib
from datetime import date

from django.db import connection, transaction
from django.utils import timezone

from agency.enums import JobStatus
from agency.jobs import JOBS
from agency.models import JobRun


def run_job(name: str, *, on: date) -> JobRun:
    """Run the job for the day and return its record.

    One worker at a time: a second one waits for the first and then finds nothing left to do.
    A failing job is recorded with its error and raised again; what it did is rolled back.
    """
    run = JobRun.objects.create(
        job=name, on=on, status=JobStatus.RUNNING, started_at=timezone.now()
    )
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [zlib.crc32(name.encode())])
            run.count = JOBS[name].function(on)
    except Exception as error:
        run.status, run.error = JobStatus.FAILED, f"{type(error).__name__}: {error}"
        run.finished_at = timezone.now()
        run.save(update_fields=["status", "error", "finished_at"])
        raise
    run.status, run.finished_at = JobStatus.DONE, timezone.now()
    run.save(update_fields=["status", "count", "finished_at"])
    return run
