"""A stay across a boundary is split by day, and the review finds the same days (B-13, B-07)."""

from datetime import date, timedelta

import pytest

from settlements.models import Finding
from settlements.rules.stays import split_stay
from settlements.services.review import review_batch
from settlements.services.stays import parts_of_stay
from tests.institutions.factories import InstitutionFactory
from tests.settlements.claimfiles import AT, Files, agreement_of, hand_in, suspended


def d(day: int, month: int = 10) -> date:
    return date(2026, month, day)


YEAR = [(date(2026, 1, 1), date(2026, 12, 31))]


def pairs(parts):
    return [(each.first.day, each.last.day, each.payable) for each in parts]


@pytest.mark.parametrize(
    ("suspensions", "parts"),
    [
        pytest.param([], [(1, 12, True)], id="none"),
        pytest.param([(d(5), d(31))], [(1, 4, True), (5, 12, False)], id="start"),
        pytest.param([(d(1, 9), d(4))], [(1, 4, False), (5, 12, True)], id="resumption"),
        pytest.param(
            [(d(5), d(6))], [(1, 4, True), (5, 6, False), (7, 12, True)], id="both-within"
        ),
        pytest.param([(d(1), d(12))], [(1, 12, False)], id="whole"),
        pytest.param([(d(12), d(31))], [(1, 11, True), (12, 12, False)], id="last-day"),
        pytest.param([(d(1, 9), d(30, 9))], [(1, 12, True)], id="ended-the-day-before"),
        pytest.param([(d(13), d(31))], [(1, 12, True)], id="begins-the-day-after"),
    ],
)
def test_a_stay_is_split_by_day(suspensions, parts):
    assert pairs(split_stay(d(1), d(12), periods=YEAR, suspensions=suspensions)) == parts


def test_a_dissolution_ends_it_and_a_day_of_one_is_a_part():
    parts = split_stay(d(1), d(12), periods=[(date(2026, 1, 1), d(8))], suspensions=[])
    assert pairs(parts) == [(1, 8, True), (9, 12, False)]
    assert [each.days for each in parts] == [8, 4]
    (part,) = split_stay(d(1), d(1), periods=YEAR, suspensions=[])
    assert (part.days, part.payable) == (1, True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("starts", "resumed"),
    [
        pytest.param(d(5), None, id="across-the-start"),
        pytest.param(d(1, 9), d(6), id="across-the-resumption"),
        pytest.param(d(4), d(9), id="across-both"),
    ],
)
def test_the_review_finds_the_days_that_are_not_settled(starts, resumed):
    institution = InstitutionFactory()
    agreement = agreement_of(institution, date(2026, 1, 1), date(2026, 12, 31))
    suspended(agreement, starts, resumed)
    files = Files(institution.code)
    stay = files.settlement(1, begndate="2026-10-01", enddate="2026-10-12")
    days = [d(1) + n * timedelta(days=1) for n in range(12)]
    for day in days:
        files.line(stay, fee_ocur_time=f"{day} 08:00:00")
    batch = hand_in(institution, files.totals().csv())
    review_batch(batch_id=batch.pk, at=AT)
    refused = sorted(
        date.fromisoformat(each.facts["day"])
        for each in Finding.objects.filter(batch=batch, check_name="agreement_not_in_force")
    )
    parts = parts_of_stay(institution.pk, d(1), d(12))
    unpaid = [
        day for day in days for each in parts if not each.payable and each.first <= day <= each.last
    ]
    assert refused == unpaid
    assert refused
    assert len(refused) < len(days)
