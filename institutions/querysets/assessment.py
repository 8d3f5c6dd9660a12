"""Who sees which assessments, opinions and experts. The seal of the opinions is here: every page,
the API and the admin read opinions through it.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from institutions.enums.assessment import (
    ASSESSMENT_ENDED,
    UNSEALED,
    RecusalState,
)

if TYPE_CHECKING:
    from agency.models import User
    from institutions.models import (
        Assessment,
        AssessmentMember,
        AssessmentOpinion,
        Checklist,
        ChecklistItem,  # noqa: F401 (in a quoted type argument)
        Expert,
        ExpertTie,  # noqa: F401 (in a quoted type argument)
        OpinionFinding,  # noqa: F401 (in a quoted type argument)
        RecusalRequest,
        ThirdParty,  # noqa: F401 (in a quoted type argument)
        ThirdPartyTie,  # noqa: F401 (in a quoted type argument)
    )


class ExpertQuerySet(models.QuerySet["Expert"]):
    def active_on(self, day: date) -> Self:
        return self.filter(Q(active_to__isnull=True) | Q(active_to__gte=day), active_from__lte=day)

    def matching(self, text: str) -> Self:
        """Experts whose name or unit contains the text."""
        text = text.strip()
        return self.filter(Q(person__name__icontains=text) | Q(unit__icontains=text))

    def locked(self, pk: int) -> Expert:
        return self.select_for_update(of=("self",)).get(pk=pk)


class ExpertTieQuerySet(models.QuerySet["ExpertTie"]):
    def in_force_on(self, day: date) -> Self:
        return self.filter(Q(held_to__isnull=True) | Q(held_to__gte=day), held_from__lte=day)


class ThirdPartyQuerySet(models.QuerySet["ThirdParty"]):
    def matching(self, text: str) -> Self:
        text = text.strip()
        return self.filter(Q(name__icontains=text) | Q(credit_code__istartswith=text))


class ThirdPartyTieQuerySet(models.QuerySet["ThirdPartyTie"]):
    def in_force_on(self, day: date) -> Self:
        return self.filter(Q(held_to__isnull=True) | Q(held_to__gte=day), held_from__lte=day)


class ChecklistQuerySet(models.QuerySet["Checklist"]):
    def in_force_on(self, day: date) -> Checklist | None:
        """The version in force on a day: the one with the latest beginning."""
        return self.filter(effective_from__lte=day).order_by("-effective_from").first()


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, user: User) -> Self:
        """Office staff see every assessment, institutions their own, experts those they are drawn
        for and not excused from.
        """
        if user.is_office_staff:
            return self
        institutions = self.model._meta.get_field("institution").related_model
        own = institutions._default_manager.filter(  # type: ignore[union-attr]
            memberships__user=user
        )
        return self.filter(Q(Exists(self._seats_of(user))) | Q(institution__in=own.values("pk")))

    def _seats_of(self, user: User) -> models.QuerySet:
        members = self.model._meta.get_field("members").related_model
        return members._default_manager.filter(  # type: ignore[union-attr]
            assessment=OuterRef("pk"), expert__account=user, excused_at__isnull=True
        )

    def of_expert(self, user: User) -> Self:
        """Assessments the user sits in."""
        return self.filter(Exists(self._seats_of(user)))

    def worked_on_by(self, user: User) -> Self:
        """Assessments the user sits in and whose result is not decided: while they last, the
        materials may be read.
        """
        return self.of_expert(user).open()

    def matching(self, text: str) -> Self:
        """Assessments whose number, or that of their matter, begins with the text, or whose
        institution it finds.
        """
        text = text.strip()
        return self.filter(
            Q(number__istartswith=text)
            | Q(application__number__istartswith=text)
            | Q(change__number__istartswith=text)
            | Q(institution__name__icontains=text)
        )

    def open(self) -> Self:
        return self.exclude(state__in=[each.value for each in ASSESSMENT_ENDED])

    def with_matter(self) -> Self:
        """Assessments with all that a list shows of them, in one query."""
        return self.select_related("institution", "region", "application", "change", "opened_by")

    def locked(self, pk: int) -> Assessment:
        return self.select_for_update(of=("self",)).get(pk=pk)


class AssessmentMemberQuerySet(models.QuerySet["AssessmentMember"]):
    def active(self) -> Self:
        return self.filter(excused_at__isnull=True)

    def locked(self, pk: int) -> AssessmentMember:
        return self.select_for_update(of=("self",)).get(pk=pk)


def _unsealed(prefix: str) -> Q:
    return Q(
        **{
            f"{prefix}excused_at__isnull": True,
            f"{prefix}assessment__state__in": [each.value for each in UNSEALED],
        }
    )


class OpinionQuerySet(models.QuerySet["AssessmentOpinion"]):
    def visible_to(self, user: User) -> Self:
        """One's own; those of others only once the whole group has signed: then by the office and
        the group. Institutions read the result, not the opinions.
        """
        own = Q(member__expert__account=user, member__excused_at__isnull=True)
        if user.is_office_staff:
            return self.filter(own | _unsealed("member__"))
        seats = self.model._meta.get_field("member").related_model._default_manager  # type: ignore[union-attr]
        beside = seats.filter(
            assessment=OuterRef("member__assessment"),
            expert__account=user,
            excused_at__isnull=True,
        )
        return self.filter(own | _unsealed("member__") & Q(Exists(beside)))

    def unsealed(self) -> Self:
        return self.filter(_unsealed("member__"))

    def with_content(self) -> Self:
        return self.select_related("member__expert__person").prefetch_related(
            "findings__item", "findings__evidence"
        )

    def locked(self, pk: int) -> AssessmentOpinion:
        return self.select_for_update(of=("self",)).get(pk=pk)


class OpinionFindingQuerySet(models.QuerySet["OpinionFinding"]):
    def visible_to(self, user: User) -> Self:
        """Findings go with their opinion."""
        opinions: Any = self.model._meta.get_field("opinion").related_model
        return self.filter(opinion__in=opinions._default_manager.visible_to(user))


class RecusalRequestQuerySet(models.QuerySet["RecusalRequest"]):
    def waiting(self) -> Self:
        return self.filter(state=RecusalState.FILED)

    def locked(self, pk: int) -> RecusalRequest:
        return self.select_for_update(of=("self",)).get(pk=pk)
