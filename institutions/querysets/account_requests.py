from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from institutions.enums.account_requests import AccountRequestState

if TYPE_CHECKING:
    from agency.models import User
    from institutions.models import AccountRequest


class AccountRequestQuerySet(models.QuerySet["AccountRequest"]):
    def visible_to(self, user: User) -> Self:
        """Office staff see every request, an institution's account those for its institution."""
        if user.is_office_staff:
            return self
        return self.filter(institution__memberships__user=user)

    def matching(self, text: str) -> Self:
        """Requests whose number or credit code begins with the text, or whose institution it
        finds.
        """
        institutions: Any = self.model._meta.get_field("institution").related_model
        found = institutions.objects.matching(text)
        plain = text.strip()
        return self.filter(
            Q(number__istartswith=plain)
            | Q(credit_code__istartswith=plain)
            | Q(institution__in=found.values("pk"))
        )

    def with_content(self) -> Self:
        return self.select_related("institution", "region", "account")

    def to_decide(self) -> Self:
        """Requests that wait for approval, or for a look at what was opened at once."""
        return self.filter(state__in=[AccountRequestState.WAITING, AccountRequestState.OPENED])

    def waiting(self) -> Self:
        return self.filter(state=AccountRequestState.WAITING)

    def locked(self, pk: int) -> AccountRequest:
        return self.select_for_update(of=("self",)).get(pk=pk)
