"""Bench `intake`: two files → an attached partition, everything included, against the limit: the
same rows by COPY into a fresh table, then primary key, unique, check, index, three foreign keys.
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from django.core.files.base import File
from django.db import connection, transaction
from django.utils import timezone

from bench.data import write_claims
from bench.rounds import result
from bench.world import MONTH, institution_in_force
from settlements.enums import BatchState, FileKind
from settlements.models import ClaimBatch
from settlements.services.intake import take_in
from settlements.services.submission import UNPACKED_LIMIT, submit_batch

PIECE = 1024 * 1024
# The limit builds under the same settings as the intake does.
_BUILD_SETTINGS = (
    "SELECT set_config('maintenance_work_mem', '256MB', true), set_config('jit', 'off', true)"
)
_COLUMNS = (
    "shelf_id, batch_id, claim_no, row_no, bkkp_sn, mdtrt_id, psn_no, fee_ocur_time, med_list_codg,"
    " hilist_name, cnt, pric, det_item_fee_sumamt, med_chrgitm_type, pric_uplmt_amt,"
    " bilg_dept_codg, bilg_dr_code, init_feedetl_sn"
)


def measure(*, lines: int = 1_000_000, seed: int = 7, rounds: int = 5) -> dict[str, Any]:
    """Return the median of the paired ratios and both medians, in seconds."""
    institution = institution_in_force()
    ours: list[float] = []
    limits: list[float] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        for number in range(rounds):
            tag = f"{timezone.now():%H%M%S}{number}"
            files = write_claims(
                Path(name),
                code=institution.code or "",
                month=MONTH,
                lines=lines,
                seed=seed,
                tag=tag,
            )
            _checkpoint()
            started = perf_counter()
            batch = hand_in(institution, files.settlements, files.lines)
            ours.append(perf_counter() - started)
            rows = _rows_of(batch)
            _checkpoint()
            limits.append(_limit(batch, rows))
            files.settlements.unlink()
            files.lines.unlink()
    return result(
        "intake",
        must=2.0,
        aim=1.5,
        ours=ours,
        limit=limits,
        size=lines,
        lines_per_s=round(lines / median(ours)),
    )


def hand_in(institution: Any, settlements: Path, lines: Path) -> ClaimBatch:
    at = timezone.now()
    with settlements.open("rb") as one, lines.open("rb") as other:
        files = {
            FileKind.SETTLEMENTS: File(one, name=settlements.name),
            FileKind.LINES: File(other, name=lines.name),
        }
        submission = submit_batch(
            institution=institution, files=files, by=None, at=at, limit=UNPACKED_LIMIT
        )
    batch = take_in(batch_id=submission.batch.pk, at=at)
    if batch.state != BatchState.ACCEPTED:
        raise RuntimeError(f"the bench's files were refused: {batch.first_errors[:3]}")
    return batch


def _checkpoint() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")


def _rows_of(batch: ClaimBatch) -> bytes:
    """Return the batch's lines as they were loaded, for the limit to load them once more."""
    buffer = io.BytesIO()
    query = (
        f"COPY (SELECT {_COLUMNS} FROM settlements_charge"  # noqa: S608 - constants and numbers
        f" WHERE shelf_id = {batch.shelf_id} AND batch_id = {batch.pk} ORDER BY row_no)"
        " TO STDOUT (FORMAT csv)"
    )
    with connection.cursor() as cursor:
        cursor.copy_expert(query, buffer)
    return buffer.getvalue()


def _limit(batch: ClaimBatch, rows: bytes) -> float:
    claim = f"settlements_claim_{batch.shelf_id}"
    table = "bench_line"
    statements = [
        f"ALTER TABLE {table} ADD PRIMARY KEY (row_no)",
        f"ALTER TABLE {table} ADD UNIQUE (bkkp_sn)",
        f"ALTER TABLE {table} ADD CHECK (pric >= 0 AND det_item_fee_sumamt >= 0)",
        f"CREATE INDEX ON {table} (claim_no)",
        f"ALTER TABLE {table} ADD FOREIGN KEY (shelf_id, batch_id, claim_no) REFERENCES {claim}",
        f"ALTER TABLE {table} ADD FOREIGN KEY (batch_id) REFERENCES settlements_claimbatch",
        f"ALTER TABLE {table} ADD FOREIGN KEY (shelf_id) REFERENCES settlements_shelf",
    ]
    started = perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {table} (LIKE settlements_charge INCLUDING DEFAULTS)")
        cursor.copy_expert(
            f"COPY {table} ({_COLUMNS}) FROM STDIN (FORMAT csv)", io.BytesIO(rows), size=PIECE
        )
        cursor.execute(_BUILD_SETTINGS)
        for statement in statements:
            cursor.execute(statement)
    took = perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {table}")
    return took
