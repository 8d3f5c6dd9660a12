"""What bars institutions and persons from being designated, wherever it is known (A-05). The facts
staff record are one source; upper apps enter theirs (dissolved agreements), this module knows none.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from institutions.rules.designation import RefusalRecord


@dataclass(frozen=True, slots=True)
class Bar:
    """One record of the rule, and where it comes from: whose decision, and its page at the desk.
    `institution_id` or `person_id` says whom it bars.
    """

    record: RefusalRecord
    source: str
    url: str = ""
    institution_id: int | None = None
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class BarSource:
    """`of` returns what is on record on a day for some institutions and persons, by key, whether
    or not it still bars: the rule decides. A bounded number of queries.
    """

    name: str
    of: Callable[[Sequence[int], Sequence[int], date], Iterable[Bar]]


_SOURCES: dict[str, BarSource] = {}


def enter_bars(source: BarSource) -> None:
    """Enter a source; refuses a second one of its name."""
    if source.name in _SOURCES:
        raise ValueError(f"bars of {source.name} are entered twice")
    _SOURCES[source.name] = source


def bars_of(institutions: Iterable[int], persons: Iterable[int], on: date) -> list[Bar]:
    """Return everything on record against any of them."""
    institution_ids, person_ids = list(institutions), list(persons)
    return [
        bar for source in _SOURCES.values() for bar in source.of(institution_ids, person_ids, on)
    ]
