from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.models import Lifecycle, Region, StateField, TransitionRecord, User
from agreements.enums.performance import RoundState
from agreements.models.performance.sets import IndicatorSet
from agreements.querysets.performance import RoundQuerySet
from institutions.models import ThirdParty

_STATE = RoundState


class PerformanceRound(Lifecycle):
    """The assessment of a year's performance of all institutions under agreement with the agency
    of a region (B-09).
    """

    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+"
    )
    year = models.PositiveSmallIntegerField(_("year"))
    state = StateField(_("state"), choices=RoundState.choices, default=_STATE.PREPARING)
    indicator_set = models.ForeignKey(
        IndicatorSet,
        verbose_name=_("indicator set"),
        on_delete=models.PROTECT,
        related_name="rounds",
        help_text=_("For all types without one of their own."),
    )
    first = models.DateField(_("from"))
    last = models.DateField(_("to"))
    self_due_on = models.DateField(_("self-assessment due on"))
    self_due_basis = models.JSONField(_("basis of that deadline"), default=dict)
    assess_due_on = models.DateField(_("assessment due on"))
    assess_due_basis = models.JSONField(_("basis of the assessment's deadline"), default=dict)
    planned = models.PositiveIntegerField(_("institutions"), default=0)
    prepared = models.PositiveIntegerField(_("of which computed"), default=0)
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("opened by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    figures_at = models.DateTimeField(_("figures computed at"), null=True, blank=True)
    disclosed_at = models.DateTimeField(_("grades made public at"), null=True, blank=True)
    disclosed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("grades made public by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    closed_at = models.DateTimeField(_("completed at"), null=True, blank=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round of performance assessment")
        verbose_name_plural = _("rounds of performance assessment")
        ordering = ["-year", "region"]
        constraints = [
            models.UniqueConstraint(name="performanceround_once_a_year", fields=["region", "year"]),
            models.CheckConstraint(
                name="performanceround_period_in_order", condition=Q(last__gte=F("first"))
            ),
            models.CheckConstraint(
                name="performanceround_prepared_within_plan",
                condition=Q(prepared__lte=F("planned")),
            ),
            models.CheckConstraint(
                name="performanceround_disclosure_has_its_facts",
                condition=Q(disclosed_at__isnull=True, disclosed_by__isnull=True)
                | Q(disclosed_at__isnull=False, disclosed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="performanceround_closed_has_its_time",
                condition=Q(state=_STATE.CLOSED, closed_at__isnull=False)
                | (~Q(state=_STATE.CLOSED) & Q(closed_at__isnull=True)),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="lawful_states",
                field="state",
                transitions=[
                    (_STATE.PREPARING.value, _STATE.OPEN.value),
                    (_STATE.OPEN.value, _STATE.CLOSED.value),
                    (_STATE.CLOSED.value, _STATE.OPEN.value),
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="subject_is_fixed", fields=["region", "year", "indicator_set", "first", "last"]
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(region)s, performance of %(year)s") % {
            "region": self.region,
            "year": self.year,
        }

    def get_absolute_url(self) -> str:
        return reverse("agreements_desk:performance_round", args=[self.pk])

    @transition(field=state, source=_STATE.PREPARING, target=_STATE.OPEN)
    def begin(self) -> None:
        pass

    @transition(field=state, source=_STATE.OPEN, target=_STATE.CLOSED)
    def close(self, *, at: datetime) -> None:
        self.closed_at = at

    @transition(field=state, source=_STATE.CLOSED, target=_STATE.OPEN)
    def reopen(self) -> None:
        """A published result is corrected."""
        self.closed_at = None

    def disclose(self, *, by: User, at: datetime) -> None:
        self.disclosed_by, self.disclosed_at = by, at


class PerformanceRoundTransition(TransitionRecord):
    subject = models.ForeignKey(
        PerformanceRound, on_delete=models.PROTECT, related_name="transitions"
    )

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a round")
        verbose_name_plural = _("transitions of rounds")


class PerformanceEntrustment(models.Model):
    """That a qualified third party assesses institutions in a round, under which contract and
    by whom (Order 2 art. 36).
    """

    round = models.ForeignKey(
        PerformanceRound,
        verbose_name=_("round"),
        on_delete=models.PROTECT,
        related_name="entrustments",
    )
    third_party = models.ForeignKey(
        ThirdParty, verbose_name=_("third party"), on_delete=models.PROTECT, related_name="+"
    )
    contract = models.CharField(_("number of the contract"), max_length=80)
    contract_from = models.DateField(_("contract from"))
    contract_to = models.DateField(_("contract to"))
    qualified_from = models.DateField(_("qualified from"))
    qualified_to = models.DateField(_("qualified to"))
    assessors = models.TextField(
        _("assessors"), help_text=_("Names and posts of those who assess, one a line.")
    )
    entrusted_at = models.DateTimeField(_("entrusted at"))
    entrusted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("entrusted by"),
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("entrustment of a third party")
        verbose_name_plural = _("entrustments of third parties")
        ordering = ["-entrusted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="performanceentrustment_once", fields=["round", "third_party"]
            ),
            models.CheckConstraint(
                name="performanceentrustment_contract_in_order",
                condition=Q(contract_to__gte=F("contract_from")) & ~Q(contract=""),
            ),
            models.CheckConstraint(
                name="performanceentrustment_within_qualification",
                condition=Q(
                    contract_from__gte=F("qualified_from"), contract_to__lte=F("qualified_to")
                ),
            ),
            models.CheckConstraint(
                name="performanceentrustment_names_assessors", condition=~Q(assessors="")
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.third_party} · {self.contract}"

    def get_absolute_url(self) -> str:
        return self.round.get_absolute_url()
