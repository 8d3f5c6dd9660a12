from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.models import (
    Attachment,
    EncryptedCharField,
    Lifecycle,
    StateField,
    TransitionRecord,
    User,
)
from institutions.enums.notices import (
    DECIDED,
    ObjectionState,
)
from institutions.models.guards import ONLY_DURING_THE_NOTICE
from institutions.models.letters import letter_key
from institutions.models.notices import NoticeEntry
from institutions.querysets.notices import (
    ObjectionQuerySet,
)


class Objection(Lifecycle):
    """What somebody holds against an applicant in a public notice. Who it was is shown to those
    who decide alone; the applicant reads the text and may comment on it.
    """

    number = models.CharField(_("number"), max_length=30, unique=True)
    entry = models.ForeignKey(
        NoticeEntry,
        verbose_name=_("applicant"),
        on_delete=models.PROTECT,
        related_name="objections",
    )
    state = StateField(_("state"), choices=ObjectionState.choices, default=ObjectionState.UNDECIDED)
    objector = EncryptedCharField(_("name of the objector"), max_length=80, blank=True)
    contact = EncryptedCharField(_("contact"), max_length=120, blank=True)
    text = models.TextField(_("objection"))
    evidence = models.ManyToManyField(
        Attachment, verbose_name=_("evidence"), blank=True, related_name="+"
    )
    received_on = models.DateField(_("received on"))
    received_at = models.DateTimeField(_("received at"))
    comment = models.TextField(_("comment of the applicant"), blank=True)
    commented_at = models.DateTimeField(_("commented at"), null=True, blank=True)
    commented_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("commented by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decision_due_on = models.DateField(_("to be decided by"))
    decision_due_basis = models.JSONField(_("basis of the decision's deadline"), default=dict)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decision_reason = models.TextField(_("reason of the decision"), blank=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="objection_number_has_its_form",
                condition=Q(number__regex=r"^OBJ-[0-9]{6}-[0-9]{4}-[0-9]{4,}$"),
            ),
            models.CheckConstraint(name="objection_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="objection_decision_has_its_facts",
                condition=(
                    Q(state__in=DECIDED, decided_at__isnull=False, decided_by__isnull=False)
                    & ~Q(decision_reason="")
                )
                | Q(
                    state=ObjectionState.UNDECIDED,
                    decided_at__isnull=True,
                    decided_by__isnull=True,
                    decision_reason="",
                ),
            ),
        ]
        indexes = [
            models.Index(name="objection_by_receipt", fields=["-received_at", "-id"]),
            models.Index(
                name="objection_undecided",
                fields=["decision_due_on"],
                condition=Q(state=ObjectionState.UNDECIDED),
            ),
        ]
        triggers = [
            ONLY_DURING_THE_NOTICE,
            pgtrigger.FSM(
                name="lawful_states",
                field="state",
                transitions=[(ObjectionState.UNDECIDED.value, state.value) for state in DECIDED],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("institutions_desk:objection", args=[self.number])

    def get_portal_url(self) -> str:
        return reverse("institutions_portal:objection", args=[self.number])

    @property
    def is_open(self) -> bool:
        return self.state == ObjectionState.UNDECIDED

    @transition(field=state, source=ObjectionState.UNDECIDED, target=ObjectionState.UPHELD)
    def uphold(self, *, by: User, at: datetime, reason: str) -> None:
        self.decided_by, self.decided_at, self.decision_reason = by, at, reason

    @transition(field=state, source=ObjectionState.UNDECIDED, target=ObjectionState.REJECTED)
    def reject(self, *, by: User, at: datetime, reason: str) -> None:
        self.decided_by, self.decided_at, self.decision_reason = by, at, reason

    @transition(field=state, source=ObjectionState.UNDECIDED, target=ObjectionState.INADMISSIBLE)
    def dismiss(self, *, by: User, at: datetime, reason: str) -> None:
        self.decided_by, self.decided_at, self.decision_reason = by, at, reason


class ObjectionTransition(TransitionRecord):
    subject = models.ForeignKey(Objection, on_delete=models.PROTECT, related_name="transitions")
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of an objection")
        verbose_name_plural = _("transitions of objections")
