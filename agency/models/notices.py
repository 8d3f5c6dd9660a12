from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agency.enums import Delivery


class Notice(models.Model):
    """A message in a person's inbox. `key` makes it once-only per recipient."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recipient"),
        on_delete=models.PROTECT,
        related_name="notices",
    )
    key = models.CharField(_("key"), max_length=120)
    topic = models.CharField(_("topic"), max_length=40, default="general")
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"), blank=True)
    url = models.CharField(_("link"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("sent at"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    delivery = models.CharField(_("by mail"), max_length=8, choices=Delivery, default=Delivery.NONE)
    digest = models.ForeignKey(
        "agency.OutboxMessage",
        verbose_name=_("daily mail"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="gathered",
    )

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="notice_once_per_recipient", fields=["recipient", "key"])
        ]
        indexes = [
            models.Index(
                name="notice_unread",
                fields=["recipient"],
                condition=models.Q(read_at__isnull=True),
            ),
            models.Index(name="notice_inbox", fields=["recipient", "-created_at", "-id"]),
            models.Index(name="notice_of_matter", fields=["url", "-created_at"]),
            models.Index(
                name="notice_for_digest",
                fields=["recipient", "created_at"],
                condition=models.Q(delivery=Delivery.DAILY, digest__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        return reverse("agency:notice", args=[self.pk])


class MessagePreference(models.Model):
    """How a person wants to hear of a topic; without a row, as the topic says."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.CASCADE,
        related_name="message_preferences",
    )
    topic = models.CharField(_("topic"), max_length=40)
    delivery = models.CharField(_("by mail"), max_length=8, choices=Delivery)

    class Meta:
        verbose_name = _("message preference")
        verbose_name_plural = _("message preferences")
        constraints = [
            models.UniqueConstraint(name="messagepreference_one_a_topic", fields=["user", "topic"])
        ]

    def __str__(self) -> str:
        return f"{self.topic}: {self.get_delivery_display()}"
