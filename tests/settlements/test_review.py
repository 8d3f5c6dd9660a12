"""Each check on a hand-made batch with every anomaly next to what only looks like one, and on a
generated batch against two other readings of claims.md (claims.md §3).
"""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from agency.rules import Refusal
from demo.claims import generate
from demo.knowledge import from_directory
from settlements.enums import BatchState, Check, FindingStatus
from settlements.models import ClaimBatch, Code, DataRemark, Finding, KnowledgeRow, ReviewRun
from settlements.rules import EMERGENCY_MED_TYPES
from settlements.services.findings import decide_check, decide_finding
from settlements.services.review import finding_counts, review_batch
from settlements.services.review.units import UNITS
from settlements.services.rulebase import import_rulebase, release_as_operator
from settlements.services.statements import audit_statement
from tests.agency.factories import user_with
from tests.demo import oracle
from tests.institutions.factories import InstitutionFactory
from tests.settlements.claimfiles import (
    AT,
    REVIEWER,
    Files,
    agreement_of,
    hand_in,
    institution_in_force,
    ordinary,
    suspended,
)

pytestmark = pytest.mark.django_db
SAMPLE = Path(__file__).parents[2] / "settlements" / "rulebase"


@pytest.fixture
def knowledge():
    version = import_rulebase(folder=SAMPLE, source="rulebase", at=AT).version
    return release_as_operator(version_id=version.pk, at=AT)


def a_code(kind: str, allowed: str) -> tuple[str, str]:
    row = KnowledgeRow.objects.filter(kind=kind, limit_value=allowed).order_by("code").first()
    return row.code, row.name


def found(batch) -> list[tuple]:
    return [
        (each.check_name, each.bkkp_sn, each.amount, each.fund_amount)
        for each in Finding.objects.filter(batch=batch).order_by("check_name", "bkkp_sn")
    ]


def reviewed(files: Files, institution):
    batch = hand_in(institution, files.totals().csv())
    assert batch.state == BatchState.ACCEPTED, batch.first_errors
    return review_batch(batch_id=batch.pk, at=AT)


# --- each check, its anomalies and its near misses ----------------------------------------------


def test_no_agreement_in_force():
    institution = InstitutionFactory()
    agreement = agreement_of(
        institution, date(2026, 10, 3), date(2026, 10, 9), last_day=date(2026, 10, 8)
    )
    suspended(agreement, date(2026, 10, 5), date(2026, 10, 7))
    files = Files(institution.code)
    stay = {"begndate": "2026-10-01", "enddate": "2026-10-12"}
    elective = files.settlement(1, **stay)
    emergency = files.settlement(2, med_type="13", **stay)
    for row in (elective, emergency):
        for day in range(2, 10):
            files.line(row, fee_ocur_time=f"2026-10-{day:02} 00:00:00")
        files.line(row, fee_ocur_time="2026-10-04 23:59:59")

    batch = reviewed(files, institution)

    # 2: before it began; 5, 6: suspended; 9: after its last day. The 7th it was resumed.
    expected = ["L00001", "L00004", "L00005", "L00008"]
    assert [row[1] for row in found(batch)] == expected
    assert found(batch)[0] == (
        "agreement_not_in_force",
        "L00001",
        Decimal("31.00"),
        Decimal("21.70"),
    )
    assert Finding.objects.get(batch=batch, bkkp_sn="L00004").facts == {
        "day": "2026-10-05",
        "med_type": "21",
    }


def test_agreement_signed_but_not_yet_in_effect_does_not_count():
    institution = InstitutionFactory()
    agreement_of(institution, state="signed")
    batch = reviewed(ordinary(institution.code, settlements=1, lines=1), institution)
    assert [row[0] for row in found(batch)] == ["agreement_not_in_force"]


def test_emergency_is_the_same_for_the_lawbook_and_the_review():
    codes = Code.objects.filter(field="med_type", is_emergency=True)
    assert set(codes.values_list("code", flat=True)) == EMERGENCY_MED_TYPES


def test_amount_mismatch():
    institution = institution_in_force()
    files = Files(institution.code)
    row = files.settlement(fund_share="0.5")
    right = {"cnt": "3", "pric": "3.335"}  # 10.005, which is 10.01
    files.line(row, **right, det_item_fee_sumamt="10.02")  # a cent off: near miss
    files.line(row, **right, det_item_fee_sumamt="10.03")
    files.line(row, **right, det_item_fee_sumamt="10.00")  # a cent off: near miss
    files.line(row, **right, det_item_fee_sumamt="9.99")  # too low: counts nothing
    files.line(row, **right, det_item_fee_sumamt="10.01")

    batch = reviewed(files, institution)

    assert found(batch) == [
        ("amount_mismatch", "L00002", Decimal("0.02"), Decimal("0.01")),
        ("amount_mismatch", "L00004", Decimal("0.00"), Decimal("0.00")),
    ]
    assert "3.335" in Finding.objects.get(batch=batch, bkkp_sn="L00002").basis


