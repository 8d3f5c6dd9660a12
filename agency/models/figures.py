from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

MONTH_DAYS = 31


class ServiceFigure(models.Model):
    """How long matters of a kind took us, in working days on our side, of those that ended in a
    period: what the office publishes of its promises. Computed every night.
    """

    kind = models.CharField(_("kind of matter"), max_length=8)
    period_from = models.DateField(_("from"))
    period_to = models.DateField(_("to"))
    cases = models.PositiveIntegerField(_("matters"))
    kept = models.PositiveIntegerField(pgettext_lazy("count", "in time"))
    average = models.DecimalField(_("average working days"), max_digits=8, decimal_places=2)
    p90 = models.DecimalField(_("90th percentile"), max_digits=8, decimal_places=2)
    theirs = models.DecimalField(_("average of the other side"), max_digits=8, decimal_places=2)
    computed_at = models.DateTimeField(_("computed at"))

    class Meta:
        verbose_name = _("service figure")
        verbose_name_plural = _("service figures")
        ordering = ["kind", "-period_from", "period_to"]
        constraints = [
            models.UniqueConstraint(
                name="servicefigure_once", fields=["kind", "period_from", "period_to"]
            ),
            models.CheckConstraint(
                name="servicefigure_counts_cases",
                condition=Q(cases__gt=0, kept__lte=F("cases")),
            ),
            models.CheckConstraint(
                name="servicefigure_period_has_its_order",
                condition=Q(period_from__lte=F("period_to")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.period_from}–{self.period_to}"

    @property
    def is_month(self) -> bool:
        """Whether it is a calendar month's; else it is that of twelve months up to a day."""
        return self.period_from.day == 1 and (self.period_to - self.period_from).days < MONTH_DAYS
