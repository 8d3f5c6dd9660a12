"""Planting what the review must find, and next to each what looks like it and is lawful.

A visit gets one planting at most, so that they cannot disturb each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

from demo.claims.answers import Planted
from demo.claims.catalogue import COUNT_UNIT, PRICE_UNIT, Good, rounded
from demo.claims.stays import LONGEST_VISIT, Line, Stay, refund
from demo.knowledge import Knowledge, Restricted

LAST_SECOND = 24 * 3600 - 1
UNKNOWN_SEX = "9"
OTHER = {"1": "2", "2": "1"}
# Lines which all kinds of planting add, one of each.
ADDED_BY_ALL = 10


class Planter:
    def __init__(self, rng: Random, stays: Sequence[Stay], knowledge: Knowledge) -> None:
        self.rng = rng
        self.free = [stay for stay in stays if 4 <= len(stay.lines) < LONGEST_VISIT - 3]
        rng.shuffle(self.free)
        self.knowledge = {sex: knowledge.of_sex(sex) for sex in OTHER}
        self.is_informed = all(each.drugs and each.items for each in self.knowledge.values())
        self.planted: list[Planted] = []

    def plant(self, turns: int) -> None:
        """Plant one of each kind so many times, or until there are no visits left."""
        kinds = _OF_LINES + _OF_SEXES if self.is_informed else _OF_LINES
        for turn in range(turns):
            if len(self.free) < len(kinds):
                return
            for kind in kinds:
                kind(self, turn)

    def _pick(self) -> tuple[Stay, Line]:
        stay = self.free.pop()
        stay.is_touched = True
        return stay, stay.lines[int(self.rng.random() * len(stay.lines))]

    def _copy(self, stay: Stay, line: Line) -> Line:
        copied = replace(line)
        stay.lines.append(copied)
        return copied

    def _find(self, check: str, stay: Stay, line: Line, amount: int | None = None) -> None:
        self.planted.append(Planted(check, stay, line, amount))

    # --- amounts and prices -------------------------------------------------------------------

    def amount_too_high(self, turn: int) -> None:
        stay, line = self._pick()
        excess = (2, 50, 1000)[turn % 3]
        line.amount += excess
        self._find("amount_mismatch", stay, line, excess)

    def amount_too_low(self, turn: int) -> None:
        stay, line = self._pick()
        _set_good(line, replace(line.good, price=20 * PRICE_UNIT))
        line.amount -= (2, 35)[turn % 2]
        self._find("amount_mismatch", stay, line, 0)

    def amount_off_by_rounding(self, turn: int) -> None:
        _stay, line = self._pick()
        line.amount += 1

    def price_over(self, turn: int) -> None:
        stay, line = self._pick()
        price = line.good.price
        line.limit = price * (9, 5, 8)[turn % 3] // 10
        self._find("price_over_limit", stay, line, rounded(price - line.limit, line.count))

    def price_at_limit(self, turn: int) -> None:
        _stay, line = self._pick()
        line.limit = line.good.price

    # --- days ---------------------------------------------------------------------------------

    def day_outside(self, turn: int) -> None:
        stay, line = self._pick()
        line.on = (
            stay.ends_on + timedelta(1 + turn % 3)
            if turn % 2
            else stay.begins_on - timedelta(1 + turn % 2)
        )
        self._find("outside_stay", stay, line)

    def last_and_first_second(self, turn: int) -> None:
        stay, line = self._pick()
        line.on, line.second = (stay.ends_on, LAST_SECOND) if turn % 2 else (stay.begins_on, 0)

    # --- repetitions --------------------------------------------------------------------------

    def repeated(self, turn: int) -> None:
        stay, line = self._pick()
        for _ in range(1 + turn % 2):
            self._find("duplicate_line", stay, self._copy(stay, line))

    def repeated_and_refunded(self, turn: int) -> None:
        stay, line = self._pick()
        refund(stay, self._copy(stay, line), line.count)

    def repeated_by_another_doctor(self, turn: int) -> None:
        stay, line = self._pick()
        self._copy(stay, line).doctor = f"{line.doctor[:-2]}99"

    def repeated_in_another_quantity(self, turn: int) -> None:
        stay, line = self._pick()
        other = self._copy(stay, line)
        _set_good(other, other.good, other.count + COUNT_UNIT)

    # --- sexes --------------------------------------------------------------------------------

    def drug_of_the_other_sex(self, turn: int) -> None:
        stay, line = self._pick()
        self._drug(line, OTHER[stay.gend])
        self._find("drug_sex", stay, line)

    def drug_partly_refunded(self, turn: int) -> None:
        stay, line = self._pick()
        self._drug(line, OTHER[stay.gend], 3 * COUNT_UNIT)
        refund(stay, line, COUNT_UNIT)
        self._find("drug_sex", stay, line)

    def drug_fully_refunded(self, turn: int) -> None:
        stay, line = self._pick()
        self._drug(line, OTHER[stay.gend])
        refund(stay, line, line.count)

    def drug_of_the_right_sex(self, turn: int) -> None:
        stay, line = self._pick()
        self._drug(line, stay.gend)

    def drug_for_unknown_sex(self, turn: int) -> None:
        stay, line = self._pick()
        self._drug(line, stay.gend)
        stay.gend = UNKNOWN_SEX
        # Another visit of the same person would contradict: this one is somebody else's.
        stay.psn_no = f"{stay.psn_no[:-6]}9{turn:05d}"

    def drug_of_a_neighbouring_code(self, turn: int) -> None:
        stay, line = self._pick()
        self._drug(line, OTHER[stay.gend])
        # Drug codes match as a whole only.
        _set_good(line, replace(line.good, code=f"{line.good.code}0"))

    def item_of_the_other_sex(self, turn: int) -> None:
        stay, line = self._pick()
        self._item(line, OTHER[stay.gend])
        self._find("item_sex", stay, line)

    def item_of_the_right_sex(self, turn: int) -> None:
        stay, line = self._pick()
        self._item(line, stay.gend)

    def _drug(self, line: Line, sex: str, count: int = 2 * COUNT_UNIT) -> None:
        one = self._choose(self.knowledge[sex].drugs)
        price = (4 + int(self.rng.random() * 60)) * PRICE_UNIT + 5500
        charge = "11" if one.code.startswith("Z") else "09"
        _set_good(line, Good(one.code, one.name, charge, price, ()), count)

    def _item(self, line: Line, sex: str) -> None:
        one = self._choose(self.knowledge[sex].items)
        price = (30 + int(self.rng.random() * 400)) * PRICE_UNIT
        # Items carry a local number after the national fifteen characters.
        _set_good(line, Good(f"{one.code}-{one.code[3:12]}", one.name, "05", price, ()), COUNT_UNIT)

    def _choose(self, among: Sequence[Restricted]) -> Restricted:
        return among[int(self.rng.random() * len(among))]


def _set_good(line: Line, good: Good, count: int | None = None) -> None:
    line.good = good
    line.count = line.count if count is None else count
    line.amount = rounded(good.price, line.count)
    line.limit = 0


_Kinds = tuple[Callable[[Planter, int], None], ...]

_OF_LINES: _Kinds = (
    Planter.amount_too_high,
    Planter.price_over,
    Planter.day_outside,
    Planter.repeated,
    Planter.amount_too_low,
    Planter.amount_off_by_rounding,
    Planter.price_at_limit,
    Planter.last_and_first_second,
    Planter.repeated_and_refunded,
    Planter.repeated_by_another_doctor,
    Planter.repeated_in_another_quantity,
)
# These need codes of a knowledge base.
_OF_SEXES: _Kinds = (
    Planter.drug_of_the_other_sex,
    Planter.item_of_the_other_sex,
    Planter.drug_partly_refunded,
    Planter.drug_fully_refunded,
    Planter.drug_of_the_right_sex,
    Planter.drug_for_unknown_sex,
    Planter.drug_of_a_neighbouring_code,
    Planter.item_of_the_right_sex,
)
