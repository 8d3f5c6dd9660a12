from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from agreements.enums.texts import UNFILED, FilingState, ProposalState, SupplementState, TextState
from institutions.services.search import about

if TYPE_CHECKING:
    from agency.models import User
    from agreements.models import (
        AgreementFiling,
        AgreementText,
        Supplement,
    )

_PARTS = (
    "agreement__institution",
    "agreement__region",
    "supplement__agreement__institution",
    "supplement__agreement__region",
    "supplement__institution",
)


class AgreementTextQuerySet(models.QuerySet["AgreementText"]):
    def visible_to(self, user: User) -> Self:
        """Office staff see every text; an institution's account its own, once it was offered."""
        if user.is_office_staff:
            return self
        own = Q(agreement__institution__memberships__user=user) | Q(
            supplement__agreement__institution__memberships__user=user
        )
        return self.exclude(state=TextState.DRAFT).filter(own)

    def with_parts(self) -> Self:
        return self.select_related(*_PARTS)

    def current(self) -> Self:
        return self.exclude(state=TextState.VOID)

    def locked(self, pk: int) -> AgreementText:
        return self.with_parts().select_for_update(of=("self",), no_key=True).get(pk=pk)


class ClauseProposalQuerySet(models.QuerySet[Any]):
    def open(self) -> Self:
        return self.filter(state=ProposalState.OPEN)

    def of_text(self, text: AgreementText) -> Self:
        return self.filter(clause__text=text)


class SignatureQuerySet(models.QuerySet[Any]):
    def standing(self) -> Self:
        return self.filter(withdrawn_at__isnull=True)


class SupplementQuerySet(models.QuerySet["Supplement"]):
    def visible_to(self, user: User) -> Self:
        """Office staff see every one; an institution's account those of its agreements, once they
        were offered.
        """
        if user.is_office_staff:
            return self
        offered = self.model.objects.filter(
            texts__state__in=[TextState.NEGOTIATING, TextState.AGREED]
        )
        return self.filter(agreement__institution__memberships__user=user).filter(
            Q(signed_on__isnull=False) | Q(pk__in=offered.values("pk"))
        )

    def with_parts(self) -> Self:
        return self.select_related("agreement__institution", "agreement__region", "institution")

    def locked(self, pk: int) -> Supplement:
        return self.with_parts().select_for_update(of=("self",), no_key=True).get(pk=pk)

    def in_force_on(self, day: date) -> Self:
        """Supplements that bind on the day: one follows its agreement into a suspension (A-02)."""
        parents: Any = self.model._meta.get_field("agreement").related_model
        return self.filter(
            signed_on__isnull=False,
            valid_from__lte=day,
            valid_to__gte=day,
            agreement__in=parents._default_manager.in_force_on(day).values("pk"),
        ).filter(Q(ended_on__isnull=True) | Q(ended_on__gte=day))

    def over_by(self, day: date) -> Self:
        """Signed ones whose own term was over before the day."""
        return self.filter(state=SupplementState.SIGNED, valid_to__lt=day)


class AgreementFilingQuerySet(models.QuerySet["AgreementFiling"]):
    def unfiled(self) -> Self:
        return self.filter(state__in=UNFILED)

    def waiting(self) -> Self:
        """Filings the administration has not answered."""
        return self.filter(state=FilingState.FILED)

    def with_parts(self) -> Self:
        return self.select_related(*_PARTS)

    def matching(self, text: str) -> Self:
        given = text.strip()
        return self.filter(
            Q(number__istartswith=given)
            | Q(agreement__number__startswith=given)
            | Q(supplement__number__istartswith=given)
            | about(text, path="agreement__institution")
            | about(text, path="supplement__agreement__institution")
        )

    def of_region(self, code: str) -> Self:
        return self.filter(Q(agreement__region=code) | Q(supplement__agreement__region=code))

    def locked(self, pk: int) -> AgreementFiling:
        return self.with_parts().select_for_update(of=("self",), no_key=True).get(pk=pk)
