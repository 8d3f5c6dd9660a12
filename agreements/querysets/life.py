from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from agreements.enums.life import (
    RUNNING,
    AgreementState,
    RequestState,
    ReviewState,
    SuspensionKind,
)
from institutions.services.search import about

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agency.models import User
    from agreements.models import (
        Agreement,
        AgreementRequest,
        DissolutionReview,
        Suspension,
    )


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, user: User) -> Self:
        """Office staff see every agreement, an institution's account only its own signed ones."""
        if user.is_office_staff:
            return self
        return self.filter(institution__memberships__user=user, signed_on__isnull=False)

    def locked(self, pk: int) -> Agreement:
        return (
            self.select_for_update(of=("self",), no_key=True)
            .select_related("institution", "region")
            .get(pk=pk)
        )

    def live_of(self, institutions: Iterable[int]) -> Self:
        """Agreements of the institutions that have neither ended nor been given up."""
        return self.filter(
            institution__in=list(institutions),
            state__in=[AgreementState.DRAFT, AgreementState.SIGNED, *RUNNING],
        )

    def lock_in_order(self) -> list[int]:
        rows = self.order_by("pk").select_for_update(of=("self",), no_key=True)
        return [each.pk for each in rows.only("pk")]

    def matching(self, text: str) -> Self:
        """Agreements whose number begins with the text, or whose institution it finds."""
        return self.filter(Q(number__startswith=text.strip()) | about(text))

    def within(self, region_code: str) -> Self:
        """Agreements of a region's agency and of institutions in it."""
        prefix = region_code
        while prefix.endswith("00"):
            prefix = prefix[:-2]
        return self.filter(
            Q(region__code__startswith=prefix) | Q(institution__region__code__startswith=prefix)
        )

    def running(self) -> Self:
        return self.filter(state__in=RUNNING)

    def in_term_on(self, day: date) -> Self:
        """Agreements that had begun and not ended on the day, suspended or not. A signed one has
        begun from 00:00 of its first day, before the nightly job says so.
        """
        never = [AgreementState.DRAFT, AgreementState.CANCELLED]
        return self.exclude(state__in=never).filter(valid_from__lte=day, last_day__gte=day)

    def in_force_on(self, day: date) -> Self:
        """Agreements in their term and not suspended on the day: what makes a charge payable."""
        suspended = Q(
            Q(suspensions__resumed_on__isnull=True) | Q(suspensions__resumed_on__gt=day),
            suspensions__starts_on__lte=day,
            suspensions__annulled_on__isnull=True,
        )
        return self.in_term_on(day).exclude(
            pk__in=self.model.objects.filter(suspended).values("pk")
        )


class SuspensionQuerySet(models.QuerySet["Suspension"]):
    def running(self) -> Self:
        """Suspensions that last: of an agreement that is suspended, and not resumed."""
        return self.standing().filter(
            resumed_on__isnull=True, agreement__state=AgreementState.SUSPENDED
        )

    def standing(self) -> Self:
        """Suspensions that were not annulled: only these count, anywhere."""
        return self.filter(annulled_on__isnull=True)

    def terminating(self) -> Self:
        """Voluntary suspensions that end the agreement if nobody resumes or holds them (B-13)."""
        return self.running().filter(
            kind=SuspensionKind.VOLUNTARY,
            held_at__isnull=True,
            limit_on__lt=F("agreement__valid_to"),
        )

    def current(self, agreement: Agreement) -> Suspension | None:
        return (
            self.standing()
            .filter(agreement=agreement, resumed_on__isnull=True)
            .order_by("-starts_on")
            .first()
        )


class AgreementRequestQuerySet(models.QuerySet["AgreementRequest"]):
    def visible_to(self, user: User) -> Self:
        if user.is_office_staff:
            return self
        return self.filter(agreement__institution__memberships__user=user)

    def waiting(self) -> Self:
        """Requests the agency has not decided yet."""
        return self.filter(state=RequestState.FILED)

    def matching(self, text: str) -> Self:
        """Requests whose number begins with the text, or whose institution it finds."""
        return self.filter(
            Q(number__startswith=text.strip()) | about(text, "agreement__institution")
        )

    def locked(self, pk: int) -> AgreementRequest:
        return (
            self.select_for_update(of=("self",), no_key=True)
            .select_related("agreement__institution", "agreement__region")
            .get(pk=pk)
        )


class DissolutionReviewQuerySet(models.QuerySet["DissolutionReview"]):
    def visible_to(self, user: User) -> Self:
        """Office staff see every review, an institution's account those of its agreements."""
        if user.is_office_staff:
            return self
        return self.filter(agreement__institution__memberships__user=user)

    def waiting(self) -> Self:
        return self.filter(state=ReviewState.OPEN)

    def unexplained(self) -> Self:
        """Reviews whose institution has not explained itself yet."""
        return self.waiting().filter(explained_at__isnull=True)

    def matching(self, text: str) -> Self:
        return self.filter(
            Q(number__istartswith=text.strip())
            | Q(agreement__number__startswith=text.strip())
            | about(text, path="agreement__institution")
        )

    def locked(self, pk: int) -> DissolutionReview:
        return (
            self.select_for_update(of=("self",))
            .select_related("agreement__institution", "agreement__region", "recorded_by")
            .get(pk=pk)
        )
