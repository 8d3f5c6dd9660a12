from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from agency.admin import HistoryInline, ReadAdmin, ReadInline
from institutions import models


class ChangeItemInline(ReadInline):
    model = models.ChangeItem
    fields = ["field", "before", "after", "approved_on", "person", "effective_on"]
    readonly_fields = ["before", "after"]
    ordering = ["pk"]
    verbose_name_plural = _("Changed fields")

    @admin.display(description=_("old value"))
    def before(self, item: models.ChangeItem) -> str:
        return item.old_shown

    @admin.display(description=_("new value"))
    def after(self, item: models.ChangeItem) -> str:
        return item.new_shown


class ChangeHistory(HistoryInline):
    model = models.ChangeTransition


@admin.register(models.ChangeRequest)
class ChangeRequestAdmin(ReadAdmin):
    list_display = [
        "number",
        "institution",
        "state",
        "route_row",
        "filed_at",
        "is_late",
        "decision_due_on",
        "effect_due_on",
    ]
    list_filter = ["state", "route", "is_late", "changes_account"]
    list_select_related = ["institution"]
    search_fields = ["number", "institution__name", "institution__code"]
    inlines = [ChangeItemInline, ChangeHistory]


@admin.register(models.AddressCommitment)
class AddressCommitmentAdmin(ReadAdmin):
    list_display = ["change", "institution", "state", "signed_at", "check_due_on", "visited_on"]
    list_filter = ["state"]
    list_select_related = ["change__institution"]
    search_fields = [
        "change__number",
        "change__institution__name",
        "change__institution__code",
    ]

    @admin.display(description=_("institution"))
    def institution(self, commitment: models.AddressCommitment) -> str:
        return commitment.change.institution.name
