from __future__ import annotations

from datetime import date, datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from agency.models import Attachment, Lifecycle, StateField, TransitionRecord
from institutions.models import Institution
from settlements.enums import BatchState, FileKind, ShelfKind
from settlements.querysets import ClaimBatchQuerySet

_STATE = BatchState
_TAKEN_IN = [_STATE.ACCEPTED, _STATE.REVIEWING, _STATE.REVIEWED]


class Shelf(models.Model):
    """A partition of the claim and charge tables (docs/decisions/0005-partitions.md)."""

    kind = models.CharField(_("kind"), max_length=4, choices=ShelfKind)
    month = models.DateField(_("month of taking in"))

    class Meta:
        verbose_name = _("shelf")
        verbose_name_plural = _("shelves")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="shelf_one_live_a_month", fields=["month"], condition=Q(kind=ShelfKind.LIVE)
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class ClaimBatch(Lifecycle):
    """One institution's settlements of one calendar month, as handed in once (claims.md)."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        related_name="claim_batches",
    )
    month = models.DateField(_("month of settlement"), null=True, blank=True)
    state = StateField(_("state"), choices=BatchState.choices, default=BatchState.RECEIVED)
    submitted_at = models.DateTimeField(pgettext_lazy("claims", "submitted at"))
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=pgettext_lazy("claims", "submitted by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty when an operator handed it in from the command line."),
    )
    fingerprint = models.CharField(_("fingerprint of the files"), max_length=64)
    declared_on = models.DateField(_("declared on"), null=True, blank=True)
    is_supplementary = models.BooleanField(_("supplementary"), default=False)
    shelf = models.ForeignKey(
        Shelf,
        verbose_name=_("shelf"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="batches",
    )
    claim_count = models.PositiveIntegerField(_("settlements"), default=0)
    line_count = models.PositiveIntegerField(_("lines"), default=0)
    medfee_amount = models.DecimalField(
        _("medical fees"), max_digits=16, decimal_places=2, default=0
    )
    fund_amount = models.DecimalField(
        _("declared from the fund"), max_digits=16, decimal_places=2, default=0
    )
    first_line_key = models.CharField(_("first line"), max_length=60, blank=True, db_collation="C")
    last_line_key = models.CharField(_("last line"), max_length=60, blank=True, db_collation="C")
    error_count = models.PositiveIntegerField(_("errors"), default=0)
    first_errors = models.JSONField(_("first errors"), default=list, blank=True)
    error_report = models.ForeignKey(
        Attachment,
        verbose_name=_("error report"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)

    objects = ClaimBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim batch")
        verbose_name_plural = _("claim batches")
        ordering = ["-submitted_at", "-pk"]
        indexes = [
            models.Index(name="claimbatch_newest", fields=["-submitted_at", "-id"]),
            models.Index(
                name="claimbatch_by_institution", fields=["institution", "-submitted_at", "-id"]
            ),
            models.Index(
                name="claimbatch_at_work",
                fields=["state", "submitted_at"],
                condition=~Q(state__in=[_STATE.REJECTED, _STATE.REVIEWED]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="claimbatch_month_is_its_first_day",
                condition=Q(month__isnull=True) | Q(month__day=1),
            ),
            models.CheckConstraint(
                name="claimbatch_accepted_has_its_facts",
                condition=~Q(state__in=_TAKEN_IN)
                | Q(
                    month__isnull=False,
                    declared_on__isnull=False,
                    shelf__isnull=False,
                    line_count__gt=0,
                ),
            ),
            models.CheckConstraint(
                name="claimbatch_rejected_has_its_report",
                condition=~Q(state=_STATE.REJECTED)
                | Q(error_report__isnull=False, error_count__gt=0),
            ),
            models.CheckConstraint(
                name="claimbatch_reviewed_has_its_instant",
                condition=~Q(state=_STATE.REVIEWED) | Q(reviewed_at__isnull=False),
            ),
            models.UniqueConstraint(
                name="claimbatch_files_once",
                fields=["institution", "fingerprint"],
                condition=~Q(state=_STATE.REJECTED),
            ),
            models.UniqueConstraint(
                name="claimbatch_one_original_a_month",
                fields=["institution", "month"],
                condition=Q(state__in=_TAKEN_IN, is_supplementary=False),
            ),
        ]
        triggers = [
            # Rows in the partitions name their batch without a key the database checks.
            pgtrigger.Protect(name="batch_stays", operation=pgtrigger.Delete),
            pgtrigger.FSM(
                name="batch_state_machine",
                field="state",
                transitions=[
                    ("received", "checking"),
                    ("checking", "accepted"),
                    ("checking", "rejected"),
                    ("accepted", "reviewing"),
                    ("reviewed", "reviewing"),
                    ("reviewing", "reviewed"),
                ],
            ),
            pgtrigger.Trigger(
                name="batch_review_ends_with_audit",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Condition(
                    "(NEW.state = 'reviewing' AND OLD.state IS DISTINCT FROM NEW.state)"
                ),
                declare=[("audited", "BOOLEAN")],
                func="""
                SELECT state <> 'declared' INTO audited FROM settlements_statement
                    WHERE batch_id = NEW.id FOR SHARE;
                IF audited THEN
                    RAISE EXCEPTION 'the statement of batch % is audited', NEW.number
                    USING ERRCODE = 'check_violation',
                        CONSTRAINT = 'claimbatch_review_ends_with_audit';
                END IF;
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("settlements_desk:batch_detail", args=[self.number])

    def get_portal_url(self) -> str:
        return reverse("settlements_portal:batch_detail", args=[self.number])

    @property
    def is_taken_in(self) -> bool:
        return self.state in _TAKEN_IN

    @property
    def is_at_work(self) -> bool:
        """The worker has it, or will."""
        return self.state not in (_STATE.REJECTED, _STATE.REVIEWED)

    @transition(field=state, source=_STATE.RECEIVED, target=_STATE.CHECKING)
    def check_files(self) -> None:
        pass

    @transition(field=state, source=_STATE.CHECKING, target=_STATE.ACCEPTED)
    def accept(self, *, on: date) -> None:
        self.declared_on = on

    @transition(field=state, source=_STATE.CHECKING, target=_STATE.REJECTED)
    def reject(self, *, report: Attachment, errors: int) -> None:
        self.error_report, self.error_count = report, errors

    @transition(field=state, source=[_STATE.ACCEPTED, _STATE.REVIEWED], target=_STATE.REVIEWING)
    def start_review(self) -> None:
        pass

    @transition(field=state, source=_STATE.REVIEWING, target=_STATE.REVIEWED)
    def finish_review(self, *, at: datetime) -> None:
        self.reviewed_at = at


