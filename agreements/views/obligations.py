"""Obligations at the desk and in the portal: lists, pages, what is entered, what waits."""

import csv
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.clocks import ends_on
from agency.home import Matter, desk_queue, navigation, portal_queue
from agency.models import User
from agency.rules import Obstacle
from agency.services.report_files import BOM, csv_text
from agency.views.pages import ActPage, ActRequired, KeysetList
from agreements.enums.measures import Direction, ObligationState
from agreements.forms.measures import ObligationFilter, PaymentForm
from agreements.models import Obligation
from agreements.permissions.measures import (
    ENTER_PAYMENT,
    RELEASE_PAYMENT,
    VIEW_MEASURES,
    VIEW_OWN_MEASURES,
)
from agreements.rules.measures import not_open, release_obstacles
from agreements.services.obligations import enter_payment, release
from agreements.views.blocks import own_blocks

QUEUE_LENGTH = 50
LONGEST_CSV = 20_000

navigation(
    "desk",
    _("Obligations"),
    "agreements_desk:obligations",
    VIEW_MEASURES,
    order=47,
    rules=("B-11",),
)
navigation(
    "portal",
    _("Obligations and blocks"),
    "agreements_portal:obligations",
    VIEW_OWN_MEASURES,
    order=45,
)


def _rows() -> QuerySet[Obligation]:
    return Obligation.objects.select_related("institution").prefetch_related("entries")


# --- what waits ---------------------------------------------------------------------------------


@desk_queue
def obligations_to_pay_back(user: User, on: date) -> Iterator[Matter]:
    """What the agency owes institutions, and what is overdue from them."""
    if not ENTER_PAYMENT.allows(user):
        return
    late = Obligation.objects.overdue(on=on).filter(direction=Direction.TO_FUND)
    rows = (Obligation.objects.ours() | late).select_related("institution")
    for each in rows.order_by("due_on", "pk")[:QUEUE_LENGTH]:
        yield _matter(each, each.get_absolute_url(), ENTER_PAYMENT.label)


@portal_queue
def obligations_to_pay(user: User, on: date) -> Iterator[Matter]:
    if not VIEW_OWN_MEASURES.allows(user):
        return
    rows = Obligation.objects.visible_to(user).theirs().select_related("institution")
    for each in rows.order_by("due_on", "pk")[:QUEUE_LENGTH]:
        yield _matter(each, each.get_portal_url(), _("Pay"))


def _matter(each: Obligation, url: str, act: str | Promise) -> Matter:
    return Matter(
        title=gettext("%(kind)s: %(amount)s CNY · %(number)s")
        % {
            "kind": each.get_kind_display(),
            "amount": f"{each.amount:,.2f}",
            "number": each.number,
        },
        institution=each.institution.name,
        state=ObligationState(each.state),
        url=url,
        act=act,
        due_on=ends_on(each.due_on, each.due_basis),
        provisional=each.due_provisional,
        plain=each.number,
    )


# --- lists and pages ----------------------------------------------------------------------------


class ObligationList(ActRequired, KeysetList):
    act = VIEW_MEASURES
    template_name = "agreements/desk/obligations.html"
    order_field = "-arose_on"
    filterset_class = ObligationFilter

    def get_queryset(self) -> QuerySet[Obligation]:
        return _rows().filter(pk__in=Obligation.objects.visible_to(self.user).values("pk"))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.GET.get("format") == "csv":
            rows = ObligationFilter(request.GET, self.get_queryset(), request=request).qs
            return as_csv(rows.order_by("-arose_on", "-pk")[:LONGEST_CSV])
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(today=timezone.localdate(), **kwargs)
        query = self.request.GET.copy()
        query["format"] = "csv"
        query.pop("after", None)
        return {**context, "csv_query": query.urlencode()}


