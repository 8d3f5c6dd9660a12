"""Supplements: drawn up under an agreement, signed, given up, ended with it (A-02, B-15)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.generic import DetailView

from agency.forms import ReasonForm
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired
from agreements.enums.life import AgreementState
from agreements.enums.templates import TextKind
from agreements.enums.texts import SupplementState
from agreements.forms import texts as forms_of_texts
from agreements.models import Agreement, Supplement
from agreements.permissions.agreements import VIEW_AGREEMENTS, VIEW_OWN_AGREEMENTS
from agreements.permissions.supplements import (
    CANCEL_SUPPLEMENT,
    DRAW_UP_SUPPLEMENT,
    SIGN_SUPPLEMENT,
    supplement_obstacles,
    supplementing_obstacles,
)
from agreements.services.supplements import cancel_supplement, sign_supplement
from agreements.services.texts.documents import seal_if_possible
from agreements.services.texts.drafting import draw_up_supplement
from agreements.services.texts.in_force import current_text
from agreements.services.texts.signatures import head_obstacles


class SupplementPage(ActRequired, DetailView):
    act = VIEW_AGREEMENTS
    template_name = "agreements/desk/supplement.html"
    context_object_name = "supplement"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> QuerySet[Supplement]:
        return Supplement.objects.visible_to(self.user).with_parts().select_related("application")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        supplement, user = self.object, self.user
        table = [
            ("supplement_sign", SIGN_SUPPLEMENT, lambda: sign_obstacles(supplement, user)),
            ("supplement_cancel", CANCEL_SUPPLEMENT, list),
        ]
        is_draft = supplement.state == SupplementState.DRAFT
        buttons = [
            {
                "act": act,
                "url": reverse(f"agreements_desk:{name}", args=[supplement.number]),
                "obstacles": obstacles(),
            }
            for name, act, obstacles in table
            if is_draft and act.allows(user)
        ]
        return super().get_context_data(
            facts=supplement_facts(supplement),
            own_text=current_text(supplement),
            filing=supplement.filings.first(),
            buttons=buttons,
            **kwargs,
        )


class OwnSupplement(ActRequired, DetailView):
    act = VIEW_OWN_AGREEMENTS
    template_name = "agreements/portal/supplement.html"
    context_object_name = "supplement"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> QuerySet[Supplement]:
        return Supplement.objects.visible_to(self.user).with_parts()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        supplement = self.object
        return super().get_context_data(
            facts=supplement_facts(supplement), own_text=current_text(supplement), **kwargs
        )


def supplement_facts(supplement: Supplement) -> list[tuple[Any, Any]]:
    facts: list[tuple[Any, Any]] = [
        (_("Kind of text"), supplement.get_kind_display()),
        (_("Agreement"), supplement.agreement),
        (_("Institution"), supplement.agreement.institution),
        (_("Valid from"), supplement.valid_from),
        (_("Valid to"), supplement.valid_to),
        (_("Signed on"), supplement.signed_on or "—"),
    ]
    if supplement.institution is not None:
        facts.append((_("Internet hospital"), supplement.institution))
    if supplement.year:
        facts.append((_("Year"), supplement.year))
    if supplement.ended_on:
        facts.append((pgettext_lazy("agreement", "Last day"), supplement.ended_on))
    return facts


def sign_obstacles(supplement: Supplement, user: Any) -> list[Obstacle]:
    return supplement_obstacles(supplement, user) or head_obstacles(supplement, user)


class DrawUpSupplement(ActPage):
    act = DRAW_UP_SUPPLEMENT
    form_class: Any = forms_of_texts.SupplementForm

    def subject(self) -> Agreement:
        rows = Agreement.objects.visible_to(self.user).select_related("institution", "region")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def stamp(self) -> str:
        return f"{self.object.state}.{self.object.supplements.count()}"

    def initial(self) -> dict[str, Any]:
        agreement, today = self.object, timezone.localdate()
        is_fixed = self._is_fixed
        first = max(agreement.valid_from, date(today.year, 1, 1) if is_fixed else today)
        return {
            "kind": TextKind.YEARLY if is_fixed else TextKind.AMENDMENT,
            "valid_from": min(first, agreement.valid_to),
            "valid_to": agreement.valid_to,
        }

    @property
    def _is_fixed(self) -> bool:
        text = current_text(self.object)
        return text is not None and text.kind == TextKind.FIXED

    def obstacles(self) -> Sequence[Obstacle]:
        agreement = self.object
        return supplementing_obstacles(
            agreement,
            TextKind.AMENDMENT,
            self.user,
            first=agreement.valid_from,
            last=agreement.valid_to,
            is_fixed=False,
        )

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("Its text is drawn up from the template in force; both sides negotiate and sign it."),
            _("It ends with the agreement at the latest."),
        ]

    def perform(self, form: forms.Form) -> Supplement:
        return draw_up_supplement(
            self.object.pk, by=self.user, at=timezone.now(), **form.cleaned_data
        )


class OfSupplement(ActPage):
    def subject(self) -> Supplement:
        rows = Supplement.objects.visible_to(self.user).with_parts()
        return get_object_or_404(rows, number=self.kwargs["number"])

    @property
    def _common(self) -> dict[str, Any]:
        return {"supplement_id": self.object.pk, "by": self.user, "at": timezone.now()}


class SignSupplement(OfSupplement):
    act = SIGN_SUPPLEMENT
    form_class: Any = forms_of_texts.ScanForm

    def obstacles(self) -> Sequence[Obstacle]:
        return sign_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("Both sides have then signed; the supplement stands."),
            _("It is to be filed with the administration; the institution is told."),
        ]

    def perform(self, form: forms.Form) -> Supplement:
        supplement = sign_supplement(**self._common, **form.cleaned_data)
        seal_if_possible(supplement, at=timezone.now())
        return supplement


class CancelSupplement(OfSupplement):
    act = CANCEL_SUPPLEMENT
    form_class = ReasonForm

    def obstacles(self) -> Sequence[Obstacle]:
        return supplement_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [_("The supplement never takes effect; its record stays.")]

    def perform(self, form: forms.Form) -> Supplement:
        return cancel_supplement(reason=form.cleaned_data["reason"], **self._common)


def can_be_supplemented(agreement: Agreement) -> bool:
    return agreement.state in (
        AgreementState.SIGNED,
        AgreementState.EFFECTIVE,
        AgreementState.SUSPENDED,
    )
