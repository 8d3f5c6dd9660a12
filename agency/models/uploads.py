import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agency.enums import UploadState
from agency.models.attachments import Attachment


class Upload(models.Model):
    """A large file on its way, piece by piece. Once whole it is taken in as an attachment, which
    belongs to nothing until a form that names this upload is sent.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("uploaded by"),
        on_delete=models.CASCADE,
        related_name="uploads",
    )
    purpose = models.CharField(_("purpose"), max_length=40)
    name = models.CharField(_("original name"), max_length=200)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    received = models.PositiveBigIntegerField(_("bytes received"), default=0)
    state = models.CharField(
        _("state"), max_length=8, choices=UploadState, default=UploadState.OPEN
    )
    refusal = models.TextField(_("reason of refusal"), blank=True)
    created_at = models.DateTimeField(_("begun at"))
    expires_at = models.DateTimeField(_("expires at"))
    attachment = models.OneToOneField(
        Attachment,
        verbose_name=_("attachment"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="upload_received_within_size", condition=Q(received__lte=F("size"))
            ),
            models.CheckConstraint(name="upload_size_not_zero", condition=Q(size__gt=0)),
            models.CheckConstraint(
                name="upload_whole_when_ended",
                condition=Q(state__in=[UploadState.OPEN, UploadState.REFUSED])
                | Q(received=F("size")),
            ),
        ]
        indexes = [
            models.Index(name="upload_expiry", fields=["expires_at"]),
            models.Index(name="upload_of_user", fields=["user", "-created_at"]),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def part_name(self) -> str:
        """Where the received bytes lie, below the directory of uploads."""
        return f"uploads/{self.pk}.part"
