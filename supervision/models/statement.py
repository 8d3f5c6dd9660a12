import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agency.models import Attachment
from supervision.models.case import Case


class CaseStatement(models.Model):
    """What the institution, or one of its staff, says to the notice. Never altered afterwards."""

    case = models.ForeignKey(
        Case, verbose_name=_("case"), on_delete=models.PROTECT, related_name="statements"
    )
    text = models.TextField(_("what is stated"))
    files = models.ManyToManyField(
        Attachment, verbose_name=_("evidence files"), blank=True, related_name="+"
    )
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("given by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    given_on = models.DateField(_("given on"))
    given_at = models.DateTimeField(_("given at"))

    class Meta:
        verbose_name = _("statement of an institution")
        verbose_name_plural = _("statements of institutions")
        ordering = ["given_at", "pk"]
        constraints = [
            models.CheckConstraint(name="casestatement_says_something", condition=~Q(text=""))
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.given_on}"
