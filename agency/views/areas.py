"""Pages that everybody has, whichever side they act for: how they look, where they lead."""

from typing import Any

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from agency.permissions import USE_DESK, USE_PORTAL
from agency.templatetags.office import home_of


def layout_of(user: Any) -> str:
    """Return the template whose navigation is the user's own."""
    area = "desk" if USE_DESK.allows(user) else "portal" if USE_PORTAL.allows(user) else "public"
    return f"agency/{area}.html"


def next_of(request: HttpRequest, default: str = "") -> str:
    """Return where the page was asked to lead, if that is an address of our own."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else default or home_of(request.user)
