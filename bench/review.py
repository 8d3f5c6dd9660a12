"""Bench `review`: all checks over a batch, findings stored, against a bare scan of its lines joined
with their settlement, its code and the batch.
"""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from django.db import connection
from django.utils import timezone

from bench.data import write_claims
from bench.intake import hand_in
from bench.rounds import result
from bench.world import MONTH, institution_in_force
from settlements.exports import finding_rows
from settlements.models import ClaimBatch, Finding, KnowledgeRow
from settlements.services.review import review_batch
from settlements.services.rulebase import import_rulebase, release_as_operator

RULEBASE = Path(__file__).resolve().parent.parent / "settlements" / "rulebase"
_BARE = """
SELECT count(*), sum(line.det_item_fee_sumamt)
FROM settlements_charge AS line
JOIN settlements_claim AS claim USING (shelf_id, batch_id, claim_no)
JOIN settlements_claimbatch AS batch ON batch.id = line.batch_id
JOIN settlements_code AS code ON code.field = 'med_type' AND code.code = claim.med_type
WHERE line.shelf_id = %s AND line.batch_id = %s
"""


def measure(*, lines: int = 1_000_000, seed: int = 7, rounds: int = 5) -> dict[str, Any]:
    """Return the median of the paired ratios and both medians, in seconds. Fails if two runs find
    different things.
    """
    at = timezone.now()
    institution = institution_in_force()
    version = import_rulebase(folder=RULEBASE, source="rulebase", at=at).version
    release_as_operator(version_id=version.pk, at=at)
    codes = KnowledgeRow.objects.filter(version=version, kind__in=["drug_sex", "item_sex"])
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        files = write_claims(
            Path(name),
            code=institution.code or "",
            month=MONTH,
            lines=lines,
            seed=seed,
            tag=f"{at:%H%M%S}",
            sex_codes=sorted(set(codes.values_list("code", flat=True))),
        )
        batch = hand_in(institution, files.settlements, files.lines)
    _vacuum()
    ours: list[float] = []
    limits: list[float] = []
    seen: set[str] = set()
    for _ in range(rounds):
        limits.append(_bare_scan(batch))
        started = perf_counter()
        review_batch(batch_id=batch.pk, at=at)
        ours.append(perf_counter() - started)
        seen.add(_digest(batch))
    if len(seen) != 1:
        raise RuntimeError("two runs of the review found different things")
    return result(
        "review",
        must=6,
        aim=4,
        ours=ours,
        limit=limits,
        size=lines,
        lines_per_s=round(lines / median(ours)),
        findings=Finding.objects.filter(batch=batch).count(),
    )


def _vacuum() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def _bare_scan(batch: ClaimBatch) -> float:
    with connection.cursor() as cursor:
        # As the review itself: compiling the query would only slow the limit down.
        cursor.execute("SET jit = off")
        started = perf_counter()
        cursor.execute(_BARE, [batch.shelf_id, batch.pk])
        cursor.fetchone()
        took = perf_counter() - started
        cursor.execute("RESET jit")
    return took


def _digest(batch: ClaimBatch) -> str:
    digest = hashlib.sha256()
    for row in finding_rows(Finding.objects.filter(batch=batch)):
        digest.update("|".join(row).encode())
    return digest.hexdigest()
