from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from agency.enums import Scope
from agency.permissions import Act

if TYPE_CHECKING:
    # The framework reads its defaults while its views load.
    from rest_framework.views import APIView


@runtime_checkable
class ScopedToken(Protocol):
    """What a token shows when it is asked what it may be used for."""

    scopes: Collection[str]


class ScopeMissing(APIException):
    """A token is used for more than it was made for."""

    status_code = status.HTTP_403_FORBIDDEN
    default_code = "scope_missing"

    def __init__(self, scope: Scope | None) -> None:
        text = (
            _("This token lacks the scope %(scope)s (%(label)s).")
            % {"scope": scope.value, "label": scope.label}
            if scope
            else _("This cannot be done with a token; log in instead.")
        )
        super().__init__(text)


class MovesMoney(APIException):
    """Money moves at the desk only, where a one-time code is asked for at the moment of the act."""

    status_code = status.HTTP_403_FORBIDDEN
    default_code = "moves_money"
    default_detail = _("This moves money: it is done at the desk, with a one-time code.")


class ActPermission(BasePermission):
    """Allow what the view's act allows: `acts[action]` if given, else `act`. A token must hold the
    scope besides: `scopes[action]` if given, else `scope`. Denies by default.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        action = getattr(view, "action", "") or ""
        acts: dict[str, Act] = getattr(view, "acts", {})
        act: Act | None = acts.get(action, getattr(view, "act", None))
        user: Any = request.user
        if act is None or not act.allows(user):
            return False
        if act.moves_money:
            raise MovesMoney
        if isinstance(request.auth, ScopedToken):
            scopes: dict[str, Scope] = getattr(view, "scopes", {})
            scope: Scope | None = scopes.get(action, getattr(view, "scope", None))
            if scope is None or scope.value not in request.auth.scopes:
                raise ScopeMissing(scope)
        return True
