"""Cascades at the desk: what was carried to other regions, and what they answer (B-17)."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.clocks import ends_on
from agency.forms import NoForm, ReasonForm
from agency.home import Matter, desk_queue, navigation
from agency.models import User
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired, KeysetList
from agreements.enums.cascade import CascadeState
from agreements.forms.cascade import AcceptProposalForm, CascadeFilter
from agreements.models import CascadeReceipt
from agreements.permissions.agreements import VIEW_AGREEMENTS
from agreements.permissions.cascade import (
    ACCEPT_PROPOSAL,
    ACKNOWLEDGE_CASCADE,
    DECLINE_PROPOSAL,
    acknowledging_obstacles,
    answering_obstacles,
)
from agreements.services.cascade_answers import (
    accept_proposal,
    acknowledge_receipt,
    decline_proposal,
)

QUEUE_LENGTH = 50

navigation(
    "desk",
    _("Cascades"),
    "agreements_desk:cascades",
    VIEW_AGREEMENTS,
    order=27,
    rules=("B-17",),
)


def _rows() -> QuerySet[CascadeReceipt]:
    return CascadeReceipt.objects.select_related(
        "agreement__institution", "agreement__region", "home__region", "region"
    )


@desk_queue
def receipts_waiting(user: User, on: date) -> Iterator[Matter]:
    """Receipts the user's region has to acknowledge, proposals it has to answer."""
    if not ACKNOWLEDGE_CASCADE.allows(user):
        return
    rows = _rows().waiting().for_office_of(user)  # type: ignore[attr-defined]
    for receipt in rows.order_by("due_on", "pk")[:QUEUE_LENGTH]:
        yield Matter(
            title=f"{receipt.get_kind_display()} {receipt.number}",
            institution=receipt.agreement.institution.name,
            state=CascadeState(receipt.state),
            url=receipt.get_absolute_url(),
            act=_("Answer") if receipt.is_proposal else ACKNOWLEDGE_CASCADE.label,
            due_on=ends_on(receipt.due_on, receipt.due_basis),
            provisional=receipt.due_provisional,
        )


class CascadeList(ActRequired, KeysetList):
    act = VIEW_AGREEMENTS
    template_name = "agreements/desk/cascades.html"
    order_field = "-delivered_at"
    filterset_class = CascadeFilter

    def get_queryset(self) -> QuerySet[CascadeReceipt]:
        return _rows()


class CascadePage(ActRequired, DetailView):
    act = VIEW_AGREEMENTS
    template_name = "agreements/desk/cascade.html"
    context_object_name = "receipt"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> QuerySet[CascadeReceipt]:
        return _rows().select_related(
            "agreement__institution",
            "agreement__region",
            "home__region",
            "region",
            "letter",
            "cause",
            "acknowledged_by",
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        receipt, user = self.object, self.user
        table = [("cascade_acknowledge", ACKNOWLEDGE_CASCADE, acknowledging_obstacles)]
        if receipt.is_proposal:
            table += [
                ("cascade_accept", ACCEPT_PROPOSAL, answering_obstacles),
                ("cascade_decline", DECLINE_PROPOSAL, answering_obstacles),
            ]
        buttons = [
            {
                "act": act,
                "url": reverse(f"agreements_desk:{name}", args=[receipt.number]),
                "obstacles": obstacles(receipt, user),
            }
            for name, act, obstacles in table
            if receipt.awaits_answer and act.allows(user)
        ]
        return super().get_context_data(
            buttons=buttons,
            suspensions=receipt.suspensions.order_by("starts_on"),
            **kwargs,
        )


class OfReceipt(ActPage):
    def subject(self) -> CascadeReceipt:
        return get_object_or_404(_rows(), number=self.kwargs["number"])


class Acknowledge(OfReceipt):
    act = ACKNOWLEDGE_CASCADE
    form_class = NoForm

    def obstacles(self) -> Sequence[Obstacle]:
        return acknowledging_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [_("The home region sees that the agency of your region has taken notice.")]

    def perform(self, form: NoForm) -> CascadeReceipt:
        return acknowledge_receipt(receipt_id=self.object.pk, by=self.user, at=timezone.now())


class Accept(OfReceipt):
    act = ACCEPT_PROPOSAL
    form_class: Any = AcceptProposalForm

    def initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def obstacles(self) -> Sequence[Obstacle]:
        return answering_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            gettext("Agreement %(number)s is in force again from the day you give.")
            % {"number": self.object.agreement},
            _("What the home region's check found counts here as well."),
            _("The institution and the administration are told."),
        ]

    def perform(self, form: AcceptProposalForm) -> CascadeReceipt:
        return accept_proposal(
            receipt_id=self.object.pk, by=self.user, at=timezone.now(), **form.cleaned_data
        )


class Decline(OfReceipt):
    act = DECLINE_PROPOSAL
    form_class = ReasonForm

    def obstacles(self) -> Sequence[Obstacle]:
        return answering_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            gettext("Agreement %(number)s stays suspended.") % {"number": self.object.agreement},
            _("The home region reads your reason."),
        ]

    def perform(self, form: ReasonForm) -> CascadeReceipt:
        return decline_proposal(
            receipt_id=self.object.pk,
            by=self.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )
