"""From the bytes received to frames of text: encoding, header, rows, in blocks of bounded size."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from codecs import BOM_UTF8, getincrementaldecoder
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from settlements.claimfiles.columns import COLUMNS, Form
from settlements.claimfiles.errors import ErrorLog, Fault, FileError
from settlements.claimfiles.workbook import WorkbookTooLarge, workbook_to_csv
from settlements.enums import FileKind

BLOCK_BYTES = 24 * 1024 * 1024
UTF_8, GB18030, WORKBOOK = "UTF-8", "GB18030", "XLSX"


class Unreadable(Exception):
    """The file as a whole cannot be read; the error says why."""

    def __init__(self, error: FileError) -> None:
        self.error = error
        super().__init__(error.fault)


@dataclass(slots=True)
class ClaimFile:
    """A claim file as UTF-8 text. `header` holds the column names as they stand in it."""

    kind: FileKind
    path: Path
    encoding: str
    start: int
    header: list[str]
    line_breaks: int

    @property
    def name(self) -> str:
        return f"{self.kind.value}.csv"


def open_file(kind: FileKind, path: Path, workdir: Path) -> ClaimFile:
    """Find out the encoding and read the header. A file in GB18030 and a workbook are rewritten as
    UTF-8 in `workdir`. Raises `Unreadable`.
    """
    name = f"{kind.value}.csv"
    with path.open("rb") as stream:
        head = stream.read(4)
    if head.startswith(b"PK\x03\x04"):
        encoding, utf8 = WORKBOOK, workdir / f"{kind.value}.workbook.csv"
        try:
            times = {each.name for each in COLUMNS[kind] if each.form is Form.TIME}
            workbook_to_csv(path, utf8, times)
        except WorkbookTooLarge as error:
            raise Unreadable(FileError(name, 0, "", path.name, Fault.WORKBOOK_TOO_LARGE)) from error
        except (ValueError, KeyError, IndexError, OSError, zipfile.BadZipFile) as error:
            raise Unreadable(FileError(name, 0, "", path.name, Fault.FILE_UNREADABLE)) from error
    else:
        encoding, utf8 = _as_utf8(name, path, workdir / f"{kind.value}.utf8.csv")
    breaks = _look_through(name, utf8)
    header, start = _read_header(name, utf8)
    return ClaimFile(kind, utf8, encoding, start, header, breaks)


def _as_utf8(name: str, path: Path, rewritten: Path) -> tuple[str, Path]:
    if _decodes(path, "utf-8"):
        return UTF_8, path
    if not _decodes(path, "gb18030"):
        raise Unreadable(FileError(name, 0, "", path.name, Fault.FILE_UNREADABLE))
    with (
        path.open(encoding="gb18030", newline="") as source,
        rewritten.open("w", encoding="utf-8", newline="") as target,
    ):
        while text := source.read(BLOCK_BYTES):
            target.write(text)
    return GB18030, rewritten


def _decodes(path: Path, encoding: str) -> bool:
    decoder = getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as stream:
            while block := stream.read(BLOCK_BYTES):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _look_through(name: str, path: Path) -> int:
    """Return the number of line breaks, which bounds the number of rows; refuse zero bytes."""
    breaks = 0
    with path.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            zero = block.find(b"\x00")
            if zero >= 0:
                row = breaks + block.count(b"\n", 0, zero) + 1
                raise Unreadable(FileError(name, row, "", "", Fault.NUL_BYTE))
            breaks += block.count(b"\n")
    return breaks


def _read_header(name: str, path: Path) -> tuple[list[str], int]:
    with path.open("rb") as stream:
        first = stream.readline(64 * 1024)
    text = first.removeprefix(BOM_UTF8).decode("utf-8", errors="replace")
    try:
        rows = list(csv.reader([text.rstrip("\r\n")], strict=True))
    except csv.Error as error:
        raise Unreadable(FileError(name, 1, "", text[:80], Fault.ROW_MALFORMED)) from error
    if not rows or not first.endswith(b"\n"):
        raise Unreadable(FileError(name, 1, "", text[:80], Fault.FILE_EMPTY))
    return [each.strip() for each in rows[0]], len(first)


def header_errors(file: ClaimFile, required: Sequence[str]) -> list[FileError]:
    """Return an error for each required column that is missing, and each one named twice."""
    missing = [
        FileError(file.name, 1, name, "", Fault.COLUMN_MISSING)
        for name in required
        if name not in file.header
    ]
    twice = [
        FileError(file.name, 1, name, name, Fault.COLUMN_TWICE)
        for name in dict.fromkeys(file.header)
        if file.header.count(name) > 1 and name
    ]
    return missing + twice


def blocks(file: ClaimFile, columns: Sequence[str], log: ErrorLog) -> Iterator[pl.DataFrame]:
    """Yield the rows as frames of text with the named columns and `row`, the row's number in the
    file (the header is row 1). Values that are not there are null. Malformed rows go to the log.
    """
    row = 2
    for block in _cut(file):
        frame, rows = _parse(file, block, row, columns, log)
        row += rows
        if frame.height:
            yield frame


def _cut(file: ClaimFile) -> Iterator[bytes]:
    """Yield blocks that end where a row ends: at a line break outside quotes."""
    rest = b""
    with file.path.open("rb") as stream:
        stream.seek(file.start)
        while data := stream.read(BLOCK_BYTES):
            rest += data
            end = _row_end(rest)
            if end:
                yield rest[:end]
                rest = rest[end:]
    if rest:
        yield rest


def _row_end(data: bytes) -> int:
    end = data.rfind(b"\n") + 1
    quotes = data.count(b'"', 0, end)
    while end and quotes % 2:
        previous = data.rfind(b"\n", 0, end - 1) + 1
        quotes -= data.count(b'"', previous, end)
        end = previous
    return end


def _parse(
    file: ClaimFile, block: bytes, row: int, columns: Sequence[str], log: ErrorLog
) -> tuple[pl.DataFrame, int]:
    names = [f"c{position}" for position in range(len(file.header))]
    wanted = {names[file.header.index(name)]: name for name in columns if name in file.header}
    try:
        # All columns are read: with a selection polars would not notice rows that are too long.
        frame = pl.read_csv(",".join(names).encode() + b"\n" + block, infer_schema=False)
        is_whole = _rows_are_whole(frame, block)
    except pl.exceptions.PolarsError:
        is_whole = False
    if is_whole:
        rows = frame.height
        blank = pl.all_horizontal(pl.exclude("row").is_null())
        frame = frame.with_row_index("row", offset=row).filter(~blank).select("row", *wanted)
    else:
        frame, rows = _parse_patiently(file, block, row, wanted, names, log)
    frame = frame.rename(wanted).with_columns(pl.col("row").cast(pl.Int64))
    if b'""' in block:
        frame = frame.with_columns(pl.col(pl.String).replace("", None))
    return frame, rows


def _rows_are_whole(frame: pl.DataFrame, block: bytes) -> bool:
    """Polars fills up rows that are too short; counting commas shows them."""
    if b'"' in block:
        return True
    blank = frame.select(pl.all_horizontal(pl.all().is_null()).sum()).item()
    return block.count(b",") == (frame.height - blank) * (frame.width - 1)


def _parse_patiently(
    file: ClaimFile,
    block: bytes,
    row: int,
    wanted: dict[str, str],
    names: list[str],
    log: ErrorLog,
) -> tuple[pl.DataFrame, int]:
    """Read a block that has malformed rows: slow, but says which."""
    positions = [names.index(each) for each in wanted]
    kept: list[list[str | None]] = [[] for _ in wanted]
    numbers: list[int] = []
    reader = csv.reader(io.StringIO(block.decode("utf-8"), newline=""), strict=True)
    number = row - 1
    while True:
        number += 1
        try:
            values = next(reader)
        except StopIteration:
            break
        except csv.Error:
            log.add(FileError(file.name, number, "", "", Fault.ROW_MALFORMED))
            continue
        if values and len(values) != len(names):
            log.add(FileError(file.name, number, "", ",".join(values), Fault.ROW_MALFORMED))
        elif values:
            numbers.append(number)
            for store, position in zip(kept, positions, strict=True):
                store.append(values[position] or None)
    data = {name: pl.Series(each, dtype=pl.String) for name, each in zip(wanted, kept, strict=True)}
    return pl.DataFrame({"row": pl.Series(numbers, dtype=pl.Int64), **data}), number - row


def scratch() -> tempfile.TemporaryDirectory:
    return tempfile.TemporaryDirectory(prefix="claims-")
