"""Digesting what tables got on days, in the database: the rows never leave it."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from agency.audit import Source, value_of
from agency.models import AuditSeal

ONE_DAY = timedelta(1)
MARK_BYTES = 8
KEY_BYTES = 8
# What the text of a row depends on besides its values.
_STEADY = (
    "SET LOCAL TIME ZONE 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL extra_float_digits = 1"
)

_GROUPS = """
SELECT {form} AS form, day, min(pk), max(pk), count(*),
    encode(sha256(string_agg(hash, ''::bytea ORDER BY pk)), 'hex'),
    {marks}
FROM (
    SELECT "{key}"::bigint AS pk, ("{at}" AT TIME ZONE '{zone}')::date AS day,
        sha256(convert_to(ROW({values})::text, 'UTF8')) AS hash
    FROM "{table}" WHERE "{at}" >= %s AND "{at}" < %s
) AS event
GROUP BY day
"""
_MARKS = (
    f"string_agg(int8send(pk) || substring(hash FROM 1 FOR {MARK_BYTES}), ''::bytea ORDER BY pk)"
)
_NO_MARKS = "NULL::bytea"


@dataclass(frozen=True, slots=True)
class Group:
    """What one table got on one day, digested."""

    source: Source
    day: date
    first_pk: int
    last_pk: int
    row_count: int
    digest: str
    marks: bytes | None


def steady() -> None:
    """Fix, for this transaction, what the text of a row depends on besides its values."""
    with connection.cursor() as cursor:
        cursor.execute(_STEADY)


def groups(
    sources: Iterable[Source], begin: date, until: date, *, with_marks: bool
) -> Iterator[Group]:
    """Digest what the tables got on the days from `begin` to before `until`. One statement."""
    forms = list(sources)
    queries, values = [], []
    for form, each in enumerate(forms):
        queries.append(
            _GROUPS.format(
                form=form,
                table=each.table,
                key=each.key,
                at=each.at,
                zone=settings.TIME_ZONE,
                values=", ".join(value_of(column) for column in each.columns),
                marks=_MARKS if with_marks else _NO_MARKS,
            )
        )
        values += [_midnight(begin), _midnight(until)]
    if not queries:
        return
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(queries), values)
        for form, day, first_pk, last_pk, row_count, digest, marks in cursor.fetchall():
            seen = None if marks is None else bytes(marks)
            yield Group(forms[form], day, first_pk, last_pk, row_count, digest, seen)


def head_of(previous: str, day: date, seals: Iterable[AuditSeal]) -> str:
    """Return the head of a day: SHA-256 over the head before, the day and every seal."""
    lines = [previous, day.isoformat()]
    lines += [
        f"{each.source} {each.first_pk} {each.last_pk} {each.row_count} {each.digest} "
        f"{','.join(each.columns)}"
        for each in sorted(seals, key=lambda each: each.source)
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def marks_of(raw: bytes) -> dict[int, bytes]:
    """Return the mark of each row by its key."""
    size = KEY_BYTES + MARK_BYTES
    return {
        int.from_bytes(raw[at : at + KEY_BYTES], "big"): raw[at + KEY_BYTES : at + size]
        for at in range(0, len(raw), size)
    }


def days(begin: date, until: date) -> Iterator[date]:
    for number in range((until - begin).days):
        yield begin + timedelta(number)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
