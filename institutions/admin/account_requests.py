from django.contrib import admin

from agency.admin import HistoryInline, ReadAdmin
from institutions import models


class AccountRequestHistory(HistoryInline):
    model = models.AccountRequestTransition


@admin.register(models.AccountRequest)
class AccountRequestAdmin(ReadAdmin):
    list_display = ["number", "institution", "state", "asked_at", "decision_due_on"]
    list_filter = ["state"]
    list_select_related = ["institution"]
    search_fields = ["number", "credit_code", "institution__name", "institution__code"]
    inlines = [AccountRequestHistory]
