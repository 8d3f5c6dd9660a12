"""Imports of the calendar, closing days, calendar feeds."""

from django.contrib import admin

from agency import models
from agency.admin.base import ReadAdmin
from agency.permissions import USE_ADMIN


@admin.register(models.CalendarImport)
class CalendarImportAdmin(ReadAdmin):
    act = USE_ADMIN
    list_display = ["year", "notice_no", "state", "uploaded_by", "uploaded_at", "version"]
    list_select_related = ["uploaded_by"]
    list_filter = ["state", "year"]


@admin.register(models.ClosingDay)
class ClosingDayAdmin(ReadAdmin):
    act = USE_ADMIN
    list_display = ["on", "name", "decided_by", "document", "counts", "revoked_at"]
    list_filter = ["counts"]


@admin.register(models.FeedToken)
class FeedTokenAdmin(ReadAdmin):
    act = USE_ADMIN
    list_display = ["user", "created_at", "last_used_at", "revoked_at"]
    list_select_related = ["user"]
    exclude = ["token_hash"]
