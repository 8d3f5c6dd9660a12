"""What a session must be before a page opens: not idle for too long, with a password of one's own,
and verified by a second factor where a role asks for one.
"""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp import DEVICE_ID_SESSION_KEY

from agency.enums import LogInOutcome
from agency.services import second_factor, sessions
from config.problems import for_machine, problem_response

GetResponse = Callable[[HttpRequest], HttpResponseBase]
MINUTE_S = 60
# Pages for whoever is on the way in or out; everything else waits.
OPEN = (
    "/login/",
    "/logout/",
    "/session-expired/",
    "/i18n/",
    "/healthz",
    "/account/password/",
    "/account/second-factor/",
    "/account/alive/",
)


class SessionGuardMiddleware:
    """Closes idle sessions and keeps the others to the pages they may see yet.

    Costs a request no query: the limit is kept in the session and read anew, with the time of the
    last click written, at most once a minute.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            refused = self.idle(request) or self.unready(request)
            if refused:
                return refused
        return self.get_response(request)

    def idle(self, request: HttpRequest) -> HttpResponse | None:
        now = timezone.now()
        session = request.session
        seen = session.get(sessions.SEEN, 0)
        # Written once a minute, the time of the last click may lie a minute back.
        limit = (session.get(sessions.IDLE, 0) + 1) * MINUTE_S
        if seen and now.timestamp() - seen > limit:
            return self.expire(request)
        if now.timestamp() - seen >= MINUTE_S and not request.headers.get("X-Poll"):
            session[sessions.SEEN] = int(now.timestamp())
            session[sessions.IDLE] = sessions.idle_minutes(now)
        return None

    def expire(self, request: HttpRequest) -> HttpResponse:
        sessions.note(
            outcome=LogInOutcome.EXPIRED,
            visit=sessions.visit_of(request),
            at=timezone.now(),
            user=request.user,  # type: ignore[arg-type]
        )
        minutes = request.session.get(sessions.IDLE, 0)
        logout(request)
        if for_machine(request):
            text = _("The session has ended after %(minutes)d idle minutes. Log in again.")
            return problem_response(401, "session_expired", text % {"minutes": minutes})
        query = urlencode({"next": _came_for(request), "minutes": minutes})
        return _send_to(request, f"{reverse('agency:expired')}?{query}")

    def unready(self, request: HttpRequest) -> HttpResponse | None:
        if request.path.startswith(OPEN):
            return None
        user = request.user
        if user.must_change_password or request.session.get(sessions.PASSWORD_DUE):  # type: ignore[union-attr]
            text = _("Your password must be changed first.")
            return self.refuse(request, "agency:password", "password_due", text)
        if DEVICE_ID_SESSION_KEY not in request.session and second_factor.is_required(user):  # type: ignore[arg-type]
            text = _("Your roles need a second factor: log in with one first.")
            return self.refuse(request, "agency:second_factor", "second_factor_required", text)
        return None

    def refuse(self, request: HttpRequest, page: str, code: str, text: str) -> HttpResponse:
        if for_machine(request):
            return problem_response(403, code, text)
        return _send_to(request, f"{reverse(page)}?{urlencode({'next': _came_for(request)})}")


def _came_for(request: HttpRequest) -> str:
    """Return where to go on afterwards: the page asked for, or the one a form was sent from."""
    if request.method == "GET" and "HX-Request" not in request.headers:
        return request.get_full_path()
    came = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    if came.netloc != request.get_host():
        return "/"
    return f"{came.path}?{came.query}" if came.query else came.path


def _send_to(request: HttpRequest, url: str) -> HttpResponse:
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)
