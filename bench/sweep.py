"""Bench `sweep`: ten thousand agreements of a million end in one night. Ours is the service of the
nightly job: claimed rows, states, clocks, history with its foreign keys checked, the database's own
state machine, and a notice to an account of each institution. The limit is a bare UPDATE of the
same rows on a copy of the table that has a primary key and the index of the sweep, and no more.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from agreements.services.deadlines import end_terms
from bench.agreements import DUE, ON, add_accounts, load, rows_of, vacuum
from bench.rounds import result

BARE = "bench_agreement"
TOUCHED = (
    "agreements_agreement",
    "agreements_agreementclock",
    "agreements_agreementtransition",
    "agency_notice",
)
_BARE_UPDATE = f"""
UPDATE {BARE} SET state = 'expired', ended_on = valid_to
WHERE state IN ('effective', 'suspended') AND valid_to < %s
"""  # noqa: S608 - a constant
_OUTCOME = """
SELECT count(*), md5(string_agg(id || state || ended_on, ',' ORDER BY id))
FROM {table} WHERE state = 'expired' AND ended_on = DATE '2026-06-30'
"""


def measure(*, lines: int = 1_000_000, seed: int = 7, rounds: int = 5) -> dict[str, Any]:
    """Return the paired ratios with an account told in each institution, and without accounts."""
    due = min(DUE, lines // 100)
    load(rows=lines, due=due)
    _make_bare()
    vacuum(*TOUCHED, BARE, analyze=True)
    silent = [_pair(due) for _round in range(rounds)]
    add_accounts(due)
    vacuum("agency_user", "institutions_membership", analyze=True)
    told = [_pair(due) for _round in range(rounds)]
    quiet = result(
        "", must=0, aim=0, ours=[p[0] for p in silent], limit=[p[1] for p in silent], size=0
    )
    return result(
        "sweep",
        must=2.5,
        aim=1.5,
        ours=[each[0] for each in told],
        limit=[each[1] for each in told],
        size=lines,
        due=due,
        ratio_without_notices=quiet["ratio"],
        ours_without_notices_s=quiet["ours_s"],
    )


def sweep_once(due: int) -> tuple[float, Any]:
    """Run the service once, undone afterwards; return its time and what it led to."""

    def work() -> None:
        if end_terms(on=ON, at=timezone.now()) != due:
            raise RuntimeError("the sweep did not end what was due")
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    return _undone(work, "agreements_agreement", TOUCHED)


def _pair(due: int) -> tuple[float, float]:
    ours, outcome = sweep_once(due)
    limit, expected = _undone(_bare_update, BARE, (BARE,))
    if outcome != expected or expected[0][0] < due:
        raise RuntimeError(f"ours and the limit differ: {outcome} {expected}")
    return ours, limit


def _bare_update() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_BARE_UPDATE, [ON])


def _undone(work: Callable[[], None], table: str, tables: tuple[str, ...]) -> tuple[float, Any]:
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
    with transaction.atomic():
        started = perf_counter()
        work()
        took = perf_counter() - started
        outcome = rows_of(_OUTCOME.format(table=table))
        transaction.set_rollback(True)
    vacuum(*tables)
    return took, outcome


def _make_bare() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {BARE} (LIKE agreements_agreement)")
        cursor.execute(f"INSERT INTO {BARE} SELECT * FROM agreements_agreement ORDER BY id")  # noqa: S608
        cursor.execute(f"ALTER TABLE {BARE} ADD PRIMARY KEY (id)")
        cursor.execute(
            f"CREATE INDEX ON {BARE} (valid_to) WHERE state IN ('effective', 'suspended')"
        )
