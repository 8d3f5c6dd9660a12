"""The accounts behind the institutions of many rows."""

from collections import defaultdict
from collections.abc import Iterable

from agency.models import User

CHUNK = 1000


def members_by_institution(institution_ids: Iterable[int]) -> dict[int, list[User]]:
    """Return the active accounts of each institution. One query."""
    members: dict[int, list[User]] = defaultdict(list)
    for user in User.objects.filter(
        is_active=True, membership__institution__in=set(institution_ids)
    ).select_related("membership"):
        members[user.membership.institution_id].append(user)
    return members
