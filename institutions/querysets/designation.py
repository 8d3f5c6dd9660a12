from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from agency.regions import regions_above
from institutions.enums.designation import AT_THE_DOOR, ENDED, ApplicationState

if TYPE_CHECKING:
    from agency.models import Region, User
    from institutions.models import (
        DesignationApplication,
        MaterialItem,  # noqa: F401 (in a quoted type argument)
        RefusalFact,
    )


class DesignationApplicationQuerySet(models.QuerySet["DesignationApplication"]):
    def visible_to(self, user: User) -> Self:
        """Office staff see what was submitted, an institution's account everything of its own."""
        if user.is_office_staff:
            return self.submitted()
        return self.filter(institution__memberships__user=user)

    def submitted(self) -> Self:
        return self.exclude(state=ApplicationState.DRAFT)

    def drafts(self) -> Self:
        return self.filter(state=ApplicationState.DRAFT)

    def open(self) -> Self:
        """Submitted, and not ended."""
        return self.exclude(state__in=[ApplicationState.DRAFT, *ENDED])

    def at_the_door(self) -> Self:
        """Submitted, and neither accepted nor refused."""
        return self.filter(state__in=AT_THE_DOOR)

    def waiting_for_notice(self) -> Self:
        """Those for which the agency is to accept, refuse or say what is missing."""
        return self.filter(state=ApplicationState.SUBMITTED)

    def waiting_for_supplement(self) -> Self:
        """Those whose applicant is to deliver what was asked for, at the door or later."""
        return self.open().filter(supplement_due_on__isnull=False)

    def to_be_assessed(self) -> Self:
        """Those whose period of assessment runs."""
        return self.filter(
            state__in=[
                ApplicationState.ACCEPTED,
                ApplicationState.ASSESSING,
                ApplicationState.REASSESSING,
            ]
        )

    def matching(self, text: str) -> Self:
        """Applications whose number or licence number begins with the text, or whose institution
        it finds.
        """
        institutions: Any = self.model._meta.get_field("institution").related_model
        found = institutions.objects.matching(text)
        text = text.strip()
        return self.filter(
            Q(number__istartswith=text)
            | Q(licence_no__istartswith=text)
            | Q(institution__in=found.values("pk"))
        )

    def within(self, region_code: str) -> Self:
        """Applications in a region and in the regions within it."""
        prefix = region_code
        while prefix.endswith("00"):
            prefix = prefix[:-2]
        return self.filter(region__code__startswith=prefix)

    def overdue_on(self, day: date) -> Self:
        """Those with a deadline, ours or theirs, that has passed and still matters."""
        return self.filter(
            Q(state=ApplicationState.SUBMITTED, notice_due_on__lt=day)
            | Q(supplement_due_on__lt=day)
            | Q(
                state__in=[ApplicationState.ACCEPTED, ApplicationState.ASSESSING],
                assessment_due_on__lt=day,
            )
        )

    def locked(self, pk: int) -> DesignationApplication:
        return self.select_for_update(of=("self",)).get(pk=pk)


class MaterialItemQuerySet(models.QuerySet["MaterialItem"]):
    def in_force_on(self, day: date) -> Self:
        """What was on the published list on a day, both ends included."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)

    def of_region(self, region: Region) -> Self:
        """The national list and the additions of the region and of those that hold it."""
        holding = [region.code, *regions_above(region.code)]
        return self.filter(Q(region__isnull=True) | Q(region__in=holding))


class RefusalFactQuerySet(models.QuerySet["RefusalFact"]):
    def about(self, institution_ids: Iterable[int], person_ids: Iterable[int]) -> Self:
        return self.filter(
            Q(institution__in=list(institution_ids)) | Q(person__in=list(person_ids))
        )

    def matching(self, text: str) -> Self:
        """Facts whose source has the text in it, or whose institution it finds."""
        institutions: Any = self.model._meta.get_field("institution").related_model
        found = institutions.objects.matching(text)
        return self.filter(
            Q(source_document__icontains=text.strip()) | Q(institution__in=found.values("pk"))
        )

    def not_ended_on(self, day: date) -> Self:
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=day), event_on__lte=day)

    def locked(self, pk: int) -> RefusalFact:
        return self.select_for_update(of=("self",)).get(pk=pk)