def test_price_over_limit():
    institution = institution_in_force()
    files = Files(institution.code)
    row = files.settlement(fund_share="0.333")
    for limit in ("", "12.50", "12.500001", "12.499999", "11.00"):
        files.line(row, cnt="3", pric="12.50", pric_uplmt_amt=limit)

    batch = reviewed(files, institution)

    # 187.50 in all, 62.44 from the fund.
    assert found(batch) == [
        ("price_over_limit", "L00004", Decimal("0.00"), Decimal("0.00")),
        ("price_over_limit", "L00005", Decimal("4.50"), Decimal("1.50")),
    ]


def test_outside_stay():
    institution = institution_in_force()
    files = Files(institution.code)
    row = files.settlement()
    for time in (
        "2026-10-04 23:59:59",
        "2026-10-05 00:00:00",
        "2026-10-09 23:59:59",
        "2026-10-10 00:00:00",
    ):
        files.line(row, fee_ocur_time=time)

    batch = reviewed(files, institution)

    assert [row[:2] for row in found(batch)] == [
        ("outside_stay", "L00001"),
        ("outside_stay", "L00004"),
    ]


def test_duplicate_line():
    institution = institution_in_force()
    files = Files(institution.code)
    row, other = files.settlement(1), files.settlement(2)
    same = {"fee_ocur_time": "2026-10-06 09:00:00"}
    files.line(row, **same, bkkp_sn="B3")
    files.line(row, **same, bkkp_sn="B1", cnt="2.0000", pric="15.5")
    files.line(row, **same, bkkp_sn="B2", hilist_name="another name")
    files.line(row, **same, bkkp_sn="C1", cnt="1")
    files.line(row, **same, bkkp_sn="C2", bilg_dr_code="D2")
    files.line(row, **same, bkkp_sn="C3", bilg_dr_code="")
    files.line(row, **same, bkkp_sn="C4", bilg_dr_code="")
    files.line(row, fee_ocur_time="2026-10-06 09:00:01", bkkp_sn="C5")
    files.line(other, **same, bkkp_sn="C6")

    batch = reviewed(files, institution)

    assert [row[:2] for row in found(batch)] == [
        ("duplicate_line", "B2"),
        ("duplicate_line", "B3"),
        ("duplicate_line", "C4"),
    ]
    assert Finding.objects.get(batch=batch, bkkp_sn="B3").facts == {"first": "B1"}


def test_sex(knowledge):
    institution = institution_in_force()
    drug_f, name = a_code("drug_sex", "女")
    item_m, _name = a_code("item_sex", "男")
    files = Files(institution.code)
    for number, gend in enumerate(("1", "2", "9", ""), start=1):
        row = files.settlement(number, gend=gend)
        files.line(row, med_list_codg=drug_f)
        files.line(row, med_list_codg=f"{drug_f}0")  # drugs match exactly
        files.line(row, med_list_codg=f"{item_m}-LOCAL")  # items by their first 15 characters
        files.line(row, med_list_codg=item_m[:14])

    batch = reviewed(files, institution)

    assert [row[:2] for row in found(batch)] == [("drug_sex", "L00001"), ("item_sex", "L00007")]
    finding = Finding.objects.get(batch=batch, check_name="drug_sex")
    assert finding.knowledge_row.version == knowledge
    assert finding.facts == {"name": name, "allowed": "女", "sex": "男"}
    remarks = DataRemark.objects.filter(batch=batch).exclude(check_name="")
    assert sorted(remarks.values_list("check_name", "field", "row_count", "example")) == [
        ("drug_sex", "gend", 2, "L00009"),
        ("item_sex", "gend", 2, "L00011"),
    ]


def test_checks_see_lines_after_netting():
    institution = institution_in_force()
    files = Files(institution.code)
    row = files.settlement(fund_share="0.5")
    gone = files.line(row, fee_ocur_time="2026-10-01 08:00:00")
    part = files.line(row, cnt="4", pric="10.00", pric_uplmt_amt="9.00")
    files.line(row, cnt="-2", pric="15.50", init_feedetl_sn=gone["bkkp_sn"])
    files.line(row, cnt="-3", pric="10.00", init_feedetl_sn=part["bkkp_sn"])
    files.line(row, cnt="1", pric="10.00")

    batch = reviewed(files, institution)

    assert found(batch) == [("price_over_limit", "L00002", Decimal("1.00"), Decimal("0.50"))]


