from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.models import Lifecycle, StateField, TransitionRecord, User
from agreements.enums.life import RequestKind, RequestState
from agreements.models.agreement import Agreement
from agreements.querysets.life import AgreementRequestQuerySet
from institutions.models.letters import letter_key

_STATE = RequestState


class AgreementRequest(Lifecycle):
    """What an institution asks of the agency about its agreement (Order 2 arts. 41, 42, 44).

    An accepted one is carried out on the day wanted, by the nightly job if that lies ahead.
    """

    number = models.CharField(_("number"), max_length=30, unique=True)
    agreement = models.ForeignKey(
        Agreement, verbose_name=_("agreement"), on_delete=models.PROTECT, related_name="requests"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=RequestKind)
    state = StateField(_("state"), choices=RequestState.choices, default=RequestState.FILED)
    wanted_on = models.DateField(_("wanted from"))
    wanted_to = models.DateField(_("wanted to"), null=True, blank=True)
    reason = models.TextField(_("reason"))
    is_late = models.BooleanField(_("filed late"), default=False)
    needs_review = models.BooleanField(_("to be reviewed by the administration"), default=False)
    filed_at = models.DateTimeField(_("filed at"))
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("filed by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    decision_due_on = models.DateField(_("to be decided by"), db_index=True)
    decision_due_basis = models.JSONField(_("basis of the deadline"), default=dict, blank=True)
    decision_due_provisional = models.BooleanField(_("deadline is provisional"), default=False)
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

    objects = AgreementRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request about an agreement")
        verbose_name_plural = _("requests about agreements")
        ordering = ["-filed_at", "-pk"]
        indexes = [
            models.Index(
                name="agreementrequest_to_perform",
                fields=["wanted_on"],
                condition=Q(state=RequestState.ACCEPTED),
            )
        ]
        triggers = [
            pgtrigger.FSM(
                name="state_machine",
                field="state",
                transitions=[
                    (_STATE.FILED.value, _STATE.ACCEPTED.value),
                    (_STATE.FILED.value, _STATE.REFUSED.value),
                    (_STATE.FILED.value, _STATE.WITHDRAWN.value),
                    (_STATE.ACCEPTED.value, _STATE.PERFORMED.value),
                    (_STATE.ACCEPTED.value, _STATE.LAPSED.value),
                    (_STATE.FILED.value, _STATE.LAPSED.value),
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]
        constraints = [
            models.UniqueConstraint(
                name="agreementrequest_one_open_of_a_kind",
                fields=["agreement", "kind"],
                condition=Q(state=RequestState.FILED),
            ),
            models.CheckConstraint(
                name="agreementrequest_decision_has_its_facts",
                condition=Q(state__in=[_STATE.FILED, _STATE.WITHDRAWN, _STATE.LAPSED])
                | Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="agreementrequest_decided_by_another",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("filed_by")),
            ),
            models.CheckConstraint(
                name="agreementrequest_ends_after_it_begins",
                condition=Q(wanted_to__isnull=True) | Q(wanted_to__gte=F("wanted_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("agreements_desk:request", args=[self.number])

    def get_portal_url(self) -> str:
        return reverse("agreements_portal:request", args=[self.number])

    @property
    def is_open(self) -> bool:
        return self.state == RequestState.FILED

    @transition(field=state, source=_STATE.FILED, target=_STATE.ACCEPTED)
    def accept(self, *, by: User, at: datetime, reason: str) -> None:
        self.decided_by, self.decided_at, self.decision_reason = by, at, reason

    @transition(field=state, source=_STATE.FILED, target=_STATE.REFUSED)
    def refuse(self, *, by: User, at: datetime, reason: str) -> None:
        self.decided_by, self.decided_at, self.decision_reason = by, at, reason

    @transition(field=state, source=_STATE.FILED, target=_STATE.WITHDRAWN)
    def withdraw(self) -> None:
        pass

    @transition(field=state, source=_STATE.ACCEPTED, target=_STATE.PERFORMED)
    def perform(self) -> None:
        pass

    @transition(field=state, source=[_STATE.FILED, _STATE.ACCEPTED], target=_STATE.LAPSED)
    def lapse(self) -> None:
        """What it asked for cannot happen any more: the agreement has ended or moved."""


class AgreementRequestTransition(TransitionRecord):
    subject = models.ForeignKey(
        AgreementRequest, on_delete=models.PROTECT, related_name="transitions"
    )
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a request")
        verbose_name_plural = _("transitions of requests")
