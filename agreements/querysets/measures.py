from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from agency.enums import ServiceState
from agency.models import OfficialLetter
from agreements.enums.measures import Direction, ObligationState
from institutions.services.search import about

if TYPE_CHECKING:
    from agency.models import User
    from agreements.models import Obligation, ServiceBlock


def told() -> Q:
    """Rows the institution has been told of: by a letter that was served, or without one."""
    served = OfficialLetter.objects.filter(services__state=ServiceState.SERVED)
    return Q(letter__isnull=True) | Q(letter__in=served.values("pk"))


class ObligationQuerySet(models.QuerySet["Obligation"]):
    def visible_to(self, user: User) -> Self:
        """Office staff see every obligation, an institution its own once its letter was served."""
        if user.is_office_staff:
            return self
        return self.filter(told(), institution__memberships__user=user)

    def told(self) -> Self:
        return self.filter(told())

    def locked(self, pk: int) -> Obligation:
        return (
            self.select_for_update(of=("self",), no_key=True)
            .select_related("institution", "region", "agreement")
            .get(pk=pk)
        )

    def open(self) -> Self:
        return self.filter(state=ObligationState.OPEN)

    def overdue(self, *, on: date) -> Self:
        return self.open().filter(due_on__lt=on)

    def theirs(self) -> Self:
        """Open ones the institution must pay by a day."""
        return self.open().filter(direction=Direction.TO_FUND, due_on__isnull=False)

    def ours(self) -> Self:
        """Open ones the agency must pay back by a day."""
        return self.open().filter(direction=Direction.TO_INSTITUTION, due_on__isnull=False)

    def matching(self, text: str) -> Self:
        """By the beginning of a number, its own or its case's, or by the institution."""
        word = text.strip()
        return self.filter(Q(number__istartswith=word) | Q(basis__istartswith=word) | about(text))


class ServiceBlockQuerySet(models.QuerySet["ServiceBlock"]):
    def visible_to(self, user: User) -> Self:
        """Office staff see every block, an institution its own once the letter was served."""
        if user.is_office_staff:
            return self
        return self.filter(told(), institution__memberships__user=user)

    def locked(self, pk: int) -> ServiceBlock:
        return (
            self.select_for_update(of=("self",), no_key=True)
            .select_related("institution", "region", "practitioner__person", "department")
            .get(pk=pk)
        )

    def valid(self) -> Self:
        return self.filter(annulled_on__isnull=True)

    def holding_on(self, day: date) -> Self:
        """Blocks under which a service of that day is not settled."""
        return self.valid().filter(
            Q(last_day__isnull=True) | Q(last_day__gte=day), first_day__lte=day
        )

    def touching(self, first_day: date, last_day: date | None) -> Self:
        """Blocks that share a day with these."""
        rows = self.filter(Q(last_day__isnull=True) | Q(last_day__gte=first_day))
        return rows.filter(first_day__lte=last_day) if last_day else rows

    def with_targets(self) -> Self:
        return self.select_related("institution", "practitioner__person", "department")

    def matching(self, text: str) -> Self:
        """By whom: staff code, name or department; by the number of the case; by institution."""
        word = text.strip()
        return self.filter(
            Q(practitioner__staff_code__startswith=word.upper())
            | Q(practitioner__person__name__startswith=word)
            | Q(department__code__startswith=word.upper())
            | Q(department__name__startswith=word)
            | Q(basis__istartswith=word)
            | about(text)
        )
