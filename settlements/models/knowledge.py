from __future__ import annotations

from datetime import date, datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.models import Lifecycle, StateField, TransitionRecord, User
from settlements.enums import KnowledgeKind, KnowledgeState
from settlements.querysets import KnowledgeRowQuerySet, KnowledgeVersionQuerySet


class KnowledgeVersion(Lifecycle):
    """A complete knowledge base. Once released it never changes: findings name its rows."""

    number = models.PositiveIntegerField(_("version"), unique=True)
    state = StateField(_("state"), choices=KnowledgeState.choices, default=KnowledgeState.DRAFT)
    source = models.CharField(_("source"), max_length=200)
    source_hash = models.CharField(_("hash of the files"), max_length=64, unique=True)
    imported_at = models.DateTimeField(_("imported at"))
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("imported by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty when an operator imported it from the command line."),
    )
    released_on = models.DateField(_("in use from"), null=True, blank=True)
    released_at = models.DateTimeField(_("released at"), null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("released by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty when an operator released it from the command line."),
    )
    row_counts = models.JSONField(_("rows per file"), default=dict)

    objects = KnowledgeVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("knowledge base version")
        verbose_name_plural = _("knowledge base versions")
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                name="knowledgeversion_released_has_its_day",
                condition=Q(
                    state=KnowledgeState.RELEASED,
                    released_on__isnull=False,
                    released_at__isnull=False,
                )
                | Q(state=KnowledgeState.DRAFT, released_on__isnull=True),
            ),
            models.CheckConstraint(
                name="knowledgeversion_released_by_another",
                condition=Q(released_by__isnull=True)
                | Q(imported_by__isnull=True)
                | ~Q(released_by=F("imported_by")),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="release_is_final", field="state", transitions=[("draft", "released")]
            )
        ]

    def __str__(self) -> str:
        return f"V{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("settlements_desk:knowledge_detail", args=[self.number])

    @transition(field=state, source=KnowledgeState.DRAFT, target=KnowledgeState.RELEASED)
    def release(self, *, by: User | None, on: date, at: datetime) -> None:
        self.released_by, self.released_on, self.released_at = by, on, at


class KnowledgeVersionTransition(TransitionRecord):
    subject = models.ForeignKey(
        KnowledgeVersion, on_delete=models.PROTECT, related_name="transitions"
    )

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a knowledge base version")
        verbose_name_plural = _("transitions of knowledge base versions")


class KnowledgeRow(models.Model):
    """One fact of the knowledge base: what is allowed for a code, and where it is written.

    A drug's fact is joined with each of its codes, so that a review matches one table only.
    """

    version = models.ForeignKey(
        KnowledgeVersion, verbose_name=_("version"), on_delete=models.PROTECT, related_name="rows"
    )
    kind = models.CharField(_("kind"), max_length=30, choices=KnowledgeKind)
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=300)
    limit_value = models.CharField(_("allowed"), max_length=40, blank=True)
    quantity = models.DecimalField(
        _("quantity"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    period_days = models.PositiveIntegerField(_("days"), null=True, blank=True)
    scope = models.CharField(_("scope"), max_length=20, blank=True)
    main_code = models.CharField(_("code of the main service"), max_length=40, blank=True)
    main_name = models.CharField(_("main service"), max_length=300, blank=True)
    remark = models.TextField(_("remark"), blank=True)
    source_file = models.CharField(_("file"), max_length=60)
    row_no = models.PositiveIntegerField(_("row"))

    objects = KnowledgeRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("knowledge row")
        verbose_name_plural = _("knowledge rows")
        ordering = ["pk"]
        indexes = [
            models.Index(name="knowledgerow_by_code", fields=["version", "kind", "code"]),
            models.Index(name="knowledgerow_any_version", fields=["code"]),
        ]
        constraints = [
            models.UniqueConstraint(
                name="knowledgerow_source_once", fields=["version", "source_file", "row_no"]
            )
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"
