from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from agency.models import User


class RecordQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Records are the office's own; an institution asks the office for a copy."""
        return self if user.is_office_staff else self.none()

    def with_subject(self) -> Self:
        return self.select_related("fonds", "agreement", "statement", "case")

    def search(self, text: str) -> Self:
        return self.filter(
            Q(number__icontains=text)
            | Q(title__icontains=text)
            | Q(document_number__icontains=text)
        )
