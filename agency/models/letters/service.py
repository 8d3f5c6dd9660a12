from __future__ import annotations

from datetime import date, datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.enums import IdentityCheck, ServiceMethod, ServiceState
from agency.models.attachments import Attachment
from agency.models.history import Lifecycle, StateField
from agency.models.letters.letter import OfficialLetter
from agency.models.people import User

_STATE = ServiceState
_METHOD = ServiceMethod


class LetterService(Lifecycle):
    """An attempt to serve a letter, with its proof (T-09). What happens to it stands in the
    letter's history.
    """

    letter = models.ForeignKey(
        OfficialLetter, verbose_name=_("letter"), on_delete=models.PROTECT, related_name="services"
    )
    method = models.CharField(_("method"), max_length=8, choices=ServiceMethod)
    state = StateField(_("state"), choices=ServiceState.choices, default=_STATE.PENDING)
    sent_on = models.DateField(_("sent on"))
    sent_at = models.DateTimeField(_("sending recorded at"))
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("sent by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    tracking_number = models.CharField(_("tracking number"), max_length=60, blank=True)
    notice_until = models.DateField(_("notice ends on"), null=True, blank=True)
    recipient = models.CharField(_("received by"), max_length=120, blank=True)
    served_on = models.DateField(_("served on"), null=True, blank=True)
    served_at = models.DateTimeField(_("service recorded at"), null=True, blank=True)
    proof = models.ForeignKey(
        Attachment,
        verbose_name=_("proof"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    signature = models.CharField(_("signed with the name"), max_length=120, blank=True)
    checked_by = models.CharField(
        _("identity checked by"), max_length=8, choices=IdentityCheck, blank=True
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("confirmed by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    failed_on = models.DateField(_("failed on"), null=True, blank=True)
    failure_reason = models.TextField(_("why it failed"), blank=True)

    class Meta:
        verbose_name = _("service of a letter")
        verbose_name_plural = _("services of letters")
        ordering = ["-sent_at", "-pk"]
        indexes = [
            models.Index(
                name="letterservice_notices",
                fields=["notice_until"],
                condition=Q(method="notice", state="pending"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="letterservice_one_open", fields=["letter"], condition=Q(state=_STATE.PENDING)
            ),
            models.UniqueConstraint(
                name="letterservice_served_once",
                fields=["letter"],
                condition=Q(state=_STATE.SERVED),
            ),
            models.CheckConstraint(
                name="letterservice_post_has_its_tracking_number",
                condition=~Q(method=_METHOD.POST) | ~Q(tracking_number=""),
            ),
            models.CheckConstraint(
                name="letterservice_notice_has_its_end",
                condition=~Q(method=_METHOD.NOTICE) | Q(notice_until__gte=F("sent_on")),
            ),
            models.CheckConstraint(
                name="letterservice_served_has_its_day",
                condition=~Q(state=_STATE.SERVED)
                | Q(served_at__isnull=False, served_on__gte=F("sent_on")),
            ),
            models.CheckConstraint(
                name="letterservice_served_has_its_proof",
                condition=~Q(state=_STATE.SERVED)
                | Q(method__in=[_METHOD.POST, _METHOD.HAND], proof__isnull=False) & ~Q(recipient="")
                | Q(method=_METHOD.PORTAL, confirmed_by__isnull=False)
                & ~Q(signature="")
                & ~Q(checked_by="")
                | Q(method=_METHOD.NOTICE, notice_until__lte=F("served_on")),
            ),
            models.CheckConstraint(
                name="letterservice_failed_has_its_reason",
                condition=Q(state=_STATE.FAILED, failed_on__isnull=False) & ~Q(failure_reason="")
                | ~Q(state=_STATE.FAILED) & Q(failed_on__isnull=True, failure_reason=""),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="state_machine",
                field="state",
                transitions=[("pending", "served"), ("pending", "failed")],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="final_when_over",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "(OLD.state <> 'pending' AND OLD.* IS DISTINCT FROM NEW.*)"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.get_method_display()}"

    @transition(field=state, source=_STATE.PENDING, target=_STATE.SERVED)
    def succeed(self, *, served_on: date, at: datetime, recipient: str, by: User | None) -> None:
        self.served_on, self.served_at = served_on, at
        self.recipient, self.confirmed_by = recipient, by

    @transition(field=state, source=_STATE.PENDING, target=_STATE.FAILED)
    def fail(self, *, on: date, reason: str) -> None:
        self.failed_on, self.failure_reason = on, reason
