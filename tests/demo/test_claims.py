"""The generated batches are lawful where they should be, and their answer key is right."""

from collections import Counter
from dataclasses import astuple
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from demo.claims import generate
from demo.claims.batch import always
from demo.knowledge import from_directory
from tests.demo import oracle

SAMPLE = Path(__file__).parents[2] / "settlements" / "rulebase"
NATIONAL = Path(__file__).parents[3] / "shared" / "data" / "rules"
CHECKS = {
    "agreement_not_in_force",
    "amount_mismatch",
    "drug_sex",
    "duplicate_line",
    "item_sex",
    "outside_stay",
    "price_over_limit",
}


def batch(knowledge, **changes):
    facts = {
        "institution": "H36040300002",
        "hosp_lv": "06",
        "month": date(2026, 2, 1),
        "lines": 6000,
        "knowledge": knowledge,
    }
    return generate(**{**facts, **changes})


def decoded(files, encoding="utf-8"):
    return oracle.rows(files.settlements.decode(encoding)), oracle.rows(
        files.lines.decode(encoding)
    )


@pytest.fixture(scope="module")
def knowledge():
    return from_directory(SAMPLE)


@pytest.mark.parametrize("seed", [7, 8, 9])
def test_answer_key_is_what_the_checks_say(knowledge, seed):
    def suspended_from_the_eleventh_to_the_nineteenth(day):
        return not date(2026, 2, 11) <= day <= date(2026, 2, 19)

    in_force = suspended_from_the_eleventh_to_the_nineteenth
    files = batch(knowledge, seed=seed, in_force=in_force)
    expected = {astuple(each) for each in files.answers}
    assert oracle.findings(*decoded(files), knowledge, in_force) == expected
    assert len(expected) == len(files.answers)
    assert {check for check, *_ in expected} == CHECKS


def test_answer_key_holds_with_the_national_base():
    if not NATIONAL.is_dir():
        pytest.skip("the national knowledge base is not here")
    knowledge = from_directory(NATIONAL)
    files = batch(knowledge)
    expected = {astuple(each) for each in files.answers}
    assert oracle.findings(*decoded(files), knowledge, always) == expected


def test_batch_passes_the_structural_rules(knowledge):
    files = batch(knowledge)
    settlements, lines = decoded(files)
    assert len(lines) == files.line_count == 6000
    assert len({each["bkkp_sn"] for each in lines}) == len(lines)
    assert len({each["setl_id"] for each in settlements}) == len(settlements)
    sums = Counter()
    for line in lines:
        sums[line["setl_id"]] += Decimal(line["det_item_fee_sumamt"])
    for each in settlements:
        assert sums.pop(each["setl_id"]) == Decimal(each["medfee_sumamt"]) > 0
        paid = Decimal(each["fund_pay_sumamt"]) + Decimal(each["psn_pay"])
        assert paid == Decimal(each["medfee_sumamt"])
        assert each["setl_time"].startswith("2026-02-")
        assert each["brdy"] < each["begndate"] <= each["enddate"]
    assert not sums
    known = {each["bkkp_sn"]: Decimal(each["cnt"]) for each in lines}
    refunds = [each for each in lines if each["init_feedetl_sn"]]
    assert refunds
    for each in refunds:
        assert -known[each["init_feedetl_sn"]] <= Decimal(each["cnt"]) < 0


def test_clean_batch_has_nothing_to_find(knowledge):
    files = batch(knowledge, turns=0)
    assert files.answers == []
    assert oracle.findings(*decoded(files), knowledge, always) == set()


def test_same_arguments_give_the_same_bytes(knowledge):
    first, second = batch(knowledge, lines=900), batch(knowledge, lines=900)
    assert (first.settlements, first.lines) == (second.settlements, second.lines)
    assert batch(knowledge, lines=900, seed=8).lines != first.lines


def test_tags_make_batches_of_one_month_that_share_no_identifier(knowledge):
    settlements, lines = decoded(batch(knowledge, lines=900, tag="a"))
    others, other_lines = decoded(batch(knowledge, lines=900, tag="b"))
    ids = {each["setl_id"] for each in settlements}, {each["setl_id"] for each in others}
    assert not ids[0] & ids[1]
    numbers = {each["bkkp_sn"] for each in lines}, {each["bkkp_sn"] for each in other_lines}
    assert not numbers[0] & numbers[1]


def test_batch_can_be_written_in_gb18030(knowledge):
    plain, chinese = batch(knowledge, lines=900), batch(knowledge, lines=900, encoding="gb18030")
    assert plain.lines.decode() == chinese.lines.decode("gb18030")
    assert plain.lines != chinese.lines


def test_sample_base_has_the_files_and_columns_of_the_national_one():
    if not NATIONAL.is_dir():
        pytest.skip("the national knowledge base is not here")
    heads = [
        {path.name: path.read_text("utf-8-sig").splitlines()[0] for path in base.glob("*.csv")}
        for base in (SAMPLE, NATIONAL)
    ]
    assert heads[0] == heads[1]


def test_ordinary_charges_keep_away_from_the_codes_of_rules(knowledge):
    _settlements, lines = decoded(batch(knowledge, turns=0))
    codes = {each["med_list_codg"] for each in lines}
    assert not codes & knowledge.every_code
    assert not {each[:15] for each in codes} & knowledge.every_code
