from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.enums import Actor
from agency.models import Attachment, Lifecycle, StateField, TransitionRecord, User
from agency.powers import only_of
from institutions.models import Institution
from institutions.models.letters import letter_key
from supervision.enums.orders import (
    OPEN_ORDERS,
    AnswerOutcome,
    ExtensionOutcome,
    OrderKind,
    OrderState,
)
from supervision.models.case import Case
from supervision.querysets.orders import AdministrationOrderQuerySet

_STATE = OrderState


class AdministrationOrder(Lifecycle):
    """The administration orders the agency to handle a breach, or to supplement the facts of a
    lead it transferred, by a day (Order 2 arts. 47, 49). The agency reports back, as often as the
    administration demands more. To handle a breach without a case yet, the agency opens one.

    `answer` and its facts are those of the last report back; all are in `OrderAnswer`.
    """

    number = models.CharField(_("number"), max_length=30, unique=True)
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        related_name="administration_orders",
    )
    case = models.ForeignKey(
        Case,
        verbose_name=_("case"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="orders",
    )
    kind = models.CharField(_("kind"), max_length=12, choices=OrderKind, default=OrderKind.HANDLE)
    lead = models.CharField(
        _("transferred lead"),
        max_length=120,
        blank=True,
        help_text=_("Its number, or what it was about and when it was transferred."),
    )
    state = StateField(_("state"), choices=OrderState.choices, default=OrderState.ORDERED)
    text = models.TextField(_("what is ordered"))
    ordered_on = models.DateField(_("ordered on"))
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("ordered by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    due_on = models.DateField(_("due on"), db_index=True)
    due_basis = models.JSONField(_("basis of the deadline"), default=dict, blank=True)
    due_provisional = models.BooleanField(_("deadline is provisional"), default=False)
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("answered by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    letter = models.OneToOneField(
        "agency.OfficialLetter",
        verbose_name=_("letter"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="administration_order",
    )
    overdue_told_at = models.DateTimeField(_("told of being overdue"), null=True, blank=True)

    objects = AdministrationOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order of the administration")
        verbose_name_plural = _("orders of the administration")
        ordering = ["-ordered_on", "-pk"]
        indexes = [
            models.Index(name="administrationorder_by_day", fields=["-ordered_on", "-id"]),
            models.Index(
                name="administrationorder_open",
                fields=["due_on"],
                condition=Q(state__in=OPEN_ORDERS),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="administrationorder_due_after_it_is_given",
                condition=Q(due_on__gte=F("ordered_on")),
            ),
            models.CheckConstraint(
                name="administrationorder_answer_has_its_facts",
                condition=(Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""))
                | Q(answered_at__isnull=True, answered_by__isnull=True, answer=""),
            ),
            models.CheckConstraint(
                name="administrationorder_answered_has_an_answer",
                condition=Q(state=_STATE.ORDERED) | Q(answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="administrationorder_supplement_names_its_lead",
                condition=Q(kind=OrderKind.HANDLE, lead="")
                | (Q(kind=OrderKind.SUPPLEMENT) & ~Q(lead="")),
            ),
        ]
        triggers = [
            only_of(Actor.ADMINISTRATION, "ordered_by"),
            only_of(Actor.AGENCY, "answered_by"),
            pgtrigger.FSM(
                name="lawful_states",
                field="state",
                transitions=[
                    (_STATE.ORDERED.value, _STATE.ANSWERED.value),
                    (_STATE.ANSWERED.value, _STATE.ACCEPTED.value),
                    (_STATE.ANSWERED.value, _STATE.DEMANDED_MORE.value),
                    (_STATE.DEMANDED_MORE.value, _STATE.ANSWERED.value),
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("supervision_desk:order_page", args=[self.number])

    @property
    def is_open(self) -> bool:
        """Whether the agency owes a report back."""
        return self.state in OPEN_ORDERS

    @transition(field=state, source=list(OPEN_ORDERS), target=_STATE.ANSWERED)
    def report_back(self, *, answer: str, by: User, at: datetime) -> None:
        self.answer, self.answered_by, self.answered_at = answer, by, at

    @transition(field=state, source=_STATE.ANSWERED, target=_STATE.ACCEPTED)
    def accept(self) -> None:
        pass

    @transition(field=state, source=_STATE.ANSWERED, target=_STATE.DEMANDED_MORE)
    def demand_more(self) -> None:
        self.overdue_told_at = None


class AdministrationOrderTransition(TransitionRecord):
    subject = models.ForeignKey(
        AdministrationOrder, on_delete=models.PROTECT, related_name="transitions"
    )
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of an order")
        verbose_name_plural = _("transitions of orders")


class OrderAnswer(models.Model):
    """One report back on an order, and what the administration made of it."""

    order = models.ForeignKey(
        AdministrationOrder,
        verbose_name=_("order of the administration"),
        on_delete=models.PROTECT,
        related_name="answers",
    )
    text = models.TextField(_("answer"))
    files = models.ManyToManyField(
        Attachment, verbose_name=_("files"), blank=True, related_name="+"
    )
    given_at = models.DateTimeField(_("given at"))
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("given by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    outcome = models.CharField(
        _("what the administration made of it"), max_length=14, choices=AnswerOutcome, blank=True
    )
    judgement = models.TextField(_("reasons of the administration"), blank=True)
    judged_at = models.DateTimeField(_("judged at"), null=True, blank=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("judged by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("answer to an order")
        verbose_name_plural = _("answers to orders")
        ordering = ["given_at", "pk"]
        constraints = [
            models.CheckConstraint(name="orderanswer_says_something", condition=~Q(text="")),
            models.UniqueConstraint(
                name="orderanswer_one_unjudged", fields=["order"], condition=Q(outcome="")
            ),
            models.CheckConstraint(
                name="orderanswer_judged_has_its_facts",
                condition=(~Q(outcome="") & Q(judged_at__isnull=False, judged_by__isnull=False))
                | Q(outcome="", judgement="", judged_at__isnull=True, judged_by__isnull=True),
            ),
            models.CheckConstraint(
                name="orderanswer_more_says_what",
                condition=~Q(outcome=AnswerOutcome.DEMANDED_MORE) | ~Q(judgement=""),
            ),
        ]
        triggers = [
            only_of(Actor.AGENCY, "given_by"),
            only_of(Actor.ADMINISTRATION, "judged_by"),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="text_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("order", "text", "given_at", "given_by"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.given_at:%Y-%m-%d}"


class OrderExtension(models.Model):
    """The agency asks for more time for an order; the administration grants it or not."""

    order = models.ForeignKey(
        AdministrationOrder,
        verbose_name=_("order of the administration"),
        on_delete=models.PROTECT,
        related_name="extensions",
    )
    wanted_on = models.DateField(_("wanted until"))
    reason = models.TextField(_("reason"))
    asked_at = models.DateTimeField(_("asked at"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=ExtensionOutcome, blank=True)
    due_before = models.DateField(_("due before"))
    due_after = models.DateField(_("due since"), null=True, blank=True)
    decision = models.TextField(_("reason of the decision"), blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("extension of an order")
        verbose_name_plural = _("extensions of orders")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="orderextension_one_open", fields=["order"], condition=Q(outcome="")
            ),
            models.CheckConstraint(name="orderextension_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="orderextension_asks_for_more", condition=Q(wanted_on__gt=F("due_before"))
            ),
            models.CheckConstraint(
                name="orderextension_decision_has_its_facts",
                condition=(~Q(outcome="") & Q(decided_at__isnull=False, decided_by__isnull=False))
                | Q(outcome="", decision="", decided_at__isnull=True, decided_by__isnull=True),
            ),
            models.CheckConstraint(
                name="orderextension_granted_has_its_day",
                condition=Q(outcome=ExtensionOutcome.GRANTED, due_after__gt=F("due_before"))
                | (~Q(outcome=ExtensionOutcome.GRANTED) & Q(due_after__isnull=True)),
            ),
        ]
        triggers = [
            only_of(Actor.AGENCY, "asked_by"),
            only_of(Actor.ADMINISTRATION, "decided_by"),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.wanted_on}"
