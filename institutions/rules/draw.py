"""The draw of an assessment group: from a seed, so that anybody gets the same group again. Pure.

Version 1: the candidates are sorted by their keys and shuffled (Fisher-Yates from the last place
down). The number for a place comes from SHA-256 over "seed:counter", read as an integer; numbers
from the incomplete last stretch of its range are passed over, so that no place is favoured. Then
the first candidate of each field asked for is taken, fields in the order of the law, and the free
seats are filled with whoever comes first of the rest.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from institutions.enums.assessment import ExpertField

ALGORITHM = 1
SEED_BYTES = 32
_RANGE = 2**256


@dataclass(frozen=True, order=True, slots=True)
class Candidate:
    """An expert who can be drawn."""

    key: int
    field: ExpertField


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many seats there are, and how many of them at least for each field."""

    seats: int
    of_field: Mapping[ExpertField, int]

    @classmethod
    def group(cls, seats: int) -> "Wanted":
        """A whole group: at least one of each field.

        Law: A-06 (Order 2 art. 9).
        """
        return cls(seats, dict.fromkeys(ExpertField, 1))

    @classmethod
    def replacement(cls, field: ExpertField) -> "Wanted":
        return cls(1, {field: 1})

    def to_json(self) -> dict[str, object]:
        return {
            "seats": self.seats,
            "fields": {field.value: number for field, number in self.of_field.items()},
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Mapping[str, int]]) -> "Wanted":
        fields = {ExpertField(name): number for name, number in stored["fields"].items()}
        return cls(int(stored["seats"]), fields)  # type: ignore[call-overload]


@dataclass(frozen=True, slots=True)
class Gap:
    """What a pool lacks: experts of a field, or of any field where it is None."""

    field: ExpertField | None
    lacking: int


def gaps(fields: Iterable[ExpertField], wanted: Wanted) -> list[Gap]:
    """Return what is missing among experts of these fields: the fields in the order of the law,
    then how many more of any field.

    Law: A-06 (Order 2 art. 9).
    """
    there = Counter(fields)
    found = [
        Gap(field, wanted.of_field[field] - there[field])
        for field in ExpertField
        if there[field] < wanted.of_field.get(field, 0)
    ]
    more = wanted.seats - sum(there.values()) - sum(each.lacking for each in found)
    return [*found, Gap(None, more)] if more > 0 else found


def drawn(seed: str, pool: Iterable[Candidate], wanted: Wanted) -> tuple[int, ...]:
    """Return the keys of who is drawn, in order. The same seed, pool and wish give the same answer
    for ever; a pool with gaps raises ValueError.

    Law: A-06 (Order 2 art. 9).
    """
    candidates = sorted(pool)
    if gaps([each.field for each in candidates], wanted):
        raise ValueError("the pool cannot fill the group")
    order = shuffled(seed, candidates)
    chosen: list[Candidate] = []
    for field in ExpertField:
        of_field = [each for each in order if each.field is field]
        chosen += of_field[: wanted.of_field.get(field, 0)]
    rest = [each for each in order if each not in chosen]
    chosen += rest[: wanted.seats - len(chosen)]
    return tuple(each.key for each in chosen)


def shuffled(seed: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates in the order the seed gives."""
    order = list(candidates)
    numbers = _numbers(seed)
    for last in range(len(order) - 1, 0, -1):
        other = _below(last + 1, numbers)
        order[last], order[other] = order[other], order[last]
    return order


def _numbers(seed: str) -> Iterator[int]:
    counter = 0
    while True:
        digest = hashlib.sha256(f"{seed}:{counter}".encode("ascii")).digest()
        yield int.from_bytes(digest, "big")
        counter += 1


def _below(limit: int, numbers: Iterator[int]) -> int:
    """Return the next number from 0 up to `limit`, every one as likely as the other."""
    fair = _RANGE - _RANGE % limit
    return next(number for number in numbers if number < fair) % limit
