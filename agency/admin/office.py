"""What the office keeps for all: calendar, jobs, files."""

from django.contrib import admin

from agency import models
from agency.admin.base import ReadAdmin
from agency.permissions import USE_ADMIN


@admin.register(models.CalendarYear)
class CalendarYearAdmin(ReadAdmin):
    act = USE_ADMIN
    list_display = ["year", "version", "source", "imported_at"]


@admin.register(models.CalendarDay)
class CalendarDayAdmin(ReadAdmin):
    act = USE_ADMIN
    list_display = ["on", "name", "is_off"]
    list_filter = ["year", "is_off"]


@admin.register(models.JobRun)
class JobRunAdmin(ReadAdmin):
    act = USE_ADMIN
    list_display = ["job", "on", "status", "started_at", "finished_at", "count"]
    list_filter = ["job", "status"]


@admin.register(models.Attachment)
class AttachmentAdmin(ReadAdmin):
    list_display = [
        "name",
        "content_type",
        "size",
        "sha256",
        "uploaded_by",
        "uploaded_at",
        "scan_result",
    ]
    list_filter = ["scan_result"]
    list_select_related = ["uploaded_by"]
    search_fields = ["name", "sha256"]
    exclude = ["file"]
