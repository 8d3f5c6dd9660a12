"""Reading a register file: encoding, columns, rows. Touches no table but for its fields' checks.

Two layouts, told apart by their columns; docs/import-institutions.md describes both.
"""

import codecs
import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Choices
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.codes import credit_code_fault
from institutions.codes import national_code_fault
from institutions.enums.register import Kind, Level, Nature
from institutions.services.facts import clean_value

Text = str | Promise

REGISTER, DIRECTORY = "register", "directory"
REQUIRED: tuple[str, ...] = (
    "code",
    "credit_code",
    "name",
    "kind",
    "nature",
    "level",
    "registered_address",
    "region",
)
REGISTER_COLUMNS: tuple[str, ...] = (
    *REQUIRED,
    "licence_no",
    "beds",
    "legal_representative",
    "principal",
    "actual_controller",
    "subjects",
    "phone",
    "bank_name",
    "bank_account",
    "opened_on",
)
DIRECTORY_COLUMNS: tuple[str, ...] = (
    "province_code",
    "province",
    "city_code",
    "city",
    "name",
    "address",
    "tel",
    "tags",
)
DIRECTORY_REQUIRED: tuple[str, ...] = ("city_code", "city", "name")
REGION_CODE_LENGTH = 6


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with one cell, and what to do about it. Row 1 is the line of the columns."""

    row: int
    column: str
    value: str
    error: Text
    remedy: Text = ""


@dataclass(frozen=True, slots=True)
class Division:
    """A province or prefecture as a directory names it."""

    code: str
    name: str
    parent: str = ""


@dataclass(slots=True)
class Draft:
    """One row, ready to be stored: values by the institution's columns, its region by code."""

    row: int
    region: str
    values: dict[str, Any]
    divisions: tuple[Division, ...] = ()

    @property
    def code(self) -> str | None:
        return self.values.get("code")

    @property
    def entry_key(self) -> tuple[str, str, str]:
        """What tells unverified entries apart."""
        return self.region, self.values["name"], self.values.get("registered_address", "")


@dataclass(slots=True)
class Reading:
    """A file as read: the good rows, the errors of the others."""

    encoding: str
    layout: str
    rows: int = 0
    drafts: list[Draft] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


class FileRefused(Exception):
    """The file as a whole cannot be read. Nothing of it was stored."""


def read_register(path: Path) -> Reading:
    """Read a register file whole, in one of its two layouts, in UTF-8 or GB18030.

    Refuses a file that is no such text, has no rows, lacks a column or has one nobody knows.
    """
    encoding = detect_encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        rows = csv.reader(file, strict=True)
        try:
            header = [name.strip().lower() for name in next(rows, [])]
            layout, read_row = layout_of(header)
            reading = Reading(encoding, layout)
            _read_rows(rows, header, read_row, reading)
        except csv.Error as error:
            raise FileRefused(
                _("Line %(line)d is no CSV: %(error)s. Check the quotation marks around it.")
                % {"line": rows.line_num, "error": error}
            ) from error
    if not reading.rows:
        raise FileRefused(_("The file has no rows under its line of columns."))
    return reading


def detect_encoding(path: Path) -> str:
    """Return `utf-8-sig` or `gb18030`, whichever the whole file is valid in."""
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as file:
                while chunk := file.read(1 << 20):
                    if b"\x00" in chunk:
                        raise FileRefused(_("The file is not text. Save the table as CSV first."))
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise FileRefused(_("The file is neither UTF-8 nor GB18030 text. Save it as CSV in UTF-8."))


RowReader = Callable[[int, Mapping[str, str]], tuple[Draft, list[RowError]]]


def layout_of(header: list[str]) -> tuple[str, RowReader]:
    """Return which layout the columns are, and what reads its rows."""
    if "city_code" in header:
        layout, known, required = DIRECTORY, DIRECTORY_COLUMNS, DIRECTORY_REQUIRED
    else:
        layout, known, required = REGISTER, REGISTER_COLUMNS, REQUIRED
    absent = [name for name in required if name not in header]
    strange = [name or "(empty)" for name in header if name not in known]
    if absent or strange or len(set(header)) < len(header):
        raise FileRefused(
            _(
                "The columns are not those of a %(layout)s file. Missing: %(absent)s. "
                "Unknown: %(strange)s. Expected: %(known)s."
            )
            % {
                "layout": layout,
                "absent": ", ".join(absent) or "–",
                "strange": ", ".join(strange) or "–",
                "known": ", ".join(known),
            }
        )
    return layout, directory_row if layout == DIRECTORY else register_row


