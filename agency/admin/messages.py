"""Mails, wishes about them, files on their way and files refused as infected."""

from django.contrib import admin

from agency import models
from agency.admin.base import ReadAdmin
from agency.permissions import USE_ADMIN


@admin.register(models.OutboxMessage)
class OutboxMessageAdmin(ReadAdmin):
    act = USE_ADMIN
    list_display = ["subject", "address", "topic", "state", "attempts", "created_at", "sent_at"]
    list_filter = ["state", "topic", "urgent"]
    search_fields = ["address", "subject"]
    # What is told to somebody is theirs to read.
    exclude = ["body"]
    raw_id_fields = ["recipient", "notice", "handled_by"]


@admin.register(models.MessagePreference)
class MessagePreferenceAdmin(ReadAdmin):
    act = USE_ADMIN
    list_display = ["user", "topic", "delivery"]
    list_filter = ["topic", "delivery"]
    list_select_related = ["user"]


@admin.register(models.Upload)
class UploadAdmin(ReadAdmin):
    act = USE_ADMIN
    list_display = ["name", "user", "purpose", "state", "received", "size", "expires_at"]
    list_filter = ["state", "purpose"]
    list_select_related = ["user"]


@admin.register(models.InfectedFile)
class InfectedFileAdmin(ReadAdmin):
    act = USE_ADMIN
    list_display = ["name", "signature", "username", "size", "at"]
    search_fields = ["name", "signature", "sha256", "username"]
