"""The sealed history and the runs of jobs, for the supervision pages. Readings of protected data
and what was found by verifying are the audit administrator's, at the desk.
"""

from django.contrib import admin

from agency import models
from agency.admin.base import ReadAdmin
from agency.permissions import USE_ADMIN


@admin.register(models.AuditHead)
class AuditHeadAdmin(ReadAdmin):
    act = USE_ADMIN
    list_display = ["day", "head", "seal_count", "row_count", "sealed_at"]
    ordering = ["-day"]


@admin.register(models.AuditSeal)
class AuditSealAdmin(ReadAdmin):
    act = USE_ADMIN
    list_display = ["day", "source", "row_count", "first_pk", "last_pk", "digest"]
    list_filter = ["source"]
    exclude = ["marks"]
    ordering = ["-day", "source"]


@admin.register(models.JobWatch)
class JobWatchAdmin(ReadAdmin):
    act = USE_ADMIN
    list_display = ["job", "person", "set_by", "set_at"]
    list_select_related = ["person", "set_by"]
