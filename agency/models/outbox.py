from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agency.enums import OutboxState
from agency.models.notices import Notice

WAITING = (OutboxState.PENDING, OutboxState.FAILED)


class OutboxMessage(models.Model):
    """A mail that was decided on, written in the transaction of the act it tells of; a worker
    sends it after the commit. `key` makes it once-only per address.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recipient"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="outbox",
    )
    address = models.EmailField(_("address"))
    sender = models.CharField(_("sender"), max_length=320)
    topic = models.CharField(_("topic"), max_length=40)
    urgent = models.BooleanField(
        _("urgent"), default=False, help_text=_("Goes out outside office hours too.")
    )
    key = models.CharField(_("key"), max_length=160)
    message_id = models.CharField(
        _("message id"),
        max_length=200,
        unique=True,
        help_text=_("The same at every attempt, so that mail servers can tell a repetition."),
    )
    subject = models.CharField(_("subject"), max_length=250)
    body = models.TextField(_("text"))
    notice = models.OneToOneField(
        Notice,
        verbose_name=_("notice"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="mail",
    )
    state = models.CharField(
        _("state"), max_length=10, choices=OutboxState, default=OutboxState.PENDING
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("written at"))
    next_attempt_at = models.DateTimeField(_("next attempt at"))
    claimed_at = models.DateTimeField(_("taken by a worker at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    last_error = models.TextField(_("last error"), blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("retried or cancelled by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    handled_at = models.DateTimeField(_("retried or cancelled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="outboxmessage_once_per_address", fields=["address", "key"]
            ),
            models.CheckConstraint(
                name="outboxmessage_sent_at_when_sent",
                condition=Q(state=OutboxState.SENT, sent_at__isnull=False)
                | (~Q(state=OutboxState.SENT) & Q(sent_at=None)),
            ),
            models.CheckConstraint(
                name="outboxmessage_claimed_while_sending",
                condition=~Q(state=OutboxState.SENDING) | Q(claimed_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="outbox_due", fields=["next_attempt_at"], condition=Q(state__in=WAITING)
            ),
            models.Index(
                name="outbox_sending",
                fields=["claimed_at"],
                condition=Q(state=OutboxState.SENDING),
            ),
            models.Index(name="outbox_list", fields=["state", "-created_at", "-id"]),
        ]

    def __str__(self) -> str:
        return self.subject
