"""Supervision of agreements: everything found and read, with its history."""

from django.contrib import admin
from django.http import HttpRequest

from agency.admin import HistoryInline, ReadAdmin, ReadInline
from agreements import models


class SuspensionInline(ReadInline):
    model = models.Suspension
    fields = [
        "kind",
        "ground",
        "starts_on",
        "planned_to",
        "resumed_on",
        "limit_on",
        "hold_reason",
        "rectified",
        "annulled_on",
    ]
    ordering = ["starts_on"]


class AgreementHistory(HistoryInline):
    model = models.AgreementTransition


class RequestHistory(HistoryInline):
    model = models.AgreementRequestTransition


@admin.register(models.Agreement)
class AgreementAdmin(ReadAdmin):
    list_display = ["__str__", "institution", "region", "state", "valid_from", "valid_to"]
    list_filter = ["state", "region", "dissolution_ground", "valid_to"]
    list_select_related = ["institution", "region"]
    search_fields = ["number", "institution__name", "institution__code"]
    inlines = [SuspensionInline, AgreementHistory]


@admin.register(models.Suspension)
class SuspensionAdmin(ReadAdmin):
    list_display = ["agreement", "kind", "ground", "starts_on", "resumed_on", "limit_on"]
    list_filter = ["kind", "ground", "starts_on"]
    list_select_related = ["agreement"]
    search_fields = ["agreement__number", "agreement__institution__name"]


@admin.register(models.AgreementRequest)
class AgreementRequestAdmin(ReadAdmin):
    list_display = [
        "number",
        "agreement",
        "kind",
        "state",
        "filed_at",
        "decision_due_on",
        "is_late",
    ]
    list_filter = ["state", "kind", "is_late", "needs_review"]
    list_select_related = ["agreement"]
    search_fields = ["number", "agreement__number", "agreement__institution__name"]
    inlines = [RequestHistory]


class TransitionAdmin(ReadAdmin):
    list_display = ["subject", "act", "source", "target", "on", "at", "by", "rule"]
    list_filter = ["act", "rule"]
    list_select_related = ["subject", "by"]
    search_fields = ["subject__number"]


admin.site.register(models.AgreementTransition, TransitionAdmin)
admin.site.register(models.AgreementRequestTransition, TransitionAdmin)


@admin.register(models.AgreementClock)
class AgreementClockAdmin(ReadAdmin):
    list_display = ["agreement", "turns_on", "reminds_on"]
    list_select_related = ["agreement"]
    search_fields = ["agreement__number"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False


class ReviewHistory(HistoryInline):
    model = models.DissolutionReviewTransition


@admin.register(models.DissolutionReview)
class DissolutionReviewAdmin(ReadAdmin):
    list_display = ["number", "agreement", "field", "state", "discovered_on", "explain_due_on"]
    list_filter = ["state", "field"]
    list_select_related = ["agreement"]
    search_fields = ["number", "agreement__number", "agreement__institution__name"]
    inlines = [ReviewHistory]


@admin.register(models.LiabilityPerformance)
class LiabilityPerformanceAdmin(ReadAdmin):
    list_display = ["agreement", "performed_on", "recorded_at", "recorded_by"]
    list_select_related = ["agreement", "recorded_by"]
    search_fields = ["agreement__number", "agreement__institution__name"]


@admin.register(models.DesignatedList)
class DesignatedListAdmin(ReadAdmin):
    list_display = ["number", "region", "as_on", "issued_by"]
    list_filter = ["region"]
    list_select_related = ["region", "issued_by"]
    search_fields = ["number"]


admin.site.register(models.DissolutionReviewTransition, TransitionAdmin)
