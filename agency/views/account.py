"""Logging in and out, the password, the inbox."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import views as auth
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import Notice
from agency.permissions import USE_DESK, USE_PORTAL
from agency.templatetags.office import home_of
from agency.views.pages import KeysetList


class LogIn(auth.LoginView):
    template_name = "agency/login.html"
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        return home_of(self.request.user)


class LogOut(auth.LogoutView):
    pass


class ChangePassword(auth.PasswordChangeView):
    template_name = "agency/password.html"
    success_url = reverse_lazy("agency:notices")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("Your password has been changed."))
        return super().form_valid(form)


class Notices(LoginRequiredMixin, KeysetList):
    """The inbox of the user who looks."""

    request: Any
    template_name = "agency/notices.html"
    order_field = "-created_at"

    def get_queryset(self) -> Any:
        return Notice.objects.filter(recipient=self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        area = (
            "desk" if USE_DESK.allows(user) else "portal" if USE_PORTAL.allows(user) else "public"
        )
        return super().get_context_data(layout=f"agency/{area}.html", **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        unread = Notice.objects.filter(recipient=self.request.user, read_at=None)
        unread.update(read_at=timezone.now())
        return redirect("agency:notices")
