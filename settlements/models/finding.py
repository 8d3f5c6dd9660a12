from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.models import Lifecycle, StateField, TransitionRecord, User
from settlements.enums import Check, FindingStatus
from settlements.models.batch import ClaimBatch
from settlements.models.knowledge import KnowledgeRow, KnowledgeVersion
from settlements.querysets import FindingQuerySet
from settlements.wording import basis_text

_STATUS = FindingStatus


class ReviewRun(models.Model):
    """One run of the review: what it was done with, and what each check found."""

    batch = models.ForeignKey(
        ClaimBatch, verbose_name=_("claim batch"), on_delete=models.PROTECT, related_name="runs"
    )
    number = models.PositiveSmallIntegerField(_("run"))
    knowledge = models.ForeignKey(
        KnowledgeVersion,
        verbose_name=_("knowledge base"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="runs",
    )
    parameters = models.JSONField(_("parameters"), default=dict, blank=True)
    counts = models.JSONField(_("findings per check"), default=dict, blank=True)
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty when the program acted by itself."),
    )

    class Meta:
        verbose_name = _("review run")
        verbose_name_plural = _("review runs")
        ordering = ["batch", "-number"]
        constraints = [
            models.UniqueConstraint(name="reviewrun_number_once", fields=["batch", "number"])
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.number}"


class Finding(Lifecycle):
    """A doubt about a line, or about a settlement where `bkkp_sn` is empty (B-03)."""

    batch = models.ForeignKey(
        ClaimBatch, verbose_name=_("claim batch"), on_delete=models.PROTECT, related_name="findings"
    )
    check_name = models.CharField(_("check"), max_length=40, choices=Check)
    setl_id = models.CharField("setl_id", max_length=60)
    bkkp_sn = models.CharField("bkkp_sn", max_length=60, null=True, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=2)
    fund_amount = models.DecimalField(_("fund amount"), max_digits=16, decimal_places=2)
    facts = models.JSONField(_("facts"), default=dict)
    knowledge_row = models.ForeignKey(
        KnowledgeRow,
        verbose_name=_("knowledge row"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="findings",
    )
    status = StateField(_("status"), choices=FindingStatus.choices, default=_STATUS.FLAGGED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["batch", "setl_id", "bkkp_sn", "check_name"]
        indexes = [
            models.Index(name="finding_by_status", fields=["batch", "status", "id"]),
            models.Index(name="finding_by_check", fields=["batch", "check_name", "id"]),
        ]
        constraints = [
            models.UniqueConstraint(
                name="finding_once",
                fields=["batch", "setl_id", "bkkp_sn", "check_name"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="finding_decision_has_its_facts",
                condition=Q(status=_STATUS.FLAGGED, decided_by__isnull=True)
                | (
                    ~Q(status=_STATUS.FLAGGED)
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(reason="")
                ),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="finding_status_machine",
                field="status",
                transitions=[
                    ("flagged", "confirmed"),
                    ("flagged", "cleared"),
                    ("confirmed", "cleared"),  # reopened: its day is payable again (B-19)
                ],
            ),
            pgtrigger.Protect(
                name="decided_finding_stays",
                operation=pgtrigger.Delete,
                condition=~pgtrigger.Q(old__status=_STATUS.FLAGGED),
            ),
            # The statement's row is locked for the moment, so that an audit under way is awaited.
            pgtrigger.Trigger(
                name="finding_frozen_by_audit",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Condition(
                    "((OLD.status, OLD.fund_amount) IS DISTINCT FROM (NEW.status, NEW.fund_amount))"
                ),
                declare=[("audited", "BOOLEAN")],
                func="""
                SELECT state <> 'declared' INTO audited FROM settlements_statement
                    WHERE batch_id = NEW.batch_id FOR SHARE;
                IF audited THEN
                    RAISE EXCEPTION 'the statement of finding % is audited', NEW.id
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'finding_frozen_by_audit';
                END IF;
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.check_name} {self.bkkp_sn or self.setl_id}"

    @property
    def basis(self) -> str:
        """Why, in the reader's language."""
        return basis_text(self.check_name, self.facts)

    @transition(field=status, source=_STATUS.FLAGGED, target=_STATUS.CONFIRMED)
    def confirm(self, *, by: User, at: datetime, reason: str) -> None:
        self.decided_by, self.decided_at, self.reason = by, at, reason

    @transition(field=status, source=_STATUS.FLAGGED, target=_STATUS.CLEARED)
    def clear(self, *, by: User, at: datetime, reason: str) -> None:
        self.decided_by, self.decided_at, self.reason = by, at, reason


class FindingTransition(TransitionRecord):
    """A decision on a finding. That the program flagged it says the review run."""

    subject = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="transitions")

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a finding")
        verbose_name_plural = _("transitions of findings")