def test_fund_amount_is_rounded_half_up_once():
    institution = institution_in_force()
    files = Files(institution.code)
    row = files.settlement(medfee_sumamt="200.00", fund_pay_sumamt="1.00", psn_pay="199.00")
    files.line(row, cnt="1", pric="1.00", fee_ocur_time="2026-10-01 08:00:00")
    files.line(row, cnt="1", pric="199.00")

    batch = reviewed(files, institution)

    # 1.00 × 1.00 ÷ 200.00 = 0.005
    assert found(batch) == [("outside_stay", "L00001", Decimal("1.00"), Decimal("0.01"))]


def test_settlement_of_nothing_divides_by_nothing():
    institution = institution_in_force()
    files = Files(institution.code)
    row = files.settlement()
    files.line(row, cnt="0", pric="5.00", fee_ocur_time="2026-10-01 08:00:00")

    batch = reviewed(files, institution)

    assert found(batch) == [("outside_stay", "L00001", Decimal("0.00"), Decimal("0.00"))]


def test_every_check_is_one_unit():
    assert [unit.check for unit in UNITS] == list(Check)


# --- a generated batch, three ways ---------------------------------------------------------------


def test_generated_batch_agrees_with_its_answer_key_and_with_the_plain_reading(knowledge):
    institution = InstitutionFactory()
    closed = {date(2026, 9, 14) + timedelta(days=each) for each in range(3)}
    agreement = agreement_of(institution)
    suspended(agreement, min(closed), max(closed) + timedelta(days=1))
    sample = from_directory(SAMPLE)

    def in_force(day: date) -> bool:
        return day.year == 2026 and day not in closed

    files = generate(
        institution=institution.code,
        hosp_lv="06",
        month=date(2026, 9, 1),
        lines=4000,
        knowledge=sample,
        in_force=in_force,
    )
    batch = hand_in(institution, {"setl_d": files.settlements, "fee_list_d": files.lines})
    assert batch.state == BatchState.ACCEPTED, batch.first_errors

    batch = review_batch(batch_id=batch.pk, at=AT)

    rows = Finding.objects.filter(batch=batch).values_list(
        "check_name", "setl_id", "bkkp_sn", "amount", "fund_amount"
    )
    plain = oracle.findings(
        oracle.rows(files.settlements.decode()),
        oracle.rows(files.lines.decode()),
        sample,
        in_force,
    )
    assert set(rows) == plain
    assert len(rows) == len(plain)
    key = {(a.check, a.setl_id, a.bkkp_sn, a.amount, a.fund_amount) for a in files.answers}
    assert set(rows) == key
    # Nobody is blocked here: test_block_checks has those.
    blocked = {Check.PRACTITIONER_BLOCKED.value, Check.DEPARTMENT_BLOCKED.value}
    assert {row[0] for row in rows} == {each.value for each in Check} - blocked


# --- runs ----------------------------------------------------------------------------------------


@pytest.fixture
def doubtful():
    """A reviewed batch with two findings of one check and one of another."""
    institution = institution_in_force()
    files = Files(institution.code)
    row = files.settlement()
    for _ in range(2):
        files.line(row, fee_ocur_time="2026-10-01 08:00:00", med_list_codg="X")
    files.line(row)
    return reviewed(files, institution)


def test_run_records_what_it_was_done_with(doubtful, knowledge):
    again = review_batch(batch_id=doubtful.pk, at=AT)

    first, second = ReviewRun.objects.filter(batch=again).order_by("number")
    assert (first.knowledge, second.knowledge) == (None, knowledge)
    assert second.counts["outside_stay"]["findings"] == 2
    assert second.counts["drug_sex"] == {"findings": 0, "amount": "0.00", "fund_amount": "0.00"}
    assert finding_counts(again)["duplicate_line"] == 1
    assert again.state == BatchState.REVIEWED
    assert again.statement.declared == again.fund_amount


def test_review_again_gives_the_same_findings(doubtful):
    before = found(doubtful)

    review_batch(batch_id=doubtful.pk, at=AT)

    assert found(doubtful) == before


def test_review_again_keeps_decided_findings(doubtful):
    reviewer = user_with(REVIEWER)
    finding = Finding.objects.filter(batch=doubtful, check_name="outside_stay").first()
    decide_finding(
        finding_id=finding.pk,
        verdict=FindingStatus.CONFIRMED,
        reason="账单日期有误",
        by=reviewer,
        at=AT,
    )
    before = found(doubtful)

    review_batch(batch_id=doubtful.pk, at=AT)

    assert found(doubtful) == before
    assert Finding.objects.get(pk=finding.pk).status == FindingStatus.CONFIRMED


