from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models

from supervision.enums.disputes import (
    OPEN_DEMAND_STATES,
    OPEN_DISPUTE_STATES,
    OPEN_MEASURE_STATES,
    AgencyBreachState,
    AgencyMeasureState,
    DemandState,
    DisputeState,
)

if TYPE_CHECKING:
    from agency.models import User
    from supervision.models import AgencyMeasure, CorrectionDemand, Dispute


class AgencyBreachQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Office staff see every breach, an institution those toward itself."""
        if user.is_office_staff:
            return self
        return self.filter(institution__memberships__user=user)

    def running(self) -> Self:
        return self.filter(state=AgencyBreachState.POTENTIAL)


class CorrectionDemandQuerySet(models.QuerySet["CorrectionDemand"]):
    def visible_to(self, user: User) -> Self:
        if user.is_office_staff:
            return self
        return self.filter(institution__memberships__user=user)

    def locked(self, pk: int) -> CorrectionDemand:
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)

    def open(self) -> Self:
        return self.filter(state__in=OPEN_DEMAND_STATES)

    def unanswered(self) -> Self:
        return self.filter(state=DemandState.FILED)


class AgencyMeasureQuerySet(models.QuerySet["AgencyMeasure"]):
    def locked(self, pk: int) -> AgencyMeasure:
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)

    def open(self) -> Self:
        return self.filter(state__in=OPEN_MEASURE_STATES)

    def unreported(self) -> Self:
        """Measures with a day by which the agency has to report."""
        return self.filter(state=AgencyMeasureState.TAKEN, due_on__isnull=False)


class DisputeQuerySet(models.QuerySet["Dispute"]):
    def visible_to(self, user: User) -> Self:
        if user.is_office_staff:
            return self
        return self.filter(institution__memberships__user=user)

    def locked(self, pk: int) -> Dispute:
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)

    def open(self) -> Self:
        return self.filter(state__in=OPEN_DISPUTE_STATES)

    def waiting_for_acceptance(self) -> Self:
        return self.filter(state=DisputeState.FILED)

    def waiting_for_result(self) -> Self:
        return self.filter(state__in=[DisputeState.ACCEPTED, DisputeState.UNDER_WAY])

    def to_withdraw(self) -> Self:
        """A publication falls with the decision and has not been withdrawn yet (C-04)."""
        return self.filter(withdrawal_due_on__isnull=False, withdrawn_on__isnull=True)

    def overdue(self, *, on: date) -> Self:
        return self.waiting_for_result().filter(decision_due_on__lt=on)