def as_csv(rows: QuerySet[Obligation]) -> HttpResponse:
    response = HttpResponse(BOM, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="obligations.csv"'
    writer = csv.writer(response)
    writer.writerow(
        [
            gettext("Number"),
            gettext("Institution"),
            gettext("Kind"),
            gettext("Direction"),
            gettext("Amount"),
            gettext("Entered so far"),
            gettext("Outstanding"),
            gettext("State"),
            gettext("Due on"),
            gettext("Case"),
            gettext("Ground"),
        ]
    )
    for each in rows:
        cells = [
            each.number,
            each.institution.name,
            each.get_kind_display(),
            each.get_direction_display(),
            f"{each.amount:.2f}",
            f"{each.entered:.2f}",
            f"{each.outstanding:.2f}",
            each.get_state_display(),
            each.due_on,
            each.basis,
            each.ground,
        ]
        writer.writerow([csv_text(cell) for cell in cells])
    return response


class ObligationPage(ActRequired, DetailView):
    act = VIEW_MEASURES
    template_name = "agreements/desk/obligation.html"
    context_object_name = "obligation"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> QuerySet[Obligation]:
        rows = Obligation.objects.visible_to(self.user)
        return rows.select_related("institution", "agreement", "region", "letter").prefetch_related(
            "entries__by"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        obligation, today = self.object, timezone.localdate()
        wanted = {
            "obligation_pay": (ENTER_PAYMENT, payment_obstacles(obligation)),
            "obligation_release": (
                RELEASE_PAYMENT,
                release_obstacles(state=obligation.state, kind=obligation.kind),
            ),
        }
        buttons = [
            {
                "act": act,
                "url": reverse(f"agreements_desk:{name}", args=[obligation.number]),
                "obstacles": obstacles,
            }
            for name, (act, obstacles) in wanted.items()
            if act.allows(self.user) and not (act is RELEASE_PAYMENT and obstacles)
        ]
        overdue = obligation.is_overdue(today)
        return super().get_context_data(buttons=buttons, overdue=overdue, **kwargs)


def payment_obstacles(obligation: Obligation) -> list[Obstacle]:
    return [] if obligation.is_open else [not_open(obligation.state)]


class ObligationAct(ActPage):
    template_name = "agreements/desk/obligation_act.html"

    def subject(self) -> Obligation:
        return get_object_or_404(_rows(), number=self.kwargs["number"])


class EnterPayment(ObligationAct):
    act = ENTER_PAYMENT
    form_class: Any = PaymentForm

    def obstacles(self) -> Sequence[Obstacle]:
        return payment_obstacles(self.object)

    def initial(self) -> dict[str, Any]:
        return {"amount": self.object.outstanding, "on": timezone.localdate()}

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The entry stays for good; the institution is told."),
            _("With the last part the obligation is settled."),
        ]

    def perform(self, form: forms.Form) -> Obligation:
        return enter_payment(
            obligation_id=self.object.pk, by=self.user, at=timezone.now(), **form.cleaned_data
        )


class ReleasePayment(ObligationAct):
    act = RELEASE_PAYMENT

    def obstacles(self) -> Sequence[Obstacle]:
        return release_obstacles(state=self.object.state, kind=self.object.kind)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("Nothing more is withheld; the institution is told."),
            _("What statements have kept back already is to be paid back within the period."),
        ]

    def perform(self, form: forms.Form) -> Obligation:
        return release(
            obligation_id=self.object.pk,
            reason=form.cleaned_data["reason"],
            by=self.user,
            at=timezone.now(),
        )


# --- the portal ---------------------------------------------------------------------------------


class OwnObligations(ActRequired, KeysetList):
    act = VIEW_OWN_MEASURES
    template_name = "agreements/portal/obligations.html"
    order_field = "-arose_on"

    def get_queryset(self) -> QuerySet[Obligation]:
        return Obligation.objects.visible_to(self.user).prefetch_related("entries")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            today=timezone.localdate(), blocks=own_blocks(self.user), **kwargs
        )


class OwnObligation(ActRequired, DetailView):
    act = VIEW_OWN_MEASURES
    template_name = "agreements/portal/obligation.html"
    context_object_name = "obligation"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> QuerySet[Obligation]:
        rows = Obligation.objects.visible_to(self.user)
        return rows.select_related("institution", "agreement", "letter").prefetch_related("entries")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        overdue = self.object.is_overdue(timezone.localdate())
        return super().get_context_data(overdue=overdue, portal=True, **kwargs)
