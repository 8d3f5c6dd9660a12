from __future__ import annotations

from datetime import date
from decimal import Decimal

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from agency.models import Lifecycle, OfficialLetter, Region, StateField, TransitionRecord
from agreements.enums.measures import (
    PAYABLE_KINDS,
    Direction,
    EntryKind,
    ObligationKind,
    ObligationState,
)
from agreements.models.agreement import Agreement
from agreements.querysets.measures import ObligationQuerySet
from institutions.models import Institution
from institutions.models.letters import letter_key

_STATE = ObligationState
_NOTHING = Decimal("0.00")


@pghistory.track(exclude=["overdue_told_at"])
class Obligation(Lifecycle):
    """A claim on money that a measure gave rise to (Order 2 art. 38 (2) to (4)): what it is worth,
    who owes it to whom, why, and until when. Statements net it, or it is paid in.
    """

    number = models.CharField(_("number"), max_length=30, unique=True)
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        related_name="obligations",
    )
    agreement = models.ForeignKey(
        Agreement,
        verbose_name=_("agreement"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="obligations",
    )
    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+"
    )
    state = StateField(_("state"), choices=ObligationState.choices, default=_STATE.OPEN)
    direction = models.CharField(_("direction"), max_length=16, choices=Direction)
    kind = models.CharField(_("kind"), max_length=10, choices=ObligationKind)
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=2)
    ground = models.TextField(_("ground"))
    rule = models.CharField(_("rule"), max_length=20)
    article = models.CharField(_("article"), max_length=60)
    basis = models.CharField(
        pgettext_lazy("obligation", "basis"),
        max_length=40,
        help_text=_("The number of the matter it rests on."),
    )
    basis_item = models.CharField(_("item of the basis"), max_length=20, blank=True)
    release_when = models.CharField(
        _("withheld until"),
        max_length=200,
        blank=True,
        help_text=_("What must have happened before the payment is released."),
    )
    letter = models.ForeignKey(
        OfficialLetter,
        verbose_name=_("letter"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    arose_on = models.DateField(_("arose on"))
    due_on = models.DateField(_("due on"), null=True, blank=True)
    due_basis = models.JSONField(_("basis of the deadline"), default=dict, blank=True)
    due_provisional = models.BooleanField(_("deadline is provisional"), default=False)
    overdue_told_at = models.DateTimeField(_("told of being overdue"), null=True, blank=True)

    objects = ObligationQuerySet.as_manager()

    class Meta:
        verbose_name = _("obligation")
        verbose_name_plural = _("obligations")
        ordering = ["-arose_on", "-pk"]
        indexes = [
            models.Index(name="obligation_newest", fields=["-arose_on", "-id"]),
            models.Index(
                name="obligation_open_due", fields=["due_on"], condition=Q(state=_STATE.OPEN)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="obligation_number_has_its_form",
                condition=Q(number__regex=r"^OBL-[0-9]{6}-[0-9]{4}-[0-9]{4,}$"),
            ),
            models.CheckConstraint(name="obligation_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="obligation_direction_by_kind",
                condition=Q(kind=ObligationKind.RESTORED, direction=Direction.TO_INSTITUTION)
                | (~Q(kind=ObligationKind.RESTORED) & Q(direction=Direction.TO_FUND)),
            ),
            models.CheckConstraint(
                name="obligation_withheld_says_until_when",
                condition=(Q(kind=ObligationKind.WITHHELD) & ~Q(release_when=""))
                | (~Q(kind=ObligationKind.WITHHELD) & Q(release_when="")),
            ),
            models.CheckConstraint(
                name="obligation_due_where_it_is_paid",
                condition=Q(kind__in=PAYABLE_KINDS) | Q(due_on__isnull=True),
            ),
            models.CheckConstraint(
                name="obligation_has_its_ground", condition=~Q(ground="") & ~Q(basis="")
            ),
            models.UniqueConstraint(
                name="obligation_once_a_measure",
                fields=["basis", "basis_item", "kind"],
                condition=~Q(basis_item=""),
                violation_error_message=_("This measure has its obligation already."),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="lawful_steps",
                field="state",
                transitions=[
                    (_STATE.OPEN.value, _STATE.SETTLED.value),
                    (_STATE.OPEN.value, _STATE.WITHDRAWN.value),
                    (_STATE.SETTLED.value, _STATE.WITHDRAWN.value),
                ],
            ),
            pgtrigger.ReadOnly(
                name="fixed_terms",
                fields=["number", "institution", "direction", "kind", "amount", "basis"],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("agreements_desk:obligation", args=[self.number])

    def get_portal_url(self) -> str:
        return reverse("agreements_portal:obligation", args=[self.number])

    @property
    def is_open(self) -> bool:
        return self.state == _STATE.OPEN

    @property
    def entered(self) -> Decimal:
        """What its entries make; prefetch `entries` for a list."""
        return sum((each.amount for each in self.entries.all()), start=_NOTHING)

    @property
    def outstanding(self) -> Decimal:
        return self.amount - self.entered if self.is_open else _NOTHING

    def is_overdue(self, on: date) -> bool:
        return self.is_open and self.due_on is not None and on > self.due_on

    @transition(field=state, source=_STATE.OPEN, target=_STATE.SETTLED)
    def settle(self) -> None:
        pass

    @transition(field=state, source=[_STATE.OPEN, _STATE.SETTLED], target=_STATE.WITHDRAWN)
    def withdraw(self) -> None:
        pass


class ObligationEntry(models.Model):
    """What became of a part of an obligation. Written once; never more than it is worth."""

    obligation = models.ForeignKey(
        Obligation,
        verbose_name=_("obligation"),
        on_delete=models.PROTECT,
        related_name="entries",
    )
    kind = models.CharField(_("kind"), max_length=10, choices=EntryKind)
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=2)
    on = models.DateField(_("on"))
    reference = models.CharField(
        pgettext_lazy("obligation", "reference"),
        max_length=60,
        blank=True,
        help_text=_("The number of the statement, or of the payment voucher."),
    )
    note = models.TextField(_("note"), blank=True)
    at = models.DateTimeField(_("recorded at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("entry of an obligation")
        verbose_name_plural = _("entries of obligations")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="obligationentry_amount_positive", condition=Q(amount__gt=0)
            ),
            models.CheckConstraint(
                name="obligationentry_has_its_reference",
                condition=Q(kind=EntryKind.RELEASED) & ~Q(note="")
                | (~Q(kind=EntryKind.RELEASED) & ~Q(reference="")),
            ),
            models.UniqueConstraint(
                name="obligationentry_reference_once",
                fields=["obligation", "kind", "reference"],
                condition=~Q(reference=""),
                violation_error_message=_("This statement or voucher is entered already."),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="within_amount",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("worth", "NUMERIC"), ("taken", "NUMERIC"), ("stands", "TEXT")],
                func="""
                SELECT amount, state INTO worth, stands FROM agreements_obligation
                    WHERE id = NEW.obligation_id FOR NO KEY UPDATE;
                IF stands <> 'open' THEN
                    RAISE EXCEPTION 'obligation % is not open', NEW.obligation_id
                        USING ERRCODE = 'check_violation',
                            CONSTRAINT = 'obligationentry_of_an_open_obligation';
                END IF;
                SELECT coalesce(sum(amount), 0) INTO taken FROM agreements_obligationentry
                    WHERE obligation_id = NEW.obligation_id;
                IF taken + NEW.amount > worth THEN
                    RAISE EXCEPTION 'entries of obligation % exceed its amount', NEW.obligation_id
                        USING ERRCODE = 'check_violation',
                            CONSTRAINT = 'obligationentry_within_amount';
                END IF;
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.obligation_id} {self.kind} {self.amount}"


class ObligationTransition(TransitionRecord):
    subject = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="transitions")
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of an obligation")
        verbose_name_plural = _("transitions of obligations")
