"""B-14: dissolution, its grounds, and what goes with it."""

from datetime import date

import pytest

from agency.rules import Refusal
from agreements.enums.life import AgreementState, RequestState
from agreements.models import Agreement
from agreements.services import deadlines, ending, renewal, suspension
from tests.agreements.factories import World, at, fresh

pytestmark = pytest.mark.django_db


def codes(refusal) -> list[str]:
    return [each.code for each in refusal.value.obstacles]


def dissolve(world, agreement, day, ground, **facts):
    return ending.dissolve_agreement(
        **{
            "agreement_id": agreement.pk,
            "by": world.head,
            "at": at(day),
            "on": date.fromisoformat(day),
            "ground": ground,
            "reason": "查实",
            **facts,
        }
    )


def test_dissolved_it_binds_to_the_day_before():
    world = World()
    agreement = dissolve(world, world.signed(), "2025-05-12", 3, basis_case="CASE-1")
    agreement = fresh(agreement)
    assert agreement.state == AgreementState.DISSOLVED
    assert (agreement.ended_on, agreement.last_day) == (date(2025, 5, 12), date(2025, 5, 11))
    step = agreement.transitions.get(act="dissolve")
    assert step.rule == "B-14.3" and "CASE-1" in step.reason and step.by == world.head
    assert Agreement.objects.in_force_on(date(2025, 5, 11)).exists()
    assert not Agreement.objects.in_term_on(date(2025, 5, 12)).exists()


def test_ground_1_is_met_by_the_second_mandatory_suspension():
    world = World()
    agreement = world.suspended(world.signed(), "2025-02-10")
    suspension.resume_agreement(
        rectified=True,
        findings="已整改",
        agreement_id=agreement.pk,
        by=world.officer,
        at=at("2025-04-01"),
        on=date(2025, 4, 1),
    )
    with pytest.raises(Refusal) as refusal:
        dissolve(world, agreement, "2025-08-31", 1)
    assert codes(refusal) == ["ground_not_met"]
    assert fresh(agreement).state == AgreementState.EFFECTIVE
    world.suspended(agreement, "2025-09-01")
    dissolve(world, agreement, "2025-09-01", 1)
    assert fresh(agreement).dissolution_ground == 1


def test_voluntary_suspensions_do_not_make_ground_1():
    world = World()
    agreement = world.on_leave(world.signed(), "2025-02-10")
    with pytest.raises(Refusal) as refusal:
        dissolve(world, agreement, "2025-03-01", 1)
    assert codes(refusal) == ["ground_not_met"]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"ground": 15}, ["ground_unknown"]),
        ({"ground": 12}, ["ground_needs_request"]),
        ({"ground": 3, "reason": ""}, ["reason_missing"]),
        ({"ground": 3, "on": date(2025, 6, 2)}, ["day_to_come"]),
        ({"ground": 3, "on": date(2024, 12, 31)}, ["outside_term"]),
    ],
)
def test_refusals_leave_no_trace(facts, expected):
    world = World()
    agreement = world.signed()
    with pytest.raises(Refusal) as refusal:
        dissolve(world, agreement, "2025-06-01", **facts)
    assert codes(refusal) == expected
    assert fresh(agreement).state == AgreementState.EFFECTIVE
    assert not agreement.transitions.filter(act="dissolve").exists()


def test_what_has_ended_is_not_dissolved():
    world = World()
    agreement = dissolve(world, world.signed(), "2025-05-12", 3)
    with pytest.raises(Refusal) as refusal:
        dissolve(world, agreement, "2025-05-13", 8)
    assert codes(refusal) == ["wrong_state"]


def test_a_renewal_and_open_requests_go_with_it():
    world = World()
    agreement = world.signed()
    request = world.filed(agreement, "dissolve", "2025-08-01", wanted_on="2025-11-01")
    draft = renewal.renew_agreement(
        agreement_id=agreement.pk, by=world.officer, at=at("2025-09-01")
    )
    signed = world.sign(draft, at("2025-09-02"))
    dissolve(world, agreement, "2025-09-10", 8)
    assert fresh(signed).state == AgreementState.CANCELLED
    assert deadlines.lapse_requests(on=date(2025, 9, 11), at=at("2025-09-11")) == 1
    assert fresh(request).state == RequestState.LAPSED
    assert request.transitions.get(act="lapse").by is None
