"""Accounts and their roles, to look at; each act on them has a page of its own at the desk."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from agency import models
from agency.admin.base import ReadAdmin
from agency.permissions import SEE_PEOPLE

# Secrets of second factors are shown to nobody.
admin.site.unregister([TOTPDevice, StaticDevice])


@admin.register(models.User)
class UserAdmin(ReadAdmin):
    act = SEE_PEOPLE
    list_display = ["username", "name", "actor", "roles_held", "is_active", "last_login"]
    list_filter = ["actor", "groups", "is_active"]
    search_fields = ["username", "name"]
    fields = ["username", "actor", "name", "region", "roles_held", "is_active", "last_login"]
    readonly_fields = fields

    @admin.display(description=_("roles"))
    def roles_held(self, user: models.User) -> str:
        return user.role_labels

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups")
