from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.enums import ProposalState
from agency.models.history import Lifecycle, StateField

if TYPE_CHECKING:
    from agency.models.people import User

_STATE = ProposalState
_DECIDED = [_STATE.APPROVED, _STATE.REJECTED]


class PolicyChange(Lifecycle):
    """Base of what one person proposes and another decides, in force from a day on (B-02).

    A row that nobody proposed came with the program.
    """

    state = StateField(_("state"), choices=_STATE.choices, default=_STATE.APPROVED)
    effective_from = models.DateField(_("effective from"))
    reason = models.TextField(_("reason"), blank=True)
    document = models.CharField(
        _("document"), max_length=200, blank=True, help_text=_("Title and number of the basis.")
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("proposed by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    proposed_at = models.DateTimeField(_("proposed at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision_reason = models.TextField(_("reason of the decision"), blank=True)

    DECISION: ClassVar = ["state", "decided_by", "decided_on", "decided_at", "decision_reason"]

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        return self.state == _STATE.PROPOSED

    @transition(field=state, source=_STATE.PROPOSED, target=_STATE.APPROVED)
    def approve(self, *, by: User, at: datetime, reason: str) -> None:
        self._decide(by, at, reason)

    @transition(field=state, source=_STATE.PROPOSED, target=_STATE.REJECTED)
    def reject(self, *, by: User, at: datetime, reason: str) -> None:
        self._decide(by, at, reason)

    @transition(field=state, source=_STATE.PROPOSED, target=_STATE.WITHDRAWN)
    def withdraw(self) -> None:
        pass

    def _decide(self, by: User, at: datetime, reason: str) -> None:
        self.decided_by, self.decided_at, self.decision_reason = by, at, reason
        self.decided_on = timezone.localdate(at)


def policy_constraints(name: str, *subject: str) -> list[Any]:
    """Return what the database demands of every change of policy; `subject` is what it is about."""
    return [
        models.UniqueConstraint(
            name=f"{name}_one_value_a_day",
            fields=[*subject, "effective_from"],
            condition=Q(state=_STATE.APPROVED),
        ),
        models.UniqueConstraint(
            name=f"{name}_one_proposal_at_a_time",
            fields=[*subject],
            condition=Q(state=_STATE.PROPOSED),
        ),
        models.CheckConstraint(
            name=f"{name}_proposed_by_somebody",
            condition=Q(proposed_by__isnull=False, proposed_at__isnull=False)
            | Q(proposed_by__isnull=True, proposed_at__isnull=True, state=_STATE.APPROVED),
        ),
        models.CheckConstraint(
            name=f"{name}_decision_has_its_facts",
            condition=Q(
                state__in=_DECIDED,
                decided_by__isnull=False,
                decided_on__isnull=False,
                decided_at__isnull=False,
            )
            | Q(decided_by__isnull=True, decided_on__isnull=True, decided_at__isnull=True)
            & (~Q(state__in=_DECIDED) | Q(proposed_by__isnull=True)),
        ),
        models.CheckConstraint(
            name=f"{name}_decided_by_another",
            condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
        ),
        models.CheckConstraint(
            name=f"{name}_changes_no_past",
            condition=~Q(state=_STATE.APPROVED)
            | Q(decided_on__isnull=True)
            | Q(decided_on__lte=F("effective_from")),
        ),
    ]


def policy_triggers(*kept: str) -> list[Any]:
    """Return the triggers of every change of policy; `kept` never changes once proposed."""
    return [
        pgtrigger.FSM(
            name="lawful_states",
            field="state",
            transitions=[
                (_STATE.PROPOSED.value, state.value) for state in [*_DECIDED, _STATE.WITHDRAWN]
            ],
        ),
        pgtrigger.ReadOnly(
            name="what_was_proposed_stays",
            fields=[*kept, "effective_from", "reason", "document", "proposed_by", "proposed_at"],
        ),
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
    ]
