from django.contrib import admin

from agency.admin import HistoryInline, ReadAdmin, ReadInline
from institutions import models


class ResultInline(ReadInline):
    model = models.ResultToFile
    fields = ["application", "result", "decided_on", "due_on"]


class FilingHistory(HistoryInline):
    model = models.ResultFilingTransition


class EntryInline(ReadInline):
    model = models.NoticeEntry
    fields = ["application", "name", "kind", "level", "address"]


class NoticeHistory(HistoryInline):
    model = models.PublicNoticeTransition


class ObjectionHistory(HistoryInline):
    model = models.ObjectionTransition


@admin.register(models.ResultFiling)
class ResultFilingAdmin(ReadAdmin):
    list_display = ["number", "region", "state", "filed_at", "acknowledged_at"]
    list_filter = ["state", "region"]
    list_select_related = ["region"]
    search_fields = ["number", "results__application__number"]
    inlines = [ResultInline, FilingHistory]


@admin.register(models.ResultToFile)
class ResultToFileAdmin(ReadAdmin):
    list_display = ["application", "result", "decided_on", "due_on", "filing"]
    list_filter = ["result", "due_on"]
    list_select_related = ["application", "filing"]
    search_fields = ["application__number", "filing__number"]


@admin.register(models.PublicNotice)
class PublicNoticeAdmin(ReadAdmin):
    list_display = ["number", "region", "state", "posted_on", "ends_on"]
    list_filter = ["state", "region"]
    list_select_related = ["region"]
    search_fields = ["number", "entries__name"]
    inlines = [EntryInline, NoticeHistory]


@admin.register(models.Objection)
class ObjectionAdmin(ReadAdmin):
    """Who objected is not shown here."""

    list_display = ["number", "entry", "state", "received_at", "decision_due_on"]
    list_filter = ["state"]
    list_select_related = ["entry"]
    search_fields = ["number", "entry__name", "entry__application__number"]
    exclude = ["objector", "contact"]
    inlines = [ObjectionHistory]


class TransitionAdmin(ReadAdmin):
    list_display = ["subject", "act", "source", "target", "on", "at", "by", "rule"]
    list_filter = ["act", "rule"]
    list_select_related = ["subject", "by"]
    search_fields = ["subject__number"]


admin.site.register(models.ResultFilingTransition, TransitionAdmin)
admin.site.register(models.PublicNoticeTransition, TransitionAdmin)
admin.site.register(models.ObjectionTransition, TransitionAdmin)


@admin.register(models.NoticeEntry)
class NoticeEntryAdmin(ReadAdmin):
    list_display = ["name", "notice", "application", "kind", "level"]
    list_select_related = ["notice", "application"]
    search_fields = ["name", "application__number"]
