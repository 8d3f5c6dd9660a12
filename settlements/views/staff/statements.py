"""Statements at the desk: the list, the page of one, its order on paper, what waits for whom."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.home import Matter, desk_queue, navigation
from agency.models import User
from agency.permissions import Act
from agency.views.pages import ActRequired, KeysetList
from institutions.permissions.register import READ_ACCOUNT
from settlements import permissions
from settlements.enums import PaymentOrderState, Post, StatementState
from settlements.forms.statements import StatementFilter
from settlements.models import CollectiveDecision, PaymentOrder, Statement
from settlements.permissions import VIEW_STATEMENTS
from settlements.services.payments import (
    closing_obstacles,
    order_obstacles,
    order_terms,
    payment_obstacles,
)
from settlements.services.statements import audit_obstacles
from settlements.views.money import marked_overdue, money_facts

navigation(
    "desk",
    _("Statements"),
    "settlements_desk:statement_list",
    VIEW_STATEMENTS,
    order=40,
    rules=("B-04", "B-07"),
)

QUEUE_LENGTH = 50
PEOPLE = (
    "reviewer",
    "settlement_officer",
    "audit_officer",
    "payment_officer",
    "paid_by",
    "late_explained_by",
    "late_approved_by",
)
_STEPS = {
    StatementState.DECLARED: (permissions.AUDIT_STATEMENT, Post.REVIEW),
    StatementState.AUDITED: (permissions.APPROVE_STATEMENT, Post.SETTLEMENT),
    StatementState.APPROVED: (permissions.VERIFY_STATEMENT, Post.VERIFICATION),
    StatementState.VERIFIED: (permissions.ISSUE_ORDER, Post.PAYMENT),
}


@desk_queue
def statements_waiting(user: User, on: date) -> Iterator[Matter]:
    """Statements whose next act is the user's, and not barred to them by an earlier one; delays
    whose reason waits for the head.
    """
    wanted, acts = Q(), {}
    for state, (act, post) in _STEPS.items():
        if not act.allows(user):
            continue
        acts[state] = act
        mine = Q()
        for other in Post:
            if other != post:
                mine |= Q(**{f"{other.field}__in": user.counts_as})
        wanted |= Q(state=state) & ~mine
    unheard = (
        Q(late_approved_by__isnull=True)
        & ~Q(late_reason="")
        & ~Q(late_explained_by__in=user.counts_as)
    )
    if permissions.APPROVE_DELAY.allows(user):
        wanted |= unheard
    if not wanted:
        return
    rows = Statement.objects.open().filter(wanted).select_related("institution", "order")
    for statement in rows.order_by("due_on", "pk")[:QUEUE_LENGTH]:
        act = acts.get(StatementState(statement.state), permissions.APPROVE_DELAY)
        if act is permissions.ISSUE_ORDER:
            act = _payment_act(statement)
        yield Matter(
            title=gettext("Statement %(month)s · %(amount)s CNY")
            % {"month": f"{statement.month:%Y-%m}", "amount": f"{statement.payable:,.2f}"},
            institution=statement.institution.name,
            state=StatementState(statement.state),
            url=statement.get_absolute_url(),
            act=act.label,
            due_on=statement.due_on,
            provisional=statement.due_provisional,
        )


def _payment_act(statement: Statement) -> Act:
    if statement.payable <= 0:
        return permissions.CLOSE_STATEMENT
    if hasattr(statement, "order"):
        return permissions.RECORD_PAYMENT
    return permissions.ISSUE_ORDER


class StatementList(ActRequired, KeysetList):
    act = VIEW_STATEMENTS
    template_name = "settlements/desk/statement_list.html"
    order_field = "-declared_on"
    filterset_class = StatementFilter

    def get_queryset(self) -> QuerySet[Statement]:
        return Statement.objects.visible_to(self.request.user).select_related("institution")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return marked_overdue(super().get_context_data(**kwargs))


class StatementPage(ActRequired, DetailView):
    act = VIEW_STATEMENTS
    template_name = "settlements/desk/statement_detail.html"
    context_object_name = "statement"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> QuerySet[Statement]:
        return Statement.objects.visible_to(self.request.user).select_related(
            "batch", "institution__region", *PEOPLE
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        statement = self.object
        order = PaymentOrder.objects.filter(statement=statement).select_related("issued_by").first()
        return super().get_context_data(
            **money_facts(statement),
            order=order,
            may_read_account=READ_ACCOUNT.allows(self.request.user),
            decision=CollectiveDecision.objects.filter(statement=statement)
            .select_related("recorded_by", "attachment")
            .first(),
            buttons=self._buttons(order),
            people=list(statement.holders()),
            **kwargs,
        )

    def _buttons(self, order: PaymentOrder | None) -> list[dict[str, Any]]:
        statement, user = self.object, self.request.user
        if not user.is_agency_staff or not statement.is_open:
            return []
        return [
            {
                "act": act,
                "url": reverse(f"settlements_desk:statement_{name}", args=[statement.number]),
                "obstacles": obstacles,
            }
            for act, name, obstacles in next_acts(statement, user, order)
        ]


def next_acts(statement: Statement, user: User, order: PaymentOrder | None) -> Iterator[tuple]:
    """Yield the acts that come next, each with what stands against it."""
    today = timezone.localdate()
    if statement.state == StatementState.DECLARED:
        yield permissions.AUDIT_STATEMENT, "audit", audit_obstacles(statement, user)
    elif statement.state == StatementState.AUDITED:
        obstacles = permissions.approval_obstacles(statement, user)
        yield permissions.APPROVE_STATEMENT, "approve", obstacles
    elif statement.state == StatementState.APPROVED:
        obstacles = permissions.verification_obstacles(statement, user)
        yield permissions.VERIFY_STATEMENT, "verify", obstacles
    elif statement.payable <= 0:
        yield permissions.CLOSE_STATEMENT, "close", closing_obstacles(statement, user)
    elif order is not None:
        obstacles = payment_obstacles(statement, user, order, paid_on=today, today=today)
        yield permissions.RECORD_PAYMENT, "pay", obstacles
    if statement.state != StatementState.DECLARED and order is None and statement.payable > 0:
        terms = order_terms(statement, today)
        if statement.state == StatementState.VERIFIED:
            obstacles = order_obstacles(statement, user, order, terms)
            yield permissions.ISSUE_ORDER, "issue_order", obstacles
        if terms.needs_decision and terms.decision is None:
            obstacles = permissions.decision_obstacles(statement, user)
            yield permissions.RECORD_DECISION, "record_decision", obstacles
    yield from _delay_acts(statement, user, today)


def _delay_acts(statement: Statement, user: User, today: date) -> Iterator[tuple]:
    if not statement.is_overdue(today) or statement.late_approved_by_id:
        return
    obstacles = permissions.delay_obstacles(statement, user, today)
    yield permissions.EXPLAIN_DELAY, "explain_delay", obstacles
    if statement.late_reason:
        obstacles = permissions.delay_approval_obstacles(statement, user)
        yield permissions.APPROVE_DELAY, "approve_delay", obstacles


class OrderOnPaper(ActRequired, DetailView):
    """The payment order as it is printed and filed."""

    act = VIEW_STATEMENTS
    template_name = "settlements/desk/payment_order.html"
    context_object_name = "order"

    def get_object(self, queryset: Any = None) -> PaymentOrder:
        return get_object_or_404(
            PaymentOrder.objects.select_related(
                "statement__institution",
                "statement__batch",
                "issued_by",
                "paid_by",
                "decision",
                *(f"statement__{field}" for field in PEOPLE[:4]),
            ),
            statement__number=self.kwargs["number"],
            statement__in=Statement.objects.visible_to(self.request.user),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            people=list(self.object.statement.holders()),
            is_paid=self.object.state == PaymentOrderState.PAID,
            may_read_account=READ_ACCOUNT.allows(self.request.user),
            **kwargs,
        )
