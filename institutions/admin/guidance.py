"""Procedures, trainings and inquiries on the supervision pages."""

from django.contrib import admin

from agency.admin import HistoryInline, ReadAdmin, ReadInline
from institutions import models


class VersionInline(ReadInline):
    model = models.ProcedureVersion
    fields = ["number", "state", "effective_from", "drafted_by", "published_by", "published_at"]
    ordering = ["-effective_from", "-pk"]
    show_change_link = True


class ProcedureHistory(HistoryInline):
    model = models.ProcedureTransition


@admin.register(models.Procedure)
class ProcedureAdmin(ReadAdmin):
    list_display = ["title", "topic", "region"]
    list_filter = ["topic"]
    list_select_related = ["region"]
    search_fields = ["title"]
    inlines = [VersionInline]


@admin.register(models.ProcedureVersion)
class ProcedureVersionAdmin(ReadAdmin):
    list_display = ["procedure", "number", "state", "effective_from", "published_at"]
    list_filter = ["state"]
    list_select_related = ["procedure"]
    search_fields = ["procedure__title"]
    inlines = [ProcedureHistory]


class TrainingHistory(HistoryInline):
    model = models.TrainingTransition


@admin.register(models.TrainingEvent)
class TrainingEventAdmin(ReadAdmin):
    list_display = ["title", "topic", "held_on", "mode", "state", "region"]
    list_filter = ["state", "topic", "mode"]
    list_select_related = ["region"]
    search_fields = ["title"]
    inlines = [TrainingHistory]


@admin.register(models.TrainingAttendance)
class TrainingAttendanceAdmin(ReadAdmin):
    list_display = ["event", "institution", "presence", "recorded_at", "confirmed_at"]
    list_filter = ["presence"]
    list_select_related = ["event", "institution"]
    search_fields = ["event__title", "institution__name", "institution__code"]


class InquiryHistory(HistoryInline):
    model = models.InquiryTransition


@admin.register(models.Inquiry)
class InquiryAdmin(ReadAdmin):
    list_display = ["number", "institution", "topic", "subject", "state", "answer_due_on"]
    list_filter = ["state", "topic"]
    list_select_related = ["institution"]
    search_fields = ["number", "subject", "institution__name", "institution__code"]
    exclude = ["asked_phone"]
    inlines = [InquiryHistory]


class FaqHistory(HistoryInline):
    model = models.FaqTransition


@admin.register(models.FrequentQuestion)
class FrequentQuestionAdmin(ReadAdmin):
    list_display = ["question", "topic", "state", "drafted_by", "published_by", "published_at"]
    list_filter = ["state", "topic"]
    list_select_related = ["drafted_by", "published_by"]
    search_fields = ["question", "answer"]
    inlines = [FaqHistory]
