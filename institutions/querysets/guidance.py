from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from institutions.enums.guidance import (
    FaqState,
    InquiryState,
    Presence,
    TrainingState,
    VersionState,
)

if TYPE_CHECKING:
    from agency.models import User
    from institutions.models import (
        FrequentQuestion,
        Inquiry,
        Procedure,  # noqa: F401 (in a quoted type argument)
        ProcedureVersion,
        TrainingAttendance,
        TrainingEvent,
    )


class ProcedureQuerySet(models.QuerySet["Procedure"]):
    def published(self) -> Self:
        """Procedures of which the public may see something."""
        versions: Any = self.model._meta.get_field("versions").related_model
        own = versions.objects.filter(procedure=OuterRef("pk"), state=VersionState.PUBLISHED)
        return self.filter(Exists(own))


class ProcedureVersionQuerySet(models.QuerySet["ProcedureVersion"]):
    def published(self) -> Self:
        return self.filter(state=VersionState.PUBLISHED)

    def locked(self, pk: int) -> ProcedureVersion:
        return self.select_for_update(of=("self",)).get(pk=pk)


class TrainingEventQuerySet(models.QuerySet["TrainingEvent"]):
    def visible_to(self, user: User) -> Self:
        """An institution sees what it was invited to."""
        if user.is_office_staff:
            return self
        return self.filter(attendances__institution__memberships__user=user)

    def locked(self, pk: int) -> TrainingEvent:
        return self.select_for_update(of=("self",)).get(pk=pk)


class TrainingAttendanceQuerySet(models.QuerySet["TrainingAttendance"]):
    def visible_to(self, user: User) -> Self:
        if user.is_office_staff:
            return self
        return self.filter(institution__memberships__user=user)

    def counted_in(self, year: int) -> Self:
        """What counts as a training record of a calendar year (B-01)."""
        return self.filter(
            presence=Presence.ATTENDED,
            event__state=TrainingState.HELD,
            event__held_on__year=year,
        )

    def locked(self, pk: int) -> TrainingAttendance:
        return self.select_for_update(of=("self",)).get(pk=pk)


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    def visible_to(self, user: User) -> Self:
        if user.is_office_staff:
            return self
        return self.filter(institution__memberships__user=user)

    def waiting(self) -> Self:
        """Inquiries the agency must answer; those asked back are kept as well, their clock
        standing still.
        """
        return self.filter(state__in=[InquiryState.FILED, InquiryState.ASKED_BACK])

    def asked_back(self) -> Self:
        return self.filter(state=InquiryState.ASKED_BACK)

    def matching(self, text: str) -> Self:
        text = text.strip()
        return self.filter(
            Q(number__istartswith=text)
            | Q(subject__icontains=text)
            | Q(institution__name__icontains=text)
        )

    def locked(self, pk: int) -> Inquiry:
        return self.select_for_update(of=("self",)).get(pk=pk)


class FrequentQuestionQuerySet(models.QuerySet["FrequentQuestion"]):
    def published(self) -> Self:
        return self.filter(state=FaqState.PUBLISHED)

    def matching(self, text: str) -> Self:
        """Questions in which every word occurs, be it in the question or in the answer."""
        rows = self
        for word in text.split()[:10]:
            rows = rows.filter(Q(question__icontains=word) | Q(answer__icontains=word))
        return rows

    def locked(self, pk: int) -> FrequentQuestion:
        return self.select_for_update(of=("self",)).get(pk=pk)
