from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Concat, LPad, Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agreements.models import Agreement
from archives.enums import Category, FileRole, Matter, Retention
from archives.models.fonds import Fonds
from archives.querysets import RecordQuerySet
from archives.rules import LAST_ITEM, NUMBER_PATTERN
from settlements.models import Statement
from supervision.models import Case


def _text(field: str, width: int) -> LPad:
    return LPad(Cast(field, models.CharField()), width, Value("0"))


class Record(models.Model):
    """An ended matter as it was, in the archives: numbered once, changed never, and leaving only
    by a disposal that this program does not have yet.
    """

    number = models.CharField(_("archive number"), max_length=40, unique=True)
    fonds = models.ForeignKey(
        Fonds, verbose_name=_("fonds"), on_delete=models.PROTECT, related_name="records"
    )
    category = models.CharField(_("archive category"), max_length=2, choices=Category)
    year = models.PositiveSmallIntegerField(_("year"))
    retention = models.CharField(_("retention period"), max_length=3, choices=Retention)
    item = models.PositiveSmallIntegerField(_("item"))

    matter = models.CharField(_("matter"), max_length=20, choices=Matter)
    title = models.CharField(pgettext_lazy("record", "title"), max_length=300)
    document_number = models.CharField(_("document number"), max_length=60)
    responsible = models.CharField(_("responsible body"), max_length=120)
    formed_on = models.DateField(_("formed on"))
    retained_until = models.DateField(_("kept until"), null=True, blank=True, db_index=True)

    agreement = models.OneToOneField(
        Agreement,
        verbose_name=_("agreement"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="record",
    )
    statement = models.OneToOneField(
        Statement,
        verbose_name=_("statement"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="record",
    )
    case = models.OneToOneField(
        Case,
        verbose_name=_("case"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="record",
    )
    metadata = models.JSONField(_("metadata"))
    filed_at = models.DateTimeField(_("archived at"))

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("record")
        verbose_name_plural = _("records")
        ordering = ["-filed_at", "-pk"]
        indexes = [
            models.Index(name="record_newest", fields=["-filed_at", "-id"]),
            models.Index(name="record_by_class", fields=["category", "year", "retention"]),
            GinIndex(OpClass(Upper("title"), "gin_trgm_ops"), name="record_title_search"),
        ]
        constraints = [
            models.CheckConstraint(
                name="record_number_has_its_form", condition=Q(number__regex=NUMBER_PATTERN)
            ),
            models.CheckConstraint(
                name="record_number_says_its_class",
                condition=Q(
                    number=Concat(
                        F("fonds"),
                        Value("-"),
                        F("category"),
                        Value("·"),
                        _text("year", 4),
                        Value("-"),
                        F("retention"),
                        Value("-"),
                        _text("item", 4),
                        output_field=models.CharField(),
                    )
                ),
            ),
            models.CheckConstraint(
                name="record_item_has_four_digits", condition=Q(item__gte=1, item__lte=LAST_ITEM)
            ),
            models.UniqueConstraint(
                name="record_item_once_in_its_class",
                fields=["fonds", "category", "year", "retention", "item"],
            ),
            models.CheckConstraint(
                name="record_has_one_subject",
                condition=Q(agreement__isnull=False, statement__isnull=True, case__isnull=True)
                | Q(agreement__isnull=True, statement__isnull=False, case__isnull=True)
                | Q(agreement__isnull=True, statement__isnull=True, case__isnull=False),
            ),
            models.CheckConstraint(
                name="record_kept_until_where_not_for_good",
                condition=Q(retention=Retention.Y, retained_until__isnull=True)
                | (~Q(retention=Retention.Y) & Q(retained_until__isnull=False)),
            ),
            models.CheckConstraint(
                name="record_year_is_that_of_its_forming", condition=Q(year=F("formed_on__year"))
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="never_changed"),
            pgtrigger.Protect(name="never_leaves", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("archives_desk:detail", args=[self.number])

    @property
    def subject(self) -> Agreement | Statement | Case:
        subject = self.agreement or self.statement or self.case
        if subject is None:
            raise ValueError("a record without its subject")
        return subject


class RecordFile(models.Model):
    """A file of a record, as written at the filing; its digest tells whether it still is."""

    record = models.ForeignKey(
        Record, verbose_name=_("record"), on_delete=models.PROTECT, related_name="files"
    )
    role = models.CharField(_("content"), max_length=10, choices=FileRole)
    file = models.FileField(_("file"), max_length=200)
    name = models.CharField(_("file name"), max_length=80)
    content_type = models.CharField(_("content type"), max_length=80)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)

    class Meta:
        verbose_name = _("file of a record")
        verbose_name_plural = _("files of records")
        ordering = ["record", "role"]
        constraints = [
            models.UniqueConstraint(name="recordfile_one_of_a_role", fields=["record", "role"]),
            models.CheckConstraint(
                name="recordfile_sha256_is_hex", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="never_changed"),
            pgtrigger.Protect(name="never_leaves", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.name


class RecordCheck(models.Model):
    """One check of a record's files against their digests (H-17)."""

    record = models.ForeignKey(
        Record, verbose_name=_("record"), on_delete=models.PROTECT, related_name="checks"
    )
    at = models.DateTimeField(_("checked at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    matches = models.BooleanField(_("matches"))
    findings = models.JSONField(_("per file"), default=list)

    class Meta:
        verbose_name = _("check of a record")
        verbose_name_plural = _("checks of records")
        ordering = ["-at", "-pk"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.at:%Y-%m-%d}"
