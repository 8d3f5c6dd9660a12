"""B-13: suspending, resuming, holding; what is in force on which day."""

from datetime import date

import pytest

from agency.models import Notice
from agency.rules import Refusal
from agreements.enums.life import AgreementState, SuspensionGround
from agreements.models import Agreement, Suspension
from agreements.services import deadlines, suspension
from tests.agreements.factories import World, at, fresh

pytestmark = pytest.mark.django_db


def codes(refusal) -> list[str]:
    return [each.code for each in refusal.value.obstacles]


def test_a_mandatory_suspension_stores_its_limit_and_explains_it():
    world = World()
    agreement = world.suspended(world.signed(), "2025-03-01", "2025-05-31")
    assert agreement.state == AgreementState.SUSPENDED
    row = Suspension.objects.get()
    assert (row.limit_on, row.warn_150_on, row.warn_170_on) == (
        date(2025, 8, 28),
        date(2025, 7, 29),
        date(2025, 8, 18),
    )
    assert row.limit_basis["rule"] == "B-13" and row.limit_basis["start"] == "2025-03-01"
    step = agreement.transitions.get(act="suspend")
    assert (step.source, step.target, str(step.on), step.by, step.rule) == (
        "effective",
        "suspended",
        "2025-03-01",
        world.officer,
        "B-13",
    )
    assert Notice.objects.filter(
        recipient=world.member, key__startswith="agreement.suspended"
    ).exists()


@pytest.mark.parametrize(
    ("start", "limit"),
    [("2025-03-01", "2025-08-28"), ("2025-04-06", "2025-10-09"), ("2025-10-20", "2026-04-20")],
)
def test_golden_limits(start, limit):
    world = World()
    world.on_leave(world.signed("2025-02-01", months=24), start)
    assert str(Suspension.objects.get().limit_on) == limit


@pytest.mark.parametrize(
    ("planned_to", "accepted"),
    [
        ("2025-03-30", False),
        ("2025-03-31", True),
        ("2025-08-31", True),
        ("2025-09-01", False),
    ],
)
def test_a_mandatory_one_lasts_one_to_six_months(planned_to, accepted):
    world = World()
    agreement = world.signed()
    if accepted:
        world.suspended(agreement, "2025-03-01", planned_to)
        assert str(Suspension.objects.get().planned_to) == planned_to
    else:
        with pytest.raises(Refusal) as refusal:
            world.suspended(agreement, "2025-03-01", planned_to)
        assert codes(refusal) == ["length_out_of_bounds"]
        assert fresh(agreement).state == AgreementState.EFFECTIVE
        assert not Suspension.objects.exists() and not agreement.transitions.filter(act="suspend")


def test_without_a_planned_end_it_is_the_longest():
    world = World()
    world.suspended(world.signed(), "2025-03-01")
    assert Suspension.objects.get().planned_to == date(2025, 8, 31)


def test_every_obstacle_is_named_and_nothing_happens():
    world = World()
    agreement = world.signed()
    with pytest.raises(Refusal) as refusal:
        suspension.suspend_agreement(
            agreement_id=agreement.pk,
            by=world.member,
            at=at("2025-03-01"),
            on=date(2026, 3, 1),
            ground=SuspensionGround.REQUEST,
            reason=" ",
        )
    assert set(codes(refusal)) == {
        "not_entitled",
        "day_to_come",
        "outside_term",
        "reason_missing",
        "ground_missing",
    }
    assert fresh(agreement).state == AgreementState.EFFECTIVE
    assert not Suspension.objects.exists()


def test_in_force_day_by_day():
    world = World()
    agreement = world.suspended(world.signed(), "2025-03-01", "2025-05-31")
    suspension.resume_agreement(
        rectified=True,
        findings="已整改",
        agreement_id=agreement.pk,
        by=world.officer,
        at=at("2025-06-01"),
        on=date(2025, 6, 1),
    )
    in_force = {
        day: Agreement.objects.in_force_on(date.fromisoformat(day)).exists()
        for day in (
            *("2024-12-31", "2025-01-01", "2025-02-28", "2025-03-01"),
            *("2025-05-31", "2025-06-01", "2025-12-31", "2026-01-01"),
        )
    }
    assert in_force == {
        "2024-12-31": False,
        "2025-01-01": True,
        "2025-02-28": True,
        "2025-03-01": False,
        "2025-05-31": False,
        "2025-06-01": True,
        "2025-12-31": True,
        "2026-01-01": False,
    }


