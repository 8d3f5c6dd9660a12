"""Storing a register file: set by set, all or nothing; the same file again changes nothing."""

import csv
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, TextIO

import pghistory
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.enums import RegionLevel
from agency.models import Region
from institutions.enums.changes import ChangeField
from institutions.models import Institution
from institutions.models.institution import shown_value
from institutions.services.facts import NewFact, as_text, record_facts
from institutions.services.names import spell_names
from institutions.services.register_file import Division, Draft, Reading, RowError, read_register

BATCH = 500
LOCK = zlib.crc32(b"institutions.import")
# The first four digits of a region's code name its prefecture.
PREFECTURE_DIGITS = 4
KEPT_AS_FACTS = frozenset(each.column for each in ChangeField)
ACCOUNT_COLUMNS = ("bank_name", "bank_account")

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Outcome:
    """What became of a file. With errors and not `partial`, nothing of it was stored."""

    reading: Reading
    errors: list[RowError]
    repeated: list[RowError] = field(default_factory=list)
    stored: bool = False
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    regions: int = 0


def import_register(
    path: Path,
    *,
    at: datetime,
    partial: bool = False,
    progress: Progress | None = None,
) -> Outcome:
    """Store a register file. A row with an error keeps the whole file out, unless `partial`.

    A known institution is recognised by its national code, an entry of a directory by name and
    address within its prefecture. Empty cells leave what is stored; a stored bank account is
    never changed. A few statements for every five hundred rows.
    """
    reading = read_register(path)
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
        pghistory.context(act="institutions.import", file=path.name),
    ):
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        drafts, repeated = _without_repetitions(reading.drafts)
        outcome = Outcome(reading, errors=list(reading.errors), repeated=repeated)
        known, errors = _compare(drafts)
        outcome.errors = sorted([*reading.errors, *errors], key=lambda each: each.row)
        if outcome.errors and not partial:
            return outcome
        bad = {each.row for each in outcome.errors}
        good = [each for each in drafts if each.row not in bad]
        outcome.regions = _add_regions(each for draft in good for each in draft.divisions)
        for start in range(0, len(good), BATCH):
            _store(good[start : start + BATCH], known, on=timezone.localdate(at), outcome=outcome)
            if progress:
                progress(min(start + BATCH, len(good)), len(good))
        spell_names()
        outcome.stored = True
    return outcome


def write_report(errors: Iterable[RowError], file: TextIO) -> None:
    """Write errors as CSV: row, column, value, error, remedy."""
    writer = csv.writer(file)
    writer.writerow([each.name for each in fields(RowError)])
    for error in errors:
        cells = [error.row, error.column, error.value, error.error, error.remedy]
        writer.writerow([_harmless(str(cell)) for cell in cells])


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from taking a cell of a stranger's file for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell


# --- comparing with each other and with the register --------------------------------------------


def _without_repetitions(drafts: Iterable[Draft]) -> tuple[list[Draft], list[RowError]]:
    """Drop the rows of a directory that say the same again, and name them."""
    first: dict[tuple[str, str, str], int] = {}
    kept, repeated = [], []
    for draft in drafts:
        if draft.code is None and draft.entry_key in first:
            text = _("says the same as row %(row)d and was passed over")
            row = {"row": first[draft.entry_key]}
            repeated.append(RowError(draft.row, "name", draft.values["name"], text % row))
        else:
            first.setdefault(draft.entry_key, draft.row)
            kept.append(draft)
    return kept, repeated


def _compare(drafts: Sequence[Draft]) -> tuple[dict[int, Institution], list[RowError]]:
    """Return the institution each row is about, by row, and what speaks against storing rows."""
    known: dict[int, Institution] = {}
    completed: set[int] = set()
    errors: list[RowError] = []
    for start in range(0, len(drafts), BATCH):
        batch = drafts[start : start + BATCH]
        known |= _known_institutions(batch, completed)
        errors += _taken_credit_codes(batch, known)
    errors += _repeated_codes(drafts)
    errors += _unknown_regions(drafts)
    for draft in drafts:
        if institution := known.get(draft.row):
            errors += _account_errors(draft, institution)
    return known, errors


def _known_institutions(drafts: Sequence[Draft], completed: set[int]) -> dict[int, Institution]:
    """Find the institutions of some rows. Two queries; adds to `completed` the entries to which
    a row gives their code, so that no second row does.
    """
    by_code = {
        each.code: each
        for each in Institution.objects.filter(code__in=[d.code for d in drafts if d.code])
    }
    by_place: dict[tuple[str, str], list[Institution]] = {}
    names = [draft.values["name"] for draft in drafts]
    for each in Institution.objects.filter(name__in=names):
        by_place.setdefault((_prefecture(each.region_id), each.name), []).append(each)
    known = {}
    for draft in drafts:
        there = by_place.get((_prefecture(draft.region), draft.values["name"]), [])
        found = by_code.get(draft.code) or _same_entry(draft, there)
        if found is None or found.pk in completed:
            continue
        known[draft.row] = found
        if draft.code and not found.is_verified:
            completed.add(found.pk)
    return known


