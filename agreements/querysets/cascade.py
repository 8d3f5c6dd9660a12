from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from agreements.enums.cascade import CascadeKind, CascadeState, EntryState
from institutions.services.search import about

if TYPE_CHECKING:
    from agency.models import User
    from agreements.models import CascadeReceipt, DissolvedEntry, InpatientWarning


class CascadeReceiptQuerySet(models.QuerySet["CascadeReceipt"]):
    def visible_to(self, user: User) -> Self:
        """Office staff see every receipt, an institution's account those about itself."""
        if user.is_office_staff:
            return self
        return self.filter(agreement__institution__memberships__user=user)

    def waiting(self) -> Self:
        """Receipts to be acknowledged, and proposals to be answered."""
        proposed = Q(kind=CascadeKind.PROPOSAL)
        return self.filter(
            Q(state=CascadeState.DELIVERED) | (proposed & Q(state=CascadeState.ACKNOWLEDGED))
        )

    def for_office_of(self, user: User) -> Self:
        """Receipts the user may answer: of the own region, or all without one."""
        return self.filter(region=user.region_id) if user.region_id else self

    def matching(self, text: str) -> Self:
        return self.filter(
            Q(number__istartswith=text.strip()) | about(text, path="agreement__institution")
        )

    def locked(self, pk: int) -> CascadeReceipt:
        return (
            self.select_for_update(of=("self",), no_key=True)
            .select_related("agreement__institution", "home__region", "region", "cause")
            .get(pk=pk)
        )


class DissolvedEntryQuerySet(models.QuerySet["DissolvedEntry"]):
    def public(self) -> Self:
        return self.filter(state__in=[EntryState.PUBLISHED, EntryState.TO_WITHDRAW])

    def publishing(self) -> Self:
        """Entries whose decision has been served: the period to publish them runs."""
        return self.filter(state=EntryState.PENDING, publish_due_on__isnull=False)

    def withdrawing(self) -> Self:
        return self.filter(state=EntryState.TO_WITHDRAW)

    def waiting(self) -> Self:
        return self.filter(state__in=[EntryState.PENDING, EntryState.TO_WITHDRAW])

    def matching(self, text: str) -> Self:
        """Entries whose code begins with the text, or whose name then held it."""
        text = text.strip()
        return self.filter(Q(code__istartswith=text) | Q(name__icontains=text))

    def locked(self, pk: int) -> DissolvedEntry:
        return (
            self.select_for_update(of=("self",), no_key=True)
            .select_related("agreement__institution", "region")
            .get(pk=pk)
        )


class InpatientWarningQuerySet(models.QuerySet["InpatientWarning"]):
    def visible_to(self, user: User) -> Self:
        if user.is_office_staff:
            return self
        return self.filter(agreement__institution__memberships__user=user)

    def waiting(self) -> Self:
        return self.filter(answered_at__isnull=True, void_on__isnull=True)

    def locked(self, pk: int) -> InpatientWarning:
        return (
            self.select_for_update(of=("self",), no_key=True)
            .select_related("agreement__institution", "agreement__region")
            .get(pk=pk)
        )
