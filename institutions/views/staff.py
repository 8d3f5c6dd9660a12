"""The register and the filings at the desk."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.home import navigation
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired
from institutions.forms import RegisterFilter, VerifyForm
from institutions.models import Institution
from institutions.panels import DESK_PANELS, drawn
from institutions.permissions.register import (
    READ_ACCOUNT,
    VERIFY_ENTRY,
    VIEW_INSTITUTIONS,
    verification_obstacles,
)
from institutions.services.history import as_on, register_steps
from institutions.services.registry import register_facts, verify_entry
from institutions.views.days import chosen_day
from institutions.views.register import RegisterList

navigation("desk", _("Institutions"), "institutions_desk:list", VIEW_INSTITUTIONS, order=10)

SHOWN_FACTS = 50


class InstitutionList(ActRequired, RegisterList):
    act = VIEW_INSTITUTIONS
    template_name = "institutions/desk/list.html"
    filterset_class = RegisterFilter

    def get_queryset(self) -> QuerySet[Institution]:
        return Institution.objects.visible_to(self.user).select_related("region")


class InstitutionPage(ActRequired, DetailView):
    act = VIEW_INSTITUTIONS
    template_name = "institutions/desk/detail.html"
    context_object_name = "institution"

    def get_queryset(self) -> QuerySet[Institution]:
        return Institution.objects.visible_to(self.user).select_related("region")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        institution, user = self.object, self.user
        form, on = chosen_day(self.request)
        then = as_on(institution, on)
        buttons = []
        if READ_ACCOUNT.allows(user) and then.bank_account:
            url = reverse("institutions_desk:account", args=[institution.pk])
            buttons.append({"act": READ_ACCOUNT, "url": f"{url}?on={on:%Y-%m-%d}"})
        if VERIFY_ENTRY.allows(user) and not institution.is_verified:
            url = reverse("institutions_desk:verify", args=[institution.pk])
            obstacles = verification_obstacles(institution, user)
            buttons.append({"act": VERIFY_ENTRY, "url": url, "obstacles": obstacles})
        return super().get_context_data(
            day_form=form,
            on=on,
            is_today=on == timezone.localdate(),
            then=then,
            facts=register_facts(then),
            panels=drawn(DESK_PANELS, institution, timezone.localdate(), self.request),
            changes=institution.changes.with_content()[:10],
            values=institution.facts.select_related("change").order_by("-effective_from", "field")[
                :SHOWN_FACTS
            ],
            steps=register_steps(institution),
            buttons=buttons,
            **kwargs,
        )


class Verify(ActPage):
    act = VERIFY_ENTRY
    form_class: Any = VerifyForm

    def subject(self) -> Institution:
        return get_object_or_404(Institution, pk=self.kwargs["pk"])

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in VerifyForm.Meta.fields}

    def stamp(self) -> str:
        return str(self.object.code)

    def obstacles(self) -> Sequence[Obstacle]:
        return verification_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The institution is on the public register from now on."),
            _("It may have an agreement."),
            _("Its national code can never be changed again."),
        ]

    def perform(self, form: VerifyForm) -> Institution:
        return verify_entry(
            institution_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
            **form.cleaned_data,
        )
