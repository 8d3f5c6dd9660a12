"""Indicator sets at the desk: drawn up, tried, published."""

import zlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.forms import NoForm
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired, KeysetList
from agreements.enums.performance import SetState
from agreements.figures import FIGURES
from agreements.forms.performance import IndicatorForm, SetForm
from agreements.models import Indicator, IndicatorSet
from agreements.permissions.performance import (
    EDIT_INDICATORS,
    PUBLISH_INDICATORS,
    VIEW_PERFORMANCE,
    set_obstacles,
    set_publishing_obstacles,
)
from agreements.rules.performance import weights_missing
from agreements.services.performance import sets


class SetList(ActRequired, KeysetList):
    act = VIEW_PERFORMANCE
    template_name = "agreements/desk/performance/sets.html"
    order_field = "-pk"

    def get_queryset(self) -> QuerySet[IndicatorSet]:
        return IndicatorSet.objects.select_related("region", "published_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        new = {"act": EDIT_INDICATORS, "url": reverse("agreements_desk:indicator_set_new")}
        buttons = [{**new, "obstacles": []}] if EDIT_INDICATORS.allows(self.user) else []
        return super().get_context_data(buttons=buttons, **kwargs)


class SetPage(ActRequired, DetailView):
    act = VIEW_PERFORMANCE
    template_name = "agreements/desk/performance/set.html"
    context_object_name = "set"
    queryset = IndicatorSet.objects.select_related("region", "created_by", "published_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = list(self.object.indicators.all())
        faults = {row.pk: sets.indicator_obstacles(row) for row in rows}
        weight = sum((row.weight for row in rows), Decimal(0))
        return super().get_context_data(
            indicators=[(row, faults[row.pk]) for row in rows],
            weight=weight,
            missing=weights_missing(row.weight for row in rows),
            figures=sorted(FIGURES.values(), key=lambda each: each.key),
            may_edit=self.object.state == SetState.DRAFT and EDIT_INDICATORS.allows(self.user),
            buttons=self._buttons(rows),
            **kwargs,
        )

    def _buttons(self, rows: Sequence[Indicator]) -> list[dict[str, Any]]:
        found = self.object
        if found.state != SetState.DRAFT or not PUBLISH_INDICATORS.allows(self.user):
            return []
        return [
            {
                "act": PUBLISH_INDICATORS,
                "url": reverse("agreements_desk:indicator_set_publish", args=[found.pk]),
                "obstacles": set_publishing_obstacles(found, self.user)
                + sets.content_obstacles(rows),
            }
        ]


class NewSet(ActPage):
    act = EDIT_INDICATORS
    form_class = SetForm

    def subject(self) -> Any:
        return _("Indicator sets")

    def title(self) -> str | Promise:
        return _("New indicator set")

    def initial(self) -> dict[str, Any]:
        return {"year": timezone.localdate().year}

    def back_url(self) -> str:
        return reverse("agreements_desk:indicator_sets")

    def consequences(self) -> Sequence[str | Promise]:
        return [_("A draft is made; it binds nobody until it is published.")]

    def perform(self, form: forms.Form) -> IndicatorSet:
        return sets.draft_set(**form.cleaned_data, by=self.user, at=timezone.now())


class EditIndicator(ActPage):
    """Adding an indicator to a draft, or changing one."""

    act = EDIT_INDICATORS
    template_name = "agreements/desk/performance/indicator_act.html"
    form_class: Any = IndicatorForm

    def subject(self) -> IndicatorSet:
        return get_object_or_404(IndicatorSet, pk=self.kwargs["pk"])

    def indicator(self) -> Indicator | None:
        key = self.kwargs.get("indicator_pk")
        return get_object_or_404(self.object.indicators, pk=key) if key else None

    def title(self) -> str | Promise:
        return _("Change the indicator") if self.indicator() else _("Add an indicator")

    def _form(self, *data: Any) -> Any:
        return IndicatorForm(*data, instance=self.indicator())

    def stamp(self) -> str:
        rows = self.object.indicators.order_by("pk").values_list("pk", "weight", "formula")
        return f"{self.object.state}.{zlib.crc32(repr(list(rows)).encode())}"

    def obstacles(self) -> Sequence[Obstacle]:
        return set_obstacles(self.object, self.user)

    def extra(self) -> dict[str, Any]:
        return {"figures": sorted(FIGURES.values(), key=lambda each: each.key)}

    def perform(self, form: Any) -> IndicatorSet:
        indicator = self.indicator()
        sets.save_indicator(
            set_id=self.object.pk,
            indicator_id=indicator.pk if indicator else None,
            values=form.cleaned_data,
            by=self.user,
            at=timezone.now(),
        )
        return self.object


class RemoveIndicator(ActPage):
    act = EDIT_INDICATORS
    form_class = NoForm
    danger = True

    def subject(self) -> IndicatorSet:
        return get_object_or_404(IndicatorSet, pk=self.kwargs["pk"])

    def title(self) -> str | Promise:
        return _("Remove the indicator")

    def obstacles(self) -> Sequence[Obstacle]:
        return set_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        row = get_object_or_404(self.object.indicators, pk=self.kwargs["indicator_pk"])
        return [_("%(indicator)s is taken out of the draft.") % {"indicator": row}]

    def perform(self, form: forms.Form) -> IndicatorSet:
        return sets.remove_indicator(
            set_id=self.object.pk, indicator_id=self.kwargs["indicator_pk"], by=self.user
        )


class PublishSet(ActPage):
    act = PUBLISH_INDICATORS
    form_class = NoForm

    def subject(self) -> IndicatorSet:
        return get_object_or_404(IndicatorSet, pk=self.kwargs["pk"])

    def obstacles(self) -> Sequence[Obstacle]:
        rows = list(self.object.indicators.all())
        return set_publishing_obstacles(self.object, self.user) + sets.content_obstacles(rows)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The set and its weights cannot be changed any more; a change is a new version."),
            _("A published set for the same year, region and type is superseded."),
            _("Rounds opened already keep the set they were opened with."),
        ]

    def perform(self, form: forms.Form) -> IndicatorSet:
        return sets.publish_set(set_id=self.object.pk, by=self.user, at=timezone.now())
