from __future__ import annotations

from datetime import date, datetime

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from agency.models import (
    Attachment,
    EncryptedCharField,
    Lifecycle,
    StateField,
    TransitionRecord,
    User,
)
from agency.privacy import mask_account
from institutions.models.letters import letter_key
from settlements.enums import PaymentOrderState
from settlements.models.statement import Statement

_STATE = PaymentOrderState
_VOTERS = Func(F("voters"), function="CARDINALITY", output_field=models.IntegerField())


@pghistory.track()
class CollectiveDecision(models.Model):
    """The leadership's recorded decision on a major expense (B-02, Order 2 art. 29)."""

    statement = models.OneToOneField(
        Statement, verbose_name=_("statement"), on_delete=models.PROTECT, related_name="decision"
    )
    decided_on = models.DateField(_("decided on"))
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=2)
    voters = ArrayField(models.CharField(max_length=80), verbose_name=_("voters"))
    in_favour = models.PositiveSmallIntegerField(_("votes in favour"))
    minutes = models.TextField(_("minutes"))
    attachment = models.ForeignKey(
        Attachment,
        verbose_name=_("signed minutes"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("collective decision")
        verbose_name_plural = _("collective decisions")
        ordering = ["-decided_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="collectivedecision_three_voters", condition=Q(voters__len__gte=3)
            ),
            models.CheckConstraint(
                name="collectivedecision_carried_by_majority",
                condition=Q(in_favour__lte=_VOTERS, in_favour__gt=_VOTERS - F("in_favour")),
            ),
            models.CheckConstraint(name="collectivedecision_has_minutes", condition=~Q(minutes="")),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.statement_id} {self.decided_on}"


@pghistory.track()
class PaymentOrder(Lifecycle):
    """The one order to the bank for a statement. Paid only with the bank's reference."""

    number = models.CharField(_("number"), max_length=40, unique=True)
    statement = models.OneToOneField(
        Statement, verbose_name=_("statement"), on_delete=models.PROTECT, related_name="order"
    )
    state = StateField(_("state"), choices=PaymentOrderState.choices, default=_STATE.ISSUED)
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=2)
    decision_threshold = models.DecimalField(
        _("threshold of a major expense"), max_digits=16, decimal_places=2
    )
    decision = models.OneToOneField(
        CollectiveDecision,
        verbose_name=_("collective decision"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="order",
    )
    payee_name = models.CharField(_("payee"), max_length=200)
    payee_bank = models.CharField(_("bank"), max_length=120)
    payee_account = EncryptedCharField(_("bank account"), max_length=40)
    account_on = models.DateField(_("account as at"))
    issued_at = models.DateTimeField(pgettext_lazy("payment order", "issued at"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=pgettext_lazy("payment order", "issued by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    bank_reference = models.CharField(_("bank reference"), max_length=64, blank=True)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    paid_at = models.DateTimeField(_("payment recorded at"), null=True, blank=True)
    paid_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("payment recorded by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("payment order")
        verbose_name_plural = _("payment orders")
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="paymentorder_amount_is_positive", condition=Q(amount__gt=0)
            ),
            models.CheckConstraint(
                name="paymentorder_has_an_account", condition=~Q(payee_account="")
            ),
            models.CheckConstraint(
                name="paymentorder_major_expense_has_decision",
                condition=Q(amount__lt=F("decision_threshold")) | Q(decision__isnull=False),
            ),
            models.CheckConstraint(
                name="paymentorder_paid_has_its_reference",
                condition=(
                    Q(state=_STATE.PAID, paid_on__isnull=False, paid_at__isnull=False)
                    & Q(paid_by__isnull=False)
                    & ~Q(bank_reference="")
                )
                | (
                    Q(state=_STATE.ISSUED, paid_on__isnull=True, paid_at__isnull=True)
                    & Q(paid_by__isnull=True, bank_reference="")
                ),
            ),
            models.UniqueConstraint(
                name="paymentorder_bank_reference_once",
                fields=["bank_reference"],
                condition=~Q(bank_reference=""),
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="state_machine", field="state", transitions=[("issued", "paid")]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="terms_are_fixed",
                exclude=["state", "bank_reference", "paid_on", "paid_at", "paid_by"],
            ),
            pgtrigger.Protect(
                name="final_when_paid",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "(OLD.state = 'paid' AND OLD.* IS DISTINCT FROM NEW.*)"
                ),
            ),
            pgtrigger.Trigger(
                name="matches_its_statement",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                IF NOT EXISTS (
                    SELECT 1 FROM settlements_statement
                    WHERE id = NEW.statement_id AND state = 'verified'
                        AND payable = NEW.amount AND payment_officer_id = NEW.issued_by_id
                ) OR (NEW.decision_id IS NOT NULL AND NOT EXISTS (
                    SELECT 1 FROM settlements_collectivedecision
                    WHERE id = NEW.decision_id AND statement_id = NEW.statement_id
                        AND amount = NEW.amount
                )) THEN
                    RAISE EXCEPTION 'payment order % does not match its statement', NEW.number
                    USING ERRCODE = 'check_violation',
                        CONSTRAINT = 'paymentorder_matches_its_statement';
                END IF;
                RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="paid_with_its_statement",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Condition("(NEW.state = 'paid')"),
                func="""
                IF NOT EXISTS (
                    SELECT 1 FROM settlements_statement
                    WHERE id = NEW.statement_id AND state = 'paid' AND paid_on = NEW.paid_on
                ) THEN
                    RAISE EXCEPTION 'payment order % is paid without its statement', NEW.number
                    USING ERRCODE = 'check_violation',
                        CONSTRAINT = 'paymentorder_paid_with_its_statement';
                END IF;
                RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def masked_account(self) -> str:
        return mask_account(self.payee_account)

    @transition(field=state, source=_STATE.ISSUED, target=_STATE.PAID)
    def pay(self, *, by: User, at: datetime, on: date, bank_reference: str) -> None:
        self.paid_by, self.paid_at, self.paid_on = by, at, on
        self.bank_reference = bank_reference


class PaymentOrderTransition(TransitionRecord):
    subject = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, related_name="transitions")
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a payment order")
        verbose_name_plural = _("transitions of payment orders")
