"""Messages to people's inboxes."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import translation

from agency.enums import Role
from agency.models import Notice, User


def tell(
    recipients: Iterable[User],
    *,
    key: str,
    subject: object,
    at: datetime,
    body: object = "",
    url: str = "",
) -> None:
    """Put one notice into each inbox. The same key never reaches the same person twice, so a
    repeated job or request stays silent. Committed or rolled back with the act it tells of.

    Subject and body may be lazy: they are written in the office's language, Chinese.
    """
    with translation.override("zh-hans"):
        notices = [
            Notice(
                recipient=each,
                key=key,
                subject=str(subject)[:200],
                body=str(body),
                url=url,
                created_at=at,
            )
            for each in recipients
        ]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)


def holders(*roles: Role) -> list[User]:
    """Return the active users who hold any of the roles."""
    return list(
        User.objects.filter(is_active=True, groups__name__in=[role.value for role in roles])
        .distinct()
        .order_by("pk")
    )
