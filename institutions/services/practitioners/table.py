"""Reading a table somebody uploads: CSV in UTF-8 or GB18030, or the first sheet of a workbook.
Touches no database.
"""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from agency.rules import Obstacle, Refusal

WORKBOOK = "XLSX"
ENCODINGS = {"utf-8-sig": "UTF-8", "gb18030": "GB18030"}


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a file as text, with the number of each line as people see it in the file."""

    encoding: str
    header: list[str]
    rows: list[tuple[int, list[str]]]


def read_table(file: IO[bytes], *, limit: int) -> Table:
    """Read a file whole. Refuses what is no table, an empty one and one of too many rows."""
    content = file.read()
    if content[:4] == b"PK\x03\x04":
        encoding, lines = WORKBOOK, _workbook_lines(content, limit)
    else:
        encoding, lines = _text_lines(content)
    header: list[str] = []
    rows: list[tuple[int, list[str]]] = []
    try:
        for number, cells in lines:
            if not any(cells):
                continue
            if not header:
                header = [each.strip() for each in cells]
                continue
            rows.append((number, cells))
            if len(rows) > limit:
                text = _("The file has more than %(limit)d rows.") % {"limit": limit}
                raise _refused("file_too_long", text, _("Split it into several files."))
    except csv.Error as error:
        text = _("The file is no CSV: %(error)s.") % {"error": error}
        remedy = _("Put cells that contain a comma between quotation marks.")
        raise _refused("file_unreadable", text, remedy) from error
    if not rows:
        remedy = _("The first line names the columns, each further one is a row.")
        raise _refused("file_without_rows", _("The file has no rows."), remedy)
    return Table(encoding, header, rows)


def _refused(code: str, text: str, remedy: str) -> Refusal:
    return Refusal([Obstacle(code, text, remedy=remedy)])


def _text_lines(content: bytes) -> tuple[str, Iterator[tuple[int, list[str]]]]:
    for codec, encoding in ENCODINGS.items():
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return encoding, _csv_lines(text)
    text = _("The file is neither UTF-8 nor GB18030 text.")
    raise _refused("file_unreadable", text, _("Save the table as CSV in UTF-8, or as XLSX."))


def _csv_lines(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    for cells in reader:
        yield reader.line_num, [each.strip() for each in cells]


def _workbook_lines(content: bytes, limit: int) -> Iterator[tuple[int, list[str]]]:
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False)
        sheet = book.worksheets[0]
        # Some programs declare a million empty rows: reading ends past the limit.
        last = limit + 2
        for number, row in enumerate(sheet.iter_rows(values_only=True, max_row=last), start=1):
            yield number, [_written(value) for value in row]
        book.close()
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError) as error:
        text = _("The file is no workbook that can be read.")
        raise _refused("file_unreadable", text, _("Save it as XLSX again, or as CSV.")) from error


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f").removesuffix(".0")
    return str(value).replace("\x00", "").strip()
