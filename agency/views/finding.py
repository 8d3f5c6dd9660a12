"""The page behind the desk's search field."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.generic import View

from agency.finding import find_all
from agency.permissions import USE_DESK
from agency.views.pages import ActRequired

LONGEST_TEXT = 100


class Find(ActRequired, View):
    """Everything that what was typed leads to; a single matter is opened at once."""

    act = USE_DESK

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_TEXT]
        kinds: Any = find_all(text, self.user) if text else []
        every = [each for _label, rows in kinds for each in rows]
        if len(every) == 1:
            return redirect(every[0].url)
        return render(request, "agency/find.html", {"text": text, "kinds": kinds})
