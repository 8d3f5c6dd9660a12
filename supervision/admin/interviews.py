"""Supervision of interviews: everything found and read."""

from django.contrib import admin

from agency.admin import HistoryInline, ReadAdmin, ReadInline
from supervision import models


class InterviewHistory(HistoryInline):
    model = models.InterviewTransition


class CommitmentInline(ReadInline):
    model = models.InterviewCommitment
    fields = ["text", "due_on", "done_on", "done_note", "checked_by"]
    ordering = ["due_on"]


@admin.register(models.Interview)
class InterviewAdmin(ReadAdmin):
    list_display = ["case", "attempt", "state", "meets_at", "place"]
    list_filter = ["state", "ordered_on"]
    list_select_related = ["case"]
    search_fields = ["case__number", "case__institution__name"]
    inlines = [InterviewHistory]


@admin.register(models.InterviewRecord)
class InterviewRecordAdmin(ReadAdmin):
    list_display = ["interview", "held_at", "recorded_by"]
    list_select_related = ["interview__case", "recorded_by"]
    search_fields = ["interview__case__number"]
    inlines = [CommitmentInline]


@admin.register(models.InterviewCommitment)
class InterviewCommitmentAdmin(ReadAdmin):
    list_display = ["record", "due_on", "done_on", "checked_by"]
    list_filter = ["due_on"]
    list_select_related = ["record__interview__case", "checked_by"]
    search_fields = ["text", "record__interview__case__number"]


@admin.register(models.InterviewTransition)
class InterviewTransitionAdmin(ReadAdmin):
    list_display = ["subject", "act", "source", "target", "on", "at", "by"]
    list_filter = ["act"]
    list_select_related = ["subject__case", "by"]
    search_fields = ["subject__case__number"]
