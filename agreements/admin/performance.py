"""Supervision of performance assessment: sets, rounds, assessments, appeals, uses."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from agency.admin import HistoryInline, ReadAdmin, ReadInline
from agreements import models
from agreements.admin.life import TransitionAdmin


class IndicatorInline(ReadInline):
    model = models.Indicator
    fields = ["code", "name", "weight", "source", "formula", "scoring", "floor", "full", "bands"]
    ordering = ["position"]


class SetHistory(HistoryInline):
    model = models.IndicatorSetTransition


class RoundHistory(HistoryInline):
    model = models.PerformanceRoundTransition


class EntrustmentInline(ReadInline):
    model = models.PerformanceEntrustment
    fields = ["third_party", "contract", "contract_from", "contract_to", "assessors"]


class ScoreInline(ReadInline):
    model = models.IndicatorScore
    fields = [
        *("indicator", "weight", "value", "computed_points", "self_points"),
        *("proposed_points", "final_points", "evidence"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("indicator")


class AppealInline(ReadInline):
    model = models.PerformanceAppeal
    fields = ["score", "outcome", "reason", "decided_points", "decision_reason", "decided_by"]


class AssessmentHistory(HistoryInline):
    model = models.PerformanceAssessmentTransition


@admin.register(models.IndicatorSet)
class IndicatorSetAdmin(ReadAdmin):
    list_display = ["__str__", "profile", "region", "kind", "year", "state", "published_by"]
    list_filter = ["state", "profile", "year"]
    list_select_related = ["region", "published_by"]
    search_fields = ["title"]
    inlines = [IndicatorInline, SetHistory]


@admin.register(models.PerformanceRound)
class PerformanceRoundAdmin(ReadAdmin):
    list_display = ["__str__", "state", "planned", "self_due_on", "assess_due_on", "disclosed_at"]
    list_filter = ["state", "year", "region"]
    list_select_related = ["region"]
    search_fields = ["region__name"]
    inlines = [EntrustmentInline, RoundHistory]


@admin.register(models.PerformanceAssessment)
class PerformanceAssessmentAdmin(ReadAdmin):
    list_display = ["number", "institution", "round", "state", "score", "grade", "published_on"]
    list_filter = ["state", "grade", "round__year"]
    list_select_related = ["institution", "round__region"]
    search_fields = ["number", "institution__name", "institution__code"]
    inlines = [ScoreInline, AppealInline, AssessmentHistory]


@admin.register(models.PerformanceAppeal)
class PerformanceAppealAdmin(ReadAdmin):
    list_display = ["assessment", "score", "outcome", "filed_at", "assessor", "decided_by"]
    list_filter = ["outcome"]
    list_select_related = ["assessment", "score", "assessor", "decided_by"]
    search_fields = ["assessment__number", "assessment__institution__name"]


@admin.register(models.PerformanceUse)
class PerformanceUseAdmin(ReadAdmin):
    list_display = ["assessment", "consumer", "matter", "used_at", "stale_at", "settled_at"]
    list_filter = ["consumer", ("stale_at", admin.EmptyFieldListFilter)]
    list_select_related = ["assessment"]
    search_fields = ["assessment__number", "matter"]


admin.site.register(models.PerformanceAssessmentTransition, TransitionAdmin)
