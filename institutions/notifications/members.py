"""Whom an institution's notices reach."""

from agency.models import User


def members_of(institution_id: int) -> list[User]:
    """Return the active accounts of an institution."""
    return list(
        User.objects.filter(is_active=True, membership__institution=institution_id).order_by("pk")
    )
