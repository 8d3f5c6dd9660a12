from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from institutions.enums import ChangeField, ChangeState

if TYPE_CHECKING:
    from agency.models import User
    from institutions.models import (
        ChangeRequest,
        Institution,
        InstitutionFact,  # noqa: F401 (in a quoted type argument)
    )


class InstitutionQuerySet(models.QuerySet["Institution"]):
    def visible_to(self, user: User) -> Self:
        """Office staff see every institution, an institution's account only its own."""
        if user.is_office_staff:
            return self
        return self.filter(memberships__user=user)

    def verified(self) -> Self:
        """Institutions whose national code, and so everything it vouches for, is known."""
        return self.filter(code__isnull=False)

    def matching(self, text: str) -> Self:
        """Institutions whose name contains the text, or whose code begins with it."""
        text = text.strip()
        # As the trigram index on UPPER(name) wants it.
        return self.alias(upper_name=Upper("name")).filter(
            Q(upper_name__contains=text.upper()) | Q(code__startswith=text.upper())
        )

    def within(self, region_code: str) -> Self:
        """Institutions of a region and of the regions within it (GB/T 2260 nests by pairs)."""
        prefix = region_code
        while prefix.endswith("00"):
            prefix = prefix[:-2]
        return self.filter(region__code__startswith=prefix)

    def locked(self, pk: int) -> Institution:
        return self.select_for_update(of=("self",)).get(pk=pk)


class InstitutionFactQuerySet(models.QuerySet["InstitutionFact"]):
    def in_effect_on(self, day: date) -> Self:
        """For each institution and field the newest value that had taken effect by the day."""
        return (
            self.filter(effective_from__lte=day)
            .order_by("institution_id", "field", "-effective_from")
            .distinct("institution_id", "field")
        )


class ChangeRequestQuerySet(models.QuerySet["ChangeRequest"]):
    def visible_to(self, user: User) -> Self:
        if user.is_office_staff:
            return self
        return self.filter(institution__memberships__user=user)

    def matching(self, text: str) -> Self:
        """Filings whose number or institution's name contains the text."""
        return self.filter(
            Q(number__icontains=text.strip()) | Q(institution__name__icontains=text.strip())
        )

    def changing(self, field: str) -> Self:
        return self.filter(pk__in=self.model.objects.filter(items__field=field).values("pk"))

    def with_content(self) -> Self:
        """Filings with their institution and items: two queries, whatever their number."""
        return self.select_related("institution").prefetch_related("items")

    def without_account(self) -> Self:
        """Filings that leave the bank account alone."""
        account = [ChangeField.BANK_ACCOUNT, ChangeField.BANK_NAME]
        return self.exclude(pk__in=self.model.objects.filter(items__field__in=account).values("pk"))

    def waiting(self) -> Self:
        """Filings the agency has not decided yet."""
        return self.filter(state=ChangeState.FILED)

    def computed_before(self, calendar_version: int) -> Self:
        """Filings with a deadline that rests on an older calendar (T-12)."""
        return self.filter(
            Q(filing_due_basis__calendar_version__lt=calendar_version)
            | Q(decision_due_basis__calendar_version__lt=calendar_version)
        )

    def locked(self, pk: int) -> ChangeRequest:
        return self.select_for_update(of=("self",)).get(pk=pk)
