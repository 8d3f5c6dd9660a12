"""The register of figures that formulas of indicators name. Apps enter theirs in their
`indicators.py`; this module knows none of them.

A figure is computed for many institutions at once: (their keys, the region of the agency, first
and last day) -> value by key. Who is left out has none of it: zero.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from agency.reasons import Text

Compute = Callable[[Collection[int], str, date, date], Mapping[int, Decimal]]
Figures = Mapping[int, Mapping[str, Decimal]]


@dataclass(frozen=True, slots=True)
class Figure:
    """`explains` says what is counted, so that a score can be followed to its source."""

    key: str
    label: Text
    unit: Text
    explains: Text
    compute: Compute


FIGURES: dict[str, Figure] = {}


def figure(key: str, label: Text, unit: Text, *, explains: Text) -> Callable[[Compute], Compute]:
    """Enter a figure; refuses a second one of the same key."""
    if not key.isidentifier():
        raise ValueError(f"figure {key!r} cannot be named in a formula")

    def enter(compute: Compute) -> Compute:
        if key in FIGURES:
            raise ValueError(f"figure {key} entered twice")
        FIGURES[key] = Figure(key, label, unit, explains, compute)
        return compute

    return enter


def computed(
    keys: Iterable[str], institutions: Collection[int], region: str, first: date, last: date
) -> Figures:
    """Return the figures of each institution: as many queries as figures, however many ask."""
    wanted = sorted(set(keys))
    found = {key: FIGURES[key].compute(institutions, region, first, last) for key in wanted}
    return {
        each: {key: Decimal(found[key].get(each) or 0) for key in wanted} for each in institutions
    }
