"""Verifying that nothing sealed was altered since."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from agency.audit import ENCRYPTED, Source, audit_sources
from agency.models import AuditHead, AuditSeal
from agency.services.audit.digests import (
    ONE_DAY,
    Group,
    days,
    groups,
    head_of,
    marks_of,
    steady,
)

# Days verified in one transaction, and so the step of the progress.
CHUNK_DAYS = 92
SHOWN_ROWS = 20

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """A difference between what was sealed and what is there now.

    `kind`: `altered`, `deleted` or `inserted` rows, `columns` that are gone, or the `head` of a day
    that does not follow from its seals and the head before.
    """

    day: date
    source: str
    kind: str
    rows: tuple[int, ...] = ()
    row_count: int = 0

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"day": self.day.isoformat(), "rows": list(self.rows)}


@dataclass(slots=True)
class Verification:
    days: int = 0
    rows: int = 0
    faults: tuple[Fault, ...] = ()


def verify_days(*, from_day: date, to_day: date, progress: Progress | None = None) -> Verification:
    """Compute every seal and head of the sealed days again and name what differs, the earliest
    day first. Reads every event of the days once.
    """
    result = Verification()
    faults: list[Fault] = []
    for begin in _chunks(from_day, to_day + ONE_DAY):
        until = min(begin + timedelta(CHUNK_DAYS), to_day + ONE_DAY)
        with transaction.atomic():
            steady()
            rows, new = _verify(begin, until)
        faults += new
        result.days += (until - begin).days
        result.rows += rows
        if progress:
            progress(result.days, result.rows)
    result.faults = tuple(sorted(faults, key=lambda each: (each.day, each.source)))
    return result


def _chunks(begin: date, until: date) -> Iterator[date]:
    while begin < until:
        yield begin
        begin += timedelta(CHUNK_DAYS)


def _verify(begin: date, until: date) -> tuple[int, list[Fault]]:
    heads = {each.day: each for each in AuditHead.objects.filter(day__gte=begin, day__lt=until)}
    seals: dict[tuple[date, str], AuditSeal] = {
        (each.day, each.source): each
        for each in AuditSeal.objects.filter(day__gte=begin, day__lt=until).defer("marks")
    }
    faults = list(_head_faults(begin, until, heads, list(seals.values())))
    sources = _sources_of(seals.values())
    present = _columns_of({each.table for each in sources})
    there = [each for each in sources if _bare(each.columns) <= present.get(each.table, set())]
    found: dict[tuple[date, Source], Group] = {
        (group.day, group.source): group for group in groups(there, begin, until, with_marks=False)
    }
    forms = {(each.table, each.columns): each for each in there}
    rows = 0
    for (day, table), seal in seals.items():
        source = forms.get((table, tuple(seal.columns)))
        if source is None:
            faults.append(Fault(day, table, "columns"))
            continue
        group = found.get((day, source))
        rows += group.row_count if group else 0
        if group is None or group.digest != seal.digest or group.row_count != seal.row_count:
            faults += _row_faults(source, seal)
    # Rows of a table that had none on a sealed day.
    known = {(day, table) for day, table in seals}
    extra = {(group.day, group.source.table): group for group in found.values()}
    for (day, table), group in extra.items():
        if day in heads and (day, table) not in known:
            span = tuple({group.first_pk, group.last_pk})
            faults.append(Fault(day, table, "inserted", tuple(sorted(span)), group.row_count))
    return rows, faults


def _head_faults(
    begin: date, until: date, heads: dict[date, AuditHead], seals: Sequence[AuditSeal]
) -> Iterator[Fault]:
    """Name the sealed days whose head is missing, or does not follow from what it was made of."""
    by_day: dict[date, list[AuditSeal]] = {}
    for each in seals:
        by_day.setdefault(each.day, []).append(each)
    before = AuditHead.objects.filter(day__lt=begin).order_by("-day").first()
    expected = before.head if before else ""
    is_first = before is None
    last = AuditHead.objects.order_by("-day").values_list("day", flat=True).first()
    for day in days(begin, until):
        head = heads.get(day)
        if head is None:
            # Before the first sealed day and after the last there is nothing to miss.
            if (not is_first and last and day <= last) or day in by_day:
                yield Fault(day, AuditHead._meta.db_table, "head")
            continue
        is_first = False
        if head.previous != expected or head.head != head_of(
            head.previous, day, by_day.get(day, [])
        ):
            yield Fault(day, AuditHead._meta.db_table, "head", (head.pk,), 1)
        expected = head.head


def _sources_of(seals: Iterable[AuditSeal]) -> list[Source]:
    """Return what is to be digested again: each sealed table in each of the forms it was sealed
    in, and every other table as it is today, for rows slipped into days on which it had none.
    """
    today = {each.table: each for each in audit_sources()}
    forms: dict[tuple[str, tuple[str, ...]], Source] = {}
    for seal in seals:
        columns = tuple(seal.columns)
        known = today.get(seal.source)
        key, at = (known.key, known.at) if known else ("id", "at")
        forms.setdefault((seal.source, columns), Source(seal.source, key, at, columns))
    sealed = {table for table, _columns in forms}
    return [*forms.values(), *(each for each in today.values() if each.table not in sealed)]


def _columns_of(tables: set[str]) -> dict[str, set[str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND table_name = ANY(%s)",
            [sorted(tables)],
        )
        found: dict[str, set[str]] = {}
        for table, column in cursor.fetchall():
            found.setdefault(table, set()).add(column)
    return found


def _bare(columns: tuple[str, ...]) -> set[str]:
    return {each.removeprefix(ENCRYPTED) for each in columns}


def _row_faults(source: Source, seal: AuditSeal) -> Iterator[Fault]:
    """Tell which rows of one table differ from what was sealed on a day."""
    there = list(groups([source], seal.day, seal.day + ONE_DAY, with_marks=True))
    now = marks_of(there[0].marks or b"") if there else {}
    then = marks_of(bytes(AuditSeal.objects.only("marks").get(pk=seal.pk).marks))
    found = {
        "altered": [pk for pk, mark in then.items() if pk in now and now[pk] != mark],
        "deleted": [pk for pk in then if pk not in now],
        "inserted": [pk for pk in now if pk not in then],
    }
    if not any(found.values()):
        # The rows are as their marks say: the seal itself was altered.
        yield Fault(seal.day, AuditSeal._meta.db_table, "altered", (seal.pk,), 1)
    for kind, rows in found.items():
        if rows:
            yield Fault(seal.day, seal.source, kind, tuple(rows[:SHOWN_ROWS]), len(rows))
