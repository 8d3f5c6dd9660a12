"""Coming in, in one step or two, and going out; each is kept in the history of log-ins."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as auth_login
from django.contrib.auth import views as auth
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django.views.generic import FormView, TemplateView
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp import login as otp_login
from django_otp.plugins.otp_totp.models import TOTPDevice

from agency.enums import LogInOutcome
from agency.forms.account import CodeForm
from agency.models import User
from agency.services import second_factor, sessions
from agency.services.passwords import is_too_old
from agency.templatetags.office import home_of
from agency.views.areas import next_of

# Who has given the right password and not yet a code: key, back-end, when.
PENDING = "second_step"


def note(request: HttpRequest, outcome: LogInOutcome, **who: Any) -> None:
    visit = sessions.visit_of(request)
    sessions.note(outcome=outcome, visit=visit, at=timezone.now(), **who)


def enter(request: HttpRequest, user: User, backend: str) -> None:
    """Begin a session and say when the last one was: a stranger's log-in shows."""
    now = timezone.now()
    last, failed = sessions.last_before(user)
    auth_login(request, user, backend=backend)
    request.session[sessions.SEEN] = int(now.timestamp())
    request.session[sessions.IDLE] = sessions.idle_minutes(now)
    if is_too_old(user, timezone.localdate(now)):
        request.session[sessions.PASSWORD_DUE] = True
    note(request, LogInOutcome.LOGGED_IN, user=user)
    if last is not None:
        messages.info(request, _last_log_in(last.at, last.address, failed))


def _last_log_in(at: datetime, address: str | None, failed: int) -> str:
    when = date_format(timezone.localtime(at), "Y-m-d H:i")
    text = _("Last log-in: %(when)s from %(address)s.") % {"when": when, "address": address or "?"}
    if failed:
        since = ngettext("%d attempt has failed since.", "%d attempts have failed since.", failed)
        text = f"{text} {since % failed}"
    return text


class LogIn(auth.LoginView):
    template_name = "agency/login.html"
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        return home_of(self.request.user)

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.get_user()
        if not second_factor.has_factor(user):
            enter(self.request, user, user.backend)
            return redirect(self.get_success_url())
        self.request.session[PENDING] = {
            "user": user.pk,
            "backend": user.backend,
            "hash": user.get_session_auth_hash(),
            "at": timezone.now().timestamp(),
        }
        return redirect(f"{reverse('agency:log_in_code')}?next={self.get_redirect_url()}")

    def form_invalid(self, form: Any) -> HttpResponse:
        typed = form.data.get("username", "")
        if typed:
            locked = getattr(self.request, "axes_locked_out", False)
            outcome = LogInOutcome.LOCKED if locked else LogInOutcome.WRONG_PASSWORD
            note(self.request, outcome, username=typed)
        return super().form_invalid(form)


class LogInCode(FormView):
    """The second step: the code, after the password or for a role that asks for one since."""

    template_name = "agency/account/log_in_code.html"
    form_class = CodeForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = self._who(request)
        if found is None:
            if PENDING in request.session:
                del request.session[PENDING]
                messages.info(request, _("The code came too late: begin again with the password."))
            return redirect("agency:login")
        self.person: User = found
        return super().dispatch(request, *args, **kwargs)

    def _who(self, request: Any) -> User | None:
        if request.user.is_authenticated:
            verified = DEVICE_ID_SESSION_KEY in request.session
            return None if verified or not second_factor.has_factor(request.user) else request.user
        pending = request.session.get(PENDING)
        if not pending:
            return None
        age = timedelta(seconds=timezone.now().timestamp() - pending["at"])
        user = User.objects.filter(pk=pending["user"], is_active=True).first()
        late = age > timedelta(minutes=settings.SECOND_STEP_MINUTES)
        if late or user is None or user.get_session_auth_hash() != pending["hash"]:
            return None
        return user

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            code = form.cleaned_data["code"]
            obstacles = second_factor.spend_code(user=self.person, code=code)
        if obstacles:
            note(self.request, LogInOutcome.WRONG_CODE, user=self.person)
            form.add_error("code", [str(each) for each in obstacles])
            return self.form_invalid(form)
        pending = self.request.session.pop(PENDING, None)
        if pending and not self.request.user.is_authenticated:
            enter(self.request, self.person, pending["backend"])
        otp_login(self.request, TOTPDevice.objects.filter(user=self.person, confirmed=True).first())
        return redirect(next_of(self.request))


class LogOut(auth.LogoutView):
    def post(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            note(request, LogInOutcome.LOGGED_OUT, user=request.user)
        return super().post(request, *args, **kwargs)


class Expired(TemplateView):
    """Why the session ended, and the way back to where one was."""

    template_name = "agency/account/expired.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        minutes = self.request.GET.get("minutes", "")
        return super().get_context_data(
            next=next_of(self.request, "/"),
            minutes=int(minutes) if minutes.isascii() and minutes.isdigit() else None,
            **kwargs,
        )


@never_cache
@require_POST
def alive(request: HttpRequest) -> HttpResponse:
    """Whoever looks at the page says that they are still there."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    request.session[sessions.SEEN] = int(timezone.now().timestamp())
    return HttpResponse(status=204)
