from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from institutions.enums.changes import BUSY_STATES, OPEN_STATES, ChangeState, CommitmentState
from institutions.rules.reevaluation import DECISIVE_FIELDS, Route

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

    def with_everything(self) -> Self:
        """Filings as their pages show them, in a bounded number of queries."""
        return (
            self.with_content()
            .select_related(
                "institution__region",
                "filed_by",
                "checked_by",
                "decided_by",
                "route_chosen_by",
                "stopped_by",
                "commitment__signed_by",
                "commitment__found_by",
            )
            .prefetch_related(
                "evidence",
                "items__evidence",
                "items__person",
                "assessments",
                "commitment__evidence",
            )
        )

    def waiting(self) -> Self:
        """Filings the agency has not decided yet."""
        return self.filter(state__in=OPEN_STATES)

    def busy(self) -> Self:
        """Filings that are not done: undecided, or with an account that waits for its day."""
        return self.filter(state__in=BUSY_STATES)

    def decision_running(self) -> Self:
        """Undecided filings but those that wait for the result of a new assessment."""
        return self.waiting().exclude(state=ChangeState.REASSESSING, reassessed_at__isnull=True)

    def to_assess(self) -> Self:
        """Filings that wait for the result of a new assessment."""
        return self.filter(state=ChangeState.REASSESSING, reassessed_at__isnull=True)

    def for_head(self) -> Self:
        """Filings the agency head alone approves: of money, or of what is decisive (C-09)."""
        decisive = self.model.objects.filter(items__field__in=DECISIVE_FIELDS)
        return self.filter(Q(changes_account=True) | Q(pk__in=decisive.values("pk")))

    def to_choose(self) -> Self:
        """Checked filings of which a person decides whether a new assessment is needed."""
        return self.filter(
            state=ChangeState.CHECKED, route=Route.MANUAL_REVIEW.value, chosen_route=""
        )

    def ready(self) -> Self:
        """Filings that can be approved now."""
        checked = Q(state=ChangeState.CHECKED) & ~Q(route=Route.REEVAL.value)
        chosen = ~Q(route=Route.MANUAL_REVIEW.value) | ~Q(chosen_route="")
        return self.filter(
            (checked & chosen) | Q(state=ChangeState.REASSESSING, reassessed_at__isnull=False)
        )

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

    def locked_if_there(self, pk: int) -> ChangeRequest | None:
        """The locked row, if it is still one of these once the lock is ours."""
        return self.select_for_update(of=("self",)).filter(pk=pk).first()


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
