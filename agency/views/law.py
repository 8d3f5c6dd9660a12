"""The lawbook at the desk: every rule, its article, its tests, and a form to try it."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View

from agency.forms.law import LawbookFilter, LawForm, law_form
from agency.home import NAVIGATION, navigation
from agency.law_json import labels_of
from agency.lawbook import Law, QuestionError
from agency.models import Region, User
from agency.parameters import DEFINITIONS
from agency.parameters import shown as shown_number
from agency.permissions import USE_DESK
from agency.reasons import worded
from agency.services.in_force import parameters_on
from agency.services.laws import all_laws, law_by_id, offices, rule_tests
from agency.services.rule_sets import followers
from agency.views.pages import ActRequired

navigation("desk", _("Lawbook"), "agency_desk:lawbook", USE_DESK, order=80)


def workplaces(rule: str, user: User | AnonymousUser) -> list[dict[str, Any]]:
    """Return the pages of the desk on which a rule is at work and that the user may open."""
    return [
        {"label": each.label, "url": reverse(each.url_name)}
        for each in NAVIGATION["desk"]
        if rule in each.rules and each.act.allows(user)
    ]


def parameters_of(law: Law, values: Mapping[str, Decimal]) -> list[dict[str, Any]]:
    """Return the parameters a rule reads, each with its value in force."""
    return [
        {
            "key": key,
            "value": shown_number(values[key]) if key in values else "",
            "unit": DEFINITIONS[key].unit.label if key in DEFINITIONS else "",
        }
        for key in law.parameters
    ]


class Lawbook(ActRequired, TemplateView):
    act = USE_DESK
    template_name = "agency/lawbook.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wanted = LawbookFilter(self.request.GET)
        values = parameters_on(timezone.localdate())
        rows = [
            {
                "law": law,
                "parameters": parameters_of(law, values),
                "tests": rule_tests().get(law.id, ()),
                "workplaces": workplaces(law.id, self.request.user),
            }
            for law in wanted.chosen(all_laws())
        ]
        is_filtered = any(self.request.GET.values())
        return super().get_context_data(rows=rows, filter=wanted, is_filtered=is_filtered, **kwargs)


class AskLaw(ActRequired, View):
    """One rule. Asking changes nothing, so a question is an address and can be sent on."""

    act = USE_DESK

    def get(self, request: HttpRequest, rule: str) -> HttpResponse:
        law = law_by_id(rule)
        if law is None:
            raise Http404
        regions = list(Region.objects.order_by("code").values_list("code", "name"))
        form = law_form(law, regions)(request.GET or None)
        answer = ask_form(law, form) if form.is_bound else None
        context = {
            "law": law,
            "form": form,
            "answer": answer,
            "tests": rule_tests().get(law.id, ()),
            "workplaces": workplaces(law.id, request.user),
            "parameters": parameters_of(law, parameters_on(timezone.localdate())),
            "followers": followers(law.id, timezone.localdate()),
        }
        return render(request, "agency/law.html", context, status=400 if form.errors else 200)


def ask_form(law: Law, form: LawForm) -> dict[str, Any] | None:
    """Return the answer to the form's question as a page shows it, None if it was refused."""
    if not form.is_valid():
        return None
    question = form.question()
    try:
        answer = law.ask(question, offices(today=timezone.localdate()))
    except QuestionError as error:
        form.add_question_error(error)
        return None
    facts = [
        (label, shown(getattr(answer, name)))
        for name, label in labels_of(law.answer).items()
        if name != "because"
    ]
    return {
        "facts": facts,
        "because": [str(each) for each in answer.because],
        "json": json.dumps(question, ensure_ascii=False),
    }


def shown(value: Any) -> Any:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return None if value is None or value == () else worded(value)
