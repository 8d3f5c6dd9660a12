"""The log of readings: nobody is shown protected data without it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.utils.translation import gettext as _

from agency.enums import ReadingKind, ReadingPurpose
from agency.models import ReadLog, User
from agency.rules import Obstacle, refuse_if

LONGEST_LABEL = 200


def key_of(subject: models.Model) -> str:
    """Return the key under which readings name an object."""
    return f"{subject._meta.label_lower}:{subject.pk}"


def log_reading(
    *,
    user: User,
    kind: ReadingKind,
    subject: models.Model | str,
    label: str,
    fields: Iterable[str],
    purpose: ReadingPurpose,
    note: str,
    at: datetime,
    owner: models.Model | None = None,
    acting_for: User | None = None,
    address: str | None = None,
) -> ReadLog:
    """Record that the user is shown the fields, before they are shown. Refuses a reading without
    a purpose in words. `owner` is the institution whose data it is.
    """
    refuse_if(
        [Obstacle("purpose_missing", _("Say what you need to see this for."))]
        if not note.strip()
        else []
    )
    return ReadLog.objects.create(
        user=user,
        acting_for=acting_for,
        at=at,
        kind=kind,
        subject=subject if isinstance(subject, str) else key_of(subject),
        label=label[:LONGEST_LABEL],
        owner=key_of(owner) if owner else "",
        fields=list(fields),
        purpose=purpose,
        note=note.strip(),
        address=address or None,
    )