class BatchTransition(TransitionRecord):
    subject = models.ForeignKey(ClaimBatch, on_delete=models.PROTECT, related_name="transitions")

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a claim batch")
        verbose_name_plural = _("transitions of claim batches")


class BatchFile(models.Model):
    """The receipt of one file of a batch."""

    batch = models.ForeignKey(
        ClaimBatch, verbose_name=_("claim batch"), on_delete=models.PROTECT, related_name="files"
    )
    kind = models.CharField(_("file"), max_length=20, choices=FileKind)
    attachment = models.ForeignKey(
        Attachment, verbose_name=_("as received"), on_delete=models.PROTECT, related_name="+"
    )
    encoding = models.CharField(_("encoding"), max_length=10, blank=True)
    row_count = models.PositiveIntegerField(_("rows"), default=0)

    class Meta:
        verbose_name = _("file of a claim batch")
        verbose_name_plural = _("files of claim batches")
        ordering = ["batch", "-kind"]
        constraints = [
            models.UniqueConstraint(name="batchfile_one_of_a_kind", fields=["batch", "kind"])
        ]

    def __str__(self) -> str:
        return self.kind


class DataRemark(models.Model):
    """Something about a batch's data that is neither an error nor a finding, told once with its
    number of rows: an unknown code, an input a check would have needed.
    """

    batch = models.ForeignKey(
        ClaimBatch, verbose_name=_("claim batch"), on_delete=models.PROTECT, related_name="remarks"
    )
    check_name = models.CharField(_("check"), max_length=40, blank=True)
    field = models.CharField(pgettext_lazy("data", "field"), max_length=40)
    value = models.CharField(_("value"), max_length=100, blank=True)
    row_count = models.PositiveIntegerField(_("rows"))
    example = models.CharField(_("for example"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("data-quality remark")
        verbose_name_plural = _("data-quality remarks")
        ordering = ["batch", "check_name", "field", "-row_count", "value"]
        constraints = [
            models.UniqueConstraint(
                name="dataremark_once", fields=["batch", "check_name", "field", "value"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.field} = {self.value}"
