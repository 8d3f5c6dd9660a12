from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from agreements.enums.performance import (
    UNDER_WAY,
    WITH_RESULT,
    AppealOutcome,
    PerformanceState,
    SetState,
)
from institutions.services.search import about

if TYPE_CHECKING:
    from agency.models import User
    from agreements.models import (
        IndicatorSet,
        PerformanceAppeal,
        PerformanceAssessment,
        PerformanceRound,
    )


class IndicatorSetQuerySet(models.QuerySet["IndicatorSet"]):
    def published(self) -> Self:
        return self.filter(state=SetState.PUBLISHED)

    def locked(self, pk: int) -> IndicatorSet:
        return self.select_for_update(of=("self",)).get(pk=pk)


class RoundQuerySet(models.QuerySet["PerformanceRound"]):
    def disclosed(self) -> Self:
        return self.filter(disclosed_at__isnull=False)

    def locked(self, pk: int) -> PerformanceRound:
        return self.select_for_update(of=("self",), no_key=True).select_related("region").get(pk=pk)


class PerformanceQuerySet(models.QuerySet["PerformanceAssessment"]):
    def visible_to(self, user: User) -> Self:
        """Office staff see every assessment, an institution's account those of its own."""
        if user.is_office_staff:
            return self
        return self.filter(institution__memberships__user=user)

    def under_way(self) -> Self:
        return self.filter(state__in=UNDER_WAY)

    def with_result(self) -> Self:
        """Published results and those a corrected one has replaced."""
        return self.filter(state__in=WITH_RESULT)

    def current(self) -> Self:
        """Everything but replaced results: one or, while it is corrected, two of an institution."""
        return self.exclude(state=PerformanceState.SUPERSEDED)

    def published(self) -> Self:
        return self.filter(state=PerformanceState.PUBLISHED)

    def awaiting_self(self) -> Self:
        return self.filter(state=PerformanceState.OPEN)

    def proposed(self) -> Self:
        return self.filter(state=PerformanceState.PROPOSED)

    def appealed(self) -> Self:
        return self.filter(state=PerformanceState.APPEALED)

    def matching(self, text: str) -> Self:
        """Assessments whose number begins with the text, or whose institution it finds."""
        return self.filter(Q(number__istartswith=text.strip()) | about(text))

    def locked(self, pk: int) -> PerformanceAssessment:
        return (
            self.select_for_update(of=("self",), no_key=True)
            .select_related("institution", "round__region", "indicator_set", "agreement")
            .get(pk=pk)
        )


class AppealQuerySet(models.QuerySet["PerformanceAppeal"]):
    def open(self) -> Self:
        return self.filter(outcome=AppealOutcome.OPEN)

    def locked(self, pk: int) -> PerformanceAppeal:
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)