def _read_rows(
    rows: Iterator[list[str]], header: list[str], read_row: RowReader, reading: Reading
) -> None:
    for number, cells in enumerate(rows, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        reading.rows += 1
        if len(cells) != len(header):
            error = _("the row has %(found)d cells, the line of columns has %(expected)d")
            counts = {"found": len(cells), "expected": len(header)}
            remedy = _("Put cells that contain a comma between quotation marks.")
            reading.errors.append(RowError(number, "", "", error % counts, remedy))
            continue
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
        draft, errors = read_row(number, row)
        reading.errors += errors
        if not errors:
            reading.drafts.append(draft)


# --- the register's own layout ------------------------------------------------------------------


def register_row(number: int, row: Mapping[str, str]) -> tuple[Draft, list[RowError]]:
    values, errors = {}, list(_register_faults(number, row))
    for column in REGISTER_COLUMNS:
        text = row.get(column, "")
        if column == "region" or not text:
            continue
        if choices := CHOICES.get(column):
            text = choice_value(choices, text)
        try:
            values[column] = clean_value(column, text)
        except ValidationError as error:
            message = " ".join(error.messages)
            errors.append(RowError(number, column, text, message, expectation(column)))
    return Draft(number, row["region"], values), errors


def _register_faults(number: int, row: Mapping[str, str]) -> Iterator[RowError]:
    for column in REQUIRED:
        if not row[column]:
            yield RowError(number, column, "", _("is missing"), _("Fill the cell in."))
    for column, fault_of in (("code", national_code_fault), ("credit_code", credit_code_fault)):
        if row[column] and (fault := fault_of(row[column])):
            remedy = _("Copy it from the certificate again.")
            yield RowError(number, column, row[column], fault, remedy)
    if row["region"] and not is_region_code(row["region"]):
        error, remedy = _("is no six-digit code of a region"), _("Use the code of GB/T 2260.")
        yield RowError(number, "region", row["region"], error, remedy)


CHOICES: dict[str, type[Choices]] = {"kind": Kind, "nature": Nature, "level": Level}


def choice_value(choices: type[Choices], text: str) -> str:
    """Return the stored value for a value or a label, Chinese or English; else the text itself."""
    for language in ("zh-hans", "en"):
        with translation.override(language):
            for value, label in choices.choices:
                if text == str(label):
                    return value
    return text


def expectation(column: str) -> Text:
    if column in CHOICES:
        return _("Use one of: %(values)s.") % {"values": ", ".join(CHOICES[column].values)}
    return {
        "opened_on": gettext_lazy("Write the date as YYYY-MM-DD."),
        "beds": gettext_lazy("Write a whole number."),
    }.get(column, gettext_lazy("Correct the cell."))


def is_region_code(text: str) -> bool:
    return len(text) == REGION_CODE_LENGTH and text.isascii() and text.isdigit()


# --- a directory: names and places, no codes -----------------------------------------------------


def directory_row(number: int, row: Mapping[str, str]) -> tuple[Draft, list[RowError]]:
    """Read what a directory honestly says: where, what name, which address and telephone.

    Its tags are left alone: a tag is no agreement.
    """
    errors = [
        RowError(number, column, "", _("is missing"), _("Fill the cell in."))
        for column in DIRECTORY_REQUIRED
        if not row[column]
    ]
    for column in ("province_code", "city_code"):
        value = row.get(column, "")
        if value and not is_region_code(value):
            error, remedy = _("is no six-digit code of a region"), _("Use the code of GB/T 2260.")
            errors.append(RowError(number, column, value, error, remedy))
    province, city = row.get("province_code", ""), row["city_code"]
    if not errors and province and province[:2] != city[:2]:
        error = _("does not lie in the province of the row")
        errors.append(
            RowError(number, "city_code", city, error, _("Correct one of the two codes."))
        )
    values = {}
    for column, source in (("name", "name"), ("registered_address", "address"), ("phone", "tel")):
        text = row.get(source, "")
        try:
            values[column] = clean_value(column, text)
        except ValidationError as error:
            if text:
                message = " ".join(error.messages)
                errors.append(RowError(number, source, text, message, _("Correct the cell.")))
    divisions = [Division(city, row["city"], province)]
    if province:
        divisions.insert(0, Division(province, row.get("province") or province))
    return Draft(number, city, values, tuple(divisions)), errors
