"""The supervision pages: everything can be found and read, nothing is edited here. Acts call
services, as they do at the desk.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from agency import models
from agency.enums import Role
from agency.permissions import MANAGE_USERS, SUPERVISE, USE_ADMIN, Act

admin.site.unregister(Group)
admin.site.has_permission = lambda request: USE_ADMIN.allows(request.user)  # type: ignore[method-assign]


class ReadOnly:
    """May be looked at by those whom `act` allows; changed by nobody.

    Matters are for the administration alone. Only what keeps the program running says
    `act = USE_ADMIN`, and so lets the system administrator in too.
    """

    act: Act = SUPERVISE

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.act.allows(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.act.allows(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadAdmin(ReadOnly, ModelAdmin):
    """Base of every model's supervision page. Lists never count all rows."""

    show_full_result_count = False
    list_per_page = 50
    compressed_fields = True
    list_fullwidth = True


class ReadInline(ReadOnly, TabularInline):
    """Rows that belong to a subject, to be read on its page; give `model` and `fields`."""

    extra = 0
    hide_title = True


class HistoryInline(ReadInline):
    """The transitions of a subject; give `model`."""

    fields = ["at", "on", "state_before", "state_after", "by", "rule", "reason"]
    readonly_fields = ["state_before", "state_after"]
    ordering = ["-at", "-pk"]
    verbose_name_plural = _("History")
    tab = False

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("by")

    @admin.display(description=_("from"))
    def state_before(self, row: models.TransitionRecord) -> str:
        return self._label(row.source)

    @admin.display(description=_("to"))
    def state_after(self, row: models.TransitionRecord) -> str:
        return self._label(row.target)

    def _label(self, state: str) -> str:
        subject = self.model._meta.get_field("subject").related_model
        return dict(subject._meta.get_field("state").flatchoices).get(state, state)


@admin.register(models.Region)
class RegionAdmin(ReadAdmin):
    act = USE_ADMIN
    list_display = ["code", "name", "level", "parent", "profile"]
    list_filter = ["level", "profile"]
    list_select_related = ["parent"]
    search_fields = ["code", "name"]


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


@admin.register(models.CalendarYear)
class CalendarYearAdmin(ReadAdmin):
    act = USE_ADMIN
    list_display = ["year", "version", "source", "imported_at"]


@admin.register(models.CalendarDay)
class CalendarDayAdmin(ReadAdmin):
    act = USE_ADMIN
    list_display = ["on", "name", "is_off"]
    list_filter = ["year", "is_off"]


@admin.register(models.PolicyParameter)
class PolicyParameterAdmin(ReadAdmin):
    act = USE_ADMIN
    list_display = ["key", "profile", "value", "unit", "evidence", "effective_from"]
    list_filter = ["profile", "evidence"]
    search_fields = ["key", "note"]


@admin.register(models.JobRun)
class JobRunAdmin(ReadAdmin):
    act = USE_ADMIN
    list_display = ["job", "on", "status", "started_at", "finished_at", "count"]
    list_filter = ["job", "status"]


@admin.register(models.Attachment)
class AttachmentAdmin(ReadAdmin):
    list_display = ["name", "content_type", "size", "sha256", "uploaded_by", "uploaded_at"]
    list_select_related = ["uploaded_by"]
    search_fields = ["name", "sha256"]
    exclude = ["file"]
