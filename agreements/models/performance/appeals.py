from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.models import Attachment, Lifecycle, StateField, User
from agreements.enums.performance import AppealOutcome, Consumer
from agreements.models.performance.assessments import IndicatorScore, PerformanceAssessment
from agreements.querysets.performance import AppealQuerySet

_OUTCOME = AppealOutcome


class PerformanceAppeal(Lifecycle):
    """An appeal against the points of one indicator; decided by another than the assessor."""

    assessment = models.ForeignKey(
        PerformanceAssessment,
        verbose_name=_("performance assessment"),
        on_delete=models.PROTECT,
        related_name="appeals",
    )
    score = models.OneToOneField(
        IndicatorScore,
        verbose_name=_("indicator"),
        on_delete=models.PROTECT,
        related_name="appeal",
    )
    outcome = StateField(_("outcome"), choices=AppealOutcome.choices, default=_OUTCOME.OPEN)
    wanted_points = models.DecimalField(
        _("points asked for"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    reason = models.TextField(_("reason"))
    files = models.ManyToManyField(
        Attachment, verbose_name=_("files"), blank=True, related_name="+"
    )
    filed_at = models.DateTimeField(_("filed at"))
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("filed by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    assessor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("assessed by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_points = models.DecimalField(
        _("points decided"), max_digits=14, decimal_places=10, null=True, blank=True
    )
    decision_reason = models.TextField(_("reason of the decision"), blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name = _("appeal against a performance assessment")
        verbose_name_plural = _("appeals against performance assessments")
        ordering = ["assessment", "pk"]
        constraints = [
            models.CheckConstraint(name="performanceappeal_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="performanceappeal_decision_has_its_facts",
                condition=Q(
                    outcome=_OUTCOME.OPEN,
                    decided_at__isnull=True,
                    decided_by__isnull=True,
                    decided_points__isnull=True,
                )
                | (
                    ~Q(outcome=_OUTCOME.OPEN)
                    & Q(
                        decided_at__isnull=False,
                        decided_by__isnull=False,
                        decided_points__isnull=False,
                    )
                    & ~Q(decision_reason="")
                ),
            ),
            models.CheckConstraint(
                name="performanceappeal_decided_by_another",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("assessor")),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="lawful_outcomes",
                field="outcome",
                transitions=[
                    (_OUTCOME.OPEN.value, _OUTCOME.GRANTED.value),
                    (_OUTCOME.OPEN.value, _OUTCOME.REFUSED.value),
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="appeal_is_fixed",
                fields=["assessment", "score", "reason", "wanted_points", "filed_at", "assessor"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} · {self.score_id}"

    def get_absolute_url(self) -> str:
        return self.assessment.get_absolute_url()

    @transition(field=outcome, source=_OUTCOME.OPEN, target=_OUTCOME.GRANTED)
    def grant(self, *, points: Decimal, by: User, at: datetime, reason: str) -> None:
        self._decide(points, by, at, reason)

    @transition(field=outcome, source=_OUTCOME.OPEN, target=_OUTCOME.REFUSED)
    def refuse(self, *, points: Decimal, by: User, at: datetime, reason: str) -> None:
        self._decide(points, by, at, reason)

    def _decide(self, points: Decimal, by: User, at: datetime, reason: str) -> None:
        self.decided_points, self.decision_reason = points, reason
        self.decided_by, self.decided_at = by, at


class PerformanceUse(models.Model):
    """That a matter was decided with a published result: a clearing, a deposit, a renewal. Once
    the result is corrected the use is stale, and the matter must be looked at again (B-09).
    """

    assessment = models.ForeignKey(
        PerformanceAssessment,
        verbose_name=_("performance assessment"),
        on_delete=models.PROTECT,
        related_name="uses",
    )
    consumer = models.CharField(_("used for"), max_length=10, choices=Consumer)
    matter = models.CharField(_("matter"), max_length=60)
    url = models.CharField(_("address"), max_length=200, blank=True)
    used_at = models.DateTimeField(_("used at"))
    stale_at = models.DateTimeField(_("result corrected at"), null=True, blank=True)
    settled_at = models.DateTimeField(_("looked at again at"), null=True, blank=True)

    class Meta:
        verbose_name = _("use of a performance result")
        verbose_name_plural = _("uses of performance results")
        ordering = ["-used_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="performanceuse_once", fields=["assessment", "consumer", "matter"]
            ),
            models.CheckConstraint(
                name="performanceuse_settled_after_stale",
                condition=Q(settled_at__isnull=True) | Q(settled_at__gte=F("stale_at")),
            ),
        ]
        indexes = [
            models.Index(
                name="performanceuse_stale",
                fields=["consumer", "stale_at"],
                condition=Q(stale_at__isnull=False, settled_at__isnull=True),
            )
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_consumer_display()}: {self.matter}"
