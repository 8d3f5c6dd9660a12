"""Accounts and their roles."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from agency import models
from agency.admin.base import ReadAdmin
from agency.enums import Role
from agency.permissions import MANAGE_USERS


class RolesField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, group: Any) -> str:
        return str(Role(group.name).label)


class AccountForm(forms.ModelForm):
    """Roles and the state of an account; all roles are of the side the account acts for."""

    class Meta:
        model = models.User
        fields = ["name", "region", "groups", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = [role.value for role in Role if role.actor == self.instance.actor]
        self.fields["groups"] = RolesField(
            Group.objects.filter(name__in=own), widget=forms.CheckboxSelectMultiple
        )


@admin.register(models.User)
class UserAdmin(ReadAdmin):
    """Accounts. A system administrator gives and takes roles, never their own; accounts are
    added by the command `add_user`, which prints a first password.
    """

    act = MANAGE_USERS
    form = AccountForm
    list_display = ["username", "name", "actor", "roles_held", "is_active", "last_login"]
    list_filter = ["actor", "groups", "is_active"]
    search_fields = ["username", "name"]
    fields = ["username", "actor", "name", "region", "groups", "is_active", "last_login"]
    readonly_fields = ["username", "actor", "last_login"]

    @admin.display(description=_("roles"))
    def roles_held(self, user: models.User) -> str:
        return user.role_labels

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return MANAGE_USERS.allows(request.user) and obj != request.user
