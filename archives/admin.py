from django.contrib import admin

from agency.admin import ReadAdmin, ReadInline
from archives import models


class FileInline(ReadInline):
    model = models.RecordFile
    fields = ["role", "name", "size", "sha256"]


class CheckInline(ReadInline):
    model = models.RecordCheck
    fields = ["at", "by", "matches"]


@admin.register(models.Fonds)
class FondsAdmin(ReadAdmin):
    list_display = ["code", "name", "region"]
    list_select_related = ["region"]
    search_fields = ["code", "name"]


@admin.register(models.Record)
class RecordAdmin(ReadAdmin):
    list_display = ["number", "title", "matter", "formed_on", "retention", "retained_until"]
    list_filter = ["category", "matter", "retention", "year"]
    search_fields = ["number", "title", "document_number"]
    date_hierarchy = "formed_on"
    inlines = [FileInline, CheckInline]


@admin.register(models.RecordFile)
class RecordFileAdmin(ReadAdmin):
    list_display = ["record", "role", "name", "size", "sha256"]
    list_filter = ["role"]
    list_select_related = ["record"]
    search_fields = ["record__number", "sha256"]
    exclude = ["file"]


@admin.register(models.RecordCheck)
class RecordCheckAdmin(ReadAdmin):
    list_display = ["record", "at", "by", "matches"]
    list_filter = ["matches"]
    list_select_related = ["record", "by"]
    search_fields = ["record__number"]
