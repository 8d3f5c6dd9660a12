"""Telling many people of many matters at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agency.models import Notice, User

CHUNK = 1000
TOPIC = "deadlines"


@dataclass(frozen=True, slots=True)
class Message:
    recipient: User
    key: str
    subject: str
    body: str
    url: str


def tell_all(messages: Sequence[Message], *, at: datetime) -> None:
    """Put each message into its recipient's inbox; one key never reaches a person twice."""
    Notice.objects.bulk_create(
        [
            Notice(
                recipient=each.recipient,
                key=each.key[:120],
                topic=TOPIC,
                subject=each.subject[:200],
                body=each.body,
                url=each.url,
                created_at=at,
            )
            for each in messages
        ],
        ignore_conflicts=True,
        batch_size=CHUNK,
    )
