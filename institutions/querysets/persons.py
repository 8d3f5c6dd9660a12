from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from institutions.models import ResponsiblePerson  # noqa: F401 (in a quoted type argument)


class ResponsiblePersonQuerySet(models.QuerySet["ResponsiblePerson"]):
    def in_post_on(self, day: date) -> Self:
        """Who held a post on a day, both ends included."""
        return self.filter(Q(held_to__isnull=True) | Q(held_to__gte=day), held_from__lte=day)
