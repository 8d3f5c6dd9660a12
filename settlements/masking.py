"""What of an insured person is masked for those who need not see it. Pure."""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TextIO

from agency.privacy import mask_certificate, mask_name
from settlements.claimfiles.errors import FileError

PERSON_COLUMNS: Mapping[str, Callable[[str], str]] = {
    "psn_name": mask_name,
    "psn_no": mask_certificate,
    "certno": mask_certificate,
}
HIDDEN = "***"


def masked_value(column: str, value: str) -> str:
    """Mask a value of a claim file. One of no column may be a whole row, persons included."""
    if not value:
        return value
    if not column:
        return HIDDEN
    return PERSON_COLUMNS[column](value) if column in PERSON_COLUMNS else value


def masked_error(error: FileError) -> FileError:
    return replace(error, value=masked_value(error.column, error.value))


def masked_report(lines: TextIO) -> Iterator[list[str]]:
    """Yield the rows of an error report, persons masked; the first names the columns."""
    rows = csv.reader(lines)
    names = next(rows, [])
    yield names
    column, value = names.index("column"), names.index("value")
    for row in rows:
        row[value] = masked_value(row[column], row[value])
        yield row
