from django.contrib import admin
from django.utils.translation import gettext_lazy as _

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
    exclude = ["payee_account"]
    readonly_fields = ["account"]
    inlines = [OrderHistory]

    @admin.display(description=_("bank account"))
    def account(self, order: models.PaymentOrder) -> str:
        return order.masked_account


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


# --- claim batches, findings, knowledge base ----------------------------------------------------


class BatchHistory(HistoryInline):
    model = models.BatchTransition


@admin.register(models.ClaimBatch)
class ClaimBatchAdmin(ReadAdmin):
    list_display = [
        "number",
        "institution",
        "month",
        "state",
        "is_supplementary",
        "claim_count",
        "line_count",
        "fund_amount",
        "submitted_at",
    ]
    list_filter = ["state", "is_supplementary", "month"]
    list_select_related = ["institution"]
    search_fields = ["number", "institution__name", "institution__code"]
    inlines = [BatchHistory]


@admin.register(models.BatchFile)
class BatchFileAdmin(ReadAdmin):
    list_display = ["batch", "kind", "attachment", "encoding", "row_count"]
    list_filter = ["kind", "encoding"]
    list_select_related = ["batch", "attachment"]
    search_fields = ["batch__number", "attachment__sha256"]


@admin.register(models.DataRemark)
class DataRemarkAdmin(ReadAdmin):
    list_display = ["batch", "check_name", "field", "value", "row_count", "example"]
    list_filter = ["check_name", "field"]
    list_select_related = ["batch"]
    search_fields = ["batch__number", "value"]


@admin.register(models.Finding)
class FindingAdmin(ReadAdmin):
    list_display = [
        "batch",
        "check_name",
        "setl_id",
        "bkkp_sn",
        "amount",
        "fund_amount",
        "status",
        "decided_by",
    ]
    list_filter = ["check_name", "status"]
    list_select_related = ["batch", "decided_by"]
    search_fields = ["batch__number", "setl_id", "bkkp_sn"]


@admin.register(models.ReviewRun)
class ReviewRunAdmin(ReadAdmin):
    list_display = ["batch", "number", "knowledge", "started_at", "finished_at", "by"]
    list_select_related = ["batch", "knowledge", "by"]
    search_fields = ["batch__number"]


class VersionHistory(HistoryInline):
    model = models.KnowledgeVersionTransition


@admin.register(models.KnowledgeVersion)
class KnowledgeVersionAdmin(ReadAdmin):
    list_display = ["number", "state", "source", "imported_at", "released_on", "released_by"]
    list_filter = ["state"]
    list_select_related = ["released_by"]
    search_fields = ["source", "source_hash"]
    inlines = [VersionHistory]


@admin.register(models.KnowledgeRow)
class KnowledgeRowAdmin(ReadAdmin):
    list_display = ["version", "kind", "code", "name", "limit_value", "source_file", "row_no"]
    list_filter = ["kind"]
    list_select_related = ["version"]
    search_fields = ["code", "name"]


@admin.register(models.Code)
class CodeAdmin(ReadAdmin):
    list_display = ["field", "code", "label", "is_inpatient", "is_emergency", "is_maternity"]
    list_filter = ["field", "is_inpatient", "is_emergency", "is_maternity"]
    search_fields = ["code", "label"]


@admin.register(models.Shelf)
class ShelfAdmin(ReadAdmin):
    list_display = ["pk", "kind", "month"]
    list_filter = ["kind"]
    search_fields = ["pk"]


@admin.register(models.ClaimReopening)
class ClaimReopeningAdmin(ReadAdmin):
    list_display = ["institution", "region", "first_day", "last_day", "finding_count", "by", "at"]
    list_filter = ["at"]
    list_select_related = ["institution", "region", "by"]
    search_fields = ["institution__name", "institution__code", "reason"]


@admin.register(models.ReopenedStatement)
class ReopenedStatementAdmin(ReadAdmin):
    list_display = ["statement", "reopening", "finding_count", "amount", "obligation"]
    list_select_related = ["statement", "reopening", "obligation"]
    search_fields = ["statement__number", "obligation__number"]


@admin.register(models.RestoredFinding)
class RestoredFindingAdmin(ReadAdmin):
    list_display = ["finding", "of"]
    list_select_related = ["finding", "of__statement"]
    search_fields = ["of__statement__number"]
