"""Requests of institutions at the desk."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.generic import DetailView

from agency.forms import ReasonForm
from agency.rules import Obstacle
from agency.views.clock_acts import clock_buttons
from agency.views.pages import ActPage, ActRequired, KeysetList
from agreements.clocks.life import REQUEST_DECISION
from agreements.enums.life import RequestKind
from agreements.forms.life import OptionalReasonForm, RequestFilter
from agreements.models import AgreementRequest
from agreements.permissions.agreements import (
    ACCEPT_REQUEST,
    REFUSE_REQUEST,
    VIEW_AGREEMENTS,
    decision_obstacles,
)
from agreements.permissions.renewals import REVIEW_EXIT, exit_obstacles, reviewing_obstacles
from agreements.services import requests
from agreements.services.not_renewing import review_of


class RequestList(ActRequired, KeysetList):
    act = VIEW_AGREEMENTS
    template_name = "agreements/desk/requests.html"
    order_field = "-filed_at"
    filterset_class = RequestFilter

    def get_queryset(self) -> QuerySet[AgreementRequest]:
        return AgreementRequest.objects.visible_to(self.user).select_related(
            "agreement__institution"
        )


class RequestPage(ActRequired, DetailView):
    act = VIEW_AGREEMENTS
    template_name = "agreements/desk/request.html"
    context_object_name = "request_object"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> QuerySet[AgreementRequest]:
        return AgreementRequest.objects.visible_to(self.user).select_related(
            "agreement__institution", "filed_by", "decided_by"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        request = self.object
        obstacles = decision_obstacles(request, self.user)
        buttons = [
            {
                "act": act,
                "url": reverse(f"agreements_desk:{name}", args=[request.number]),
                "obstacles": obstacles,
            }
            for name, act in (("accept", ACCEPT_REQUEST), ("refuse", REFUSE_REQUEST))
            if act.allows(self.user)
        ]
        buttons += clock_buttons(REQUEST_DECISION, request, self.user)
        review = review_of(request) if request.needs_review else None
        if review is not None and REVIEW_EXIT.allows(self.user):
            buttons.append(
                {
                    "act": REVIEW_EXIT,
                    "url": reverse("agreements_desk:review_exit", args=[request.number]),
                    "obstacles": reviewing_obstacles(request, review),
                }
            )
        return super().get_context_data(
            facts=request_facts(request, with_names=True),
            buttons=buttons,
            review=review,
            **kwargs,
        )


def request_facts(request: AgreementRequest, *, with_names: bool) -> list[tuple[Any, Any]]:
    facts: list[tuple[Any, Any]] = [
        (_("Kind"), request.get_kind_display()),
        (_("Agreement"), request.agreement),
        (_("Wanted from"), request.wanted_on),
        (_("Wanted to"), request.wanted_to),
        (_("Filed on"), timezone.localtime(request.filed_at)),
        (_("Reason"), request.reason),
    ]
    if with_names:
        facts.append((_("Filed by"), request.filed_by))
    if request.decided_at:
        facts.append((_("Decided"), timezone.localtime(request.decided_at)))
        if with_names:
            facts.append((_("Decided by"), request.decided_by))
        facts.append((_("Reason of the decision"), request.decision_reason))
    return facts


class DecideRequest(ActPage):
    """An answer to a request."""

    def subject(self) -> AgreementRequest:
        rows = AgreementRequest.objects.visible_to(self.user).select_related(
            "agreement__institution", "agreement__region"
        )
        return get_object_or_404(rows, number=self.kwargs["number"])

    @property
    def _common(self) -> dict[str, Any]:
        return {"request_id": self.object.pk, "by": self.user, "at": timezone.now()}


class Accept(DecideRequest):
    act = ACCEPT_REQUEST
    form_class: type[forms.Form] = OptionalReasonForm

    def obstacles(self) -> Sequence[Obstacle]:
        day = max(timezone.localdate(), self.object.wanted_on)
        review = review_of(self.object) if self.object.needs_review else None
        return (
            decision_obstacles(self.object, self.user)
            or exit_obstacles(self.object, review)
            or requests.performing_obstacles(self.object, on=day)
        )

    def consequences(self) -> Sequence[str | Promise]:
        request = self.object
        facts = {"number": request.agreement, "day": request.wanted_on}
        lines = {
            RequestKind.SUSPEND: _("Agreement %(number)s is suspended from %(day)s."),
            RequestKind.DISSOLVE: _("Agreement %(number)s is dissolved from %(day)s, ground 12."),
            RequestKind.RESUME: _("Agreement %(number)s is in force again from %(day)s."),
            RequestKind.RENEW: _("A renewal is drawn up that begins on %(day)s."),
            RequestKind.NOT_RENEW: _("Agreement %(number)s ends at the end of its validity."),
        }
        result = [lines[RequestKind(request.kind)] % facts]
        if request.wanted_on > timezone.localdate() and request.kind not in (
            RequestKind.RENEW,
            RequestKind.NOT_RENEW,
        ):
            result.append(_("It happens by itself on that day."))
        return [*result, _("The institution is told.")]

    def perform(self, form: forms.Form) -> AgreementRequest:
        return requests.accept_request(**self._common, reason=form.cleaned_data["reason"])


class Refuse(DecideRequest):
    act = REFUSE_REQUEST
    form_class = ReasonForm

    def obstacles(self) -> Sequence[Obstacle]:
        return decision_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [_("Nothing changes."), _("The institution is told, with your reason.")]

    def perform(self, form: forms.Form) -> AgreementRequest:
        return requests.refuse_request(**self._common, reason=form.cleaned_data["reason"])
