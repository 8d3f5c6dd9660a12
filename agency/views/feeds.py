"""The calendar feed of a person: its page, and the feed itself."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.generic import View

from agency.home import DESK_QUEUES, PORTAL_QUEUES, gather
from agency.models import FeedToken
from agency.permissions import USE_DESK, USE_PORTAL
from agency.services import feeds

LONGEST_TOKEN = 100


@require_safe
@never_cache
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Answer with the deadlines of whoever the secret address belongs to; else there is nothing."""
    at = timezone.now()
    user = feeds.reader_of(token, at=at) if len(token) <= LONGEST_TOKEN else None
    if user is None:
        raise Http404
    queues = DESK_QUEUES if USE_DESK.allows(user) else PORTAL_QUEUES
    with override("zh-hans"):
        matters = gather(queues, user, timezone.localdate(at))
        origin = f"{request.scheme}://{request.get_host()}"
        content = feeds.written(matters, user=user, origin=origin, at=at)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="deadlines.ics"'
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


class FeedPage(LoginRequiredMixin, View):
    """Create, renew and revoke one's own address. It is shown once, on the page that made it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        at = timezone.now()
        user: Any = request.user
        if not _has_home(user):
            raise Http404
        if request.POST.get("act") == "revoke":
            if feeds.revoke_feed(user=user, at=at):
                messages.success(request, _("The address is revoked: it shows nothing any more."))
            return redirect("agency:feed_page")
        token = feeds.create_feed(user=user, at=at)
        address = request.build_absolute_uri(reverse("agency:feed", args=[token]))
        return self._page(request, address=address)

    def _page(self, request: HttpRequest, address: str = "") -> HttpResponse:
        user: Any = request.user
        if not _has_home(user):
            raise Http404
        area = "desk" if USE_DESK.allows(user) else "portal"
        context = {
            "layout": f"agency/{area}.html",
            "address": address,
            "valid": FeedToken.objects.filter(user=user, revoked_at=None).first(),
        }
        response = render(request, "agency/feed.html", context)
        response["Cache-Control"] = "no-store"
        return response


def _has_home(user: Any) -> bool:
    return USE_DESK.allows(user) or USE_PORTAL.allows(user)