def _same_entry(draft: Draft, there: Sequence[Institution]) -> Institution | None:
    """Find a row's institution among those of its name and prefecture.

    A row with a code completes the only unverified entry there. A row without one is an entry
    already there with the same address, or an institution that has been verified since.
    """
    entries = [each for each in there if not each.is_verified]
    if draft.code:
        return entries[0] if len(entries) == 1 else None
    address = draft.values.get("registered_address", "")
    same = [each for each in entries if each.registered_address == address]
    return next(iter(same or [each for each in there if each.is_verified]), None)


def _prefecture(region: str) -> str:
    return region[:PREFECTURE_DIGITS]


def _repeated_codes(drafts: Iterable[Draft]) -> Iterator[RowError]:
    first: dict[tuple[str, str], int] = {}
    for draft in drafts:
        for column in ("code", "credit_code"):
            if not (value := draft.values.get(column)):
                continue
            if (column, value) in first:
                text = _("stands in row %(row)d already") % {"row": first[column, value]}
                yield RowError(draft.row, column, value, text, _("Leave one of the two rows out."))
            first.setdefault((column, value), draft.row)


def _taken_credit_codes(
    drafts: Iterable[Draft], known: dict[int, Institution]
) -> Iterator[RowError]:
    wanted = {each.values["credit_code"]: each for each in drafts if each.code}
    for holder in Institution.objects.filter(credit_code__in=wanted):
        draft = wanted[holder.credit_code]
        if known.get(draft.row) != holder:
            text = _("belongs to %(code)s, %(name)s") % {"code": holder.code, "name": holder.name}
            remedy = _("Correct the code of this row, or that of the other institution.")
            yield RowError(draft.row, "credit_code", holder.credit_code or "", text, remedy)


def _unknown_regions(drafts: Iterable[Draft]) -> Iterator[RowError]:
    codes = set(Region.objects.values_list("code", flat=True))
    for draft in drafts:
        if not draft.divisions and draft.region not in codes:
            text, remedy = _("is no region of this office"), _("Enter the region first.")
            yield RowError(draft.row, "region", draft.region, text, remedy)


def _account_errors(draft: Draft, institution: Institution) -> Iterator[RowError]:
    for column in ACCOUNT_COLUMNS:
        stored, new = getattr(institution, column), draft.values.get(column)
        if stored and new and new != stored:
            text = _("differs from the account in the register, which no import changes")
            remedy = _("Let the institution file a change of its bank account.")
            yield RowError(draft.row, column, shown_value(column, new), text, remedy)


# --- storing -------------------------------------------------------------------------------------


def _add_regions(divisions: Iterable[Division]) -> int:
    wanted = {each.code: each for each in divisions}
    there = set(Region.objects.filter(code__in=wanted).values_list("code", flat=True))
    nations = Region.objects.filter(level=RegionLevel.NATION).values_list("code", flat=True)
    nation = next(iter(nations[:1]), None)
    new = [each for code, each in wanted.items() if code not in there]
    for level, of_level in (
        (RegionLevel.PROVINCE, [each for each in new if not each.parent]),
        (RegionLevel.PREFECTURE, [each for each in new if each.parent]),
    ):
        Region.objects.bulk_create(
            Region(code=each.code, name=each.name, level=level, parent_id=each.parent or nation)
            for each in of_level
        )
    return len(new)


def _store(
    drafts: Sequence[Draft], known: dict[int, Institution], *, on: date, outcome: Outcome
) -> None:
    new, changed, facts = [], [], []
    columns: set[str] = set()
    for draft in drafts:
        institution = known.get(draft.row)
        if institution is None:
            new.append(Institution(region_id=draft.region, **draft.values))
            continue
        difference = _difference(institution, draft)
        for column, value in difference.items():
            old = as_text(getattr(institution, column))
            setattr(institution, column, value)
            if column in KEPT_AS_FACTS:
                facts.append(NewFact(institution.pk, column, old, as_text(value)))
        if difference:
            changed.append(institution)
            columns |= difference.keys()
    Institution.objects.bulk_create(new)
    if changed:
        Institution.objects.bulk_update(changed, sorted(columns), batch_size=BATCH)
    record_facts(facts, on=on)
    outcome.created += len(new)
    outcome.updated += len(changed)
    outcome.unchanged += len(drafts) - len(new) - len(changed)


def _difference(institution: Institution, draft: Draft) -> dict[str, Any]:
    """Return what a row changes; a directory never touches what a verified entry says."""
    if draft.code is None and institution.is_verified:
        return {}
    values = dict(draft.values)
    if draft.code:
        values["region_id"] = draft.region
    return {
        column: value
        for column, value in values.items()
        if value not in ("", None) and value != getattr(institution, column)
    }
