"""Letters, their service, their texts and heads, to be read."""

from django.contrib import admin

from agency import models
from agency.admin.base import HistoryInline, ReadAdmin, ReadInline
from agency.permissions import USE_ADMIN


class LetterTransitionInline(HistoryInline):
    model = models.LetterTransition


class LetterServiceInline(ReadInline):
    model = models.LetterService
    fk_name = "letter"
    fields = ["method", "state", "sent_on", "served_on", "recipient", "failure_reason"]


@admin.register(models.OfficialLetter)
class OfficialLetterAdmin(ReadAdmin):
    list_display = ["number", "title", "addressee", "matter", "issued_on", "state", "served_on"]
    list_filter = ["state", "actor"]
    search_fields = ["number", "addressee", "matter"]
    exclude = ["pdf", "docx"]
    inlines = [LetterServiceInline, LetterTransitionInline]


@admin.register(models.LetterService)
class LetterServiceAdmin(ReadAdmin):
    list_display = ["letter", "method", "state", "sent_on", "served_on", "recipient"]
    list_filter = ["method", "state"]
    list_select_related = ["letter"]
    search_fields = ["letter__number", "tracking_number"]


@admin.register(models.LetterTemplate)
class LetterTemplateAdmin(ReadAdmin):
    act = USE_ADMIN
    list_display = ["kind", "language", "version", "state", "effective_from", "written_by"]
    list_filter = ["state", "language"]
    list_select_related = ["written_by"]
    search_fields = ["kind", "title"]


@admin.register(models.LetterHead)
class LetterHeadAdmin(ReadAdmin):
    act = USE_ADMIN
    list_display = ["office_name", "region", "actor", "prefix", "effective_from"]
    list_filter = ["actor"]
    list_select_related = ["region"]
