"""Where does my matter stand: the public page of a receipt, and the receipt itself to print."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.generic import View

from agency.clocks import Duty
from agency.forms.status import StatusForm
from agency.receipts import receipt_facts
from agency.services.status import (
    PublicStatus,
    days_of,
    matter_of,
    public_status,
    unknown_receipt,
)
from agency.views.strangers import QUERIES, count_stranger, rate_obstacle


class Status(View):
    """The form of number and code, and what they lead to."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = "number" in request.GET
        form = StatusForm(request.GET if asked else None)
        if not asked:
            return self._answer(form)
        rate = count_stranger(request, QUERIES)
        if rate.is_over:
            form.is_valid()
            form.add_error(None, str(rate_obstacle(rate)))
            return self._answer(form, status=429)
        if not form.is_valid():
            return self._answer(form, status=400)
        found = public_status(**form.cleaned_data, on=timezone.localdate())
        if found is None:
            form.add_error(None, str(unknown_receipt()))
            return self._answer(form, status=404)
        return self._answer(form, found)

    def _answer(
        self, form: StatusForm, found: PublicStatus | None = None, status: int = 200
    ) -> HttpResponse:
        context: dict[str, Any] = {"form": form, "status": found}
        if found is not None:
            context |= {
                "turn": words_of_turn(found),
                "days": days_of(found),
                "receipt": receipt_facts(found.number),
            }
        template = "agency/status/status.html" if found else "agency/status/ask.html"
        response = render(self.request, template, context, status=status)
        add_never_cache_headers(response)
        return response


class Receipt(View):
    """The receipt alone, made to be printed. Nothing stands on it that the code does not open."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if count_stranger(request, QUERIES).is_over:
            return render(request, "agency/status/ask.html", {"form": StatusForm()}, status=429)
        number, code = request.GET.get("number", ""), request.GET.get("code", "")
        found = matter_of(number, code)
        if found is None:
            raise Http404
        kind, row = found
        clock = kind.promised(row)
        context = {
            "receipt": receipt_facts(kind.number_of(row)),
            "label": kind.label_of(row),
            "received_at": getattr(row, kind.received),
            "due_on": clock.due_of(row) if clock else None,
            "status_address": f"{settings.PUBLIC_URL}{reverse('agency:status')}",
        }
        return render(request, "agency/status/receipt.html", context)


def words_of_turn(status: PublicStatus) -> str:
    if status.turn is None:
        return _("The matter is at its end: nobody waits any more.")
    if status.turn is Duty.THEIRS:
        return _("It is your turn: the agency waits for you.")
    if status.turn is Duty.BOTH:
        return _("It is the turn of both sides.")
    return _("It is the agency's turn: you need not do anything.")
