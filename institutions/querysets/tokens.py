from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from agency.models import User
    from institutions.models import (
        ApiToken,
        ElectronicServiceConsent,  # noqa: F401 (in a quoted type argument)
        InstitutionFact,  # noqa: F401 (in a quoted type argument)
        InstitutionLetter,  # noqa: F401 (in a quoted type argument)
        InstitutionName,  # noqa: F401 (in a quoted type argument)
    )


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def visible_to(self, user: User) -> Self:
        if user.is_office_staff:
            return self
        return self.filter(institution__memberships__user=user)

    def usable(self, on: date) -> Self:
        """Tokens that open the door on a day."""
        return self.filter(revoked_at__isnull=True, expires_on__gte=on)

    def locked(self, pk: int) -> ApiToken:
        return self.select_for_update(of=("self",)).get(pk=pk)
