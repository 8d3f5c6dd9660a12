"""The pages of the acts on a statement, one class each."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agency.forms import NoForm
from agency.rules import Obstacle
from agency.views.pages import ActPage
from settlements import permissions
from settlements.forms.statements import DecisionForm, DelayForm, PaymentForm
from settlements.models import PaymentOrder, Statement
from settlements.services import approvals, payments, statements
from settlements.views.staff.statements import PEOPLE

Sentences = Sequence[str | Promise]


class StatementAct(ActPage):
    form_class: type[forms.Form] = NoForm
    template_name = "settlements/desk/statement_act.html"
    object: Statement

    def subject(self) -> Statement:
        rows = Statement.objects.visible_to(self.request.user).select_related(
            "batch", "institution__region", *PEOPLE
        )
        return get_object_or_404(rows, number=self.kwargs["number"])

    def _facts(self) -> dict[str, Any]:
        return {"statement_id": self.object.pk, "by": self.request.user, "at": timezone.now()}


class Audit(StatementAct):
    act = permissions.AUDIT_STATEMENT

    def obstacles(self) -> Sequence[Obstacle]:
        return statements.audit_obstacles(self.object, self.request.user)

    def consequences(self) -> Sentences:
        deducted = statements.deducted_from(self.object.batch)
        text = _("Declared %(declared)s, deducted %(deducted)s, payable %(payable)s CNY: fixed.")
        return [
            text
            % {
                "declared": f"{self.object.declared:,.2f}",
                "deducted": f"{deducted:,.2f}",
                "payable": f"{self.object.declared - deducted:,.2f}",
            },
            _("No finding of the batch can be changed afterwards."),
            _("You cannot settle, verify or pay this statement any more (B-02)."),
            _("The institution is told."),
        ]

    def perform(self, form: NoForm) -> Statement:
        return statements.audit_statement(**self._facts())


class Approve(StatementAct):
    act = permissions.APPROVE_STATEMENT

    def obstacles(self) -> Sequence[Obstacle]:
        return permissions.approval_obstacles(self.object, self.request.user)

    def consequences(self) -> Sentences:
        return [
            _("%s CNY are approved for settlement.") % f"{self.object.payable:,.2f}",
            _("The audit officer verifies it next."),
            _("You cannot verify or pay this statement any more (B-02)."),
        ]

    def perform(self, form: NoForm) -> Statement:
        return statements.approve_statement(**self._facts())


class Verify(StatementAct):
    act = permissions.VERIFY_STATEMENT

    def obstacles(self) -> Sequence[Obstacle]:
        return permissions.verification_obstacles(self.object, self.request.user)

    def consequences(self) -> Sentences:
        return [
            _("You confirm that review and settlement were done by the rules."),
            _("The payment officer pays next."),
            _("You cannot pay this statement any more (B-02)."),
        ]

    def perform(self, form: NoForm) -> Statement:
        return statements.verify_statement(**self._facts())


class IssueOrder(StatementAct):
    act = permissions.ISSUE_ORDER

    def obstacles(self) -> Sequence[Obstacle]:
        terms = payments.order_terms(self.object, timezone.localdate())
        order = payments.order_of(self.object)
        return payments.order_obstacles(self.object, self.request.user, order, terms)

    def consequences(self) -> Sentences:
        terms = payments.order_terms(self.object, timezone.localdate())
        text = _("One order over %(amount)s CNY to %(payee)s, %(bank)s, account %(account)s.")
        return [
            text
            % {
                "amount": f"{self.object.payable:,.2f}",
                "payee": self.object.institution.name,
                "bank": terms.account.bank_name,
                "account": terms.account.masked,
            },
            _("The account is the one in effect on the day of the declaration, %s.")
            % self.object.declared_on,
            _("There is never a second order for this statement."),
        ]

    def perform(self, form: NoForm) -> Statement:
        return payments.issue_order(**self._facts()).statement


class RecordPayment(StatementAct):
    act = permissions.RECORD_PAYMENT
    form_class = PaymentForm

    def obstacles(self) -> Sequence[Obstacle]:
        today = timezone.localdate()
        return payments.payment_obstacles(
            self.object, self.request.user, self._order(), paid_on=today, today=today
        )

    def initial(self) -> dict[str, Any]:
        return {"paid_on": timezone.localdate()}

    def consequences(self) -> Sentences:
        order = self._order()
        if order is None:
            return []
        text = _("Order %(order)s over %(amount)s CNY and its statement are paid.")
        return [
            text % {"order": order.number, "amount": f"{order.amount:,.2f}"},
            _("The institution is told the day and the bank reference."),
        ]

    def perform(self, form: PaymentForm) -> Statement:
        return payments.record_payment(**self._facts(), **form.cleaned_data).statement

    def _order(self) -> PaymentOrder | None:
        return payments.order_of(self.object)


class Close(StatementAct):
    act = permissions.CLOSE_STATEMENT

    def obstacles(self) -> Sequence[Obstacle]:
        return payments.closing_obstacles(self.object, self.request.user)

    def consequences(self) -> Sentences:
        return [_("The statement is closed: nothing is payable, no order goes to the bank.")]

    def perform(self, form: NoForm) -> Statement:
        return payments.close_without_payment(**self._facts())


class ExplainDelay(StatementAct):
    act = permissions.EXPLAIN_DELAY
    form_class = DelayForm

    def obstacles(self) -> Sequence[Obstacle]:
        today = timezone.localdate()
        return permissions.delay_obstacles(self.object, self.request.user, today)

    def initial(self) -> dict[str, Any]:
        return {"reason": self.object.late_reason}

    def consequences(self) -> Sentences:
        return [
            _("The reason goes to the agency head for approval."),
            _("The potential breach by the agency stays on record (B-12)."),
        ]

    def perform(self, form: DelayForm) -> Statement:
        return approvals.explain_delay(**self._facts(), **form.cleaned_data)


class ApproveDelay(StatementAct):
    act = permissions.APPROVE_DELAY

    def obstacles(self) -> Sequence[Obstacle]:
        return permissions.delay_approval_obstacles(self.object, self.request.user)

    def consequences(self) -> Sentences:
        return [
            _("You approve this reason: %s") % self.object.late_reason,
            _("The late payment can then be recorded."),
            _("The potential breach by the agency stays on record (B-12)."),
        ]

    def perform(self, form: NoForm) -> Statement:
        return approvals.approve_delay(**self._facts())


class RecordDecision(StatementAct):
    act = permissions.RECORD_DECISION
    form_class = DecisionForm

    def obstacles(self) -> Sequence[Obstacle]:
        return permissions.decision_obstacles(self.object, self.request.user)

    def initial(self) -> dict[str, Any]:
        return {"decided_on": timezone.localdate()}

    def consequences(self) -> Sentences:
        return [
            _("The decision on %s CNY is kept with its voters and minutes; it cannot be changed.")
            % f"{self.object.payable:,.2f}",
            _("The payment order can then be issued."),
        ]

    def perform(self, form: DecisionForm) -> Statement:
        return approvals.record_decision(**self._facts(), **form.cleaned_data).statement
