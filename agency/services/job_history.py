"""How the jobs fare: last runs, failures, the next run, and the days that were missed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.db.models import Avg, Count, F, Max, Min, Q
from django.utils import timezone

from agency.enums import JobStatus
from agency.jobs import JOBS, Job, in_order
from agency.models import JobRun, JobWatch, User

ONE_DAY = timedelta(1)
# What "failures" and the usual duration are counted over.
RECENT_DAYS = 30
# A run that is due is not missed before this much time has passed.
GRACE = timedelta(hours=1)

_MISSED = """
SELECT known.job, day::date
FROM (
    SELECT job, min("on") AS since FROM agency_jobrun WHERE job = ANY(%(names)s) GROUP BY job
) AS known,
    generate_series(greatest(known.since, %(begin)s), %(end)s, interval '1 day') AS day
WHERE NOT EXISTS (
    SELECT 1 FROM agency_jobrun AS run
    WHERE run.job = known.job AND run."on" = day::date AND run.status = 'done'
)
ORDER BY known.job, day
"""


@dataclass(slots=True)
class JobReport:
    """A job as its page shows it."""

    job: Job
    next_at: datetime
    last: JobRun | None = None
    done_at: datetime | None = None
    done_for: date | None = None
    runs: int = 0
    failures: int = 0
    usual: timedelta | None = None
    rows: int = 0
    watcher: User | None = None
    missed: list[date] = field(default_factory=list)

    def __str__(self) -> str:
        return str(self.job.label)

    @property
    def time(self) -> str:
        return f"{self.job.hour:02}:{self.job.minute:02}"

    @property
    def open_days(self) -> list[date]:
        """Missed days that no later successful run has caught up with."""
        return [day for day in self.missed if self.done_for is None or day > self.done_for]

    @property
    def caught_up(self) -> int:
        return len(self.missed) - len(self.open_days)

    @property
    def usual_seconds(self) -> float | None:
        return self.usual.total_seconds() if self.usual is not None else None


def job_reports(*, at: datetime, names: Iterable[str] | None = None) -> list[JobReport]:
    """Return every job, in the order of a day. Four queries, however many runs there are."""
    jobs = [each for each in in_order() if names is None or each.name in names]
    reports = {each.name: JobReport(each, next_run(each, at)) for each in jobs}
    since = at - timedelta(RECENT_DAYS)
    latest = JobRun.objects.filter(job__in=reports).order_by("job", "-started_at", "-pk")
    for run in latest.distinct("job"):
        reports[run.job].last = run
    done, recent = Q(status=JobStatus.DONE), Q(started_at__gte=since)
    totals = (
        JobRun.objects.filter(job__in=reports)
        .values("job")
        .annotate(
            first=Min("on"),
            done_at=Max("finished_at", filter=done),
            done_for=Max("on", filter=done),
            recent_runs=Count("pk", filter=recent),
            failures=Count("pk", filter=recent & Q(status=JobStatus.FAILED)),
            usual=Avg(F("finished_at") - F("started_at"), filter=done & recent),
        )
    )
    for row in totals:
        report = reports[row["job"]]
        report.done_at, report.done_for = row["done_at"], row["done_for"]
        report.runs, report.failures = row["recent_runs"], row["failures"]
        report.usual = row["usual"]
    for watch in JobWatch.objects.filter(job__in=reports).select_related("person"):
        reports[watch.job].watcher = watch.person
    for name, days in missed_days(reports, at=at).items():
        reports[name].missed = days
    return list(reports.values())


def next_run(job: Job, at: datetime) -> datetime:
    """Return when the timetable runs the job next."""
    today = timezone.localdate(at)
    planned = _planned(job, today)
    return planned if planned > at else _planned(job, today + ONE_DAY)


def missed_days(
    names: Iterable[str], *, at: datetime, begin: date | None = None
) -> dict[str, list[date]]:
    """Return the days, from the first known run on (or `begin`), on which a job was due and has
    no successful run. One query.
    """
    today = timezone.localdate(at)
    values: dict[str, list[str] | date] = {
        "names": list(names),
        "begin": begin or date.min,
        "end": today,
    }
    missed: dict[str, list[date]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_MISSED, values)
        for name, day in cursor.fetchall():
            if _planned(JOBS[name], day) + GRACE <= at:
                missed.setdefault(name, []).append(day)
    return missed


def _planned(job: Job, day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(job.hour, job.minute)))
