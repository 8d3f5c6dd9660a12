"""Rows of a batch into its shelf: COPY, netting, and what only the database can compare."""

from __future__ import annotations

import io
from collections.abc import Sequence

import polars as pl
from django.db import connection

from settlements.claimfiles.checking import FEE, SETL
from settlements.claimfiles.columns import LINES, SETTLEMENTS
from settlements.claimfiles.errors import ErrorLog, Fault, FileError
from settlements.models import ClaimBatch
from settlements.services.shelves import charge_table, claim_table

# Of the file's own columns all but those that are the same on every row or told by a key.
_NOT_STORED = {"fixmedins_code", "setl_id"}
CLAIM_COLUMNS = [each.name for each in SETTLEMENTS if each.name != "fixmedins_code"]
LINE_COLUMNS = [each.name for each in LINES if each.name not in _NOT_STORED]
# psycopg2 asks for the data in pieces of this size; its default of 8 kB costs time.
PIECE = 1024 * 1024


def copy_claims(batch_id: int, shelf_id: int, claims: pl.DataFrame) -> None:
    present = [each for each in CLAIM_COLUMNS if each in claims.columns]
    _copy(claim_table(shelf_id), batch_id, shelf_id, claims.select("claim_no", *present))


def copy_lines(batch_id: int, shelf_id: int, csv: bytes, columns: Sequence[str]) -> None:
    """Copy lines prepared by `lines_as_csv`."""
    statement = (
        f"COPY {charge_table(shelf_id)} (shelf_id, batch_id, claim_no, row_no, {','.join(columns)})"
        " FROM STDIN (FORMAT csv)"
    )
    _copy_csv(statement, csv)


def line_columns(lines: pl.DataFrame) -> list[str]:
    return [each for each in LINE_COLUMNS if each in lines.columns]


def lines_as_csv(batch_id: int, shelf_id: int, lines: pl.DataFrame) -> bytes:
    return _as_csv(
        batch_id, shelf_id, lines.select("claim_no", pl.col("row"), *line_columns(lines))
    )


def _copy(table: str, batch_id: int, shelf_id: int, rows: pl.DataFrame) -> None:
    statement = (
        f"COPY {table} (shelf_id, batch_id, {','.join(rows.columns)}) FROM STDIN (FORMAT csv)"
    )
    _copy_csv(statement, _as_csv(batch_id, shelf_id, rows))


def _copy_csv(statement: str, csv: bytes) -> None:
    # Django does not know COPY: its own error classes have to be asked for.
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(statement, io.BytesIO(csv), PIECE)


def _as_csv(batch_id: int, shelf_id: int, rows: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    rows.select(
        pl.lit(shelf_id).alias("shelf_id"), pl.lit(batch_id).alias("batch_id"), pl.all()
    ).write_csv(buffer, include_header=False)
    return buffer.getvalue()


def net_refunds(batch_id: int, shelf_id: int, left: pl.DataFrame) -> None:
    """Write what refunds left of their lines; refund lines and fully refunded ones are gone."""
    if not left.height:
        return
    table = charge_table(shelf_id)
    buffer = io.BytesIO()
    left.write_csv(buffer, include_header=False)
    buffer.seek(0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('office.netting', 'on', true)")
        cursor.execute(
            'CREATE TEMPORARY TABLE netted (bkkp_sn text COLLATE "C" PRIMARY KEY,'
            " net_cnt numeric, net_amount numeric) ON COMMIT DROP"
        )
        _copy_csv("COPY netted FROM STDIN (FORMAT csv)", buffer.getvalue())
        cursor.execute("ANALYZE netted")
        cursor.execute(
            f"UPDATE {table} AS line"  # noqa: S608 - the name ends in a number of ours
            " SET net_cnt = netted.net_cnt, net_amount = netted.net_amount,"
            " is_gone = (netted.net_cnt = 0 AND netted.net_amount = 0)"
            " FROM netted WHERE line.batch_id = %s AND line.bkkp_sn = netted.bkkp_sn",
            [batch_id],
        )
        cursor.execute(
            f"UPDATE {table}"  # noqa: S608
            " SET net_cnt = 0, net_amount = 0, is_gone = true"
            " WHERE batch_id = %s AND cnt < 0",
            [batch_id],
        )
        # Now, not at the commit: several batches may be taken in within one transaction.
        cursor.execute("DROP TABLE netted")
        cursor.execute("SELECT set_config('office.netting', 'off', true)")


def log_taken_in_before(batch: ClaimBatch, shelf_id: int, log: ErrorLog) -> None:
    """Log every setl_id and bkkp_sn that an accepted batch of the institution has already.

    The caller holds the institution's intake lock, so that no other batch of it comes in between.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT claim_no, setl_id FROM {claim_table(shelf_id)} AS claim"  # noqa: S608
            " JOIN settlements_settledonce AS settled USING (setl_id)"
            " WHERE claim.batch_id = %s AND settled.institution_id = %s ORDER BY claim_no",
            [batch.pk, batch.institution_id],
        )
        for claim_no, setl_id in cursor.fetchall():
            # claim_no counts rows from 1, the header being row 1 of the file.
            log.add(FileError(SETL, claim_no + 1, "setl_id", setl_id, Fault.TAKEN_IN_BEFORE))
        for earlier in _batches_in_reach(batch):
            cursor.execute(
                "SELECT line.row_no, line.bkkp_sn"  # noqa: S608
                f" FROM {charge_table(shelf_id)} AS line"
                " JOIN settlements_charge AS taken ON taken.bkkp_sn = line.bkkp_sn"
                " WHERE line.batch_id = %s AND taken.shelf_id = %s AND taken.batch_id = %s"
                " ORDER BY line.row_no",
                [batch.pk, earlier.shelf_id, earlier.pk],
            )
            for row_no, bkkp_sn in cursor.fetchall():
                log.add(FileError(FEE, row_no, "bkkp_sn", bkkp_sn, Fault.TAKEN_IN_BEFORE))


def _batches_in_reach(batch: ClaimBatch) -> Sequence[ClaimBatch]:
    """Accepted batches whose line identifiers may meet the batch's: mostly none."""
    return list(
        ClaimBatch.objects.taken_in()
        .filter(
            institution=batch.institution_id,
            first_line_key__lte=batch.last_line_key,
            last_line_key__gte=batch.first_line_key,
        )
        .only("pk", "shelf_id", "state")
    )


def settle_once(batch: ClaimBatch, shelf_id: int) -> None:
    """Enter the settlements under the key that lets none be paid twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO settlements_settledonce (institution_id, setl_id, batch_id)"  # noqa: S608
            f" SELECT %s, setl_id, batch_id FROM {claim_table(shelf_id)} WHERE batch_id = %s",
            [batch.institution_id, batch.pk],
        )
