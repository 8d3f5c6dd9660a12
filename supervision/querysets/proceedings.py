from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models

from supervision.enums.proceedings import FilingOutcome, LegalOutcome

if TYPE_CHECKING:
    from supervision.models import FilingReview


class FilingReviewQuerySet(models.QuerySet["FilingReview"]):
    def locked(self, case_id: int) -> FilingReview | None:
        """Return the filing of a case, locked, if there is one."""
        return self.select_for_update(of=("self",)).filter(case=case_id).first()

    def unfiled(self) -> Self:
        return self.filter(filed_at__isnull=True)

    def unanswered(self) -> Self:
        return self.filter(filed_at__isnull=False, outcome="")

    def uncorrected(self) -> Self:
        return self.filter(outcome=FilingOutcome.REVIEW_CORRECTION, corrected_at__isnull=True)

    def overdue(self, *, on: date) -> Self:
        """Not filed in time, and nobody has been told of it yet."""
        return self.unfiled().filter(due_on__lt=on, overdue_told_at__isnull=True)


class LegalReviewQuerySet(models.QuerySet):
    def to_be_discussed(self) -> Self:
        """Found lawful, and not discussed yet."""
        return self.filter(outcome=LegalOutcome.APPROVED, discussion__isnull=True)

    def carried(self) -> Self:
        return self.filter(outcome=LegalOutcome.APPROVED, discussion__carried=True)
