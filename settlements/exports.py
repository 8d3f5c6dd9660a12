"""Findings as CSV, the same columns from the command and from the API (claims.md §4)."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from settlements.claimfiles.errors import harmless
from settlements.models import Finding
from settlements.querysets import FindingQuerySet

FINDING_COLUMNS = ("setl_id", "bkkp_sn", "check", "amount", "fund_amount", "status", "basis")
CHUNK = 2000


class Writable(Protocol):
    def write(self, text: str, /) -> Any: ...


def finding_rows(findings: FindingQuerySet) -> Iterator[tuple[str, ...]]:
    """Yield the findings in a fixed order, amounts with two decimals."""
    ordered: Iterable[Finding] = findings.order_by("setl_id", "bkkp_sn", "check_name", "pk")
    for each in ordered.iterator(chunk_size=CHUNK):  # type: ignore[attr-defined]
        yield (
            each.setl_id,
            each.bkkp_sn or "",
            each.check_name,
            f"{each.amount:.2f}",
            f"{each.fund_amount:.2f}",
            each.status,
            each.basis,
        )


def write_findings(stream: Writable, findings: FindingQuerySet) -> None:
    writer = csv.writer(stream)
    writer.writerow(FINDING_COLUMNS)
    for row in finding_rows(findings):
        writer.writerow([harmless(each) for each in row])


class Echo:
    """A stream that hands back what the CSV writer writes, for streaming responses."""

    def write(self, text: str, /) -> str:
        return text


def stream_findings(findings: FindingQuerySet) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield writer.writerow(FINDING_COLUMNS)
    for row in finding_rows(findings):
        yield writer.writerow([harmless(each) for each in row])
