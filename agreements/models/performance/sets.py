from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.enums import Profile
from agency.models import Lifecycle, Region, StateField, TransitionRecord, User
from agreements.enums.performance import Direction, IndicatorSource, Scoring, SetState
from agreements.querysets.performance import IndicatorSetQuerySet
from institutions.enums.register import Kind

_STATE = SetState
_WEIGHTS_ARE_100 = """
IF (SELECT COALESCE(SUM(weight), 0) FROM agreements_indicator WHERE indicator_set_id = NEW.id)
    <> 100 THEN
    RAISE EXCEPTION 'the weights of indicator set % are not 100', NEW.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'indicatorset_weights_are_100';
END IF;
RETURN NULL;
"""
# The set's row is locked for the moment, so that a publication under way is awaited.
_FROZEN = """
PERFORM 1 FROM agreements_indicatorset
    WHERE id = COALESCE(NEW.indicator_set_id, OLD.indicator_set_id) AND state = 'draft' FOR SHARE;
IF NOT FOUND THEN
    RAISE EXCEPTION 'indicator % belongs to a published set', COALESCE(NEW.code, OLD.code)
        USING ERRCODE = 'check_violation', CONSTRAINT = 'indicator_frozen_once_published';
END IF;
RETURN COALESCE(NEW, OLD);
"""


