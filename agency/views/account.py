"""One's own account: roles, stand-ins, log-ins, password, second factor."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth import views as auth
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView, View
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp import login as otp_login
from django_otp.plugins.otp_totp.models import TOTPDevice

from agency.enums import LogInOutcome
from agency.forms.account import CodeForm, SetUpForm
from agency.rules import Refusal
from agency.services import passwords, second_factor, sessions, stand_ins
from agency.views.areas import layout_of, next_of


class MyAccount(LoginRequiredMixin, TemplateView):
    """What the person may do, for whom else, and who has come in under their name."""

    request: Any
    template_name = "agency/account/account.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, today = self.request.user, timezone.localdate()
        return super().get_context_data(
            layout=layout_of(user),
            today=today,
            stand_ins=stand_ins.of_person(user),
            log_ins=sessions.recent(user),
            has_factor=second_factor.has_factor(user),
            codes_left=second_factor.recovery_codes_left(user),
            must_have_factor=second_factor.is_required(user),
            password_until=passwords.expires_on(user, today),
            **kwargs,
        )


class ChangePassword(auth.PasswordChangeView):
    template_name = "agency/password.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        due = self.request.session.get(sessions.PASSWORD_DUE)
        return super().get_context_data(
            layout=layout_of(self.request.user), due=due, next=next_of(self.request, "/"), **kwargs
        )

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.user
        password = form.cleaned_data["new_password1"]
        passwords.take_password(user=user, password=password, at=timezone.now())
        update_session_auth_hash(self.request, user)
        self.request.session.pop(sessions.PASSWORD_DUE, None)
        messages.success(self.request, _("Your password has been changed."))
        return redirect(next_of(self.request, reverse("agency:account")))


class SetUpFactor(LoginRequiredMixin, FormView):
    """The QR code, the secret as text, and the code that proves the app has it."""

    request: Any
    template_name = "agency/account/second_factor.html"
    form_class = SetUpForm

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.replaces = second_factor.has_factor(request.user)
        if self.replaces and DEVICE_ID_SESSION_KEY not in request.session:
            # Only who has the old factor may put another in its place.
            return redirect(f"{reverse('agency:log_in_code')}?next={next_of(request)}")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        device = second_factor.begin(user=self.request.user)
        secret = second_factor.secret_of(device)
        return super().get_context_data(
            layout=layout_of(self.request.user),
            qr=second_factor.qr_of(device),
            secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
            replaces=self.replaces,
            required=second_factor.is_required(self.request.user),
            next=next_of(self.request),
            **kwargs,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        user = self.request.user
        try:
            codes = second_factor.confirm(
                user=user, code=form.cleaned_data["code"], at=timezone.now()
            )
        except Refusal as refusal:
            form.add_error("code", [str(each) for each in refusal.obstacles])
            return self.form_invalid(form)
        otp_login(self.request, TOTPDevice.objects.filter(user=user, confirmed=True).first())
        return show_codes(self.request, codes)


def show_codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    """Show recovery codes, this once."""
    context = {"codes": codes, "layout": layout_of(request.user), "next": next_of(request)}
    response = render(request, "agency/account/recovery_codes.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


class RecoveryCodes(LoginRequiredMixin, FormView):
    """Ten new codes for who has a second factor, against a code."""

    request: Any
    template_name = "agency/account/renew_codes.html"
    form_class = CodeForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        left = second_factor.recovery_codes_left(self.request.user)
        return super().get_context_data(layout=layout_of(self.request.user), left=left, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        user, now = self.request.user, timezone.now()
        with transaction.atomic():
            obstacles = second_factor.spend_code(user=user, code=form.cleaned_data["code"])
            codes = [] if obstacles else second_factor.renew_codes(user=user, at=now)
        if obstacles:
            visit = sessions.visit_of(self.request)
            sessions.note(outcome=LogInOutcome.WRONG_CODE, visit=visit, at=now, user=user)
            form.add_error("code", [str(each) for each in obstacles])
            return self.form_invalid(form)
        return show_codes(self.request, codes)


class EndSessions(LoginRequiredMixin, View):
    """Log out everywhere, here too."""

    def post(self, request: Any) -> HttpResponse:
        sessions.end_all(user=request.user)
        sessions.note(
            outcome=LogInOutcome.LOGGED_OUT,
            visit=sessions.visit_of(request),
            at=timezone.now(),
            user=request.user,
        )
        logout(request)
        messages.success(request, _("You are logged out on every device."))
        return redirect("agency:login")
