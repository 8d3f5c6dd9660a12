import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agency.models import Attachment
from agreements.models.agreement import Agreement


@pghistory.track()
class LiabilityPerformance(models.Model):
    """That what a dissolved agreement left to be paid or done was fully performed: from the day
    after, the ban on a new application can run out (A-05 N5, N6).
    """

    agreement = models.OneToOneField(
        Agreement,
        verbose_name=_("agreement"),
        on_delete=models.PROTECT,
        related_name="liability_performance",
    )
    performed_on = models.DateField(_("fully performed on"))
    note = models.TextField(_("what was performed"))
    documents = models.ManyToManyField(
        Attachment, verbose_name=_("documents"), blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("full performance of a liability")
        verbose_name_plural = _("full performances of liabilities")
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="liabilityperformance_says_what", condition=~Q(note=""))
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.agreement} {self.performed_on}"

    def get_absolute_url(self) -> str:
        return self.agreement.get_absolute_url()