def test_batch_not_taken_in_is_not_reviewed():
    institution = institution_in_force()
    files = ordinary(institution.code)
    files.lines[0]["cnt"] = "x"
    batch = hand_in(institution, files.csv())

    with pytest.raises(Refusal) as refusal:
        review_batch(batch_id=batch.pk, at=AT)

    assert [each.code for each in refusal.value.obstacles] == ["not_accepted"]
    assert ClaimBatch.objects.get(pk=batch.pk).state == BatchState.REJECTED


# --- decisions -----------------------------------------------------------------------------------


def test_decisions_are_recorded(doubtful):
    reviewer = user_with(REVIEWER)
    one = Finding.objects.get(batch=doubtful, check_name="duplicate_line")

    decide_finding(
        finding_id=one.pk, verdict=FindingStatus.CLEARED, reason="双次治疗", by=reviewer, at=AT
    )
    count = decide_check(
        batch_id=doubtful.pk,
        check=Check.OUTSIDE_STAY,
        verdict=FindingStatus.CONFIRMED,
        reason="住院期间之外",
        by=reviewer,
        at=AT,
    )

    assert count == 2
    one = Finding.objects.get(pk=one.pk)
    assert (one.status, one.decided_by, one.reason) == (FindingStatus.CLEARED, reviewer, "双次治疗")
    assert Finding.objects.filter(batch=doubtful).confirmed().count() == 2
    acts = doubtful.transitions.filter(by=reviewer).values_list("act", "reason")
    assert list(acts) == [
        ("clear_findings", f"duplicate_line {one.bkkp_sn}"),
        ("confirm_findings", "outside_stay × 2"),
    ]


def test_decision_needs_role_reason_and_an_open_finding(doubtful):
    finding = Finding.objects.filter(batch=doubtful).first()
    reviewer = user_with(REVIEWER)

    def refusals(**kwargs) -> list[str]:
        facts = {"verdict": FindingStatus.CONFIRMED, "reason": "r", "by": reviewer, "at": AT}
        with pytest.raises(Refusal) as refusal:
            decide_finding(finding_id=finding.pk, **{**facts, **kwargs})
        return [each.code for each in refusal.value.obstacles]

    assert refusals(by=user_with()) == ["not_entitled"]
    assert refusals(reason="  ") == ["reason_missing"]
    assert Finding.objects.get(pk=finding.pk).status == FindingStatus.FLAGGED
    decide_finding(
        finding_id=finding.pk, verdict=FindingStatus.CLEARED, reason="r", by=reviewer, at=AT
    )
    assert refusals() == ["already_decided"]
    assert Finding.objects.get(pk=finding.pk).status == FindingStatus.CLEARED


def test_audited_statement_fixes_the_findings(doubtful):
    reviewer = user_with(REVIEWER)
    for check in (Check.OUTSIDE_STAY, Check.DUPLICATE_LINE):
        decide_check(
            batch_id=doubtful.pk,
            check=check,
            verdict=FindingStatus.CONFIRMED,
            reason="r",
            by=reviewer,
            at=AT,
        )
    audit_statement(statement_id=doubtful.statement.pk, by=reviewer, at=AT)

    with pytest.raises(Refusal) as refusal:
        review_batch(batch_id=doubtful.pk, at=AT)

    assert [each.code for each in refusal.value.obstacles] == ["statement_audited"]


COPY_FINDING = """
INSERT INTO settlements_finding
    (batch_id, check_name, setl_id, bkkp_sn, amount, fund_amount, facts, status, reason)
SELECT batch_id, check_name, setl_id, bkkp_sn, 1, 1, facts, status, reason
FROM settlements_finding WHERE id = %(id)s
"""


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        (
            "UPDATE settlements_finding SET status = 'confirmed' WHERE id = %(id)s",
            "finding_decision_has_its_facts",
        ),
        (COPY_FINDING, "finding_once"),
    ],
)
def test_database_guards_findings(doubtful, statement, constraint):
    finding = Finding.objects.filter(batch=doubtful).first()
    with (
        pytest.raises(IntegrityError, match=constraint),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, {"id": finding.pk})


def test_finding_of_a_settlement_is_found_once(doubtful):
    facts = {
        "batch": doubtful,
        "check_name": "amount_mismatch",
        "setl_id": "S0001",
        "bkkp_sn": None,
        "amount": 1,
        "fund_amount": 1,
    }
    Finding.objects.create(**facts)
    with pytest.raises(IntegrityError, match="finding_once"), transaction.atomic():
        Finding.objects.create(**facts)