class IndicatorSet(Lifecycle):
    """A version of what a year's performance is judged by (B-09, Order 2 art. 36).

    A set of a region goes before one of its profile, one for a type of institution before one
    for all types.
    """

    profile = models.CharField(
        _("rule profile"), max_length=12, choices=Profile, default=Profile.NATIONAL
    )
    region = models.ForeignKey(
        Region,
        verbose_name=_("region"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: for all regions of the profile."),
    )
    kind = models.CharField(
        _("type of institution"),
        max_length=30,
        choices=Kind,
        blank=True,
        help_text=_("Empty: for all types."),
    )
    version = models.PositiveSmallIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=120)
    basis = models.CharField(_("basis document"), max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(
        _("first year"), help_text=_("The first calendar year judged by it.")
    )
    state = StateField(_("state"), choices=SetState.choices, default=_STATE.DRAFT)
    created_at = models.DateTimeField(_("drawn up at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("drawn up by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("published by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = IndicatorSetQuerySet.as_manager()

    class Meta:
        verbose_name = _("indicator set")
        verbose_name_plural = _("indicator sets")
        ordering = ["-year", "-version", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="indicatorset_version_once",
                fields=["profile", "region", "kind", "version"],
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                name="indicatorset_one_of_a_year",
                fields=["profile", "region", "kind", "year"],
                condition=Q(state=SetState.PUBLISHED),
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="indicatorset_has_a_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="indicatorset_year_is_plausible", condition=Q(year__gte=2020, year__lte=2100)
            ),
            models.CheckConstraint(
                name="indicatorset_publication_has_its_facts",
                condition=Q(
                    state=SetState.DRAFT, published_at__isnull=True, published_by__isnull=True
                )
                | (
                    ~Q(state=SetState.DRAFT)
                    & Q(published_at__isnull=False, published_by__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="indicatorset_published_by_another",
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("created_by")),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="lawful_states",
                field="state",
                transitions=[
                    (_STATE.DRAFT.value, _STATE.PUBLISHED.value),
                    (_STATE.PUBLISHED.value, _STATE.SUPERSEDED.value),
                ],
            ),
            pgtrigger.Protect(
                name="published_never_deleted",
                operation=pgtrigger.Delete,
                condition=~pgtrigger.Q(old__state=_STATE.DRAFT),
            ),
            pgtrigger.Protect(
                name="published_is_fixed",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.state <> 'draft' AND (OLD.profile, OLD.region_id, OLD.kind, OLD.version,"
                    " OLD.title, OLD.basis, OLD.year, OLD.published_at, OLD.published_by_id)"
                    " IS DISTINCT FROM (NEW.profile, NEW.region_id, NEW.kind, NEW.version,"
                    " NEW.title, NEW.basis, NEW.year, NEW.published_at, NEW.published_by_id)"
                ),
            ),
            pgtrigger.Trigger(
                name="weights_are_100",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Condition("(NEW.state = 'published')"),
                func=_WEIGHTS_ARE_100,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"

    def get_absolute_url(self) -> str:
        return reverse("agreements_desk:indicator_set", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.state == SetState.DRAFT

    @transition(field=state, source=_STATE.DRAFT, target=_STATE.PUBLISHED)
    def publish(self, *, by: User, at: datetime) -> None:
        self.published_by, self.published_at = by, at

    @transition(field=state, source=_STATE.PUBLISHED, target=_STATE.SUPERSEDED)
    def supersede(self) -> None:
        pass


class IndicatorSetTransition(TransitionRecord):
    subject = models.ForeignKey(IndicatorSet, on_delete=models.PROTECT, related_name="transitions")

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of an indicator set")
        verbose_name_plural = _("transitions of indicator sets")


class Indicator(models.Model):
    """One indicator: what it measures, how its value is computed and how that becomes points.

    `bands` are pairs [from, share of the weight], `from` in the direction of the indicator.
    """

    indicator_set = models.ForeignKey(
        IndicatorSet,
        verbose_name=_("indicator set"),
        on_delete=models.CASCADE,
        related_name="indicators",
    )
    position = models.PositiveSmallIntegerField(_("place"))
    code = models.CharField(_("code"), max_length=12)
    name = models.CharField(_("name"), max_length=80)
    measures = models.TextField(_("what it measures"), blank=True)
    weight = models.DecimalField(_("weight"), max_digits=5, decimal_places=2)
    source = models.CharField(
        _("source"), max_length=10, choices=IndicatorSource, default=IndicatorSource.FIGURE
    )
    formula = models.CharField(_("formula"), max_length=300, blank=True)
    unit = models.CharField(_("unit of the value"), max_length=20, blank=True)
    scoring = models.CharField(_("scoring"), max_length=8, choices=Scoring, default=Scoring.LINEAR)
    direction = models.CharField(
        _("direction"), max_length=8, choices=Direction, default=Direction.HIGHER
    )
    floor = models.DecimalField(
        _("no points from"), max_digits=16, decimal_places=4, null=True, blank=True
    )
    full = models.DecimalField(
        _("full points from"), max_digits=16, decimal_places=4, null=True, blank=True
    )
    bands = models.JSONField(_("bands"), default=list, blank=True)

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["indicator_set", "position", "pk"]
        constraints = [
            models.UniqueConstraint(name="indicator_code_once", fields=["indicator_set", "code"]),
            models.CheckConstraint(
                name="indicator_weight_is_a_part", condition=Q(weight__gt=0, weight__lte=100)
            ),
            models.CheckConstraint(
                name="indicator_has_code_and_name", condition=~Q(code="") & ~Q(name="")
            ),
            models.CheckConstraint(
                name="indicator_source_has_its_formula",
                condition=Q(source=IndicatorSource.EVIDENCE, formula="", scoring=Scoring.ENTERED)
                | (
                    ~Q(source=IndicatorSource.EVIDENCE)
                    & ~Q(formula="")
                    & ~Q(scoring=Scoring.ENTERED)
                ),
            ),
            models.CheckConstraint(
                name="indicator_linear_has_its_ends",
                condition=~Q(scoring=Scoring.LINEAR)
                | Q(direction=Direction.HIGHER, full__gt=F("floor"), full__isnull=False)
                | Q(direction=Direction.LOWER, full__lt=F("floor"), full__isnull=False),
            ),
            models.CheckConstraint(
                name="indicator_bands_are_named",
                condition=~Q(scoring=Scoring.BANDS) | ~Q(bands=[]),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="frozen_once_published",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=_FROZEN,
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def is_computed(self) -> bool:
        return self.source != IndicatorSource.EVIDENCE
