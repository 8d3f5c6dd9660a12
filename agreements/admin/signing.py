"""Supervision of texts, proposals, signatures, supplements and filings."""

from django.contrib import admin
from django.http import HttpRequest

from agency.admin import HistoryInline, ReadAdmin, ReadInline
from agreements import models


class ClauseInline(ReadInline):
    model = models.TextClause
    fields = ["position", "heading", "body", "is_breach"]
    ordering = ["position"]


class SignatureInline(ReadInline):
    model = models.Signature
    fields = ["side", "name", "position", "method", "signed_at", "sha256", "withdrawn_at"]
    ordering = ["signed_at"]


class TextHistory(HistoryInline):
    model = models.AgreementTextTransition


class SupplementHistory(HistoryInline):
    model = models.SupplementTransition


class FilingHistory(HistoryInline):
    model = models.AgreementFilingTransition


@admin.register(models.AgreementText)
class AgreementTextAdmin(ReadAdmin):
    list_display = ["title", "agreement", "supplement", "kind", "state", "method", "signed_at"]
    list_filter = ["state", "kind", "method"]
    list_select_related = ["agreement", "supplement"]
    search_fields = [
        "agreement__number",
        "supplement__number",
        "agreement__institution__name",
        "sha256",
        "code",
    ]
    inlines = [ClauseInline, SignatureInline, TextHistory]


@admin.register(models.ClauseProposal)
class ClauseProposalAdmin(ReadAdmin):
    list_display = ["clause", "side", "state", "proposed_at", "proposed_by", "answered_by"]
    list_filter = ["state", "side"]
    list_select_related = ["clause", "proposed_by", "answered_by"]
    search_fields = ["clause__heading", "clause__text__agreement__institution__name"]


@admin.register(models.Supplement)
class SupplementAdmin(ReadAdmin):
    list_display = ["number", "agreement", "kind", "year", "state", "valid_from", "valid_to"]
    list_filter = ["state", "kind", "year"]
    list_select_related = ["agreement"]
    search_fields = ["number", "agreement__number", "agreement__institution__name"]
    inlines = [SupplementHistory]


@admin.register(models.AgreementFiling)
class AgreementFilingAdmin(ReadAdmin):
    list_display = ["number", "agreement", "supplement", "state", "due_on", "filed_at"]
    list_filter = ["state", "due_on"]
    list_select_related = ["agreement", "supplement"]
    search_fields = ["number", "agreement__number", "agreement__institution__name"]
    inlines = [FilingHistory]


class PartAdmin(ReadAdmin):
    """Found from the text it belongs to."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(models.TextClause)
class TextClauseAdmin(PartAdmin):
    list_display = ["text", "position", "heading", "is_breach"]
    list_select_related = ["text"]
    search_fields = ["heading", "text__title"]


@admin.register(models.Signature)
class SignatureAdmin(PartAdmin):
    list_display = ["text", "side", "name", "method", "signed_at", "withdrawn_at"]
    list_filter = ["side", "method"]
    list_select_related = ["text"]
    search_fields = ["name", "text__title", "sha256"]


class TransitionAdmin(ReadAdmin):
    list_display = ["subject", "act", "source", "target", "on", "at", "by", "rule"]
    list_filter = ["act", "rule"]
    list_select_related = ["subject", "by"]


@admin.register(models.AgreementTextTransition)
class TextTransitionAdmin(TransitionAdmin):
    search_fields = ["subject__title"]


@admin.register(models.SupplementTransition, models.AgreementFilingTransition)
class NumberedTransitionAdmin(TransitionAdmin):
    search_fields = ["subject__number"]
