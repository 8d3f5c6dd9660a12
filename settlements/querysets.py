from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from settlements.enums import (
    OPEN_STATEMENT_STATES,
    BatchState,
    BreachState,
    FindingStatus,
    KnowledgeState,
)

if TYPE_CHECKING:
    from agency.models import User
    from settlements.models import (
        ClaimBatch,
        Finding,
        KnowledgeVersion,
        Statement,
    )


class ClaimBatchQuerySet(models.QuerySet["ClaimBatch"]):
    def visible_to(self, user: User) -> Self:
        """Office staff see every batch, an institution's account only its own."""
        if user.is_office_staff:
            return self
        return self.filter(institution__memberships__user=user)

    def locked(self, pk: int) -> ClaimBatch:
        return self.select_for_update(of=("self",)).get(pk=pk)

    def taken_in(self) -> Self:
        """Batches that were accepted, whatever became of them since."""
        return self.filter(
            state__in=[BatchState.ACCEPTED, BatchState.REVIEWING, BatchState.REVIEWED]
        )

    def at_work(self) -> Self:
        """Batches the worker has or will have."""
        return self.exclude(state__in=[BatchState.REJECTED, BatchState.REVIEWED])


class ShelvedQuerySet(models.QuerySet):
    def of(self, batch: ClaimBatch) -> Self:
        """Rows of the batch; naming its shelf keeps the other partitions out of the plan."""
        return self.filter(shelf_id=batch.shelf_id, batch_id=batch.pk)


class FindingQuerySet(models.QuerySet["Finding"]):
    def visible_to(self, user: User) -> Self:
        if user.is_office_staff:
            return self
        return self.filter(batch__institution__memberships__user=user)

    def locked(self, pk: int) -> Finding:
        return self.select_for_update(of=("self",)).get(pk=pk)

    def undecided(self) -> Self:
        return self.filter(status=FindingStatus.FLAGGED)

    def confirmed(self) -> Self:
        return self.filter(status=FindingStatus.CONFIRMED)


class KnowledgeVersionQuerySet(models.QuerySet["KnowledgeVersion"]):
    def locked(self, pk: int) -> KnowledgeVersion:
        return self.select_for_update(of=("self",)).get(pk=pk)

    def in_use_on(self, day: date) -> KnowledgeVersion | None:
        """The newest version released up to the day."""
        return (
            self.filter(state=KnowledgeState.RELEASED, released_on__lte=day)
            .order_by("-released_on", "-number")
            .first()
        )


class KnowledgeRowQuerySet(models.QuerySet):
    def matching(self, text: str) -> Self:
        """Rows whose code begins with the text or whose name contains it."""
        return self.filter(Q(code__startswith=text) | Q(name__contains=text))


class StatementQuerySet(models.QuerySet["Statement"]):
    def visible_to(self, user: User) -> Self:
        """Office staff see every statement, an institution's account only its own."""
        if user.is_office_staff:
            return self
        return self.filter(institution__memberships__user=user)

    def locked(self, pk: int) -> Statement:
        return self.select_for_update(of=("self",)).get(pk=pk)

    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATEMENT_STATES)

    def overdue(self, *, on: date) -> Self:
        """Statements that owe something past their deadline (B-04)."""
        return self.open().filter(due_on__lt=on, payable__gt=0)

    def first_alarm_due(self, *, on: date) -> Self:
        """To be warned of for the first time, and not yet of the second."""
        return self.open().filter(
            payable__gt=0, alarm_20_on__lte=on, alarm_27_on__gt=on, alarmed_20_at__isnull=True
        )

    def second_alarm_due(self, *, on: date) -> Self:
        return self.open().filter(
            payable__gt=0, alarm_27_on__lte=on, due_on__gte=on, alarmed_27_at__isnull=True
        )

    def computed_before(self, calendar_version: int) -> Self:
        """Open statements whose deadline rests on an older calendar (T-12)."""
        return self.open().filter(due_basis__calendar_version__lt=calendar_version)


class PotentialBreachQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        if user.is_office_staff:
            return self
        return self.filter(statement__institution__memberships__user=user)

    def running(self) -> Self:
        return self.filter(state=BreachState.POTENTIAL)
