"""What is wrong with claim files: every error with its row, its reason and its remedy."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import polars as pl
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

REPORT_LIMIT = 10_000
REPORT_COLUMNS = ["file", "row", "column", "value", "error", "remedy"]
VALUE_LENGTH = 200


class Fault(StrEnum):
    """Kinds of error; the codes are stable."""

    FILE_UNREADABLE = "file_unreadable"
    WORKBOOK_TOO_LARGE = "workbook_too_large"
    FILE_EMPTY = "file_empty"
    COLUMN_MISSING = "column_missing"
    COLUMN_TWICE = "column_twice"
    ROW_MALFORMED = "row_malformed"
    NUL_BYTE = "nul_byte"
    VALUE_MISSING = "value_missing"
    NOT_A_DATE = "not_a_date"
    NOT_A_TIME = "not_a_time"
    NOT_AN_AMOUNT = "not_an_amount"
    TOO_LONG = "too_long"
    INSTITUTION_UNKNOWN = "institution_unknown"
    INSTITUTION_OTHER = "institution_other"
    LINE_WITHOUT_SETTLEMENT = "line_without_settlement"
    SETTLEMENT_WITHOUT_LINES = "settlement_without_lines"
    REPEATED = "repeated"
    TAKEN_IN_BEFORE = "taken_in_before"
    OTHER_MONTH = "other_month"
    ENDS_BEFORE_IT_BEGINS = "ends_before_it_begins"
    FEE_NOT_SUM_OF_LINES = "fee_not_sum_of_lines"
    FEE_NOT_FUND_AND_PERSON = "fee_not_fund_and_person"
    REFUND_WITHOUT_ORIGINAL = "refund_without_original"
    REFUND_TOO_LARGE = "refund_too_large"
    NOT_STORABLE = "not_storable"


WORDING: dict[Fault, tuple[Promise, Promise]] = {
    Fault.FILE_UNREADABLE: (
        _("The file cannot be read as CSV in UTF-8 or GB18030, nor as an Excel workbook."),
        _("Export it again as CSV in UTF-8 and hand it in again."),
    ),
    Fault.WORKBOOK_TOO_LARGE: (
        _("The Excel workbook has more than 100,000 rows."),
        _("Export it as CSV, which has no such limit."),
    ),
    Fault.FILE_EMPTY: (
        _("The file has no rows below its header."),
        _("Export the month again; both files must have rows."),
    ),
    Fault.COLUMN_MISSING: (
        _("This required column is missing."),
        _("Add the column, named exactly so in the header row."),
    ),
    Fault.COLUMN_TWICE: (
        _("The header names this column twice."),
        _("Leave one column of this name."),
    ),
    Fault.ROW_MALFORMED: (
        _("The row does not have as many values as the header, or its quotes do not close."),
        _("Write values with commas or line breaks in double quotes, inner quotes doubled."),
    ),
    Fault.NUL_BYTE: (
        _("The file contains a zero byte."),
        _("Remove zero bytes; export the file again as plain text."),
    ),
    Fault.VALUE_MISSING: (_("A value is required here."), _("Fill in the value.")),
    Fault.NOT_A_DATE: (_("Not a date."), _("Write dates as YYYY-MM-DD, for example 2026-10-08.")),
    Fault.NOT_A_TIME: (
        _("Not a time."),
        _("Write times as YYYY-MM-DD HH:MM:SS, for example 2026-10-08 14:30:00."),
    ),
    Fault.NOT_AN_AMOUNT: (
        _("Not a plain decimal number, or with more decimals than allowed."),
        _("Write numbers without thousands separators; amounts with at most two decimals."),
    ),
    Fault.TOO_LONG: (
        _("The value is too long."),
        _("Codes have at most 60 characters, names at most 200."),
    ),
    Fault.INSTITUTION_UNKNOWN: (
        _("No institution is registered under this code."),
        _("Use the national code under which the institution is registered."),
    ),
    Fault.INSTITUTION_OTHER: (
        _("This is the code of another institution."),
        _("An institution hands in its own settlements only."),
    ),
    Fault.LINE_WITHOUT_SETTLEMENT: (
        _("The line's setl_id is not among the settlements."),
        _("Add the settlement to setl_d or take the line out."),
    ),
    Fault.SETTLEMENT_WITHOUT_LINES: (
        _("The settlement has no lines."),
        _("Add its lines to fee_list_d or take the settlement out."),
    ),
    Fault.REPEATED: (
        _("The file has this identifier more than once."),
        _("Leave one row of each identifier."),
    ),
    Fault.TAKEN_IN_BEFORE: (
        _("This identifier was accepted in an earlier batch of the institution."),
        _("Hand in only what was not handed in before."),
    ),
    Fault.OTHER_MONTH: (
        _("The settlement is not of the batch's month."),
        _("A batch holds the settlements of one calendar month; hand in the others apart."),
    ),
    Fault.ENDS_BEFORE_IT_BEGINS: (
        _("enddate lies before begndate."),
        _("Correct the dates of the visit."),
    ),
    Fault.FEE_NOT_SUM_OF_LINES: (
        _("medfee_sumamt differs from the sum of its lines, %(sum)s."),
        _("Correct the total or the lines."),
    ),
    Fault.FEE_NOT_FUND_AND_PERSON: (
        _("medfee_sumamt differs from fund_pay_sumamt + psn_pay, %(sum)s."),
        _("Correct the three amounts."),
    ),
    Fault.REFUND_WITHOUT_ORIGINAL: (
        _("The refund names no line of this file in init_feedetl_sn."),
        _("Name the bkkp_sn of the refunded line; hand both in together."),
    ),
    Fault.REFUND_TOO_LARGE: (
        _("The refunds are larger than the line they refund."),
        _("Refund at most the quantity and the amount of the original line."),
    ),
    Fault.NOT_STORABLE: (
        _("The database refused the rows: %(problem)s"),
        _("Tell the agency the number of the batch; nothing of it was stored."),
    ),
}


@dataclass(frozen=True, slots=True)
class FileError:
    file: str
    row: int
    column: str
    value: str
    fault: Fault
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return filled(WORDING[self.fault][0], self.facts)

    @property
    def remedy(self) -> str:
        return str(WORDING[self.fault][1])

    def as_dict(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "fault": self.fault.value,
            "facts": dict(self.facts),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> FileError:
        return cls(**{**stored, "fault": Fault(stored["fault"])})


def filled(message: Promise, facts: Mapping[str, str]) -> str:
    return str(message) % facts if facts else str(message)


class ErrorLog:
    """Collects errors: all are counted, the first ten thousand are kept."""

    def __init__(self, limit: int = REPORT_LIMIT) -> None:
        self.limit = limit
        self.count = 0
        self.errors: list[FileError] = []

    def __bool__(self) -> bool:
        return self.count > 0

    def add(self, error: FileError) -> None:
        self.count += 1
        if len(self.errors) < self.limit:
            self.errors.append(error)

    def add_rows(
        self, file: str, column: str, fault: Fault, rows: pl.DataFrame, *facts: str
    ) -> None:
        """Add one error for each row of a frame with `row`, `value` and the named facts."""
        self.count += rows.height
        for row in rows.head(self.limit - len(self.errors)).iter_rows(named=True):
            value = "" if row["value"] is None else str(row["value"])[:VALUE_LENGTH]
            self.errors.append(
                FileError(
                    file, row["row"], column, value, fault, {name: str(row[name]) for name in facts}
                )
            )

    def unregistered(self, registered: Callable[[Collection[str]], Collection[str]]) -> None:
        """Tell codes of other institutions from codes nobody has; `registered` is asked once."""
        told = [each for each in self.errors if each.fault is Fault.INSTITUTION_OTHER]
        if not told:
            return
        known = registered({each.value for each in told})
        self.errors = [
            replace(each, fault=Fault.INSTITUTION_UNKNOWN)
            if each.fault is Fault.INSTITUTION_OTHER and each.value not in known
            else each
            for each in self.errors
        ]

    def in_order(self) -> list[FileError]:
        """Return what was kept: settlements before lines, by row."""
        return sorted(self.errors, key=lambda each: (each.file != "setl_d.csv", each.row))


def harmless(text: str) -> str:
    """Return a text that a spreadsheet shows instead of running it as a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "@", "\t", "\r"} or _is_formula(text) else text


def _is_formula(text: str) -> bool:
    return text[:1] == "-" and not text[1:].replace(".", "", 1).isdigit()


def write_report(path: Path, errors: Iterable[FileError], count: int) -> None:
    """Write the error report: CSV, UTF-8 with BOM, for spreadsheets and programs alike."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(REPORT_COLUMNS)
        kept = 0
        for each in errors:
            kept += 1
            writer.writerow(
                (
                    each.file,
                    each.row or "",
                    each.column,
                    harmless(each.value),
                    each.text,
                    each.remedy,
                )
            )
        if count > kept:
            more = gettext("%(more)d more errors are not listed.") % {"more": count - kept}
            writer.writerow(["", "", "", "", more, ""])
