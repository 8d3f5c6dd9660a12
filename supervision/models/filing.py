from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agency.enums import Actor
from agency.powers import only_of
from supervision.enums.proceedings import Correction, FilingOutcome, FilingWord
from supervision.models.case import Case
from supervision.querysets.proceedings import FilingReviewQuerySet


def _somebody(label: Any) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=label,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )


class FilingReview(models.Model):
    """The filing of a grave decision with the administration's legal side for review, its answer,
    and the correction it demands (C-05).
    """

    case = models.OneToOneField(
        Case, verbose_name=_("case"), on_delete=models.PROTECT, related_name="filing"
    )
    due_on = models.DateField(_("to be filed by"), db_index=True)
    due_basis = models.JSONField(_("basis of the deadline"), default=dict)
    due_provisional = models.BooleanField(_("deadline is provisional"), default=False)
    text = models.TextField(_("text of the filing"), blank=True)
    filed_at = models.DateTimeField(_("filed at"), null=True, blank=True)
    filed_by = _somebody(_("filed by"))
    letter = models.OneToOneField(
        "agency.OfficialLetter",
        verbose_name=_("letter"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="filing_review",
    )
    outcome = models.CharField(_("answer"), max_length=10, choices=FilingOutcome, blank=True)
    reasons = models.TextField(_("reasons of the answer"), blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = _somebody(_("answered by"))
    correct_due_on = models.DateField(_("to be corrected by"), null=True, blank=True)
    correct_due_basis = models.JSONField(
        _("basis of the correction's deadline"), default=dict, blank=True
    )
    correct_due_provisional = models.BooleanField(
        _("the correction's deadline is provisional"), default=False
    )
    correction = models.CharField(_("correction"), max_length=10, choices=Correction, blank=True)
    correction_text = models.TextField(_("how it was corrected"), blank=True)
    corrected_at = models.DateTimeField(_("corrected at"), null=True, blank=True)
    corrected_by = _somebody(_("corrected by"))
    overdue_told_at = models.DateTimeField(_("told of being overdue"), null=True, blank=True)

    objects = FilingReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("filing review")
        verbose_name_plural = _("filing reviews")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="filingreview_filed_has_its_facts",
                condition=(Q(filed_at__isnull=False, filed_by__isnull=False) & ~Q(text=""))
                | Q(filed_at__isnull=True, filed_by__isnull=True, text=""),
            ),
            models.CheckConstraint(
                name="filingreview_answered_once_filed",
                condition=(
                    Q(filed_at__isnull=False, answered_at__gte=F("filed_at"))
                    & Q(answered_by__isnull=False)
                    & ~Q(outcome="")
                )
                | Q(outcome="", reasons="", answered_at__isnull=True, answered_by__isnull=True),
            ),
            models.CheckConstraint(
                name="filingreview_correction_says_why",
                condition=(
                    Q(outcome=FilingOutcome.REVIEW_CORRECTION, correct_due_on__isnull=False)
                    & ~Q(reasons="")
                )
                | (~Q(outcome=FilingOutcome.REVIEW_CORRECTION) & Q(correct_due_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="filingreview_corrected_has_its_facts",
                condition=(
                    Q(outcome=FilingOutcome.REVIEW_CORRECTION)
                    & Q(corrected_at__isnull=False, corrected_by__isnull=False)
                    & ~Q(correction="")
                    & ~Q(correction_text="")
                )
                | Q(
                    correction="",
                    correction_text="",
                    corrected_at__isnull=True,
                    corrected_by__isnull=True,
                ),
            ),
        ]
        triggers = [
            only_of(Actor.AGENCY, "filed_by", "corrected_by"),
            only_of(Actor.ADMINISTRATION, "answered_by"),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return str(self.case)

    def get_absolute_url(self) -> str:
        return self.case.get_absolute_url()

    @property
    def word(self) -> FilingWord:
        """Where it stands, for the badge."""
        if self.corrected_at:
            return FilingWord.CORRECTED
        if self.outcome == FilingOutcome.REVIEW_CORRECTION:
            return FilingWord.CORRECTION
        if self.outcome:
            return FilingWord.OK
        return FilingWord.FILED if self.filed_at else FilingWord.OWED
