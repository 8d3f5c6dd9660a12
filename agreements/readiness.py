"""How ready an agreement is to be renewed: the columns of the board (B-15). Apps enter theirs in
their `readiness.py`; this module knows none of them.

A column answers for all agreements of a page at once, in a bounded number of queries; of an
agreement it says nothing about, it is green.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from django.utils.functional import Promise

from agreements.models import Agreement

Text = str | Promise


class Level(IntEnum):
    """How much stands against a renewal; the worst of a row is the row's."""

    GREEN = 0
    GREY = 1  # nothing is known
    AMBER = 2
    RED = 3

    @property
    def tone(self) -> str:
        """The tone of a badge; the word beside it says the same."""
        return {"GREEN": "good", "GREY": "end", "AMBER": "warn", "RED": "bad"}[self.name]


@dataclass(frozen=True, slots=True)
class Light:
    """What a column says of one agreement: level, why, and where to look."""

    level: Level
    text: Text
    url: str = ""


Read = Callable[[Sequence[Agreement], date], Mapping[int, Light]]


@dataclass(frozen=True, slots=True)
class Readiness:
    key: str
    label: Text
    order: int
    read: Read


COLUMNS: dict[str, Readiness] = {}


def readiness(key: str, label: Text, order: int) -> Callable[[Read], Read]:
    """Enter a column of the board; refuses a second one of the same key."""

    def enter(read: Read) -> Read:
        if key in COLUMNS:
            raise ValueError(f"readiness {key} entered twice")
        COLUMNS[key] = Readiness(key, label, order, read)
        return read

    return enter


def columns() -> list[Readiness]:
    return sorted(COLUMNS.values(), key=lambda each: each.order)


def lights_of(
    agreements: Sequence[Agreement], on: date, keys: Iterable[str] | None = None
) -> dict[int, dict[str, Light]]:
    """Return the lights of agreements, by primary key and column, green ones left out."""
    wanted = None if keys is None else set(keys)
    lights: dict[int, dict[str, Light]] = {each.pk: {} for each in agreements}
    if not agreements:
        return lights
    for column in columns():
        if wanted is None or column.key in wanted:
            for pk, light in column.read(agreements, on).items():
                lights[pk][column.key] = light
    return lights
