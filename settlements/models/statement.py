from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import combinations
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.models import Lifecycle, StateField, TransitionRecord, User
from institutions.models import Institution
from settlements.enums import OPEN_STATEMENT_STATES, Post, StatementState
from settlements.querysets import StatementQuerySet

_STATE = StatementState
_AUDITED_ON = [_STATE.AUDITED, _STATE.APPROVED, _STATE.VERIFIED, _STATE.PAID, _STATE.CLOSED]
_APPROVED_ON = _AUDITED_ON[1:]
_VERIFIED_ON = _AUDITED_ON[2:]
_DONE = _AUDITED_ON[3:]


def _person(label: Any) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=label,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )


def _known_exactly_in(states: list[StatementState], *fields: str) -> Q:
    """The fields are filled in these states and empty in all others."""
    known, unknown = Q(state__in=states), ~Q(state__in=states)
    for field in fields:
        known &= Q(**{f"{field}__isnull": False})
        unknown &= Q(**{f"{field}__isnull": True})
    return known | unknown


def _all_different(*fields: str) -> Q:
    rule = Q()
    for one, other in combinations(fields, 2):
        rule &= (
            Q(**{f"{one}__isnull": True}) | Q(**{f"{other}__isnull": True}) | ~Q(**{one: F(other)})
        )
    return rule


