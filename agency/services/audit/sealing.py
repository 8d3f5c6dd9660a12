"""Sealing past days of the history, one head a day."""

import zlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from agency.audit import Source, audit_sources
from agency.models import AuditHead, AuditSeal
from agency.services.audit.digests import ONE_DAY, days, groups, head_of, steady

LOCK = zlib.crc32(b"agency.audit.seal")
# Days taken together: what bounds the memory a long gap needs.
CHUNK_DAYS = 92


@transaction.atomic
def seal_days(*, on: date, at: datetime) -> int:
    """Seal every day before `on` that is not sealed yet, and link its head to the one before.

    Returns how many days were sealed; a second run finds none. One statement for three months.
    """
    sources = audit_sources()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    steady()
    last = AuditHead.objects.order_by("-day").first()
    begin = last.day + ONE_DAY if last else _first_day(sources)
    # Today can still get events, whatever day a job is run for.
    end = min(on, timezone.localdate(at))
    sealed = 0
    previous = last.head if last else ""
    while begin is not None and begin < end:
        until = min(begin + timedelta(CHUNK_DAYS), end)
        previous = _seal(sources, begin, until, previous, at)
        sealed += (until - begin).days
        begin = until
    return sealed


def _seal(sources: Sequence[Source], begin: date, until: date, previous: str, at: datetime) -> str:
    """Seal the days from `begin` to before `until` and return the last head."""
    by_day: dict[date, list[AuditSeal]] = {}
    for group in groups(sources, begin, until, with_marks=True):
        by_day.setdefault(group.day, []).append(
            AuditSeal(
                day=group.day,
                source=group.source.table,
                first_pk=group.first_pk,
                last_pk=group.last_pk,
                row_count=group.row_count,
                columns=list(group.source.columns),
                digest=group.digest,
                marks=group.marks or b"",
            )
        )
    heads, seals = [], []
    for day in days(begin, until):
        of_day = by_day.get(day, [])
        head = AuditHead(
            day=day,
            previous=previous,
            head=head_of(previous, day, of_day),
            seal_count=len(of_day),
            row_count=sum(each.row_count for each in of_day),
            sealed_at=at,
        )
        heads.append(head)
        seals += [(head, each) for each in of_day]
        previous = head.head
    AuditHead.objects.bulk_create(heads, batch_size=500)
    for head, each in seals:
        each.head = head
    AuditSeal.objects.bulk_create([each for _head, each in seals], batch_size=500)
    return previous


def _first_day(sources: Sequence[Source]) -> date | None:
    """Return the day of the oldest event of all."""
    query = " UNION ALL ".join(
        f'SELECT min("{each.at}") FROM "{each.table}"'  # noqa: S608 - our own tables
        for each in sources
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        oldest = min((row[0] for row in cursor.fetchall() if row[0]), default=None)
    return timezone.localdate(oldest) if oldest else None
