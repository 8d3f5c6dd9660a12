"""Supervision of cascades, the dissolved list and the warnings of inpatients."""

from django.contrib import admin

from agency.admin import HistoryInline, ReadAdmin
from agreements import models


class ReceiptHistory(HistoryInline):
    model = models.CascadeReceiptTransition


class EntryHistory(HistoryInline):
    model = models.DissolvedEntryTransition


@admin.register(models.CascadeReceipt)
class CascadeReceiptAdmin(ReadAdmin):
    list_display = [
        "number",
        "kind",
        "outcome",
        "state",
        "home",
        "agreement",
        "region",
        "effective_on",
        "due_on",
    ]
    list_filter = ["state", "kind", "outcome", "region"]
    list_select_related = ["home", "agreement", "region"]
    search_fields = ["number", "agreement__number", "agreement__institution__name"]
    inlines = [ReceiptHistory]


@admin.register(models.DissolvedEntry)
class DissolvedEntryAdmin(ReadAdmin):
    list_display = [
        "name",
        "code",
        "region",
        "state",
        "ground",
        "dissolved_on",
        "publish_due_on",
        "published_on",
        "withdrawn_on",
    ]
    list_filter = ["state", "ground", "region", "by_cascade"]
    list_select_related = ["region"]
    search_fields = ["name", "code"]
    inlines = [EntryHistory]


@admin.register(models.InpatientWarning)
class InpatientWarningAdmin(ReadAdmin):
    list_display = [
        "agreement",
        "kind",
        "boundary_on",
        "due_on",
        "inpatients",
        "told_on",
        "void_on",
    ]
    list_filter = ["kind", "boundary_on"]
    list_select_related = ["agreement"]
    search_fields = ["agreement__number", "agreement__institution__name"]
