"""Bench `sweep-scale`: the same ten thousand due among four million agreements as among one."""

from __future__ import annotations

from typing import Any

from bench.agreements import DUE, TERMS, load, vacuum
from bench.rounds import result
from bench.sweep import TOUCHED, sweep_once

TIMES = 4


def measure(*, lines: int = 1_000_000, seed: int = 7, rounds: int = 5) -> dict[str, Any]:
    """Here “ours” is the time at four times `lines`, the limit that at `lines`."""
    due = min(DUE, lines // 100)
    load(rows=lines, due=due)
    vacuum(*TOUCHED, analyze=True)
    few = [sweep_once(due)[0] for _round in range(rounds)]
    load(rows=lines * (TIMES - 1), due=0, first=lines // TERMS)
    vacuum(*TOUCHED, analyze=True)
    many = [sweep_once(due)[0] for _round in range(rounds)]
    return result(
        "sweep-scale", must=1.3, aim=1.1, ours=many, limit=few, size=lines * TIMES, due=due
    )
