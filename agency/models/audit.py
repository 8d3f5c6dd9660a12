"""What proves that history was not altered: seals of past days, their chain of heads, and what
came of verifying them. And who read what is nobody's to see without a purpose.
"""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agency.enums import CheckOutcome, JobStatus, ReadingKind, ReadingPurpose


class AuditHead(models.Model):
    """The head of the chain on a past day: the digest of the head before it, the day, and all
    seals of the day. Who kept a published head can prove that nothing before it was altered.
    """

    day = models.DateField(_("day"), unique=True)
    previous = models.CharField(_("head before"), max_length=64, blank=True)
    head = models.CharField(_("head"), max_length=64, unique=True)
    seal_count = models.PositiveIntegerField(_("sealed tables"))
    row_count = models.PositiveBigIntegerField(_("sealed rows"))
    sealed_at = models.DateTimeField(_("sealed at"))

    class Meta:
        verbose_name = _("daily head")
        verbose_name_plural = _("daily heads")
        ordering = ["-day"]
        constraints = [
            models.CheckConstraint(
                name="audithead_is_a_digest", condition=Q(head__regex=r"^[0-9a-f]{64}$")
            ),
            models.UniqueConstraint(name="audithead_one_chain", fields=["previous"]),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.head}"


class AuditSeal(models.Model):
    """The digest of all audit events that one table got on one past day.

    `columns` says what was digested and in which order, so that a column added later does not
    invalidate the seal. `marks` are the first bytes of each row's digest: they name the rows that
    differ, while `digest` proves that some do.
    """

    head = models.ForeignKey(
        AuditHead, verbose_name=_("daily head"), on_delete=models.PROTECT, related_name="seals"
    )
    day = models.DateField(_("day"))
    source = models.CharField(_("table"), max_length=63)
    first_pk = models.BigIntegerField(_("first row"))
    last_pk = models.BigIntegerField(_("last row"))
    row_count = models.PositiveBigIntegerField(_("rows"))
    columns = ArrayField(models.CharField(max_length=64), verbose_name=_("columns"))
    digest = models.CharField(_("digest"), max_length=64)
    marks = models.BinaryField(_("marks of the rows"))

    class Meta:
        verbose_name = _("audit seal")
        verbose_name_plural = _("audit seals")
        ordering = ["-day", "source"]
        constraints = [
            models.UniqueConstraint(name="auditseal_once", fields=["day", "source"]),
            models.CheckConstraint(
                name="auditseal_is_a_digest", condition=Q(digest__regex=r"^[0-9a-f]{64}$")
            ),
            models.CheckConstraint(name="auditseal_has_rows", condition=Q(row_count__gt=0)),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.source}"


class AuditCheck(models.Model):
    """One verification of sealed days, and what it found."""

    from_day = models.DateField(_("from"))
    to_day = models.DateField(_("up to and including"))
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("requested by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    requested_at = models.DateTimeField(_("requested at"))
    status = models.CharField(
        _("status"), max_length=8, choices=JobStatus, default=JobStatus.QUEUED
    )
    days_total = models.PositiveIntegerField(_("days to verify"), default=0)
    days_done = models.PositiveIntegerField(_("days verified"), default=0)
    rows_done = models.PositiveBigIntegerField(_("rows verified"), default=0)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=8, choices=CheckOutcome, blank=True)
    faults = models.JSONField(_("differences"), default=list, blank=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("verification of the history")
        verbose_name_plural = _("verifications of the history")
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="auditcheck_days_in_order", condition=Q(from_day__lte=models.F("to_day"))
            ),
            models.CheckConstraint(
                name="auditcheck_done_has_its_outcome",
                condition=Q(status=JobStatus.DONE, finished_at__isnull=False) & ~Q(outcome="")
                | ~Q(status=JobStatus.DONE) & Q(outcome=""),
            ),
        ]
        indexes = [models.Index(name="auditcheck_latest", fields=["-requested_at", "-id"])]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="final_when_done",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("(OLD.status = 'done')"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_day:%Y-%m-%d} – {self.to_day:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("agency_desk:audit_check", args=[self.pk])


class ReadLog(models.Model):
    """Somebody was shown personal data or a bank account unmasked: who, when, whose, what for.

    `subject` and `owner` are `app.model:pk`: what was read, and the institution it belongs to.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("reader"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    acting_for = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("standing in for"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("read at"))
    kind = models.CharField(_("what was read"), max_length=20, choices=ReadingKind)
    subject = models.CharField(_("subject's key"), max_length=80)
    label = models.CharField(_("subject"), max_length=200)
    owner = models.CharField(_("owner's key"), max_length=80, blank=True)
    fields = ArrayField(models.CharField(max_length=40), verbose_name=_("fields"))
    purpose = models.CharField(_("purpose"), max_length=20, choices=ReadingPurpose)
    note = models.CharField(_("purpose in words"), max_length=300)
    address = models.GenericIPAddressField(_("network address"), null=True, blank=True)

    class Meta:
        verbose_name = _("reading of protected data")
        verbose_name_plural = _("readings of protected data")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(name="readlog_says_what_for", condition=~Q(note="")),
            models.CheckConstraint(name="readlog_names_fields", condition=Q(fields__len__gt=0)),
        ]
        indexes = [
            models.Index(name="readlog_latest", fields=["-at", "-id"]),
            models.Index(name="readlog_of_owner", fields=["owner", "-at", "-id"]),
            models.Index(name="readlog_of_reader", fields=["user", "-at", "-id"]),
            models.Index(name="readlog_of_subject", fields=["subject", "-at", "-id"]),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.label}"
