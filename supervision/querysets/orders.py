from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from institutions.services.search import about
from supervision.enums.orders import OPEN_ORDERS

if TYPE_CHECKING:
    from supervision.models import AdministrationOrder


class AdministrationOrderQuerySet(models.QuerySet["AdministrationOrder"]):
    def locked(self, pk: int) -> AdministrationOrder:
        return (
            self.select_for_update(of=("self",))
            .select_related("institution__region", "case__region", "ordered_by")
            .get(pk=pk)
        )

    def unanswered(self) -> Self:
        """Orders on which the agency owes a report back."""
        return self.filter(state__in=OPEN_ORDERS)

    def overdue(self, *, on: date) -> Self:
        """Overdue, and nobody has been told of it yet."""
        return self.unanswered().filter(due_on__lt=on, overdue_told_at__isnull=True)

    def matching(self, text: str) -> Self:
        """Orders whose number begins with the text, or whose institution it finds."""
        return self.filter(Q(number__istartswith=text.strip()) | about(text))
