from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from institutions.services.search import about
from supervision.enums.interviews import InterviewState

if TYPE_CHECKING:
    from agency.models import User
    from supervision.models import Interview

UNDER_WAY = (InterviewState.TO_CALL, InterviewState.CALLED)


class InterviewQuerySet(models.QuerySet["Interview"]):
    def visible_to(self, user: User) -> Self:
        """Office staff see every interview, an institution those it has been called to."""
        if user.is_office_staff:
            return self
        return self.filter(
            case__institution__memberships__user=user,
            state__in=[InterviewState.CALLED, InterviewState.HELD, InterviewState.MISSED],
        )

    def locked(self, pk: int) -> Interview:
        return (
            self.select_for_update(of=("self",))
            .select_related("case__institution", "case__region", "measure")
            .get(pk=pk)
        )

    def under_way(self) -> Self:
        return self.filter(state__in=UNDER_WAY)

    def matching(self, text: str) -> Self:
        return self.filter(
            Q(case__number__istartswith=text.strip()) | about(text, "case__institution")
        )


class CommitmentQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(done_on__isnull=True)

    def overdue(self, *, on: date) -> Self:
        """Not done in time, and nobody has been told of it yet."""
        return self.open().filter(due_on__lt=on, overdue_told_at__isnull=True)
