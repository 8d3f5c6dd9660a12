"""The answer key: what the review must find, and how much it is worth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from demo.claims.stays import Line, Stay

# claims.md §1: emergency care is payable whatever the state of the agreement.
EMERGENCY = frozenset({"13", "24", "120", "210104"})


@dataclass(frozen=True, slots=True, order=True)
class Answer:
    check: str
    setl_id: str
    bkkp_sn: str
    amount: Decimal
    fund_amount: Decimal


@dataclass(frozen=True, slots=True)
class Planted:
    """An anomaly on a line; without an amount, what is left of the line's own counts."""

    check: str
    stay: Stay
    line: Line
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """A settlement's identifier and totals, in hundredths of a yuan."""

    setl_id: str
    total: int
    fund: int


def outside_agreement(stays: Iterable[Stay], in_force: Callable[[date], bool]) -> list[Planted]:
    """Return every charge of a day without an agreement in force, emergencies excepted."""
    days: dict[date, bool] = {}
    found = []
    for stay in stays:
        if stay.med_type in EMERGENCY:
            continue
        for line in stay.lines:
            if line.on not in days:
                days[line.on] = in_force(line.on)
            if not days[line.on] and line.original is None and line.net_count:
                found.append(Planted("agreement_not_in_force", stay, line))
    return found


def under_a_block(
    stays: Iterable[Stay], blocked: Callable[[str, date], bool], check: str
) -> list[Planted]:
    """Return every charge of a blocked doctor or department, emergencies excepted; `blocked` is
    asked for the code and the day.
    """
    of_doctor = check == "practitioner_blocked"
    return [
        Planted(check, stay, line)
        for stay in stays
        if stay.med_type not in EMERGENCY
        for line in stay.lines
        if line.original is None
        and line.net_count
        and blocked(line.doctor if of_doctor else line.dept, line.on)
    ]


def answer_key(planted: Sequence[Planted], settled: dict[int, Settled]) -> list[Answer]:
    """Return the key in order; `settled` by the identity of the visit."""
    return sorted(_answer(each, settled[id(each.stay)]) for each in planted)


def _answer(planted: Planted, settlement: Settled) -> Answer:
    amount = planted.line.net_amount if planted.amount is None else planted.amount
    total = settlement.total
    # Half up in whole numbers: both sides doubled, one half added before the division.
    fund = (2 * amount * settlement.fund + total) // (2 * total)
    return Answer(
        check=planted.check,
        setl_id=settlement.setl_id,
        bkkp_sn=planted.line.sn,
        amount=yuan(amount),
        fund_amount=yuan(fund),
    )


def yuan(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
