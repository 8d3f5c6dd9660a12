"""How many requests a minute a token or a person has. Counted in the cache, a window at a time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from agency.api.permission import ScopedToken

if TYPE_CHECKING:
    # The framework reads its defaults while its views load.
    from rest_framework.views import APIView

WINDOW_S = 60


@dataclass(frozen=True, slots=True)
class Rate:
    """How a caller stands in the present window."""

    limit: int
    used: int
    reset_s: int

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)

    @property
    def is_over(self) -> bool:
        return self.used > self.limit

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_s),
        }


def count(kind: str, caller: object, *, add: int = 1) -> Rate:
    """Count a request of a caller and return where it stands; `add=0` only looks."""
    now = int(time.time())
    window, reset = now // WINDOW_S, WINDOW_S - now % WINDOW_S
    key = f"rate:{kind}:{caller}:{window}"
    cache.add(key, 0, timeout=2 * WINDOW_S)
    used = cache.incr(key, add) if add else cache.get(key, 0)
    return Rate(settings.API_RATES[kind], used, reset)


class CallerThrottle(BaseThrottle):
    """A token counts for itself, a person for all its sessions."""

    rate: Rate

    def allow_request(self, request: Request, view: APIView) -> bool:
        user: Any = request.user
        if isinstance(request.auth, ScopedToken):
            kind, caller = "token", getattr(request.auth, "pk", None)
        elif user and user.is_authenticated:
            kind, caller = "user", user.pk
        else:
            kind, caller = "anonymous", self.get_ident(request)
        self.rate = count(kind, caller)
        # For the middleware that writes the headers of every answer.
        inner: HttpRequest = request._request
        inner.api_rate = self.rate  # type: ignore[attr-defined]
        return not self.rate.is_over

    def wait(self) -> float:
        return self.rate.reset_s
