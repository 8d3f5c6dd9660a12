"""The supervision pages: everything can be found and read, nothing is edited here. Acts call
services, as they do at the desk.
"""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.admin import ModelAdmin, TabularInline

from agency import models
from agency.permissions import SUPERVISE, USE_ADMIN, Act

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

    @admin.display(description=pgettext_lazy("state", "from"))
    def state_before(self, row: models.TransitionRecord) -> str:
        return self._label(row.source)

    @admin.display(description=pgettext_lazy("state", "to"))
    def state_after(self, row: models.TransitionRecord) -> str:
        return self._label(row.target)

    def _label(self, state: str) -> str:
        subject = self.model._meta.get_field("subject").related_model
        return dict(subject._meta.get_field("state").flatchoices).get(state, state)
