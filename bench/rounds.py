"""Measuring in pairs: ours and the limit in one round, so that a noisy machine weighs on both."""

from collections.abc import Callable, Sequence
from statistics import median
from time import perf_counter
from typing import Any


def timed(work: Callable[[], object]) -> float:
    """Return the seconds `work` took."""
    started = perf_counter()
    work()
    return perf_counter() - started


def result(
    name: str,
    *,
    must: float,
    aim: float,
    ours: Sequence[float],
    limit: Sequence[float],
    size: int,
    **more: Any,
) -> dict[str, Any]:
    """Return what a bench prints."""
    ratios = [one / other for one, other in zip(ours, limit, strict=True)]
    return {
        "name": name,
        "ratio": median(ratios),
        "must": must,
        "aim": aim,
        "ours_s": median(ours),
        "limit_s": median(limit),
        "rounds": len(ratios),
        "size": size,
        **more,
    }
