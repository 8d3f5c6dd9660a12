"""Claims reopened because days became payable again (B-19, Order 2 art. 46)."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agency.models import Region
from institutions.models import Institution
from settlements.models.finding import Finding
from settlements.models.statement import Statement

_APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class ClaimReopening(models.Model):
    """One reopening: of whom, for which days, why, and what came of it. Written once."""

    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        related_name="claim_reopenings",
    )
    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+"
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    reason = models.TextField(_("reason"))
    finding_count = models.PositiveIntegerField(_("findings decided anew"))
    at = models.DateTimeField(_("recorded at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("reopening of claims")
        verbose_name_plural = _("reopenings of claims")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="claimreopening_days_in_order", condition=Q(last_day__gte=F("first_day"))
            ),
            models.CheckConstraint(name="claimreopening_has_its_reason", condition=~Q(reason="")),
        ]
        triggers = [_APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.first_day} – {self.last_day}"


class ReopenedStatement(models.Model):
    """What a reopening gives back on one statement: less is deducted where it is not audited yet,
    an obligation of the fund where its amounts are fixed. Written once.
    """

    reopening = models.ForeignKey(
        ClaimReopening,
        verbose_name=_("reopening of claims"),
        on_delete=models.PROTECT,
        related_name="statements",
    )
    statement = models.ForeignKey(
        Statement,
        verbose_name=_("statement"),
        on_delete=models.PROTECT,
        related_name="reopenings",
    )
    finding_count = models.PositiveIntegerField(_("findings decided anew"))
    amount = models.DecimalField(_("amount restored"), max_digits=16, decimal_places=2)
    obligation = models.OneToOneField(
        "agreements.Obligation",
        verbose_name=_("obligation"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reopened_statement",
    )

    class Meta:
        verbose_name = _("reopened statement")
        verbose_name_plural = _("reopened statements")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="reopenedstatement_once_a_reopening", fields=["reopening", "statement"]
            ),
            models.CheckConstraint(
                name="reopenedstatement_amount_not_negative", condition=Q(amount__gte=0)
            ),
        ]
        triggers = [_APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.statement} {self.amount}"


class RestoredFinding(models.Model):
    """A confirmed finding that no longer holds though the amounts of its statement are fixed:
    it is restored once, whatever else is reopened later. Written once.
    """

    finding = models.OneToOneField(
        Finding, verbose_name=_("finding"), on_delete=models.PROTECT, related_name="restored"
    )
    of = models.ForeignKey(
        ReopenedStatement,
        verbose_name=_("reopened statement"),
        on_delete=models.PROTECT,
        related_name="findings",
    )

    class Meta:
        verbose_name = _("restored finding")
        verbose_name_plural = _("restored findings")
        ordering = ["pk"]
        triggers = [_APPEND_ONLY]

    def __str__(self) -> str:
        return str(self.finding_id)
