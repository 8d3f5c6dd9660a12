"""Service matters, what they consist of, and the figures of our promises: to be read."""

from django.contrib import admin

from agency import models
from agency.admin.base import HistoryInline, ReadAdmin, ReadInline


@admin.register(models.BundlePartType)
class BundlePartTypeAdmin(ReadAdmin):
    list_display = ["name", "bundle", "code", "promise_wd", "is_offered"]
    list_filter = ["bundle", "is_offered"]


class BundlePartInline(ReadInline):
    model = models.BundlePart
    fields = ["type", "state", "promise_wd", "due_on", "missing", "ground", "settled_at"]


class BundleHistory(HistoryInline):
    model = models.ServiceBundleTransition


@admin.register(models.ServiceBundle)
class ServiceBundleAdmin(ReadAdmin):
    """Masked, as at the desk: who needs to see a person says why, there."""

    list_display = ["number", "kind", "region", "state", "masked_name", "filed_at", "due_on"]
    list_filter = ["kind", "state"]
    list_select_related = ["region"]
    search_fields = ["number", "credit_code"]
    exclude = ["person_name", "id_number", "contact_name", "phone", "details", "filing_key"]
    readonly_fields = ["masked_name", "masked_number", "masked_contact", "masked_phone"]
    inlines = [BundlePartInline, BundleHistory]
    ordering = ["-filed_at"]


@admin.register(models.ServiceFigure)
class ServiceFigureAdmin(ReadAdmin):
    list_display = ["kind", "period_from", "period_to", "cases", "kept", "average", "p90"]
    list_filter = ["kind"]
    ordering = ["kind", "-period_from"]
