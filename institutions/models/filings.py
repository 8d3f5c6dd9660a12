from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.models import (
    Lifecycle,
    OfficialLetter,
    Region,
    StateField,
    TransitionRecord,
    User,
)
from institutions.enums.notices import (
    AssessedResult,
    FilingState,
)
from institutions.models.applications import DesignationApplication
from institutions.models.letters import letter_key
from institutions.querysets.notices import (
    ResultFilingQuerySet,
    ResultToFileQuerySet,
)


class ResultFiling(Lifecycle):
    """The filing of assessment results with the administration of the same level (A-06, Order 2
    art. 9): for record, nobody approves anything. Its number is that of its letter.
    """

    number = models.CharField(_("number"), max_length=60, unique=True)
    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+"
    )
    letter = models.OneToOneField(
        OfficialLetter, verbose_name=_("letter"), on_delete=models.PROTECT, related_name="+"
    )
    state = StateField(_("state"), choices=FilingState.choices, default=FilingState.FILED)
    filed_at = models.DateTimeField(_("filed at"))
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("filed by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("acknowledged by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    remark = models.TextField(_("remark of the administration"), blank=True)

    objects = ResultFilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("filing of assessment results")
        verbose_name_plural = _("filings of assessment results")
        ordering = ["-filed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="resultfiling_acknowledgement_has_its_facts",
                condition=Q(
                    state=FilingState.FILED,
                    acknowledged_at__isnull=True,
                    acknowledged_by__isnull=True,
                )
                | Q(
                    state=FilingState.ACKNOWLEDGED,
                    acknowledged_at__isnull=False,
                    acknowledged_by__isnull=False,
                ),
            ),
        ]
        indexes = [models.Index(name="resultfiling_by_filing", fields=["-filed_at", "-id"])]
        triggers = [
            pgtrigger.FSM(
                name="lawful_states",
                field="state",
                transitions=[(FilingState.FILED.value, FilingState.ACKNOWLEDGED.value)],
            )
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("institutions_desk:filing", args=[self.pk])

    @transition(field=state, source=FilingState.FILED, target=FilingState.ACKNOWLEDGED)
    def acknowledge(self, *, by: User, at: datetime, remark: str) -> None:
        self.acknowledged_by, self.acknowledged_at, self.remark = by, at, remark


class ResultFilingTransition(TransitionRecord):
    subject = models.ForeignKey(ResultFiling, on_delete=models.PROTECT, related_name="transitions")
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a filing of results")
        verbose_name_plural = _("transitions of filings of results")


class ResultToFile(models.Model):
    """One result of an assessment, to be filed with the administration by a day."""

    application = models.ForeignKey(
        DesignationApplication,
        verbose_name=_("application"),
        on_delete=models.PROTECT,
        related_name="results_to_file",
    )
    result = models.CharField(_("result"), max_length=10, choices=AssessedResult)
    decided_on = models.DateField(_("decided on"))
    due_on = models.DateField(_("to be filed by"))
    due_basis = models.JSONField(_("basis of the deadline"), default=dict)
    filing = models.ForeignKey(
        ResultFiling,
        verbose_name=_("filing"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="results",
    )

    objects = ResultToFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment result to be filed")
        verbose_name_plural = _("assessment results to be filed")
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(
                name="resulttofile_waiting", fields=["due_on"], condition=Q(filing__isnull=True)
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="filed_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.filing_id IS NOT NULL AND OLD.filing_id IS DISTINCT FROM NEW.filing_id"
                ),
                func="RAISE EXCEPTION 'result %: filed once', OLD.id USING"
                " ERRCODE = 'check_violation', CONSTRAINT = 'resulttofile_filed_once';",
            )
        ]

    def __str__(self) -> str:
        return f"{self.application} {self.get_result_display()}"
