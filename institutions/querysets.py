from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from institutions.enums import ChangeState

if TYPE_CHECKING:
    from agency.models import User
    from institutions.models import ChangeRequest, Institution, InstitutionFact


class InstitutionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Office staff see every institution, an institution's account only its own."""
        if user.is_office_staff:
            return self
        return self.filter(memberships__user=user)

    def verified(self) -> Self:
        """Institutions whose national code, and so everything it vouches for, is known."""
        return self.filter(code__isnull=False)

    def matching(self, text: str) -> Self:
        """Institutions whose name contains the text, or whose code begins with it."""
        text = text.strip()
        # As the trigram index on UPPER(name) wants it.
        return self.alias(upper_name=Upper("name")).filter(
            Q(upper_name__contains=text.upper()) | Q(code__startswith=text.upper())
        )

    def locked(self, pk: int) -> Institution:
        return self.select_for_update(of=("self",)).get(pk=pk)


class InstitutionFactQuerySet(models.QuerySet):
    def in_effect_on(self, day: date) -> Self:
        """For each institution and field the newest value that had taken effect by the day."""
        return (
            self.filter(effective_from__lte=day)
            .order_by("institution", "field", "-effective_from")
            .distinct("institution", "field")
        )

    def of(self, institution: Institution, *fields: str) -> dict[str, InstitutionFact]:
        return {each.field: each for each in self.filter(institution=institution, field__in=fields)}


class ChangeRequestQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        if user.is_office_staff:
            return self
        return self.filter(institution__memberships__user=user)

    def waiting(self) -> Self:
        """Filings the agency has not decided yet."""
        return self.filter(state=ChangeState.FILED)

    def locked(self, pk: int) -> ChangeRequest:
        return self.select_for_update(of=("self",)).get(pk=pk)
