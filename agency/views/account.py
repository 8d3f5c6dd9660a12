"""Logging in and out, the password, the inbox."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import views as auth
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from agency.templatetags.office import home_of


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
