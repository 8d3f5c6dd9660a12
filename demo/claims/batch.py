"""From visits to the two files of claims.md, with their answer key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from random import Random

from demo.claims.anomalies import ADDED_BY_ALL, Planter
from demo.claims.answers import (
    Answer,
    Settled,
    answer_key,
    outside_agreement,
    under_a_block,
    yuan,
)
from demo.claims.catalogue import COUNT_UNIT, PRICE_UNIT
from demo.claims.stays import Invention, Line, Stay, month_end, ordinary_refunds
from demo.knowledge import Knowledge

LINES_PER_TURN = 1500
LINES_PER_REFUND = 200
SETTLEMENT_COLUMNS = (
    "setl_id,mdtrt_id,psn_no,psn_name,gend,brdy,insutype,med_type,fixmedins_code,hosp_lv,begndate,"
    "enddate,setl_time,medfee_sumamt,fund_pay_sumamt,hifp_pay,acct_pay,psn_pay,dise_no,dise_name,"
    "insu_admdvs"
)
LINE_COLUMNS = (
    "bkkp_sn,setl_id,mdtrt_id,psn_no,fixmedins_code,fee_ocur_time,med_list_codg,hilist_name,"
    "med_chrgitm_type,cnt,pric,det_item_fee_sumamt,pric_uplmt_amt,bilg_dept_codg,bilg_dr_code,"
    "init_feedetl_sn"
)


@dataclass(frozen=True, slots=True)
class ClaimFiles:
    settlements: bytes
    lines: bytes
    answers: list[Answer]
    settlement_count: int
    line_count: int
    declared: Decimal
    fund: Decimal


def always(_day: date) -> bool:
    return True


def nobody(_code: str, _day: date) -> bool:
    return False


def generate(
    *,
    institution: str,
    hosp_lv: str,
    month: date,
    lines: int,
    knowledge: Knowledge,
    in_force: Callable[[date], bool] = always,
    doctor_blocked: Callable[[str, date], bool] = nobody,
    department_blocked: Callable[[str, date], bool] = nobody,
    seed: int = 7,
    tag: str = "",
    turns: int | None = None,
    encoding: str = "utf-8",
) -> ClaimFiles:
    """Return a batch of exactly `lines` charges, the same for the same arguments.

    `turns` is how often each kind of anomaly is planted (by default once per 1,500 lines, at
    least once; fewer where the visits do not suffice), 0 for a clean batch. Batches of one month
    with different tags have different identifiers. Costs about a second per 100,000 lines.
    """
    first = month.replace(day=1)
    rng = Random(f"{seed}/{institution}/{first}/{tag}")  # noqa: S311 - invented data
    turns = max(1, lines // LINES_PER_TURN) if turns is None else turns
    invention = Invention(rng, institution=institution, first=first, last=month_end(first))
    reserve = min(turns * ADDED_BY_ALL + lines // LINES_PER_REFUND, lines // 2)
    stays = invention.stays(lines - reserve)
    planter = Planter(rng, stays, knowledge)
    planter.plant(turns)
    missing = lines - sum(len(stay.lines) for stay in stays)
    missing -= ordinary_refunds(rng, stays, missing)
    if missing:
        stays += invention.stays(missing)
    stays.sort(key=lambda stay: stay.settled_on)
    writer = _Writer(institution, hosp_lv, f"{institution[1:]}{first:%y%m}{tag}", rng)
    for stay in stays:
        writer.write(stay)
    planted = [
        *planter.planted,
        *outside_agreement(stays, in_force),
        *under_a_block(stays, doctor_blocked, "practitioner_blocked"),
        *under_a_block(stays, department_blocked, "department_blocked"),
    ]
    return ClaimFiles(
        settlements="".join(writer.settlements).encode(encoding),
        lines="".join(writer.lines).encode(encoding),
        answers=answer_key(planted, writer.settled),
        settlement_count=len(stays),
        line_count=lines,
        declared=yuan(sum(each.total for each in writer.settled.values())),
        fund=yuan(sum(each.fund for each in writer.settled.values())),
    )


@cache
def _times() -> list[str]:
    """Return every second of a day as the files write it."""
    return [f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(24 * 3600)]


class _Writer:
    def __init__(self, institution: str, hosp_lv: str, prefix: str, rng: Random) -> None:
        self.institution, self.hosp_lv, self.prefix, self.rng = institution, hosp_lv, prefix, rng
        self.settlements = [f"{SETTLEMENT_COLUMNS}\r\n"]
        self.lines = [f"{LINE_COLUMNS}\r\n"]
        self.settled: dict[int, Settled] = {}
        self.serial = 0
        self.times = _times()
        self.prices: dict[int, str] = {0: ""}
        self.counts: dict[int, str] = {}
        self.names: dict[str, str] = {}

    def write(self, stay: Stay) -> None:
        number = len(self.settled) + 1
        setl_id, mdtrt_id = f"S{self.prefix}{number:06d}", f"M{self.prefix}{number:06d}"
        total = 0
        for line in stay.lines:
            self.serial += 1
            line.sn = f"{self.prefix}{self.serial:08d}"
            total += line.amount
        self.lines += self._lines(
            stay.lines, f"{setl_id},{mdtrt_id},{stay.psn_no},{self.institution}"
        )
        fund = self._fund(stay, total)
        self.settled[id(stay)] = Settled(setl_id, total, fund)
        own = total - fund
        account = own // 2 if stay.insutype == "310" else 0
        settled_at = f"{stay.settled_on} {16 + number % 3:02d}:{number % 60:02d}:{number % 59:02d}"
        self.settlements.append(
            f"{setl_id},{mdtrt_id},{stay.psn_no},{stay.psn_name},{stay.gend},{stay.brdy},"
            f"{stay.insutype},{stay.med_type},{self.institution},{self.hosp_lv},{stay.begins_on},"
            f"{stay.ends_on},{settled_at},{_cents(total)},{_cents(fund)},{_cents(fund)},"
            f"{_cents(account)},{_cents(own)},{stay.disease[0]},{stay.disease[1]},360400\r\n"
        )

    def _lines(self, lines: Sequence[Line], ids: str) -> list[str]:
        days: dict[date, str] = {}
        rows = []
        for line in lines:
            good = line.good
            on = days.get(line.on) or days.setdefault(line.on, line.on.isoformat())
            rows.append(
                f"{line.sn},{ids},{on} {self.times[line.second]},{good.code},"
                f"{self._name(good.name)},{good.charge},{self._count(line.count)},"
                f"{self._price(good.price)},{_cents(line.amount)},{self._price(line.limit)},"
                f"{line.dept},{line.doctor},{line.original.sn if line.original else ''}\r\n"
            )
        return rows

    def _fund(self, stay: Stay, total: int) -> int:
        share = 62 if stay.insutype == "310" else 52
        return (
            total * (share + (18 if stay.is_inpatient else 0) + int(self.rng.random() * 8)) // 100
        )

    def _name(self, name: str) -> str:
        if name not in self.names:
            self.names[name] = f'"{name}"' if "," in name else name
        return self.names[name]

    def _price(self, price: int) -> str:
        if price not in self.prices:
            self.prices[price] = f"{price // PRICE_UNIT}.{price % PRICE_UNIT:04d}"
        return self.prices[price]

    def _count(self, count: int) -> str:
        if count not in self.counts:
            sign = "-" if count < 0 else ""
            whole, part = divmod(abs(count), COUNT_UNIT)
            self.counts[count] = f"{sign}{whole}.{part:02d}" if part else f"{sign}{whole}"
        return self.counts[count]


def _cents(cents: int) -> str:
    if cents < 0:
        return f"-{-cents // 100}.{-cents % 100:02d}"
    return f"{cents // 100}.{cents % 100:02d}"


def previous_month(day: date, back: int = 1) -> date:
    """Return the first day of the month `back` months before the day's."""
    first = day.replace(day=1)
    for _ in range(back):
        first = (first - timedelta(1)).replace(day=1)
    return first
