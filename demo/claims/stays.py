"""Visits and their charges before anything is planted in them."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from demo.claims.catalogue import COUNT_UNIT, INPATIENT, OUTPATIENT, Good, rounded

# Each charge of a visit has a second of its own, so that no two are alike by chance.
LONGEST_VISIT = 59
INPATIENT_SHARE = 0.22
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
OUTPATIENT_TYPES = ("11",) * 17 + ("13", "140104", "140201")
INPATIENT_TYPES = ("21",) * 17 + ("24", "28", "210104")
DISEASES = (
    ("M07800", "高血压"),
    ("M01600", "糖尿病"),
    ("J06.900", "急性上呼吸道感染"),
    ("J18.900", "肺炎"),
    ("K29.500", "慢性胃炎"),
    ("I63.900", "脑梗死"),
    ("M51.202", "腰椎间盘突出"),
    ("H25.900", "老年性白内障"),
)


@dataclass(slots=True)
class Line:
    """A charge. A refund has the negative quantity and names its original."""

    on: date
    second: int  # of the day
    good: Good
    count: int
    amount: int
    dept: str
    doctor: str
    limit: int = 0
    original: Line | None = None
    refunded: int = 0
    refunded_amount: int = 0
    sn: str = ""

    @property
    def net_count(self) -> int:
        return self.count - self.refunded

    @property
    def net_amount(self) -> int:
        return self.amount - self.refunded_amount


# The departments and doctors that charges name; the demo's rosters have the same.
DEPARTMENTS = ("A03", "A04", "A05", "A07", "A20", "A50")
DOCTORS = 24


def doctor_codes(institution: str) -> tuple[str, ...]:
    """Return the staff codes of an institution's doctors: no other institution has the same."""
    stem = f"D{institution[1:7]}{institution[-4:]}"
    return tuple(f"{stem}{number:02d}" for number in range(1, DOCTORS + 1))


@dataclass(slots=True)
class Stay:
    """A visit with its settlement."""

    psn_no: str
    psn_name: str
    gend: str
    brdy: date
    insutype: str
    med_type: str
    begins_on: date
    ends_on: date
    settled_on: date
    disease: tuple[str, str]
    doctor: str
    dept: str
    lines: list[Line] = field(default_factory=list)
    is_touched: bool = False

    @property
    def is_inpatient(self) -> bool:
        return self.begins_on != self.ends_on


@dataclass(frozen=True, slots=True)
class Person:
    number: str
    name: str
    gend: str
    brdy: date
    insutype: str


class Invention:
    """Invents visits one after the other, always the same for the same random source."""

    def __init__(self, rng: Random, *, institution: str, first: date, last: date) -> None:
        self.rng = rng
        self.first, self.last = first, last
        self.persons: list[Person] = []
        self.doctors = doctor_codes(institution)
        self.depts = DEPARTMENTS

    def stays(self, lines: int) -> list[Stay]:
        """Return visits that have exactly `lines` charges together."""
        found: list[Stay] = []
        left = lines
        while left > 0:
            stay, size = self._stay()
            size = min(size, left)
            self._charge(stay, size)
            found.append(stay)
            left -= size
        return found

    def _stay(self) -> tuple[Stay, int]:
        rng = self.rng
        inpatient = rng.random() < INPATIENT_SHARE
        days = (self.last - self.first).days + 1
        ends_on = self.first + timedelta(int(rng.random() * days))
        length = 2 + int(rng.random() * 11) if inpatient else 0
        # In-patients are new persons, so that no two stays of a person overlap.
        person = self._person(new=inpatient)
        types = INPATIENT_TYPES if inpatient else OUTPATIENT_TYPES
        stay = Stay(
            psn_no=person.number,
            psn_name=person.name,
            gend=person.gend,
            brdy=person.brdy,
            insutype=person.insutype,
            med_type=types[int(rng.random() * len(types))],
            begins_on=ends_on - timedelta(length),
            ends_on=ends_on,
            settled_on=ends_on,
            disease=DISEASES[int(rng.random() * len(DISEASES))],
            doctor=self.doctors[int(rng.random() * len(self.doctors))],
            dept=self.depts[int(rng.random() * len(self.depts))],
        )
        size = (
            18 + int(rng.random() * (LONGEST_VISIT - 18))
            if inpatient
            else 2 + int(rng.random() * 6)
        )
        return stay, size

    def _person(self, *, new: bool) -> Person:
        rng = self.rng
        if self.persons and not new and rng.random() < 0.3:
            return self.persons[int(rng.random() * len(self.persons))]
        year = self.first.year - int(rng.random() ** 0.6 * 88)
        born = date(year, 1, 1) + timedelta(int(rng.random() * 365))
        number = f"3604{int(rng.random() * 10**12):012d}{len(self.persons):06d}"
        person = Person(
            number=number,
            name=f"{SURNAMES[int(rng.random() * len(SURNAMES))]}**",
            gend="1" if rng.random() < 0.48 else "2",
            # Nobody is born after the visit: the youngest are children of last year.
            brdy=min(born, self.first - timedelta(60)),
            insutype="310" if rng.random() < 0.45 else "390",
        )
        if not new:
            self.persons.append(person)
        return person

    def _charge(self, stay: Stay, size: int) -> None:
        rng = self.rng.random
        goods: Sequence[Good] = INPATIENT if stay.is_inpatient else OUTPATIENT
        many, days = len(goods), (stay.ends_on - stay.begins_on).days + 1
        on = [stay.begins_on + timedelta(day) for day in range(days)]
        dept, doctor, append = stay.dept, stay.doctor, stay.lines.append
        for position in range(size):
            good = goods[int(rng() * many)]
            count = good.counts[int(rng() * len(good.counts))]
            append(
                Line(
                    on=on[int(rng() * days)],
                    second=(8 * 60 + int(rng() * 540)) * 60 + position,
                    good=good,
                    count=count,
                    amount=rounded(good.price, count),
                    dept=dept,
                    doctor=doctor,
                    limit=good.price * 6 // 5 if rng() < 0.4 else 0,
                )
            )


def refund(stay: Stay, line: Line, count: int) -> Line:
    """Add to the visit the refund of `count` of the line and return it."""
    back = rounded(line.good.price, count) if count < line.count else line.amount
    line.refunded += count
    line.refunded_amount += back
    refunding = Line(
        on=line.on,
        second=min(line.second + 3600, 86_399),
        good=line.good,
        count=-count,
        amount=-back,
        dept=line.dept,
        doctor=line.doctor,
        limit=line.limit,
        original=line,
    )
    stay.lines.append(refunding)
    return refunding


def ordinary_refunds(rng: Random, stays: Sequence[Stay], wanted: int) -> int:
    """Refund up to `wanted` charges, in part where there are several; return how many."""
    done = 0
    for stay in stays:
        if done == wanted:
            break
        if stay.is_touched or len(stay.lines) < 5:
            continue
        line = stay.lines[int(rng.random() * len(stay.lines))]
        count = COUNT_UNIT if line.count >= 2 * COUNT_UNIT else line.count
        refund(stay, line, count)
        stay.is_touched = True
        done += 1
    return done


def month_end(first: date) -> date:
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])
