from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from agency.enums import LetterState

if TYPE_CHECKING:
    from agency.models import User
    from institutions.models import (
        ElectronicServiceConsent,  # noqa: F401 (in a quoted type argument)
        InstitutionFact,  # noqa: F401 (in a quoted type argument)
        InstitutionLetter,  # noqa: F401 (in a quoted type argument)
        InstitutionName,  # noqa: F401 (in a quoted type argument)
    )


class ElectronicServiceConsentQuerySet(models.QuerySet["ElectronicServiceConsent"]):
    def in_force(self) -> Self:
        return self.filter(revoked_at__isnull=True)


class InstitutionLetterQuerySet(models.QuerySet["InstitutionLetter"]):
    def visible_to(self, user: User) -> Self:
        """Office staff see every letter, an institution's account only its own."""
        if user.is_office_staff:
            return self
        return self.filter(institution__memberships__user=user)

    def matching(self, text: str) -> Self:
        """Letters whose number, matter or title contains the text."""
        text = text.strip()
        return self.filter(
            Q(letter__number__icontains=text)
            | Q(letter__matter__icontains=text)
            | Q(letter__title__icontains=text)
        )

    def unconfirmed(self) -> Self:
        """Letters laid into the portal that wait for the confirmation of their receipt."""
        return self.filter(
            confirm_due_on__isnull=False,
            confirmed_at__isnull=True,
            letter__state=LetterState.ISSUED,
            letter__correction__isnull=True,
        )

    def unsent_by_the_program(self) -> Self:
        """Letters in force that the program issued and nobody has begun to serve."""
        return self.filter(
            letter__issued_by__isnull=True,
            letter__state=LetterState.ISSUED,
            letter__correction__isnull=True,
            letter__services__isnull=True,
        )

    def with_period(self) -> Self:
        """Letters whose service has started a period."""
        return self.filter(letter__state=LetterState.SERVED, period_due_on__isnull=False)

    def issued_by_steps(self, letter_ids: Sequence[int]) -> Self:
        """The letters of these keys, and those that have corrected them."""
        return self.filter(Q(letter__in=letter_ids) | Q(letter__corrects__in=letter_ids))

    def with_letter(self) -> Self:
        """Letters with all that a list shows of them, in one query."""
        return self.select_related("letter", "institution")