@pghistory.track()
class Statement(Lifecycle):
    """What the fund owes for one reviewed claim batch, and who brought it to payment (B-04).

    `declared` is what the institution asked for, `deducted` what confirmed findings take away,
    `payable` the rest. The amounts are open until the audit and fixed from then on.
    """

    number = models.CharField(_("number"), max_length=40, unique=True)
    batch = models.OneToOneField(
        "settlements.ClaimBatch",
        verbose_name=_("claim batch"),
        on_delete=models.PROTECT,
        related_name="statement",
    )
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        related_name="statements",
    )
    month = models.DateField(_("month"), help_text=_("The first day of the month settled."))
    state = StateField(_("state"), choices=StatementState.choices, default=_STATE.DECLARED)

    declared = models.DecimalField(_("declared"), max_digits=16, decimal_places=2)
    deducted = models.DecimalField(
        _("deducted"), max_digits=16, decimal_places=2, default=Decimal("0.00")
    )
    payable = models.DecimalField(_("payable"), max_digits=16, decimal_places=2)

    declared_on = models.DateField(_("declared on"))
    due_on = models.DateField(_("to be paid by"))
    due_basis = models.JSONField(_("basis of the deadline"), default=dict)
    due_provisional = models.BooleanField(_("deadline is provisional"), default=False)
    alarm_20_on = models.DateField(_("first alarm on"))
    alarm_27_on = models.DateField(_("second alarm on"))
    alarmed_20_at = models.DateTimeField(_("first alarm given"), null=True, blank=True)
    alarmed_27_at = models.DateTimeField(_("second alarm given"), null=True, blank=True)
    overdue_at = models.DateTimeField(_("found overdue"), null=True, blank=True)

    reviewer = _person(_("reviewer"))
    audited_at = models.DateTimeField(_("audited at"), null=True, blank=True)
    settlement_officer = _person(_("settlement officer"))
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    audit_officer = _person(_("audit officer"))
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    payment_officer = _person(_("payment officer"))
    paid_by = _person(_("payment recorded by"))
    paid_at = models.DateTimeField(_("payment recorded at"), null=True, blank=True)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    late_reason = models.TextField(_("reason of the delay"), blank=True)
    late_explained_by = _person(_("delay explained by"))
    late_explained_at = models.DateTimeField(_("delay explained at"), null=True, blank=True)
    late_approved_by = _person(_("reason approved by"))
    late_approved_at = models.DateTimeField(_("reason approved at"), null=True, blank=True)

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        ordering = ["-declared_on", "-pk"]
        indexes = [
            models.Index(
                name="statement_open_by_deadline",
                fields=["due_on"],
                condition=Q(state__in=OPEN_STATEMENT_STATES),
            ),
            models.Index(name="statement_by_day", fields=["-declared_on", "-id"]),
            models.Index(name="statement_of_institution", fields=["institution", "-declared_on"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="statement_payable_is_the_difference",
                condition=Q(payable=F("declared") - F("deducted")),
            ),
            models.CheckConstraint(
                name="statement_deducted_not_negative", condition=Q(deducted__gte=0)
            ),
            models.CheckConstraint(
                name="statement_month_is_its_first_day", condition=Q(month__day=1)
            ),
            models.CheckConstraint(
                name="statement_four_different_people",
                condition=_all_different(*[post.field for post in Post]),
                violation_error_message=_(
                    "Review, settlement, verification and payment are done by four different "
                    "people (B-02)."
                ),
            ),
            models.CheckConstraint(
                name="statement_recorder_held_no_other_post",
                condition=_all_different("paid_by", "reviewer")
                & _all_different("paid_by", "settlement_officer")
                & _all_different("paid_by", "audit_officer"),
            ),
            models.CheckConstraint(
                name="statement_audited_has_its_person",
                condition=_known_exactly_in(_AUDITED_ON, "reviewer", "audited_at"),
            ),
            models.CheckConstraint(
                name="statement_approved_has_its_person",
                condition=_known_exactly_in(_APPROVED_ON, "settlement_officer", "approved_at"),
            ),
            models.CheckConstraint(
                name="statement_verified_has_its_person",
                condition=_known_exactly_in(_VERIFIED_ON, "audit_officer", "verified_at"),
            ),
            models.CheckConstraint(
                name="statement_payment_officer_comes_last",
                condition=Q(state__in=_DONE, payment_officer__isnull=False)
                | Q(state=_STATE.VERIFIED)
                | Q(payment_officer__isnull=True),
            ),
            models.CheckConstraint(
                name="statement_paid_has_its_person",
                condition=_known_exactly_in([_STATE.PAID], "paid_by", "paid_at", "paid_on"),
            ),
            models.CheckConstraint(
                name="statement_closed_has_nothing_to_pay",
                condition=_known_exactly_in([_STATE.CLOSED], "closed_at")
                & (~Q(state=_STATE.CLOSED) | Q(payable__lte=0)),
            ),
            models.CheckConstraint(
                name="statement_paid_has_an_amount",
                condition=~Q(state=_STATE.PAID) | Q(payable__gt=0),
            ),
            models.CheckConstraint(
                name="statement_late_payment_has_its_reason",
                condition=Q(paid_on__isnull=True)
                | Q(paid_on__lte=F("due_on"))
                | Q(late_approved_by__isnull=False),
            ),
            models.CheckConstraint(
                name="statement_delay_explained_in_full",
                condition=Q(late_reason="", late_explained_by__isnull=True)
                | (~Q(late_reason="") & Q(late_explained_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="statement_delay_approved_by_another",
                condition=Q(late_approved_by__isnull=True, late_approved_at__isnull=True)
                | (
                    Q(late_explained_by__isnull=False, late_approved_at__isnull=False)
                    & ~Q(late_approved_by=F("late_explained_by"))
                ),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="state_machine",
                field="state",
                transitions=[
                    ("declared", "audited"),
                    ("audited", "approved"),
                    ("approved", "verified"),
                    ("verified", "paid"),
                    ("verified", "closed"),
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="amounts_fixed_by_audit",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "(OLD.state <> 'declared' AND (OLD.declared, OLD.deducted, OLD.payable)"
                    " IS DISTINCT FROM (NEW.declared, NEW.deducted, NEW.payable))"
                ),
            ),
            pgtrigger.Protect(
                name="final_when_done",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "(OLD.state IN ('paid', 'closed') AND OLD.* IS DISTINCT FROM NEW.*)"
                ),
            ),
            pgtrigger.Trigger(
                name="paid_with_its_order",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Condition("(NEW.state = 'paid')"),
                func="""
                IF NOT EXISTS (
                    SELECT 1 FROM settlements_paymentorder
                    WHERE statement_id = NEW.id AND state = 'paid' AND paid_on = NEW.paid_on
                        AND paid_by_id = NEW.paid_by_id AND issued_by_id = NEW.payment_officer_id
                ) THEN
                    RAISE EXCEPTION 'statement % is paid without its payment order', NEW.number
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'statement_paid_with_its_order';
                END IF;
                RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("settlements_desk:statement_detail", args=[self.number])

    def get_portal_url(self) -> str:
        return reverse("settlements_portal:statement_detail", args=[self.number])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATEMENT_STATES

    @property
    def is_late(self) -> bool:
        """Paid after the deadline."""
        return self.paid_on is not None and self.paid_on > self.due_on

    def is_overdue(self, on: date) -> bool:
        """Something is owed, the deadline is past and nothing was paid (B-04)."""
        return self.is_open and self.payable > 0 and self.due_on < on

    def holders(self) -> Iterator[tuple[Post, User | None, datetime | None]]:
        """The four posts in their order, with the person and the instant of the act."""
        times = (self.audited_at, self.approved_at, self.verified_at, self.paid_at)
        for post, at in zip(Post, times, strict=True):
            yield post, getattr(self, post.field), at

    @transition(field=state, source=_STATE.DECLARED, target=_STATE.AUDITED)
    def audit(self, *, by: User, at: datetime, deducted: Decimal) -> None:
        self.reviewer, self.audited_at = by, at
        self.deducted, self.payable = deducted, self.declared - deducted

    @transition(field=state, source=_STATE.AUDITED, target=_STATE.APPROVED)
    def approve(self, *, by: User, at: datetime) -> None:
        self.settlement_officer, self.approved_at = by, at

    @transition(field=state, source=_STATE.APPROVED, target=_STATE.VERIFIED)
    def verify(self, *, by: User, at: datetime) -> None:
        self.audit_officer, self.verified_at = by, at

    @transition(field=state, source=_STATE.VERIFIED, target=_STATE.PAID)
    def pay(self, *, by: User, at: datetime, on: date) -> None:
        self.paid_by, self.paid_at, self.paid_on = by, at, on

    @transition(field=state, source=_STATE.VERIFIED, target=_STATE.CLOSED)
    def close(self, *, by: User, at: datetime) -> None:
        self.payment_officer, self.closed_at = by, at


class StatementTransition(TransitionRecord):
    subject = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="transitions")

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a statement")
        verbose_name_plural = _("transitions of statements")
