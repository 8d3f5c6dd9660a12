"""Supervision of texts, consultations and comments: everything found and read."""

from django.contrib import admin

from agency.admin import HistoryInline, ReadAdmin, ReadInline
from agreements import models


class ClauseInline(ReadInline):
    model = models.TemplateClause
    fields = [
        *("position", "key", "heading", "body", "is_mandatory", "is_refinement"),
        *("is_variable_term", "measures", "damages"),
    ]
    ordering = ["position"]


class VariableInline(ReadInline):
    model = models.TemplateVariable
    fields = ["name", "label", "type", "default", "sample"]


class VersionHistory(HistoryInline):
    model = models.TemplateVersionTransition


class ConsultationHistory(HistoryInline):
    model = models.ConsultationTransition


@admin.register(models.AgreementTemplate)
class AgreementTemplateAdmin(ReadAdmin):
    list_display = ["__str__", "kind", "region", "created_at"]
    list_filter = ["kind", "region"]
    list_select_related = ["region"]


@admin.register(models.TemplateVersion)
class TemplateVersionAdmin(ReadAdmin):
    list_display = ["title", "number", "template", "state", "effective_from", "superseded_on"]
    list_filter = ["state", "origin", "template__kind", "template__region"]
    list_select_related = ["template"]
    search_fields = ["title"]
    inlines = [ClauseInline, VariableInline, VersionHistory]


@admin.register(models.Consultation)
class ConsultationAdmin(ReadAdmin):
    list_display = ["version", "state", "opened_on", "comments_due_on", "closed_on", "is_urgent"]
    list_filter = ["state", "is_urgent"]
    list_select_related = ["version"]
    search_fields = ["version__title"]
    inlines = [ConsultationHistory]


@admin.register(models.ConsultationComment)
class ConsultationCommentAdmin(ReadAdmin):
    list_display = ["consultation", "institution", "clause_key", "stance", "outcome", "answered_at"]
    list_filter = ["stance", "outcome"]
    list_select_related = ["consultation__version", "institution"]
    search_fields = ["institution__name", "institution__code"]
