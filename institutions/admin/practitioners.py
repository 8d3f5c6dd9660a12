from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from agency.admin import HistoryInline, ReadAdmin, ReadInline
from institutions import models


@admin.register(models.Department)
class DepartmentAdmin(ReadAdmin):
    list_display = ["institution", "code", "name", "subject_code", "opened_on", "closed_on"]
    list_select_related = ["institution"]
    search_fields = ["institution__name", "institution__code", "code", "name"]


class StatusInline(ReadInline):
    model = models.PractitionerStatus
    fields = ["status", "starts_on", "ends_on", "basis", "recorded_by"]


class PlaceInline(ReadInline):
    model = models.FirstRegistration
    fields = ["institution", "place", "starts_on", "ends_on"]


class EntryInline(ReadInline):
    model = models.RosterEntry
    fields = ["institution", "department", "employment", "starts_on", "ends_on", "is_void"]


@admin.register(models.Practitioner)
class PractitionerAdmin(ReadAdmin):
    list_display = ["person", "staff_code", "category", "qualification"]
    list_filter = ["category", "qualification"]
    list_select_related = ["person"]
    search_fields = ["staff_code", "person__name"]
    readonly_fields = ["number"]
    inlines = [EntryInline, PlaceInline, StatusInline]

    @admin.display(description=_("identity number"))
    def number(self, practitioner: models.Practitioner) -> str:
        return practitioner.person.masked_number


@admin.register(models.RosterEntry)
class RosterEntryAdmin(ReadAdmin):
    list_display = ["institution", "department", "practitioner", "starts_on", "ends_on", "is_void"]
    list_filter = ["employment", "is_void"]
    list_select_related = ["institution", "department", "practitioner__person"]
    search_fields = [
        "institution__name",
        "institution__code",
        "practitioner__staff_code",
        "practitioner__person__name",
    ]


@admin.register(models.ServiceCommitment)
class ServiceCommitmentAdmin(ReadAdmin):
    list_display = ["institution", "practitioner", "kind", "signed_on", "confirmed_by"]
    list_filter = ["kind"]
    list_select_related = ["institution", "practitioner__person", "confirmed_by"]
    search_fields = ["institution__name", "practitioner__staff_code"]


class ImportHistory(HistoryInline):
    model = models.RosterImportTransition


@admin.register(models.RosterImport)
class RosterImportAdmin(ReadAdmin):
    list_display = ["number", "institution", "content", "state", "row_count", "uploaded_at"]
    list_filter = ["state", "content"]
    list_select_related = ["institution"]
    search_fields = ["number", "institution__name", "institution__code"]
    inlines = [ImportHistory]
