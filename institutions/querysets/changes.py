from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from institutions.enums.changes import OPEN_STATES, ChangeState, CommitmentState

if TYPE_CHECKING:
    from agency.models import User
    from institutions.models import (
        AddressCommitment,
        ChangeRequest,
    )


class ChangeRequestQuerySet(models.QuerySet["ChangeRequest"]):
    def visible_to(self, user: User) -> Self:
        if user.is_office_staff:
            return self
        return self.filter(institution__memberships__user=user)

    def matching(self, text: str) -> Self:
        """Filings whose number begins with the text, or whose institution it finds."""
        institutions: Any = self.model._meta.get_field("institution").related_model
        found = institutions.objects.matching(text)
        return self.filter(
            Q(number__istartswith=text.strip()) | Q(institution__in=found.values("pk"))
        )

    def changing(self, field: str) -> Self:
        return self.filter(pk__in=self.model.objects.filter(items__field=field).values("pk"))

    def with_content(self) -> Self:
        """Filings with their institution and items: two queries, whatever their number."""
        return self.select_related("institution").prefetch_related("items")

    def waiting(self) -> Self:
        """Filings the agency has not decided yet."""
        return self.filter(state__in=OPEN_STATES)

    def to_take_effect(self) -> Self:
        """Approved filings whose bank account waits for its day."""
        return self.filter(state=ChangeState.APPROVED)

    def computed_before(self, calendar_version: int) -> Self:
        """Filings with a deadline that rests on an older calendar (T-12)."""
        return self.filter(
            Q(filing_due_basis__calendar_version__lt=calendar_version)
            | Q(decision_due_basis__calendar_version__lt=calendar_version)
        )

    def locked(self, pk: int) -> ChangeRequest:
        return self.select_for_update(of=("self",)).get(pk=pk)


class AddressCommitmentQuerySet(models.QuerySet["AddressCommitment"]):
    def visible_to(self, user: User) -> Self:
        if user.is_office_staff:
            return self
        return self.filter(change__institution__memberships__user=user)

    def to_verify(self) -> Self:
        """Commitments for a place the institution has moved to, not yet seen there."""
        return self.filter(state=CommitmentState.SIGNED, check_due_on__isnull=False)

    def locked(self, pk: int) -> AddressCommitment:
        return self.select_for_update(of=("self",)).get(pk=pk)
