"""Excel workbooks of up to 100,000 rows, rewritten as the CSV they stand for."""

import csv
import zipfile
from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from openpyxl import load_workbook

ROW_LIMIT = 100_000
UNPACKED_LIMIT = 1024 * 1024 * 1024


class WorkbookTooLarge(Exception):
    """More rows, or more bytes once unpacked, than a workbook may have."""


def workbook_to_csv(source: Path, target: Path, time_columns: Collection[str]) -> None:
    """Write the first sheet as CSV. Raises `WorkbookTooLarge`, or what openpyxl and zipfile raise
    for a file that is no workbook.

    Numbers keep the shortest notation that stands for them, so that 0.1 stays 0.1; a formula is
    written as it is, and then does not parse as a value.
    """
    with zipfile.ZipFile(source) as archive:
        if sum(each.file_size for each in archive.infolist()) > UNPACKED_LIMIT:
            raise WorkbookTooLarge
    # As a stream: by its path openpyxl would judge the file by its name.
    with source.open("rb") as received:
        _write(received, target, time_columns)


def _write(received: BinaryIO, target: Path, time_columns: Collection[str]) -> None:
    book = load_workbook(received, read_only=True, data_only=False)
    try:
        with target.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            times: set[int] = set()
            for number, row in enumerate(book.worksheets[0].iter_rows(values_only=True)):
                if number > ROW_LIMIT:
                    raise WorkbookTooLarge
                if number == 0:
                    times = {at for at, value in enumerate(row) if value in time_columns}
                writer.writerow([_written(value, at in times) for at, value in enumerate(row)])
    finally:
        book.close()


def _written(value: Any, is_time: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}" if is_time else f"{value:%Y-%m-%d}"
    if isinstance(value, date):
        return f"{value.isoformat()} 00:00:00" if is_time else value.isoformat()
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f").removesuffix(".0")
    return str(value).replace("\x00", "")
