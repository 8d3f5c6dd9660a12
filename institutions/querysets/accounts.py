from __future__ import annotations

from typing import TYPE_CHECKING

from agency.models import User

if TYPE_CHECKING:
    from django.db.models import QuerySet


def accounts_of(user: User) -> QuerySet[User]:
    """Return the accounts of the user's own institution, closed ones too; nobody else's."""
    return User.objects.filter(membership__institution__memberships__user=user.pk)