def test_it_is_resumed_only_within_its_validity():
    world = World()
    agreement = world.suspended(world.signed(), "2025-11-01", "2026-01-31")
    with pytest.raises(Refusal) as refusal:
        suspension.resume_agreement(
            rectified=True,
            findings="已整改",
            agreement_id=agreement.pk,
            by=world.officer,
            at=at("2026-01-05"),
            on=date(2026, 1, 5),
        )
    assert "validity_over" in codes(refusal)
    assert fresh(agreement).state == AgreementState.SUSPENDED
    deadlines.end_and_begin_terms(on=date(2026, 1, 5), at=at("2026-01-05"))
    ended = fresh(agreement)
    assert (ended.state, ended.ended_on) == (AgreementState.EXPIRED, date(2025, 12, 31))


def test_it_is_not_resumed_on_its_first_day_nor_twice():
    world = World()
    agreement = world.suspended(world.signed(), "2025-03-01")
    with pytest.raises(Refusal) as refusal:
        suspension.resume_agreement(
            rectified=True,
            findings="已整改",
            agreement_id=agreement.pk,
            by=world.officer,
            at=at("2025-03-01"),
            on=date(2025, 3, 1),
        )
    assert codes(refusal) == ["resumed_too_early"]
    suspension.resume_agreement(
        rectified=True,
        findings="已整改",
        agreement_id=agreement.pk,
        by=world.officer,
        at=at("2025-03-02"),
        on=date(2025, 3, 2),
    )
    with pytest.raises(Refusal) as refusal:
        suspension.resume_agreement(
            rectified=True,
            findings="已整改",
            agreement_id=agreement.pk,
            by=world.officer,
            at=at("2025-03-03"),
            on=date(2025, 3, 3),
        )
    assert codes(refusal) == ["wrong_state"]


def test_a_new_suspension_does_not_reach_into_the_last_one():
    world = World()
    agreement = world.suspended(world.signed(), "2025-03-01")
    suspension.resume_agreement(
        rectified=True,
        findings="已整改",
        agreement_id=agreement.pk,
        by=world.officer,
        at=at("2025-05-01"),
        on=date(2025, 5, 1),
    )
    with pytest.raises(Refusal) as refusal:
        suspension.suspend_agreement(
            agreement_id=agreement.pk,
            by=world.officer,
            at=at("2025-05-01"),
            on=date(2025, 4, 30),
            ground=SuspensionGround.DATA,
            reason="数据不实",
        )
    assert codes(refusal) == ["suspension_overlaps"]


@pytest.mark.parametrize(
    ("day", "code"),
    [("2025-08-28", "termination_not_due"), ("2025-09-05", None), ("2025-09-08", "hold_too_late")],
)
def test_the_head_holds_from_the_limit_to_the_fifth_working_day(day, code):
    """S = 2025-03-01: limit 08-28, due 08-29, five working days on: 09-05."""
    world = World()
    agreement = world.on_leave(world.signed(), "2025-03-01")
    deadlines.mark_terminations_due(on=date(2025, 8, 29), at=at("2025-08-29"))
    assert Suspension.objects.get().termination_due_on == date(2025, 9, 5)
    act = {"agreement_id": agreement.pk, "by": world.head, "at": at(day), "reason": "正在整改"}
    if code is None:
        suspension.hold_termination(**act)
        row = Suspension.objects.get()
        assert (row.held_by, row.hold_reason) == (world.head, "正在整改")
        assert deadlines.terminate_automatically(on=date(2025, 12, 1), at=at("2025-12-01")) == 0
        assert fresh(agreement).state == AgreementState.SUSPENDED
    else:
        with pytest.raises(Refusal) as refusal:
            suspension.hold_termination(**act)
        assert codes(refusal) == [code]
        assert Suspension.objects.get().held_at is None


def test_a_mandatory_one_is_never_terminated_nor_held():
    world = World()
    agreement = world.suspended(world.signed(), "2025-03-01", "2025-08-31")
    for day in ("2025-08-29", "2025-09-20"):
        on = date.fromisoformat(day)
        assert deadlines.mark_terminations_due(on=on, at=at(day)) == 0
        assert deadlines.terminate_automatically(on=on, at=at(day)) == 0
    with pytest.raises(Refusal) as refusal:
        suspension.hold_termination(
            agreement_id=agreement.pk, by=world.head, at=at("2025-09-01"), reason="理由"
        )
    assert codes(refusal) == ["not_voluntary"]
