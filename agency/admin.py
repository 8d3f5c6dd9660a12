"""The supervision pages: everything can be found and read, nothing is edited here. Acts call
services, as they do at the desk.
"""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from agency import models
from agency.permissions import MANAGE_USERS, USE_ADMIN

admin.site.unregister(Group)
admin.site.has_permission = lambda request: USE_ADMIN.allows(request.user)  # type: ignore[method-assign]


class ReadOnly:
    """May be looked at by those who may use the supervision pages; changed by nobody."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return USE_ADMIN.allows(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return USE_ADMIN.allows(request.user)

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
    list_display = ["code", "name", "level", "parent", "profile"]
    list_filter = ["level", "profile"]
    list_select_related = ["parent"]
    search_fields = ["code", "name"]


@admin.register(models.User)
class UserAdmin(ReadAdmin):
    list_display = ["username", "name", "actor", "roles_held", "is_active", "last_login"]
    list_filter = ["actor", "groups", "is_active"]
    search_fields = ["username", "name"]
    fields = ["username", "name", "actor", "region", "groups", "is_active", "last_login"]

    @admin.display(description=_("roles"))
    def roles_held(self, user: models.User) -> str:
        return user.role_labels

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return MANAGE_USERS.allows(request.user)


@admin.register(models.CalendarYear)
class CalendarYearAdmin(ReadAdmin):
    list_display = ["year", "version", "source", "imported_at"]


@admin.register(models.CalendarDay)
class CalendarDayAdmin(ReadAdmin):
    list_display = ["on", "name", "is_off"]
    list_filter = ["year", "is_off"]


@admin.register(models.PolicyParameter)
class PolicyParameterAdmin(ReadAdmin):
    list_display = ["key", "profile", "value", "unit", "evidence", "effective_from"]
    list_filter = ["profile", "evidence"]
    search_fields = ["key", "note"]


@admin.register(models.JobRun)
class JobRunAdmin(ReadAdmin):
    list_display = ["job", "on", "status", "started_at", "finished_at", "count"]
    list_filter = ["job", "status"]


@admin.register(models.Attachment)
class AttachmentAdmin(ReadAdmin):
    list_display = ["name", "content_type", "size", "sha256", "uploaded_by", "uploaded_at"]
    list_select_related = ["uploaded_by"]
    search_fields = ["name", "sha256"]
    exclude = ["file"]
