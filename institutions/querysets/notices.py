from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from institutions.enums.notices import FilingState, NoticeState, ObjectionState

if TYPE_CHECKING:
    from agency.models import User
    from institutions.models import (
        Objection,
        PublicNotice,
        ResultFiling,
        ResultToFile,  # noqa: F401 (in a quoted type argument)
    )


class ResultToFileQuerySet(models.QuerySet["ResultToFile"]):
    def waiting(self) -> Self:
        """Results the administration has not been told of yet."""
        return self.filter(filing__isnull=True)

    def visible_to(self, user: User) -> Self:
        return self if user.is_office_staff else self.none()


class ResultFilingQuerySet(models.QuerySet["ResultFiling"]):
    def visible_to(self, user: User) -> Self:
        return self if user.is_office_staff else self.none()

    def waiting(self) -> Self:
        return self.filter(state=FilingState.FILED)

    def matching(self, text: str) -> Self:
        """Filings whose number begins with the text, or that hold a result it finds."""
        results: Any = self.model._meta.get_field("results").related_model
        found = results.objects.filter(_of_application(self, "application__", text))
        own = found.filter(filing=OuterRef("pk"))
        return self.filter(Q(number__startswith=text.strip()) | Exists(own))

    def locked(self, pk: int) -> ResultFiling:
        return self.select_for_update(of=("self",)).select_related("region").get(pk=pk)


class PublicNoticeQuerySet(models.QuerySet["PublicNotice"]):
    def open(self) -> Self:
        return self.filter(state=NoticeState.OPEN)

    def ended_by(self, day: date) -> Self:
        """Open notices whose last day lies before the day."""
        return self.open().filter(ends_on__lt=day)

    def matching(self, text: str) -> Self:
        """Notices whose number begins with the text, or that name an institution it finds."""
        entries: Any = self.model._meta.get_field("entries").related_model
        own = entries.objects.filter(
            Q(name__icontains=text.strip()) | _of_application(self, "application__", text),
            notice=OuterRef("pk"),
        )
        return self.filter(Q(number__startswith=text.strip()) | Exists(own))

    def locked(self, pk: int) -> PublicNotice:
        return self.select_for_update(of=("self",)).select_related("region").get(pk=pk)


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def visible_to(self, user: User) -> Self:
        """Office staff see every objection, an applicant those to its own applications."""
        if user.is_office_staff:
            return self
        return self.filter(entry__application__institution__memberships__user=user)

    def undecided(self) -> Self:
        return self.filter(state=ObjectionState.UNDECIDED)

    def of_application(self, application_id: int) -> Self:
        return self.filter(entry__application=application_id)

    def with_content(self) -> Self:
        """Objections with what they are about: one query."""
        return self.select_related(
            "entry__notice__region", "entry__application__institution", "entry__application__region"
        )

    def matching(self, text: str) -> Self:
        """Objections whose number begins with the text, or to an institution it finds."""
        return self.filter(
            Q(number__istartswith=text.strip())
            | _of_application(self, "entry__application__", text)
        )

    def locked(self, pk: int) -> Objection:
        return self.select_for_update(of=("self",)).with_content().get(pk=pk)


def _of_application(rows: Any, path: str, text: str) -> Q:
    """Return the rows about an application with that number, or of an institution it finds."""
    institutions: Any = rows.model._meta.apps.get_model("institutions", "Institution")
    found = institutions.objects.matching(text)
    return Q(**{f"{path}number__istartswith": text.strip()}) | Q(
        **{f"{path}institution__in": found.values("pk")}
    )
