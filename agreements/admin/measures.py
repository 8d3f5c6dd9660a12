"""Supervision of obligations and blocks: everything found and read."""

from django.contrib import admin

from agency.admin import HistoryInline, ReadAdmin, ReadInline
from agreements import models
from agreements.admin.life import TransitionAdmin


class EntryInline(ReadInline):
    model = models.ObligationEntry
    fields = ["on", "kind", "amount", "reference", "note", "by", "at"]
    ordering = ["at"]


class ObligationHistory(HistoryInline):
    model = models.ObligationTransition


@admin.register(models.Obligation)
class ObligationAdmin(ReadAdmin):
    list_display = ["number", "institution", "kind", "amount", "state", "due_on", "basis"]
    list_filter = ["state", "kind", "direction", "region", "due_on"]
    list_select_related = ["institution"]
    search_fields = ["number", "basis", "institution__name", "institution__code"]
    inlines = [EntryInline, ObligationHistory]


@admin.register(models.ObligationEntry)
class ObligationEntryAdmin(ReadAdmin):
    list_display = ["obligation", "kind", "amount", "on", "reference", "by"]
    list_filter = ["kind", "on"]
    list_select_related = ["obligation", "by"]
    search_fields = ["obligation__number", "reference"]


@admin.register(models.ServiceBlock)
class ServiceBlockAdmin(ReadAdmin):
    list_display = [
        "institution",
        "target",
        "practitioner",
        "department",
        "first_day",
        "last_day",
        "annulled_on",
        "basis",
    ]
    list_filter = ["target", "first_day", "annulled_on"]
    list_select_related = ["institution", "practitioner__person", "department"]
    search_fields = [
        "basis",
        "institution__name",
        "practitioner__staff_code",
        "practitioner__person__name",
        "department__name",
    ]


admin.site.register(models.ObligationTransition, TransitionAdmin)
