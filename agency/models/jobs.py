from datetime import datetime, timedelta

import pghistory
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.enums import JobStatus


class JobRun(models.Model):
    """One run of a nightly job for one day."""

    job = models.CharField(_("job"), max_length=80)
    on = models.DateField(_("for the day"))
    status = models.CharField(_("status"), max_length=8, choices=JobStatus)
    started_at = models.DateTimeField(
        _("started at"), help_text=_("While it waits for a worker: when it was asked for.")
    )
    finished_at = models.DateTimeField(_("finished at"), null=True)
    count = models.PositiveIntegerField(_("rows acted on"), default=0)
    error = models.TextField(_("error"), blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked for by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty when the timetable started it."),
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("job run")
        verbose_name_plural = _("job runs")
        ordering = ["-started_at", "-pk"]
        indexes = [
            models.Index(name="jobrun_latest", fields=["job", "-started_at"]),
            models.Index(name="jobrun_of_day", fields=["job", "on", "status"]),
            models.Index(name="jobrun_all", fields=["-started_at", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.job} {self.on}"

    def is_interrupted_at(self, at: datetime) -> bool:
        """Whether the run can no longer end by itself: its worker was killed, or none came."""
        unfinished = self.status in (JobStatus.QUEUED, JobStatus.RUNNING)
        return unfinished and self.started_at < interrupted_before(at)

    @property
    def is_interrupted(self) -> bool:
        return self.is_interrupted_at(timezone.now())

    @property
    def seconds(self) -> float | None:
        """How long the run took, if it has ended."""
        return (self.finished_at - self.started_at).total_seconds() if self.finished_at else None


def interrupted_before(at: datetime) -> datetime:
    """Return the instant before which a run still under way must have been killed."""
    return at - timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT)


@pghistory.track()
class JobWatch(models.Model):
    """Who is told when a job fails or does not run; without one, the system administrators."""

    job = models.CharField(_("job"), max_length=80, unique=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("is told"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("named by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    set_at = models.DateTimeField(_("named at"))

    class Meta:
        verbose_name = _("watch over a job")
        verbose_name_plural = _("watches over jobs")
        ordering = ["job"]

    def __str__(self) -> str:
        return f"{self.job}: {self.person}"
