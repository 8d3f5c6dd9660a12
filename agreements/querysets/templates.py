from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from agreements.enums.templates import ConsultationState, Stance

if TYPE_CHECKING:
    from agency.models import User
    from agreements.models import Consultation, TemplateVersion


class TemplateVersionQuerySet(models.QuerySet["TemplateVersion"]):
    def locked(self, pk: int) -> TemplateVersion:
        return (
            self.select_for_update(of=("self",), no_key=True)
            .select_related("template__region", "refines")
            .get(pk=pk)
        )

    def in_force_on(self, day: date) -> Self:
        """The published versions whose days hold the day, whatever the night has moved yet."""
        return self.filter(
            Q(superseded_on__isnull=True) | Q(superseded_on__gt=day),
            published_at__isnull=False,
            effective_from__lte=day,
        )


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    def visible_to(self, user: User) -> Self:
        """Office staff see every consultation, an institution's account those it is asked in."""
        if user.is_office_staff:
            return self
        mine = self.model.parties.rel.related_model.objects.filter(  # type: ignore[attr-defined]
            consultation=OuterRef("pk"), institution__memberships__user=user
        )
        return self.filter(Exists(mine))

    def locked(self, pk: int) -> Consultation:
        return (
            self.select_for_update(of=("self",), no_key=True)
            .select_related("version__template__region")
            .get(pk=pk)
        )

    def open(self) -> Self:
        return self.filter(state=ConsultationState.OPEN)

    def with_unanswered(self) -> Self:
        return self.filter(
            state__in=[ConsultationState.OPEN, ConsultationState.CLOSED],
            comments__stance=Stance.COMMENT,
            comments__answered_at__isnull=True,
        ).distinct()
