from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.admin import ReadAdmin
from agency.enums import Actor
from agency.models import User
from agency.permissions import USE_ADMIN
from agency.rules import Refusal
from institutions import models
from institutions.permissions.register import ADD_MEMBER
from institutions.services.members import add_member


@admin.register(models.Institution)
class InstitutionAdmin(ReadAdmin):
    act = USE_ADMIN
    list_display = ["name", "code", "kind", "level", "nature", "region"]
    list_filter = ["kind", "nature", "level"]
    list_select_related = ["region"]
    search_fields = ["name", "code", "credit_code"]
    ordering = ["name", "pk"]
    exclude = ["bank_account"]
    readonly_fields = ["account"]

    @admin.display(description=_("bank account"))
    def account(self, institution: models.Institution) -> str:
        return institution.masked_account


@admin.register(models.Membership)
class MembershipAdmin(ReadAdmin):
    """Accounts of institutions; the one thing a system administrator adds here."""

    act = USE_ADMIN
    list_display = ["user", "institution"]
    list_select_related = ["user", "institution"]
    search_fields = ["user__username", "user__name", "institution__name", "institution__code"]
    raw_id_fields = ["institution"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return ADD_MEMBER.allows(request.user)

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField | None:
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.filter(
                actor=Actor.INSTITUTION, membership__isnull=True
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        try:
            return super().add_view(request, form_url, extra_context)
        except Refusal as refusal:
            for obstacle in refusal.obstacles:
                messages.error(request, str(obstacle))
            return redirect("admin:institutions_membership_add")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        added = add_member(
            user_id=obj.user_id,
            institution_id=obj.institution_id,
            by=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
        obj.pk = added.pk


@admin.register(models.InstitutionFact)
class InstitutionFactAdmin(ReadAdmin):
    list_display = ["institution", "field", "as_shown", "effective_from", "change"]
    fields = ["institution", "field", "as_shown", "effective_from", "change"]
    readonly_fields = ["as_shown"]
    list_filter = ["field"]
    list_select_related = ["institution", "change"]
    search_fields = ["institution__name", "institution__code"]

    @admin.display(description=_("value"))
    def as_shown(self, fact: models.InstitutionFact) -> str:
        return fact.shown


@admin.register(models.InstitutionLetter)
class InstitutionLetterAdmin(ReadAdmin):
    list_display = ["letter", "institution", "confirm_due_on", "confirmed_at", "period_due_on"]
    list_select_related = ["letter", "institution"]
    search_fields = ["letter__number", "institution__name", "institution__code"]


@admin.register(models.ElectronicServiceConsent)
class ElectronicServiceConsentAdmin(ReadAdmin):
    list_display = ["institution", "signed_name", "signed_at", "revoked_at"]
    list_select_related = ["institution"]
    search_fields = ["institution__name", "institution__code", "signed_name"]
