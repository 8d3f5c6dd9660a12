"""Assessments for the supervisors. What an opinion says is sealed here as everywhere."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from agency.admin import HistoryInline, ReadAdmin, ReadInline
from institutions import models


class AssessmentHistory(HistoryInline):
    model = models.AssessmentTransition


class MemberInline(ReadInline):
    model = models.AssessmentMember
    fields = ["place", "expert", "field", "excuse", "excused_at", "excuse_reason"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("expert__person")


class DrawInline(ReadInline):
    model = models.AssessmentDraw
    fields = ["place", "algorithm", "seed", "outcome", "drawn_at", "drawn_by"]


class RecusalInline(ReadInline):
    model = models.RecusalRequest
    fields = ["person_name", "unit", "state", "filed_at", "decided_at", "decision_reason"]


@admin.register(models.Assessment)
class AssessmentAdmin(ReadAdmin):
    list_display = ["number", "institution", "kind", "round", "state", "result", "opened_at"]
    list_filter = ["state", "kind", "result"]
    list_select_related = ["institution"]
    search_fields = ["number", "institution__name", "application__number", "change__number"]
    inlines = [MemberInline, DrawInline, RecusalInline, AssessmentHistory]


class FindingInline(ReadInline):
    model = models.OpinionFinding
    fields = ["item", "result", "note"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows: Any = super().get_queryset(request)
        return rows.visible_to(request.user).select_related("item")


@admin.register(models.AssessmentOpinion)
class OpinionAdmin(ReadAdmin):
    """Those of groups that have all signed; the others do not exist here."""

    list_display = ["member", "assessment", "verdict", "signed_at"]
    list_filter = ["verdict"]
    list_select_related = ["member__assessment", "member__expert__person"]
    search_fields = ["member__assessment__number"]
    inlines = [FindingInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows: Any = super().get_queryset(request)
        return rows.visible_to(request.user)

    @admin.display(description=_("assessment"))
    def assessment(self, opinion: models.AssessmentOpinion) -> str:
        return opinion.member.assessment.number


@admin.register(models.AssessmentDelay)
class DelayAdmin(ReadAdmin):
    """Applications not assessed in time (Order 2 art. 47)."""

    list_display = ["application", "institution", "due_on", "entered_on"]
    list_select_related = ["application__institution"]
    search_fields = ["application__number", "application__institution__name"]

    @admin.display(description=_("institution"))
    def institution(self, delay: models.AssessmentDelay) -> str:
        return delay.application.institution.name


class ExpertTieInline(ReadInline):
    model = models.ExpertTie
    fields = ["institution", "kind", "held_from", "held_to", "note"]


@admin.register(models.Expert)
class ExpertAdmin(ReadAdmin):
    list_display = ["person", "field", "unit", "region", "active_from", "active_to"]
    list_filter = ["field"]
    list_select_related = ["person", "region"]
    search_fields = ["person__name", "unit"]
    exclude = ["phone"]
    inlines = [ExpertTieInline]


class ThirdPartyTieInline(ReadInline):
    model = models.ThirdPartyTie
    fields = ["institution", "kind", "held_from", "held_to", "note"]


@admin.register(models.ThirdParty)
class ThirdPartyAdmin(ReadAdmin):
    list_display = ["name", "credit_code", "qualified_from", "qualified_to"]
    search_fields = ["name", "credit_code"]
    inlines = [ThirdPartyTieInline]


class ChecklistItemInline(ReadInline):
    model = models.ChecklistItem
    fields = ["place", "part", "field", "group", "condition", "label"]


@admin.register(models.Checklist)
class ChecklistAdmin(ReadAdmin):
    list_display = ["version", "effective_from", "note", "published_by"]
    inlines = [ChecklistItemInline]
