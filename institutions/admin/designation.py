from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from agency.admin import HistoryInline, ReadAdmin, ReadInline
from institutions import models


class ApplicationPersonInline(ReadInline):
    model = models.ApplicationPerson
    fields = ["post", "shown_name", "shown_number"]
    readonly_fields = ["shown_name", "shown_number"]
    ordering = ["pk"]
    verbose_name_plural = _("Persons in charge")

    @admin.display(description=_("name"))
    def shown_name(self, person: models.ApplicationPerson) -> str:
        return person.masked_name

    @admin.display(description=_("identity number"))
    def shown_number(self, person: models.ApplicationPerson) -> str:
        return person.masked_number


class SupplementInline(ReadInline):
    model = models.SupplementRequest
    fk_name = "application"
    fields = ["phase", "requested_at", "requested_by", "due_on", "delivered_at"]
    ordering = ["pk"]


class ApplicationHistory(HistoryInline):
    model = models.ApplicationTransition


@admin.register(models.DesignationApplication)
class DesignationApplicationAdmin(ReadAdmin):
    list_display = ["__str__", "institution", "kind", "state", "submitted_at", "notice_due_on"]
    list_filter = ["state", "kind", "over_plan", "acceptance_deemed"]
    list_select_related = ["institution"]
    search_fields = ["number", "licence_no", "institution__name"]
    inlines = [ApplicationPersonInline, SupplementInline, ApplicationHistory]


@admin.register(models.ApplicationMaterial)
class ApplicationMaterialAdmin(ReadAdmin):
    list_display = ["application", "item", "is_unreadable", "saved_at"]
    list_filter = ["is_unreadable"]
    list_select_related = ["application", "item"]
    search_fields = ["application__number"]
    exclude = ["files"]


@admin.register(models.SupplementItem)
class SupplementItemAdmin(ReadAdmin):
    list_display = ["application", "item", "defect", "of_supplement", "remark"]
    list_filter = ["defect", "of_supplement"]
    list_select_related = ["application", "item"]
    search_fields = ["application__number"]


@admin.register(models.MaterialItem)
class MaterialItemAdmin(ReadAdmin):
    list_display = ["name", "region", "is_required", "valid_from", "valid_to"]
    list_filter = ["is_required"]
    list_select_related = ["region"]
    search_fields = ["name", "code"]


@admin.register(models.ResourcePlan)
class ResourcePlanAdmin(ReadAdmin):
    list_display = ["year", "region", "kind", "cap", "published_at", "published_by"]
    list_filter = ["year", "kind"]
    list_select_related = ["region", "published_by"]


@admin.register(models.RefusalFact)
class RefusalFactAdmin(ReadAdmin):
    list_display = ["ground", "institution", "event_on", "source_document", "ended_on"]
    list_filter = ["ground"]
    list_select_related = ["institution"]
    search_fields = ["source_document", "institution__name"]
    exclude = ["person", "evidence"]
    readonly_fields = ["shown_person"]

    @admin.display(description=_("person"))
    def shown_person(self, fact: models.RefusalFact) -> str:
        person = fact.person
        return f"{person.masked_name} {person.masked_number}" if person else ""
