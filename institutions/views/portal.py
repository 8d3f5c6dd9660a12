"""The institution's side: its home, its facts, its filings."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from agency.home import PORTAL_PANELS, PORTAL_QUEUES, gather, navigation
from agency.permissions import USE_PORTAL
from agency.views.pages import ActRequired
from institutions.models import Institution
from institutions.panels import WAITING_QUEUES, drawn
from institutions.permissions.changes import FILE_CHANGE
from institutions.permissions.register import READ_OWN_ACCOUNT, VIEW_OWN_INSTITUTION
from institutions.services.history import as_on
from institutions.services.registry import register_facts
from institutions.views.days import chosen_day

navigation("portal", _("Home"), "institutions_portal:home", USE_PORTAL, order=0)
navigation(
    "portal", _("My institution"), "institutions_portal:institution", VIEW_OWN_INSTITUTION, order=10
)


class OwnInstitution(ActRequired):
    """A page about the user's institution; an account without one is told what to do."""

    def own(self) -> Institution | None:
        rows = Institution.objects.visible_to(self.user)
        return rows.select_related("region").first()

    def nowhere(self) -> HttpResponse:
        request = self.request
        return render(request, "institutions/portal/no_institution.html", status=403)


class Home(OwnInstitution, View):
    act = USE_PORTAL

    def get(self, request: HttpRequest) -> HttpResponse:
        institution, today = self.own(), timezone.localdate()
        if institution is None:
            return self.nowhere()
        context = {
            "institution": institution,
            "asked": gather(PORTAL_QUEUES, self.user, today),
            "waiting": gather(WAITING_QUEUES, self.user, today),
            "panels": drawn(PORTAL_PANELS, institution, today, request),
        }
        return render(request, "institutions/portal/home.html", context)


class OwnPage(OwnInstitution, View):
    act = VIEW_OWN_INSTITUTION

    def get(self, request: HttpRequest) -> HttpResponse:
        institution = self.own()
        if institution is None:
            return self.nowhere()
        form, on = chosen_day(request)
        then = as_on(institution, on)
        account = f"{reverse('institutions_portal:account')}?on={on:%Y-%m-%d}"
        buttons: list[dict[str, Any]] = [
            {"act": FILE_CHANGE, "url": reverse("institutions_portal:change_new")},
            *([{"act": READ_OWN_ACCOUNT, "url": account}] if then.bank_account else []),
        ]
        context = {
            "institution": institution,
            "day_form": form,
            "on": on,
            "is_today": on == timezone.localdate(),
            "then": then,
            "facts": register_facts(then),
            "values": institution.facts.select_related("change").order_by(
                "-effective_from", "field"
            )[:50],
            "buttons": [each for each in buttons if each["act"].allows(request.user)],
        }
        return render(request, "institutions/portal/institution.html", context)
