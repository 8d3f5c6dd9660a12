from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models

from supervision.enums.cases import CaseState

if TYPE_CHECKING:
    from agency.models import User
    from supervision.models import Case


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> Self:
        """Office staff see every case; an institution its own, once it has been given notice."""
        if user.is_office_staff:
            return self
        return self.filter(institution__memberships__user=user, noticed_on__isnull=False)

    def locked(self, pk: int) -> Case:
        return self.select_for_update(of=("self",)).get(pk=pk)

    def with_parties(self) -> Self:
        return self.select_related("institution", "agreement", "opened_by", "decided_by")

    def defence_over(self, *, on: date) -> Self:
        """Cases whose period of statement has passed without the office having said so."""
        return self.filter(
            state=CaseState.DEFENCE, defence_due_on__lt=on, defence_outcome=""
        ).order_by("defence_due_on", "pk")

    def supplement_overdue(self, *, on: date) -> Self:
        """Not supplemented in time, and nobody has been told of it yet."""
        return self.filter(
            state=CaseState.RETURNED, supplement_due_on__lt=on, overdue_told_at__isnull=True
        )

    def ready_to_decide(self) -> Self:
        return self.filter(state=CaseState.DEFENCE).exclude(defence_outcome="")


class AdministrationReportQuerySet(models.QuerySet):
    def unsent(self) -> Self:
        return self.filter(sent_at__isnull=True)

    def overdue(self, *, on: date) -> Self:
        """Overdue, and nobody has been told of it yet."""
        return self.unsent().filter(due_on__lt=on, overdue_told_at__isnull=True)
