from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from agreements.enums.life import RequestState
from agreements.enums.renewals import RoundState

if TYPE_CHECKING:
    from agreements.models import RenewalRound


class RenewalRoundQuerySet(models.QuerySet["RenewalRound"]):
    def open(self) -> Self:
        return self.filter(state=RoundState.OPEN)

    def locked(self, pk: int) -> RenewalRound:
        return self.select_for_update(of=("self",)).select_related("region").get(pk=pk)


class RenewalDecisionQuerySet(models.QuerySet):
    def standing(self) -> Self:
        return self.filter(revoked_at__isnull=True)


class ExitReviewQuerySet(models.QuerySet):
    def waiting(self) -> Self:
        """Reviews the administration has not answered, of requests nobody took back."""
        return self.filter(outcome="", request__state=RequestState.FILED)
