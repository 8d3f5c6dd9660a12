from django.contrib import admin

from agency.admin import HistoryInline, ReadAdmin
from settlements import models

# --- statements and payments ------------------------------------------------------------------


class StatementHistory(HistoryInline):
    model = models.StatementTransition


@admin.register(models.Statement)
class StatementAdmin(ReadAdmin):
    list_display = [
        "number",
        "institution",
        "month",
        "state",
        "declared",
        "deducted",
        "payable",
        "due_on",
        "paid_on",
    ]
    list_filter = ["state", "due_provisional", "month"]
    list_select_related = ["institution"]
    search_fields = ["number", "institution__name", "institution__code", "batch__number"]
    inlines = [StatementHistory]


class OrderHistory(HistoryInline):
    model = models.PaymentOrderTransition


@admin.register(models.PaymentOrder)
class PaymentOrderAdmin(ReadAdmin):
    list_display = ["number", "statement", "amount", "state", "issued_at", "paid_on"]
    list_filter = ["state"]
    list_select_related = ["statement"]
    search_fields = ["number", "bank_reference", "statement__number", "payee_name"]
    inlines = [OrderHistory]


@admin.register(models.CollectiveDecision)
class CollectiveDecisionAdmin(ReadAdmin):
    list_display = ["statement", "decided_on", "amount", "in_favour", "recorded_by"]
    list_select_related = ["statement", "recorded_by"]
    search_fields = ["statement__number", "minutes"]


@admin.register(models.PotentialBreach)
class PotentialBreachAdmin(ReadAdmin):
    list_display = [
        "statement",
        "institution",
        "state",
        "due_on",
        "began_on",
        "ended_on",
        "late_workdays",
        "amount",
    ]
    list_filter = ["state"]
    list_select_related = ["statement__institution"]
    search_fields = ["statement__number", "statement__institution__name"]

    @admin.display(description=models.Statement._meta.get_field("institution").verbose_name)
    def institution(self, breach: models.PotentialBreach) -> str:
        return breach.statement.institution.name
