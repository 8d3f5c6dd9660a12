"""What every API view shares: permission by act, keyset pages."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from agency.permissions import Act


class ActPermission(BasePermission):
    """Allow what the view's act allows: `acts[action]` if given, else `act`. Denies by default."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        acts: dict[str, Act] = getattr(view, "acts", {})
        act: Act | None = acts.get(getattr(view, "action", "") or "", getattr(view, "act", None))
        user: Any = request.user
        return act is not None and act.allows(user)


class OfficePagination(CursorPagination):
    """Keyset pages; views set `ordering` to fields that are indexed and never NULL."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
    ordering: str | tuple[str, ...] = "-pk"

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValueError, TypeError, ValidationError, DataError, OverflowError) as error:
            raise NotFound(self.invalid_cursor_message) from error
