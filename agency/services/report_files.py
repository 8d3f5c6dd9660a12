"""Reports as files: CSV that a spreadsheet opens, and XLSX."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from tempfile import TemporaryFile
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter

from agency.reports import Column, Kind, Report, Row
from agency.rules import Obstacle, Refusal

# A spreadsheet takes a text that begins with one of these for a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
BOM = "\ufeff"
# A sheet holds 1,048,576 rows, the first of which is the head.
SHEET_ROWS = 1_048_575
WIDEST = 60
SHEET_NAME = 31


class Echo:
    """What `csv` writes into: it hands every line back."""

    def write(self, line: str) -> str:
        return line


def csv_lines(report: Report, rows: Iterable[Row]) -> Iterator[str]:
    """Yield the report as CSV, line by line: UTF-8 with a byte order mark, days as ISO."""
    writer: Any = csv.writer(Echo())
    yield BOM + writer.writerow([csv_text(str(each.label)) for each in report.columns])
    for row in rows:
        yield writer.writerow([csv_text(each.plain(row)) for each in report.columns])


def csv_text(value: Any) -> Any:
    """Return the value as written; a text that a spreadsheet would compute stays a text."""
    if isinstance(value, str) and value.startswith(FORMULA_SIGNS):
        return f"'{value}"
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else value


def write_workbook(report: Report, rows: Iterable[Row]) -> IO[bytes]:
    """Write the report as one sheet of a workbook into a file without a name. Refuses more rows
    than a sheet holds.
    """
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(str(report.label)[:SHEET_NAME].translate(_UNFIT))
    sheet.freeze_panes = "A2"
    for place, column in enumerate(report.columns):
        sheet.column_dimensions[get_column_letter(place + 1)].width = _width(column)
    sheet.append([_text_cell(sheet, str(each.label)) for each in report.columns])
    for number, row in enumerate(rows):
        if number == SHEET_ROWS:
            raise Refusal([sheet_full()])
        sheet.append([_cell(sheet, each, each.plain(row)) for each in report.columns])
    # Closed by the response that sends it.
    file = TemporaryFile()  # noqa: SIM115
    book.save(file)
    file.seek(0)
    return file


def sheet_full() -> Obstacle:
    return Obstacle(
        "sheet_full",
        _("The report has more rows than a sheet of XLSX holds."),
        remedy=_("Take it as CSV, or narrow the filters."),
    )


_UNFIT = str.maketrans("/\\?*[]:", "       ")


def _width(column: Column) -> int:
    if column.kind in (Kind.DAY, Kind.INSTANT) or column.kind.is_number:
        return 16
    return min(WIDEST, max(20, 2 * len(str(column.label)) + 4))


def _cell(sheet: Any, column: Column, value: Any) -> Any:
    if isinstance(value, str):
        return _text_cell(sheet, value)
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    elif column.kind is Kind.MONEY:
        cell.number_format = "#,##0.00"
    return cell


def _text_cell(sheet: Any, text: str) -> Any:
    """A text that stays one, whatever it begins with."""
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"
    return cell
