"""The files of a batch into its shelf: opened, checked by blocks, copied as they are checked."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from settlements.claimfiles.checking import SETL, LineCheck, check_settlements, likely_month
from settlements.claimfiles.columns import LINES, SETTLEMENTS
from settlements.claimfiles.errors import ErrorLog, Fault, FileError
from settlements.claimfiles.reading import (
    ClaimFile,
    Unreadable,
    blocks,
    header_errors,
    open_file,
)
from settlements.enums import FileKind
from settlements.models import ClaimBatch
from settlements.services import loading
from settlements.services.progress import Step, report_progress


class Rejected(Exception):
    """The files have structural errors; carries them out of the transaction that is undone."""

    def __init__(self, log: ErrorLog) -> None:
        self.log = log
        super().__init__(f"{log.count} errors")


@dataclass(slots=True)
class Loaded:
    """What became of the files, to be written on the batch."""

    shelf_id: int
    claims: pl.DataFrame
    lines: LineCheck


def open_files(batch_id: int, folder: Path) -> dict[FileKind, ClaimFile]:
    """Return the files by kind and write their encodings on the receipt; raise `Rejected` where
    one cannot be read or lacks a column.
    """
    report_progress(batch_id, Step.READING)
    log = ErrorLog()
    opened: dict[FileKind, ClaimFile] = {}
    for receipt in ClaimBatch.objects.get(pk=batch_id).files.select_related("attachment"):
        kind = FileKind(receipt.kind)
        try:
            opened[kind] = open_file(kind, Path(receipt.attachment.file.path), folder)
        except Unreadable as unreadable:
            log.add(unreadable.error)
            continue
        # Written down at once: the receipt of a rejected batch tells the encoding too.
        receipt.encoding = opened[kind].encoding
        receipt.row_count = max(0, opened[kind].line_breaks - 1)
        receipt.save(update_fields=["encoding", "row_count"])
        columns = SETTLEMENTS if kind is FileKind.SETTLEMENTS else LINES
        for error in header_errors(opened[kind], [each.name for each in columns if each.required]):
            log.add(error)
    if log:
        raise Rejected(log)
    return opened


def load_files(
    batch: ClaimBatch, files: dict[FileKind, ClaimFile], shelf_id: int, *, is_shared: bool
) -> Loaded:
    """Check both files and copy their rows; raise `Rejected` with every error found."""
    log = ErrorLog()
    submitter = batch.institution.code or ""
    names = [each.name for each in SETTLEMENTS]
    parts = list(blocks(files[FileKind.SETTLEMENTS], names, log))
    if not parts:
        log.add(FileError(SETL, 0, "", "", Fault.FILE_EMPTY))
        raise Rejected(log)
    claims = pl.concat(parts)
    if batch.month is None:
        batch.month = likely_month(claims)
    claims = check_settlements(claims, batch.month, submitter, log)
    if not log:
        loading.copy_claims(batch.pk, shelf_id, claims)
    lines = LineCheck(claims, submitter, log)
    held = _load_lines(batch, files[FileKind.LINES], shelf_id, lines, log, hold=is_shared)
    if not lines.count:
        log.add(FileError(f"{FileKind.LINES.value}.csv", 0, "", "", Fault.FILE_EMPTY))
        raise Rejected(log)

    def read_again(columns: list[str]) -> pl.DataFrame:
        return pl.concat(
            part.select("row", *columns)
            for part in blocks(files[FileKind.LINES], columns, ErrorLog())
        )

    left = lines.finish(read_again)
    if log:
        raise Rejected(log)
    for csv, columns in held:
        loading.copy_lines(batch.pk, shelf_id, csv, columns)
    loading.net_refunds(batch.pk, shelf_id, left)
    return Loaded(shelf_id, claims, lines)


Prepared = tuple[bytes, list[str]]


def _load_lines(
    batch: ClaimBatch,
    file: ClaimFile,
    shelf_id: int,
    lines: LineCheck,
    log: ErrorLog,
    *,
    hold: bool,
) -> list[Prepared]:
    """Check block after block and copy each while the next one is being checked. Once an error is
    known the rest is checked only: nothing will be kept.

    With `hold` the blocks are returned instead: a shared shelf has its unique index already, and
    would stop at the first repeated line before all errors are known. Only small batches go there.
    """
    held: list[Prepared] = []
    prepared = _prepared(batch.pk, file, shelf_id, lines, log)
    with ThreadPoolExecutor(max_workers=1) as ahead:
        waiting: Future = ahead.submit(next, prepared, None)
        while (block := waiting.result()) is not None:
            waiting = ahead.submit(next, prepared, None)
            csv, columns = block
            if csv and hold:
                held.append(block)
            elif csv:
                loading.copy_lines(batch.pk, shelf_id, csv, columns)
            report_progress(batch.pk, Step.LINES, lines.count, file.line_breaks)
    return held


def _prepared(
    batch_id: int, file: ClaimFile, shelf_id: int, lines: LineCheck, log: ErrorLog
) -> Iterator[Prepared]:
    for block in blocks(file, [each.name for each in LINES], log):
        checked = lines.check(block)
        if log:
            yield b"", []
        else:
            yield (
                loading.lines_as_csv(batch_id, shelf_id, checked),
                loading.line_columns(checked),
            )
