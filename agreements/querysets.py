from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from agreements.enums import AgreementState

if TYPE_CHECKING:
    from agency.models import User
    from agreements.models import Agreement, AgreementRequest


class AgreementQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Office staff see every agreement, an institution's account only its own."""
        if user.is_office_staff:
            return self
        return self.filter(institution__memberships__user=user)

    def locked(self, pk: int) -> Agreement:
        return self.select_for_update(of=("self",)).get(pk=pk)

    def in_term_on(self, day: date) -> Self:
        """Agreements that had begun and not ended on the day, suspended or not."""
        return self.exclude(state__in=[AgreementState.DRAFT, AgreementState.SIGNED]).filter(
            valid_from__lte=day, last_day__gte=day
        )

    def in_force_on(self, day: date) -> Self:
        """Agreements in their term and not suspended on the day: what makes a charge payable."""
        suspended = Q(suspensions__starts_on__lte=day) & (
            Q(suspensions__resumed_on__isnull=True) | Q(suspensions__resumed_on__gt=day)
        )
        return self.in_term_on(day).exclude(pk__in=self.model.objects.filter(suspended).values("pk"))


class AgreementRequestQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        if user.is_office_staff:
            return self
        return self.filter(agreement__institution__memberships__user=user)

    def locked(self, pk: int) -> AgreementRequest:
        return self.select_for_update(of=("self",)).get(pk=pk)
