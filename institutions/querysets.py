from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from agency.models import User
    from institutions.models import ChangeRequest


class InstitutionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Office staff see every institution, an institution's account only its own."""
        if user.is_office_staff:
            return self
        return self.filter(memberships__user=user)


class ChangeRequestQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        if user.is_office_staff:
            return self
        return self.filter(institution__memberships__user=user)

    def locked(self, pk: int) -> ChangeRequest:
        return self.select_for_update(of=("self",)).get(pk=pk)
