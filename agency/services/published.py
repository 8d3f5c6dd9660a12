"""The figures of our promises as they are published: none of so few matters that one of them
could be recognised.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from agency.models import ServiceFigure
from agency.parameters import DEFINITIONS
from agency.periods import add_months
from agency.receipts import RECEIPT_KINDS, ReceiptKind, Text
from agency.services.in_force import parameters_on
from agency.services.turns import MONTHS

MIN_CASES = "figures_min_cases"


@dataclass(frozen=True, slots=True)
class Figures:
    """One period of one kind; without values where there were too few matters."""

    first: date
    last: date
    cases: int | None
    average: Decimal | None
    p90: Decimal | None
    theirs: Decimal | None
    kept: int | None

    @property
    def is_shown(self) -> bool:
        return self.cases is not None

    @property
    def share(self) -> int | None:
        """Matters in time, in percent, rounded down: only all of them are 100."""
        return None if self.cases is None or self.kept is None else 100 * self.kept // self.cases


@dataclass(frozen=True, slots=True)
class KindFigures:
    """A kind of matter: what is promised, and what became of it."""

    kind: ReceiptKind
    promise: int | None
    unit: Text
    parameter: str
    year: Figures | None
    months: Sequence[Figures]

    @property
    def code(self) -> str:
        return self.kind.code

    @property
    def label(self) -> Text:
        return self.kind.label


def published(on: date) -> list[KindFigures]:
    """Return every kind of matter with a promise, the newest month last. Two queries."""
    values = parameters_on(on)
    least = int(values[MIN_CASES])
    rows: dict[str, list[ServiceFigure]] = defaultdict(list)
    since = add_months(on.replace(day=1), -MONTHS)
    for row in ServiceFigure.objects.filter(period_from__gte=since).order_by("period_from"):
        rows[row.kind].append(row)
    found = []
    for kind in RECEIPT_KINDS.values():
        parameter = next((each.parameter for each in kind.clocks if each.parameter), "")
        definition = DEFINITIONS.get(parameter)
        months, year = [], None
        for row in rows[kind.code]:
            shown = _shown(row, least)
            if row.is_month:
                months.append(shown)
            else:
                year = shown
        found.append(
            KindFigures(
                kind,
                int(values.get(parameter, definition.default)) if definition else None,
                definition.unit.label if definition else "",
                parameter,
                year,
                months,
            )
        )
    return found


def _shown(row: ServiceFigure, least: int) -> Figures:
    if row.cases < least:
        return Figures(row.period_from, row.period_to, None, None, None, None, None)
    return Figures(
        row.period_from, row.period_to, row.cases, row.average, row.p90, row.theirs, row.kept
    )


def as_rows(found: Sequence[KindFigures]) -> Iterator[tuple[object, ...]]:
    """Yield the published figures as the rows of a table: a kind's year, then its months."""
    for each in found:
        for span, figures in [("year", each.year), *(("month", month) for month in each.months)]:
            if figures is not None:
                yield (
                    each.code,
                    str(each.label),
                    span,
                    figures.first,
                    figures.last,
                    each.promise,
                    figures.cases,
                    figures.average,
                    figures.p90,
                    figures.theirs,
                    figures.share,
                )
