import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agency.enums import ScanResult


class Attachment(models.Model):
    """A file as it was received. Never served by address: `agency.owners` says who may see it."""

    file = models.FileField(_("file"), upload_to="attachments/%Y/%m/", max_length=200)
    name = models.CharField(_("original name"), max_length=200)
    content_type = models.CharField(_("content type"), max_length=80)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("uploaded by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    uploaded_at = models.DateTimeField(_("uploaded at"))
    scan_result = models.CharField(
        _("virus scan"), max_length=8, choices=ScanResult, default=ScanResult.OFF
    )
    scanned_at = models.DateTimeField(_("scanned at"), null=True, blank=True)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        constraints = [
            models.CheckConstraint(
                name="attachment_sha256_is_hex", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")
            ),
            models.CheckConstraint(
                name="attachment_scanned_at_when_scanned",
                condition=Q(scan_result=ScanResult.OFF, scanned_at=None)
                | Q(scan_result=ScanResult.CLEAN, scanned_at__isnull=False),
            ),
        ]
        indexes = [models.Index(name="attachment_uploaded", fields=["uploaded_at"])]

    def __str__(self) -> str:
        return self.name


class InfectedFile(models.Model):
    """A file the virus scanner refused: what was known of it. The file itself was not kept.

    Written in a transaction of its own, because the one that wanted the file is rolled back;
    that is why the person stands here by name and not by key.
    """

    name = models.CharField(_("original name"), max_length=200)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)
    signature = models.CharField(_("signature found"), max_length=200)
    username = models.CharField(_("uploaded by"), max_length=150, blank=True)
    at = models.DateTimeField(_("refused at"))

    class Meta:
        verbose_name = _("infected file")
        verbose_name_plural = _("infected files")
        ordering = ["-at", "-pk"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.signature}"
