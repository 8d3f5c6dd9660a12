"""The checks of blocked persons and departments against the pure rule, day by day (B-18, D-06)."""

from datetime import date, timedelta

import pytest

from agency.enums import Role
from agreements.services.blocks import annul_block, end_block
from institutions.enums.practitioners import PaymentStatus
from institutions.models import PractitionerStatus
from settlements.enums import BatchState
from settlements.models import DataRemark, Finding
from settlements.rules.blocks import is_blocked
from settlements.services.review import review_batch
from tests.agency.factories import user_with
from tests.agreements.factories_measures import blocked, department, practitioner
from tests.institutions.factories import InstitutionFactory
from tests.settlements.claimfiles import AT, Files, hand_in, institution_in_force

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 10, 3), date(2026, 10, 7)
DAYS = [date(2026, 10, 1) + timedelta(n) for n in range(10)]
MED_TYPES = ["21", "13", "24", "11", "120", "210104"]


@pytest.fixture
def institution():
    return institution_in_force()


@pytest.fixture
def head():
    return user_with(Role.AGENCY_HEAD)


def reviewed(institution, codes):
    """One settlement per category, a line per day and pair of codes; return (batch, lines)."""
    files, lines = Files(institution.code), {}
    for number, med_type in enumerate(MED_TYPES, start=1):
        stay = {"begndate": "2026-10-01", "enddate": "2026-10-20", "med_type": med_type}
        row = files.settlement(number, **stay, setl_time="2026-10-20 15:30:00")
        for day in DAYS:
            for doctor, place in codes:
                line = files.line(
                    row,
                    fee_ocur_time=f"{day} 23:59:59",
                    bilg_dr_code=doctor,
                    bilg_dept_codg=place,
                )
                lines[line["bkkp_sn"]] = (day, med_type, doctor, place)
    batch = hand_in(institution, files.totals().csv())
    assert batch.state == BatchState.ACCEPTED, batch.first_errors
    return review_batch(batch_id=batch.pk, at=AT), lines


def found(batch, check):
    return set(
        Finding.objects.filter(batch=batch, check_name=check).values_list("bkkp_sn", flat=True)
    )


def by_rule(lines, column, blocks):
    """What the pure rule refuses; `blocks` by code."""
    return {
        number
        for number, line in lines.items()
        if is_blocked(line[0], line[1], tuple(blocks.get(line[column], ())))
    }


def test_reviews_refuse_what_the_rule_refuses(institution, head):
    mine = practitioner(institution)
    for_good = practitioner(institution, name="李示范")
    by_points = practitioner(InstitutionFactory(), name="赵示范")
    surgery, other = department(institution), department(institution, "A05", "外科")
    days = {"first": str(FIRST), "last": str(LAST)}
    blocked(institution, head, practitioner=mine, **days)
    blocked(institution, head, practitioner=for_good, first="2026-10-05", last=None)
    blocked(institution, head, department=surgery, **days)
    PractitionerStatus.objects.create(
        practitioner=by_points,
        status=PaymentStatus.SUSPENDED,
        starts_on=FIRST,
        ends_on=LAST,
        basis="记分9分",
        recorded_at=AT,
    )
    # The same department's code elsewhere, and an annulled block, stop nobody here.
    elsewhere = InstitutionFactory()
    blocked(elsewhere, head, department=department(elsewhere, "A05"), **days)
    void = blocked(institution, head, department=other, **days)
    annul_block(block_id=void.pk, reason="复议撤销", by=head, at=AT)
    codes = [
        (mine.staff_code, "A01"),
        (for_good.staff_code, "A04"),
        (by_points.staff_code, "A05"),
        ("D360400001", "A04"),
        ("", ""),
    ]

    batch, lines = reviewed(institution, codes)

    pair = (FIRST, LAST)
    persons = {
        mine.staff_code: [pair],
        for_good.staff_code: [(date(2026, 10, 5), date.max)],
        by_points.staff_code: [pair],
    }
    refused = by_rule(lines, 2, persons)
    assert len(refused) == 2 * (5 + 6 + 5)  # two of the categories are no emergency
    assert found(batch, "practitioner_blocked") == refused
    assert found(batch, "department_blocked") == by_rule(lines, 3, {"A04": [pair]})
    one = Finding.objects.filter(batch=batch, check_name="practitioner_blocked").first()
    assert one.facts["first"] == str(FIRST)
    assert one.amount == 31
    remarks = DataRemark.objects.filter(batch=batch, check_name__endswith="_blocked")
    nameless = [line for line in lines.values() if not line[2]]
    since, within = (
        [each for each in nameless if each[0] >= FIRST],
        [each for each in nameless if FIRST <= each[0] <= LAST],
    )
    assert set(remarks.values_list("field", "row_count")) == {
        ("bilg_dr_code", len(since)),
        ("bilg_dept_codg", len(within)),
    }


def test_a_block_ended_early_stops_refusing_the_day_after(institution, head):
    surgery = department(institution)
    block = blocked(institution, head, department=surgery, first=str(FIRST), last="2027-01-31")
    at = AT.replace(month=10, day=4)
    end_block(block_id=block.pk, last_day=date(2026, 10, 5), reason="整改到位", by=head, at=at)
    batch, lines = reviewed(institution, [("D360400001", "A04")])
    pair = (FIRST, date(2026, 10, 5))
    assert found(batch, "department_blocked") == by_rule(lines, 3, {"A04": [pair]})
    assert found(batch, "practitioner_blocked") == set()


def test_where_nobody_is_blocked_nothing_is_missed(institution):
    batch, _lines = reviewed(institution, [("", "")])
    assert not DataRemark.objects.filter(batch=batch, check_name__endswith="_blocked").exists()
