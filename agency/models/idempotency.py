from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class IdempotentRequest(models.Model):
    """A request of a machine that carried a key of its own choosing, and how it was answered: asked
    again with the same key, it is answered the same and nothing is done twice.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    key = models.CharField(_("idempotency key"), max_length=200)
    target = models.CharField(_("method and address"), max_length=500)
    digest = models.CharField(_("digest of the request"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    answer = models.JSONField(_("answer"), null=True)
    created_at = models.DateTimeField(_("asked at"))

    class Meta:
        verbose_name = _("idempotent request")
        verbose_name_plural = _("idempotent requests")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="idempotentrequest_key_once_per_owner", fields=["owner", "key"]
            ),
            models.CheckConstraint(name="idempotentrequest_has_a_key", condition=~Q(key="")),
        ]
        indexes = [models.Index(name="idempotentrequest_by_age", fields=["created_at"])]

    def __str__(self) -> str:
        return f"{self.target} · {self.key}"
