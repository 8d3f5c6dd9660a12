"""Orders of the administration at the desk: the list, the page, and the acts of both sides."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.generic import DetailView

from agency.forms import ReasonForm
from agency.home import Matter, desk_queue
from agency.models import User
from agency.permissions import Act
from agency.reasons import reason
from agency.rules import Obstacle
from agency.services.calendar import office
from agency.views.pages import ActPage, ActRequired, KeysetList
from institutions.models import Institution
from supervision import rules
from supervision.enums.orders import OPEN_ORDERS, OrderKind, OrderState
from supervision.forms.orders import (
    AcceptForm,
    AnswerForm,
    AskExtensionForm,
    DemandForm,
    GrantExtensionForm,
    OrderFilter,
    OrderForm,
)
from supervision.models import AdministrationOrder, Case, OrderExtension
from supervision.permissions import orders as can
from supervision.permissions.cases import REGISTER_CLUE, VIEW_CASES
from supervision.services import orders

QUEUE_LENGTH = 50
Sentences = Sequence[str | Promise]


class OrderList(ActRequired, KeysetList):
    act = VIEW_CASES
    template_name = "supervision/desk/orders.html"
    order_field = "-ordered_on"
    filterset_class = OrderFilter

    def get_queryset(self) -> Any:
        return AdministrationOrder.objects.select_related(
            "institution", "case", "ordered_by", "letter"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_order=can.ORDER_HANDLING.allows(self.user), **kwargs)


class OrderPage(ActRequired, DetailView):
    act = VIEW_CASES
    template_name = "supervision/desk/order.html"
    context_object_name = "order"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> Any:
        return AdministrationOrder.objects.select_related(
            "institution__region", "case__region", "ordered_by", "letter"
        ).prefetch_related(
            "answers__files",
            "answers__given_by",
            "answers__judged_by",
            "extensions__asked_by",
            "extensions__decided_by",
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        order = self.object
        return super().get_context_data(
            buttons=buttons(order, self.user, timezone.localdate()),
            facts=[
                (_("Institution"), f"{order.institution.name} ({order.institution.code})"),
                (_("Kind"), order.get_kind_display()),
                (_("Transferred lead"), order.lead),
                (_("Ordered on"), order.ordered_on),
                (_("Ordered by"), order.ordered_by),
            ],
            may_register=order.kind == OrderKind.HANDLE
            and order.case_id is None
            and order.is_open
            and REGISTER_CLUE.allows(self.user),
            **kwargs,
        )


def asked_of(order: AdministrationOrder) -> OrderExtension | None:
    """The request for more time that waits; from what is prefetched where it is."""
    if not order.is_open:
        return None
    return next((each for each in order.extensions.all() if not each.outcome), None)


def obstacles_to(act: Act, order: AdministrationOrder, on: date) -> list[Obstacle]:
    """Return why this cannot be done with the order, as far as is known before the form."""
    if act is can.ANSWER_ORDER:
        return rules.answer_obstacles(
            state=order.state, kind=order.kind, has_case=order.case_id is not None
        )
    if act is can.ASK_EXTENSION:
        return rules.asking_obstacles(
            state=order.state,
            due_on=order.due_on,
            wanted_on=None,
            on=on,
            asked=asked_of(order) is not None,
        )
    if act in (can.GRANT_EXTENSION, can.REFUSE_EXTENSION):
        return rules.granting_obstacles(
            asked=asked_of(order) is not None, due_before=None, due_on=None
        )
    return rules.judging_obstacles(state=order.state)


# In the order of the buttons; the acts of more time only where they mean something.
PAGES: list[tuple[Act, str, tuple[str, ...]]] = [
    (can.ANSWER_ORDER, "answer_order", OPEN_ORDERS),
    (can.ASK_EXTENSION, "order_ask", OPEN_ORDERS),
    (can.ACCEPT_ANSWER, "order_accept", (OrderState.ANSWERED,)),
    (can.DEMAND_MORE, "order_more", (OrderState.ANSWERED,)),
    (can.GRANT_EXTENSION, "order_grant", OPEN_ORDERS),
    (can.REFUSE_EXTENSION, "order_refuse", OPEN_ORDERS),
]
_ONLY_IF_ASKED = (can.GRANT_EXTENSION, can.REFUSE_EXTENSION)


def buttons(order: AdministrationOrder, user: User, on: date) -> list[dict[str, Any]]:
    """Return the acts that fit the order's state, of the user's roles only."""
    return [
        {
            "act": act,
            "url": reverse(f"supervision_desk:{page}", args=[order.number]),
            "obstacles": obstacles_to(act, order, on),
        }
        for act, page, states in PAGES
        if order.state in states
        and act.allows(user)
        and (act not in _ONLY_IF_ASKED or asked_of(order) is not None)
    ]


# --- acts ---------------------------------------------------------------------------------------


class GiveOrder(ActPage):
    """An order with or without a case (?case=), for an institution (?institution=), from what
    the supervision view shows (?text=).
    """

    act = can.ORDER_HANDLING
    form_class = OrderForm

    def subject(self) -> Any:
        self.case = self._given("case", Case.objects.select_related("institution"), "number")
        self.institution = self._given("institution", Institution.objects.all(), "pk")
        if self.case:
            self.institution = self.case.institution
        return self.case or self.institution or _("Orders of the administration")

    def _given(self, name: str, rows: Any, field: str) -> Any:
        key = self.request.GET.get(name)
        if not key:
            return None
        if field == "pk" and not key.isdecimal():
            raise Http404
        return get_object_or_404(rows, **{field: key})

    def stamp(self) -> str:
        return f"{self.case.state}.{self.case.orders.count()}" if self.case else ""

    def obstacles(self) -> list[Obstacle]:
        return rules.order_obstacles(state=self.case.state) if self.case else []

    def initial(self) -> dict[str, Any]:
        return {
            "institution_code": self.institution.code if self.institution else "",
            "text": self.request.GET.get("text", "")[:2000],
        }

    def consequences(self) -> Sentences:
        due, _basis = rules.order_period(
            timezone.localdate(), office(on=timezone.localdate(), region=self.user.region)
        )
        return [
            _("A numbered letter goes to the agency."),
            _("Without a day of your own it is due on %(day)s.") % {"day": due.on},
            _("The audit officers are told; you are told of the report and of a delay."),
        ]

    def perform(self, form: Any) -> AdministrationOrder:
        data, now = form.cleaned_data, timezone.localtime()
        return orders.order_handling(
            institution=self.case.institution if self.case else data["institution"],
            case_id=self.case.pk if self.case else None,
            kind=OrderKind(data["kind"]),
            lead=data["lead"],
            text=data["text"],
            due_on=data["due_on"],
            by=self.user,
            on=now.date(),
            at=now,
        )

    def back_url(self) -> str:
        if self.case:
            return self.case.get_absolute_url()
        return reverse("supervision_desk:orders")


class OrderAct(ActPage):
    object: AdministrationOrder

    def subject(self) -> AdministrationOrder:
        rows = AdministrationOrder.objects.select_related(
            "institution__region", "case__region", "ordered_by"
        )
        return get_object_or_404(rows, number=self.kwargs["number"])

    def obstacles(self) -> list[Obstacle]:
        return obstacles_to(self.act, self.object, timezone.localdate())

    def doer(self) -> dict[str, Any]:
        now = timezone.localtime()
        return {"order_id": self.object.pk, "by": self.user, "on": now.date(), "at": now}


class Answer(OrderAct):
    act = can.ANSWER_ORDER
    form_class = AnswerForm

    def consequences(self) -> Sentences:
        return [
            _("The report and its files go to %s.") % self.object.ordered_by,
            _("The administration accepts it or demands more."),
        ]

    def perform(self, form: Any) -> AdministrationOrder:
        data = form.cleaned_data
        return orders.answer_order(answer=data["answer"], files=data["attachments"], **self.doer())


class Accept(OrderAct):
    act = can.ACCEPT_ANSWER
    form_class = AcceptForm

    def consequences(self) -> Sentences:
        return [_("The order is done with; its case can be closed.")]

    def perform(self, form: Any) -> AdministrationOrder:
        return orders.accept_answer(text=form.cleaned_data["text"], **self.doer())


class DemandMore(OrderAct):
    act = can.DEMAND_MORE
    form_class = DemandForm

    def consequences(self) -> Sentences:
        return [_("A numbered letter goes to the agency; it reports again.")]

    def perform(self, form: Any) -> AdministrationOrder:
        data = form.cleaned_data
        return orders.demand_more(text=data["text"], due_on=data["due_on"], **self.doer())


class AskExtension(OrderAct):
    act = can.ASK_EXTENSION
    form_class = AskExtensionForm

    def consequences(self) -> Sentences:
        return [_("The deadline runs on until the administration grants more time.")]

    def perform(self, form: Any) -> AdministrationOrder:
        data = form.cleaned_data
        return orders.ask_extension(
            wanted_on=data["wanted_on"], reason=data["reason"], **self.doer()
        ).order


class GrantExtension(OrderAct):
    act = can.GRANT_EXTENSION
    form_class = GrantExtensionForm

    def initial(self) -> dict[str, Any]:
        asked = asked_of(self.object)
        return {"due_on": asked.wanted_on} if asked else {}

    def consequences(self) -> Sentences:
        asked = asked_of(self.object)
        return [asked.reason] if asked else []

    def perform(self, form: Any) -> AdministrationOrder:
        data = form.cleaned_data
        return orders.grant_extension(due_on=data["due_on"], reason=data["reason"], **self.doer())


class RefuseExtension(OrderAct):
    act = can.REFUSE_EXTENSION
    form_class = ReasonForm

    def consequences(self) -> Sentences:
        return [_("It stays due on %(day)s.") % {"day": self.object.due_on}]

    def perform(self, form: Any) -> AdministrationOrder:
        return orders.refuse_extension(reason=form.cleaned_data["reason"], **self.doer())


# --- what waits for me --------------------------------------------------------------------------


def matter_of(order: AdministrationOrder, act: Act, url: str = "") -> Matter:
    return Matter(
        title=str(reason(_("Order of the administration: %(number)s"), number=order.number)),
        institution=order.institution.name,
        state=OrderState(order.state),
        url=url or order.get_absolute_url(),
        act=act.label,
        due_on=order.due_on if order.is_open else None,
        provisional=order.due_provisional,
    )


@desk_queue
def orders_due(user: User, on: date) -> Iterable[Matter]:
    if not can.ANSWER_ORDER.allows(user):
        return []
    rows = AdministrationOrder.objects.unanswered().select_related("institution")
    return [
        matter_of(each, can.ANSWER_ORDER)
        if each.case_id or each.kind == OrderKind.SUPPLEMENT
        else matter_of(each, REGISTER_CLUE, f"{reverse('supervision_desk:new')}?order={each.pk}")
        for each in rows.order_by("due_on", "pk")[:QUEUE_LENGTH]
    ]


@desk_queue
def orders_to_judge(user: User, on: date) -> Iterable[Matter]:
    """Reports back, and requests for more time, that wait for the administration."""
    if not can.ACCEPT_ANSWER.allows(user):
        return []
    asked = Exists(OrderExtension.objects.filter(order=OuterRef("pk"), outcome=""))
    rows = (
        AdministrationOrder.objects.filter(
            Q(state=OrderState.ANSWERED) | Q(asked, state__in=OPEN_ORDERS)
        )
        .select_related("institution")
        .order_by("due_on", "pk")
    )
    return [
        matter_of(
            each,
            can.ACCEPT_ANSWER if each.state == OrderState.ANSWERED else can.GRANT_EXTENSION,
        )
        for each in rows[:QUEUE_LENGTH]
    ]
