from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.models import Lifecycle, OfficialLetter, Region, StateField, TransitionRecord, User
from agreements.enums.cascade import CascadeKind, CascadeOutcome, CascadeState
from agreements.models.agreement import Agreement
from agreements.querysets.cascade import CascadeReceiptQuerySet
from institutions.models.letters import letter_key

_STATE = CascadeState
_OPEN = [_STATE.DELIVERED, _STATE.ACKNOWLEDGED]


class CascadeReceipt(Lifecycle):
    """What one other region was told, and did, when the home region suspended, dissolved or
    resumed (B-17, Order 2 art. 44). `agreement` is the one of the other region, `home` the one
    the home region decided about.
    """

    number = models.CharField(_("number"), max_length=30, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=CascadeKind)
    outcome = models.CharField(_("outcome"), max_length=10, choices=CascadeOutcome)
    state = StateField(_("state"), choices=CascadeState.choices, default=CascadeState.DELIVERED)
    home = models.ForeignKey(
        Agreement,
        verbose_name=_("agreement of the home region"),
        on_delete=models.PROTECT,
        related_name="cascades",
    )
    cause = models.ForeignKey(
        "agreements.Suspension",
        verbose_name=_("suspension it comes from"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="receipts",
    )
    agreement = models.ForeignKey(
        Agreement,
        verbose_name=_("agreement of the other region"),
        on_delete=models.PROTECT,
        related_name="cascade_receipts",
    )
    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+"
    )
    effective_on = models.DateField(_("effective on"))
    reason = models.TextField(_("reason"), blank=True)
    letter = models.ForeignKey(
        OfficialLetter,
        verbose_name=_("letter"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    delivered_at = models.DateTimeField(_("delivered at"))
    due_on = models.DateField(_("to be answered by"))
    due_basis = models.JSONField(_("basis of the deadline"), default=dict, blank=True)
    due_provisional = models.BooleanField(_("deadline is provisional"), default=False)
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("acknowledged by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    answer = models.TextField(_("answer"), blank=True)
    undone_on = models.DateField(_("undone on"), null=True, blank=True)

    objects = CascadeReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = _("receipt of a cascade")
        verbose_name_plural = _("receipts of cascades")
        ordering = ["-delivered_at", "-pk"]
        indexes = [
            models.Index(name="cascadereceipt_by_delivery", fields=["-delivered_at", "-id"]),
            models.Index(
                name="cascadereceipt_open",
                fields=["due_on"],
                condition=Q(state__in=_OPEN),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="cascadereceipt_number_has_its_form",
                condition=Q(number__regex=r"^CSC-[0-9]{6}-[0-9]{4}-[0-9]{4,}$"),
            ),
            models.CheckConstraint(
                name="cascadereceipt_acknowledged_has_its_facts",
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
            ),
            models.CheckConstraint(
                name="cascadereceipt_declined_says_why",
                condition=~Q(state=_STATE.DECLINED) | ~Q(answer=""),
            ),
            models.CheckConstraint(
                name="cascadereceipt_answers_a_proposal",
                condition=~Q(state__in=[_STATE.ACCEPTED, _STATE.DECLINED])
                | Q(kind=CascadeKind.PROPOSAL),
            ),
            models.CheckConstraint(
                name="cascadereceipt_suspension_has_its_cause",
                condition=Q(kind=CascadeKind.DISSOLVE, cause__isnull=True)
                | (~Q(kind=CascadeKind.DISSOLVE) & Q(cause__isnull=False)),
            ),
            # One follower is told once of a suspension, of its end, and of a dissolution.
            models.UniqueConstraint(
                name="cascadereceipt_once_of_a_suspension",
                fields=["cause", "agreement", "kind"],
                condition=Q(cause__isnull=False),
            ),
            models.UniqueConstraint(
                name="cascadereceipt_once_of_a_dissolution",
                fields=["home", "agreement"],
                condition=Q(kind=CascadeKind.DISSOLVE, undone_on__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="lawful_states",
                field="state",
                transitions=[
                    (_STATE.DELIVERED.value, _STATE.ACKNOWLEDGED.value),
                    (_STATE.DELIVERED.value, _STATE.ACCEPTED.value),
                    (_STATE.DELIVERED.value, _STATE.DECLINED.value),
                    (_STATE.DELIVERED.value, _STATE.WITHDRAWN.value),
                    (_STATE.ACKNOWLEDGED.value, _STATE.ACCEPTED.value),
                    (_STATE.ACKNOWLEDGED.value, _STATE.DECLINED.value),
                    (_STATE.ACKNOWLEDGED.value, _STATE.WITHDRAWN.value),
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("agreements_desk:cascade_receipt", args=[self.number])

    @property
    def is_proposal(self) -> bool:
        return self.kind == CascadeKind.PROPOSAL

    @property
    def awaits_answer(self) -> bool:
        if self.is_proposal:
            return self.state in _OPEN
        return self.state == _STATE.DELIVERED

    @transition(field=state, source=_STATE.DELIVERED, target=_STATE.ACKNOWLEDGED)
    def acknowledge(self, *, by: User, at: datetime) -> None:
        self.acknowledged_by, self.acknowledged_at = by, at

    @transition(field=state, source=_OPEN, target=_STATE.ACCEPTED)
    def accept(self, *, by: User, at: datetime, answer: str) -> None:
        self._answered(by, at, answer)

    @transition(field=state, source=_OPEN, target=_STATE.DECLINED)
    def decline(self, *, by: User, at: datetime, answer: str) -> None:
        self._answered(by, at, answer)

    @transition(field=state, source=_OPEN, target=_STATE.WITHDRAWN)
    def withdraw(self) -> None:
        """What it proposed or said does not hold any more, before anybody answered."""

    def _answered(self, by: User, at: datetime, answer: str) -> None:
        self.answer = answer
        if self.acknowledged_at is None:
            self.acknowledged_by, self.acknowledged_at = by, at


class CascadeReceiptTransition(TransitionRecord):
    subject = models.ForeignKey(
        CascadeReceipt, on_delete=models.PROTECT, related_name="transitions"
    )
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a receipt of a cascade")
        verbose_name_plural = _("transitions of receipts of cascades")
