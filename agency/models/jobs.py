from django.db import models
from django.utils.translation import gettext_lazy as _

from agency.enums import JobStatus


class JobRun(models.Model):
    """One run of a nightly job for one day."""

    job = models.CharField(_("job"), max_length=80)
    on = models.DateField(_("for the day"))
    status = models.CharField(_("status"), max_length=8, choices=JobStatus)
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)
    count = models.PositiveIntegerField(_("rows acted on"), default=0)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("job run")
        verbose_name_plural = _("job runs")
        ordering = ["-started_at", "-pk"]
        indexes = [models.Index(name="jobrun_latest", fields=["job", "-started_at"])]

    def __str__(self) -> str:
        return f"{self.job} {self.on}"
