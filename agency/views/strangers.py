"""Bases of the public pages that anybody may fill in, without an account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.generic import View

from agency.rules import Refusal
from agency.services.rates import FILINGS, QUERIES, HourlyRate, count_address, rate_obstacle

__all__ = ["FILINGS", "QUERIES", "StrangerPage", "count_stranger", "rate_obstacle"]

# A field people do not see and programs fill in.
HONEYPOT = "website_url"


def address_of(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR") or "unknown")


def count_stranger(request: HttpRequest, parameter: str) -> HourlyRate:
    """Count a filing or question of the request's address."""
    return count_address(address_of(request), parameter)


class StrangerPage(View):
    """A public form: its fields, what happens next, and the page of the receipt.

    Subclasses give `form_class`, `template_name`, `title` and `perform(form)`, which calls one
    service and returns the object filed; `next_url(result)` leads to its receipt. Filings are
    counted by address, a program that fills in the hidden field is thanked and forgotten, and a
    refusal goes into the form with everything typed kept.
    """

    form_class: type[Any]
    template_name = "agency/strangers/form.html"
    title: str | Promise = ""
    intro: str | Promise = ""
    submit_label: str | Promise = ""
    parameter = FILINGS

    def form(self, *data: Any) -> Any:
        return self.form_class(*data, initial=self.initial())

    def initial(self) -> dict[str, Any]:
        return {}

    def extra(self) -> dict[str, Any]:
        """What a template of one's own needs besides."""
        return {}

    def consequences(self) -> Sequence[str | Promise]:
        return ()

    def perform(self, form: Any) -> Any:
        raise NotImplementedError

    def next_url(self, result: Any) -> str:
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(self.form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST, request.FILES)
        rate = count_stranger(request, self.parameter)
        if rate.is_over:
            form.is_valid()
            form.add_error(None, str(rate_obstacle(rate)))
            return self.show(form, status=429)
        if request.POST.get(HONEYPOT):
            return render(request, "agency/strangers/thanks.html", {"title": self.title})
        if not form.is_valid():
            return self.show(form, status=400)
        try:
            result = self.perform(form)
        except Refusal as refusal:
            form.add_error(None, [str(each) for each in refusal.obstacles])
            return self.show(form, status=409)
        return redirect(self.next_url(result))

    def show(self, form: forms.Form, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "title": self.title,
            "intro": self.intro,
            "submit_label": self.submit_label or _("Submit"),
            "consequences": list(self.consequences()),
            "honeypot": HONEYPOT,
            **self.extra(),
        }
        return render(self.request, self.template_name, context, status=status)
