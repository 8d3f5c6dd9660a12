from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Subquery, When

from institutions.enums.practitioners import Employment

if TYPE_CHECKING:
    from agency.models import User
    from institutions.models.practitioners import (
        Department,
        FirstRegistration,  # noqa: F401 (in a quoted type argument)
        Practitioner,
        PractitionerStatus,  # noqa: F401 (in a quoted type argument)
        RosterEntry,
        RosterImport,
    )


class DepartmentQuerySet(models.QuerySet["Department"]):
    def visible_to(self, user: User) -> Self:
        if user.is_office_staff:
            return self
        return self.filter(institution__memberships__user=user)

    def open_on(self, day: date) -> Self:
        return self.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=day), opened_on__lte=day)

    def locked(self, pk: int) -> Department:
        return self.select_for_update(of=("self",)).get(pk=pk)


class FirstRegistrationQuerySet(models.QuerySet["FirstRegistration"]):
    def on(self, day: date) -> Self:
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)


class PractitionerStatusQuerySet(models.QuerySet["PractitionerStatus"]):
    def on(self, day: date) -> Self:
        """Suspensions and terminations in effect on the day."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)


class PractitionerQuerySet(models.QuerySet["Practitioner"]):
    def visible_to(self, user: User) -> Self:
        """Office staff see every file; an institution those of people it has ever had."""
        if user.is_office_staff:
            return self
        entries: Any = self.model._meta.get_field("entries").related_model
        own = entries._default_manager.filter(
            practitioner=OuterRef("pk"), institution__memberships__user=user
        )
        return self.filter(Exists(own))

    def matching(self, text: str) -> Self:
        """Files whose staff code, or whose person's name, begins with the text."""
        text = text.strip()
        return self.filter(
            Q(staff_code__startswith=text.upper()) | Q(person__name__startswith=text)
        )

    def locked(self, pk: int) -> Practitioner:
        return self.select_for_update(of=("self",)).get(pk=pk)


class RosterEntryQuerySet(models.QuerySet["RosterEntry"]):
    def visible_to(self, user: User) -> Self:
        if user.is_office_staff:
            return self
        return self.filter(institution__memberships__user=user)

    def valid(self) -> Self:
        """Rows that count: all but those entered by mistake."""
        return self.filter(is_void=False)

    def on(self, day: date) -> Self:
        """The roster as at a day, both ends included."""
        return self.valid().filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day
        )

    def matching(self, text: str) -> Self:
        """Rows of persons whose staff code or name begins with the text."""
        text = text.strip()
        return self.filter(
            Q(practitioner__staff_code__startswith=text.upper())
            | Q(practitioner__person__name__startswith=text)
        )

    def naming(self, institution_id: int, day: date) -> Self:
        """Rows of persons whom a charge of the institution on the day may name: on the roster,
        with a staff code, and neither suspended nor terminated. Emergency care is excepted from
        the last, which only the charge knows (D-06).
        """
        practitioners: Any = self.model._meta.get_field("practitioner").related_model
        statuses = practitioners._meta.get_field("statuses").related_model
        blocked = statuses._default_manager.on(day)
        return (
            self.on(day)
            .filter(institution=institution_id, practitioner__staff_code__isnull=False)
            .exclude(Exists(blocked.filter(practitioner=OuterRef("practitioner"))))
        )

    def uncommitted(self) -> Self:
        """Rows of persons without a signed service commitment."""
        practitioners: Any = self.model._meta.get_field("practitioner").related_model
        commitments = practitioners._meta.get_field("commitments").related_model
        signed = commitments._default_manager.filter(
            practitioner=OuterRef("practitioner"),
            institution=OuterRef("institution"),
            signed_on__isnull=False,
        )
        return self.exclude(Exists(signed))

    def annotated(self, day: date) -> Self:
        """Rows with `is_committed`, whether the service commitment is signed, `is_doubled`,
        whether the person is full-time elsewhere too, and `blocked_as`, the status on the day.
        """
        practitioners: Any = self.model._meta.get_field("practitioner").related_model
        commitments = practitioners._meta.get_field("commitments").related_model
        statuses = practitioners._meta.get_field("statuses").related_model
        signed = commitments._default_manager.filter(
            practitioner=OuterRef("practitioner"),
            institution=OuterRef("institution"),
            signed_on__isnull=False,
        )
        elsewhere = (
            self.model._default_manager.on(day)
            .filter(practitioner=OuterRef("practitioner"), employment=Employment.FULL_TIME)
            .exclude(institution=OuterRef("institution"))
        )
        status = statuses._default_manager.on(day).filter(practitioner=OuterRef("practitioner"))
        return self.annotate(
            is_committed=Exists(signed),
            is_doubled=Case(
                When(employment=Employment.FULL_TIME, then=Exists(elsewhere)), default=False
            ),
            blocked_as=Subquery(status.values("status")[:1]),
        )

    def locked(self, pk: int) -> RosterEntry:
        return self.select_for_update(of=("self",)).get(pk=pk)


class RosterImportQuerySet(models.QuerySet["RosterImport"]):
    def visible_to(self, user: User) -> Self:
        if user.is_office_staff:
            return self
        return self.filter(institution__memberships__user=user)

    def locked(self, pk: int) -> RosterImport:
        return self.select_for_update(of=("self",)).get(pk=pk)
