from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from agency.models import Lifecycle, TransitionRecord
from agreements.enums import RequestKind, RequestState
from agreements.models.agreement import Agreement
from agreements.querysets import AgreementRequestQuerySet


class AgreementRequest(Lifecycle):
    """What an institution asks of the agency about its agreement (Order 2 arts. 41, 42, 44)."""

    number = models.CharField(_("number"), max_length=30, unique=True)
    agreement = models.ForeignKey(
        Agreement, verbose_name=_("agreement"), on_delete=models.PROTECT, related_name="requests"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=RequestKind)
    state = FSMField(
        _("state"), choices=RequestState.choices, default=RequestState.FILED, protected=True
    )
    wanted_on = models.DateField(_("wanted from"), null=True, blank=True)
    reason = models.TextField(_("reason"))
    is_late = models.BooleanField(_("filed late"), default=False)
    filed_at = models.DateTimeField(_("filed at"))
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("filed by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    decision_due_on = models.DateField(_("to be decided by"), null=True, db_index=True)
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
        constraints = [
            models.UniqueConstraint(
                name="agreementrequest_one_open_of_a_kind",
                fields=["agreement", "kind"],
                condition=Q(state=RequestState.FILED),
            ),
            models.CheckConstraint(
                name="agreementrequest_decision_has_its_facts",
                condition=Q(state__in=[RequestState.FILED, RequestState.WITHDRAWN])
                | Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @transition(field=state, source=RequestState.FILED, target=RequestState.ACCEPTED)
    def accept(self, *, by: models.Model, at: datetime, reason: str) -> None:
        self.decided_by, self.decided_at, self.decision_reason = by, at, reason

    @transition(field=state, source=RequestState.FILED, target=RequestState.REFUSED)
    def refuse(self, *, by: models.Model, at: datetime, reason: str) -> None:
        self.decided_by, self.decided_at, self.decision_reason = by, at, reason

    @transition(field=state, source=RequestState.FILED, target=RequestState.WITHDRAWN)
    def withdraw(self) -> None:
        pass


class AgreementRequestTransition(TransitionRecord):
    subject = models.ForeignKey(
        AgreementRequest, on_delete=models.PROTECT, related_name="transitions"
    )

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a request")
        verbose_name_plural = _("transitions of requests")
