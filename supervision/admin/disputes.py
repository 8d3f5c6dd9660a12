"""Breaches by the agency, demands, measures on it and disputes, to be read in the admin."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from agency.admin import HistoryInline, ReadAdmin, ReadInline
from supervision import models


class BreachTransitionInline(HistoryInline):
    model = models.AgencyBreachTransition


class DemandTransitionInline(HistoryInline):
    model = models.CorrectionDemandTransition


class MeasureTransitionInline(HistoryInline):
    model = models.AgencyMeasureTransition


class DisputeTransitionInline(HistoryInline):
    model = models.DisputeTransition


class StepInline(ReadInline):
    model = models.DisputeStep
    fields = ["at", "by", "kind", "text", "meets_at", "place", "agrees"]


class EffectInline(ReadInline):
    model = models.DisputeEffect
    fields = ["kind", "reference", "text", "first_day", "last_day", "count", "amount"]


@admin.register(models.AgencyBreach)
class AgencyBreachAdmin(ReadAdmin):
    list_display = ["number", "institution", "matter", "state", "due_on", "ended_on"]
    list_filter = ["state", "clock", "began_on"]
    list_select_related = ["institution"]
    search_fields = ["number", "matter", "institution__name", "institution__code"]
    inlines = [BreachTransitionInline]


@admin.register(models.CorrectionDemand)
class CorrectionDemandAdmin(ReadAdmin):
    list_display = ["number", "institution", "breach", "state", "filed_at", "answer_due_on"]
    list_filter = ["state", "filed_at"]
    list_select_related = ["institution", "breach"]
    search_fields = ["number", "text", "institution__name", "institution__code"]
    inlines = [DemandTransitionInline]


@admin.register(models.AgencyMeasure)
class AgencyMeasureAdmin(ReadAdmin):
    list_display = ["number", "region", "kind", "breach", "state", "taken_on", "due_on"]
    list_filter = ["kind", "state", "taken_on"]
    list_select_related = ["region", "breach"]
    search_fields = ["number", "text"]
    inlines = [MeasureTransitionInline]


@admin.register(models.Dispute)
class DisputeAdmin(ReadAdmin):
    list_display = ["number", "institution", "route", "subject", "state", "result", "filed_on"]
    list_filter = ["route", "state", "result", "subject", "is_late", "filed_on"]
    list_select_related = ["institution"]
    search_fields = ["number", "claim", "body", "institution__name", "institution__code"]
    inlines = [StepInline, EffectInline, DisputeTransitionInline]


@admin.register(models.DisputeStep)
class DisputeStepAdmin(ReadAdmin):
    list_display = ["dispute", "kind", "by", "at"]
    list_filter = ["kind"]
    list_select_related = ["dispute", "by"]
    search_fields = ["dispute__number", "text"]


@admin.register(models.DisputeEffect)
class DisputeEffectAdmin(ReadAdmin):
    list_display = ["dispute", "kind", "reference", "count", "amount", "at"]
    list_filter = ["kind"]
    list_select_related = ["dispute"]
    search_fields = ["dispute__number", "reference"]


class HistoryAdmin(ReadAdmin):
    """What happened to the subjects of one kind."""

    list_display = ["subject", "act", "source", "target", "by", "at"]
    list_filter = ["act"]
    search_fields = ["subject__number", "reason"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("subject", "by")


for _history in (
    models.AgencyBreachTransition,
    models.CorrectionDemandTransition,
    models.AgencyMeasureTransition,
    models.DisputeTransition,
):
    admin.site.register(_history, HistoryAdmin)
