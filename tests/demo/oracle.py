"""The checks of claims.md read once more, row by row, as plainly as possible: slow and certain."""

import csv
import io
from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
EMERGENCY = {"13", "24", "120", "210104"}


def rows(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def cents(value):
    return value.quantize(CENT, ROUND_HALF_UP)


def netted(lines):
    """Return the lines with refunds taken off; fully refunded ones are gone."""
    originals = {each["bkkp_sn"]: dict(each) for each in lines if not each["init_feedetl_sn"]}
    for each in originals.values():
        each["cnt"] = Decimal(each["cnt"])
        each["det_item_fee_sumamt"] = Decimal(each["det_item_fee_sumamt"])
    for each in lines:
        if each["init_feedetl_sn"]:
            original = originals[each["init_feedetl_sn"]]
            original["cnt"] += Decimal(each["cnt"])
            original["det_item_fee_sumamt"] += Decimal(each["det_item_fee_sumamt"])
            assert original["cnt"] >= 0
    return [each for each in originals.values() if each["cnt"]]


def of_line(line, settlement, knowledge, in_force):
    """Yield (check, amount) of the checks that look at one line alone."""
    amount, pric, cnt = line["det_item_fee_sumamt"], Decimal(line["pric"]), line["cnt"]
    day = line["fee_ocur_time"][:10]
    if not in_force(date.fromisoformat(day)) and settlement["med_type"] not in EMERGENCY:
        yield "agreement_not_in_force", amount
    excess = amount - cents(cnt * pric)
    if abs(excess) > CENT:
        yield "amount_mismatch", max(excess, Decimal("0.00"))
    if line["pric_uplmt_amt"] and pric > Decimal(line["pric_uplmt_amt"]):
        yield "price_over_limit", cents((pric - Decimal(line["pric_uplmt_amt"])) * cnt)
    if not settlement["begndate"] <= day <= settlement["enddate"]:
        yield "outside_stay", amount
    code, other = line["med_list_codg"], {"1": "2", "2": "1"}.get(settlement["gend"])
    if other and any(each.code == code and each.sex == other for each in knowledge.drugs):
        yield "drug_sex", amount
    if other and any(each.code == code[:15] and each.sex == other for each in knowledge.items):
        yield "item_sex", amount


def repeated(lines):
    """Yield (check, amount, line) of the lines that repeat an earlier one."""
    alike = defaultdict(list)
    for line in lines:
        names = ("mdtrt_id", "med_list_codg", "fee_ocur_time", "cnt", "pric", "bilg_dr_code")
        alike[tuple(line[name] for name in names)].append(line)
    for same in alike.values():
        for line in sorted(same, key=lambda each: each["bkkp_sn"])[1:]:
            yield "duplicate_line", line["det_item_fee_sumamt"], line


def findings(settlements, lines, knowledge, in_force):
    """Return every (check, setl_id, bkkp_sn, amount, fund_amount) of the seven checks."""
    by_id = {each["setl_id"]: each for each in settlements}
    left = netted(lines)
    found = [
        (check, amount, line)
        for line in left
        for check, amount in of_line(line, by_id[line["setl_id"]], knowledge, in_force)
    ]
    answers = set()
    for check, amount, line in [*found, *repeated(left)]:
        settlement = by_id[line["setl_id"]]
        fund, total = settlement["fund_pay_sumamt"], settlement["medfee_sumamt"]
        share = cents(amount * Decimal(fund) / Decimal(total))
        answers.add((check, line["setl_id"], line["bkkp_sn"], amount, share))
    return answers
