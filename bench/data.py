"""Claim files of any size, the same for the same seed, written as fast as Python writes.

Not the demo's batches: those tell stories, these weigh. One line in about 150 has a fault that a
check finds, so that findings are stored at a realistic rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import TextIO

LINES_PER_SETTLEMENT = 16
SETL_HEADER = (
    "setl_id,mdtrt_id,psn_no,psn_name,gend,brdy,insutype,med_type,fixmedins_code,hosp_lv,begndate,"
    "enddate,setl_time,medfee_sumamt,fund_pay_sumamt,psn_pay\n"
)
LINE_HEADER = (
    "bkkp_sn,setl_id,mdtrt_id,psn_no,fixmedins_code,fee_ocur_time,med_list_codg,hilist_name,cnt,"
    "pric,det_item_fee_sumamt,med_chrgitm_type,pric_uplmt_amt,bilg_dept_codg,bilg_dr_code,"
    "init_feedetl_sn\n"
)
NAMES = ("葡萄糖注射液", "住院诊查费", "血常规", "静脉输液", "氯化钠注射液", "普通床位费")


Good = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Written:
    settlements: Path
    lines: Path


@dataclass(slots=True)
class _Writer:
    """Writes lines; `sex_codes` are codes the knowledge base allows for one sex only."""

    charges: TextIO
    rng: Random
    code: str
    month: str
    prefix: str
    sex_codes: Sequence[str]
    goods: Sequence[Good]
    written: int = 0

    def line(self, visit: str) -> int:
        """Write one line of the visit and return its amount in cents."""
        draw = self.rng.random
        item, name, price = self.goods[int(draw() * len(self.goods))]
        quantity = 1 + int(draw() * 4)
        amount, limit, day = quantity * price, "", 1 + int(draw() * 27)
        fault = int(draw() * 900)
        if fault == 0:
            amount += 150
        elif fault == 1:
            limit = yuan(price - 30)
        elif fault == 2:
            day = 28
        elif fault < 6 and self.sex_codes:
            item = self.sex_codes[int(draw() * len(self.sex_codes))]
        seconds = int(draw() * 86400)
        time = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        self.written += 1
        self.charges.write(
            f"L{self.prefix}{self.written:09},{visit},{self.code},{self.month}-{day:02} {time},"
            f"{item},{name},{quantity},{yuan(price)},{yuan(amount)},09,{limit},A{price % 40:02},"
            f"D3604{price % 900:06},\n"
        )
        return amount


def write_claims(
    folder: Path,
    *,
    code: str,
    month: date,
    lines: int,
    seed: int,
    tag: str,
    sex_codes: Sequence[str] = (),
) -> Written:
    """Write the two files of a batch of exactly `lines` lines."""
    rng = Random(f"{seed}/{tag}")  # noqa: S311 - invented data
    goods = [
        (f"00{rng.randrange(10**13):013}", NAMES[at % len(NAMES)], rng.randrange(50, 40000))
        for at in range(500)
    ]
    paths = Written(folder / f"setl_d-{tag}.csv", folder / f"fee_list_d-{tag}.csv")
    with (
        paths.settlements.open("w", encoding="utf-8") as settlements,
        paths.lines.open("w", encoding="utf-8") as charges,
    ):
        settlements.write(SETL_HEADER)
        charges.write(LINE_HEADER)
        prefix = f"{month:%y%m}{tag}"
        writer = _Writer(charges, rng, code, f"{month:%Y-%m}", prefix, sex_codes, goods)
        number = 0
        while writer.written < lines:
            number += 1
            count = min(LINES_PER_SETTLEMENT, lines - writer.written)
            visit = f"S{prefix}{number:08},M{prefix}{number:08},P{number % 40000:08}"
            total = sum(writer.line(visit) for _ in range(count))
            fund = total * 7 // 10
            settlements.write(
                f"{visit},参保人{number},{number % 2 + 1},{1940 + number % 80}-05-17,"
                f"{(310, 390)[number % 2]},{(21, 11)[number % 3 == 0]},{code},06,"
                f"{month:%Y-%m}-01,{month:%Y-%m}-27,{month:%Y-%m}-28 09:{number % 60:02}:00,"
                f"{yuan(total)},{yuan(fund)},{yuan(total - fund)}\n"
            )
    return paths


def yuan(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"
