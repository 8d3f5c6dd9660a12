"""B-17: the home region's decision, carried to all other regions in one transaction."""

from datetime import date

import pytest

from agency.models import Notice, OfficialLetter
from agency.rules import Refusal
from agreements.enums.cascade import CascadeKind, CascadeOutcome, CascadeState
from agreements.enums.life import AgreementState, RequestKind, SuspensionKind
from agreements.models import CascadeReceipt, Suspension
from agreements.services import cascade, cascade_nights, deadlines, requests, suspension
from agreements.services.cascade_answers import (
    accept_proposal,
    acknowledge_receipt,
    decline_proposal,
)
from tests.agency.factories import RegionFactory
from tests.agreements.cascades import DISSOLVED, EFFECTIVE, SUSPENDED, Regions, plain_letters
from tests.agreements.factories import at, fresh

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_letters")]

__all__ = ["plain_letters"]


def codes(refusal) -> list[str]:
    return [each.code for each in refusal.value.obstacles]


def test_a_suspension_at_home_suspends_everywhere_on_the_same_day():
    world = Regions()
    world.suspend(world.home, "2025-05-12")
    assert world.states == [SUSPENDED] * 4
    own = Suspension.objects.get(agreement=world.home)
    for follower in world.followers:
        copy = Suspension.objects.get(agreement=follower)
        assert (copy.starts_on, copy.planned_to, copy.kind, copy.ground) == (
            date(2025, 5, 12),
            own.planned_to,
            own.kind,
            own.ground,
        )
        receipt = CascadeReceipt.objects.get(agreement=follower)
        assert copy.cascade == receipt
        assert (receipt.kind, receipt.outcome, receipt.state, receipt.cause) == (
            CascadeKind.SUSPEND,
            CascadeOutcome.FOLLOWED,
            CascadeState.DELIVERED,
            own,
        )
        assert receipt.due_on == date(2025, 5, 15)
        step = follower.transitions.get(act="suspend")
        assert (step.rule, step.by, step.on) == ("B-17", None, date(2025, 5, 12))
        assert receipt.letter.kind == "cascade_notice"
        assert receipt.letter.addressee == f"地区{follower.region_id}医疗保障经办机构"
    numbers = CascadeReceipt.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [f"CSC-360400-2025-000{n}" for n in (1, 2, 3)]


def test_a_dissolution_at_home_dissolves_everywhere_on_the_same_day():
    world = Regions()
    later = world.agreement("360200", state="signed", valid_from=date(2025, 7, 1))
    renewal = world.agreement(
        "360100",
        state="signed",
        valid_from=date(2026, 1, 1),
        renewal_of=world.followers[0],
    )
    world.dissolve(world.home, "2025-05-12")
    assert world.states == [DISSOLVED] * 4
    for follower in world.followers:
        after = fresh(follower)
        assert (after.ended_on, after.last_day, after.dissolution_ground) == (
            date(2025, 5, 12),
            date(2025, 5, 11),
            3,
        )
        assert "CSC-360400-2025-" in after.transitions.get(act="dissolve").reason
    assert fresh(later).state == AgreementState.CANCELLED
    assert fresh(renewal).state == AgreementState.CANCELLED
    outcomes = dict(CascadeReceipt.objects.values_list("agreement", "outcome"))
    assert outcomes == {
        **{each.pk: "followed" for each in world.followers},
        later.pk: "cancelled",
    }


@pytest.mark.parametrize("act", ["suspend", "dissolve"])
def test_another_region_decides_for_itself_alone(act):
    world = Regions()
    getattr(world, act)(world.followers[0], "2025-05-12")
    assert world.states == [
        EFFECTIVE,
        SUSPENDED if act == "suspend" else DISSOLVED,
        EFFECTIVE,
        EFFECTIVE,
    ]
    assert not CascadeReceipt.objects.exists()


def test_a_county_at_home_is_not_followed():
    world = Regions(others=())
    county = RegionFactory(code="360403", name="浔阳区")
    type(world.institution).objects.filter(pk=world.institution.pk).update(region=county)
    own = world.agreement(county)
    world.suspend(own, "2025-05-12")
    assert fresh(world.home).state == EFFECTIVE
    world.suspend(world.home, "2025-05-13")
    assert not CascadeReceipt.objects.filter(agreement=own).exclude(outcome="already").exists()


def test_one_that_is_suspended_already_keeps_its_own_and_gains_the_days_before():
    world = Regions()
    first, second, _third = world.followers
    world.suspend(first, "2025-05-01")
    world.suspend(second, "2025-05-14")
    world.suspend(world.home, "2025-05-12", at="2025-05-15")
    assert world.states == [SUSPENDED] * 4
    outcomes = dict(CascadeReceipt.objects.values_list("region", "outcome"))
    assert outcomes == {"360100": "already", "330400": "followed", "420100": "followed"}
    rows = Suspension.objects.filter(agreement=second).order_by("starts_on")
    assert list(rows.values_list("starts_on", "resumed_on")) == [
        (date(2025, 5, 12), date(2025, 5, 14)),
        (date(2025, 5, 14), None),
    ]


def test_one_to_come_follows_on_its_first_day():
    world = Regions(others=("360100",))
    coming = world.agreement("330400", state="signed", valid_from=date(2025, 6, 1))
    world.suspend(world.home, "2025-05-12")
    receipt = CascadeReceipt.objects.get(agreement=coming)
    assert (receipt.outcome, receipt.effective_on) == ("to_come", date(2025, 6, 1))
    deadlines.end_and_begin_terms(on=date(2025, 6, 1), at=at("2025-06-01", 0))
    assert fresh(coming).state == SUSPENDED
    assert coming.suspensions.get().starts_on == date(2025, 6, 1)
    assert fresh(receipt).outcome == CascadeOutcome.FOLLOWED
    assert deadlines.follow_home(on=date(2025, 6, 2), at=at("2025-06-02", 0)) == 0


def test_one_to_come_begins_in_force_if_the_home_region_resumed_before():
    world = Regions(others=())
    coming = world.agreement("330400", state="signed", valid_from=date(2025, 7, 1))
    world.suspend(world.home, "2025-05-12")
    world.resume(world.home, "2025-06-20")
    deadlines.end_and_begin_terms(on=date(2025, 7, 1), at=at("2025-07-01", 0))
    assert fresh(coming).state == EFFECTIVE
    assert CascadeReceipt.objects.get(agreement=coming).outcome == CascadeOutcome.ENDED


def test_one_signed_under_the_suspension_follows_in_the_night():
    world = Regions(others=())
    world.suspend(world.home, "2025-05-12")
    signed = world.agreement("330400", valid_from=date(2025, 5, 20), signed_on=date(2025, 5, 20))
    older = world.agreement("360100")  # signed before: what happened then was decided then
    assert cascade_nights.join_cascades(on=date(2025, 5, 21), at=at("2025-05-21", 0)) == 1
    assert (fresh(signed).state, fresh(older).state) == (SUSPENDED, EFFECTIVE)
    assert signed.suspensions.get().starts_on == date(2025, 5, 20)
    assert cascade_nights.join_cascades(on=date(2025, 5, 22), at=at("2025-05-22", 0)) == 0


def test_a_wish_granted_at_home_cascades_too():
    world = Regions(others=("360100",))
    wish = world.filed(world.home, RequestKind.SUSPEND, "2025-01-10", wanted_on="2025-04-10")
    requests.accept_request(request_id=wish.pk, by=world.officer, at=at("2025-01-15"))
    assert deadlines.perform_requests(on=date(2025, 4, 10), at=at("2025-04-10", 0)) == 1
    assert world.states == [SUSPENDED] * 2
    copy = world.followers[0].suspensions.get()
    assert (copy.kind, copy.limit_on) == (SuspensionKind.VOLUNTARY, date(2025, 10, 9))


def test_exception_in_the_last_follower_leaves_nothing(monkeypatch):
    world = Regions()
    letters, real = OfficialLetter.objects.count(), cascade.suspend_one
    last = world.followers[-1].pk

    def broken(agreement, *args, **kwargs):
        if agreement.pk == last:
            raise RuntimeError("killed")
        return real(agreement, *args, **kwargs)

    monkeypatch.setattr(cascade, "suspend_one", broken)
    with pytest.raises(RuntimeError, match="killed"):
        world.suspend(world.home, "2025-05-12")
    assert world.states == [EFFECTIVE] * 4
    assert not Suspension.objects.exists()
    assert not CascadeReceipt.objects.exists()
    assert OfficialLetter.objects.count() == letters
    assert not Notice.objects.filter(key__startswith="cascade.").exists()


def test_the_home_resumption_is_a_proposal_elsewhere():
    world = Regions()
    world.suspend(world.home, "2025-05-12")
    world.resume(world.home, "2025-06-20")
    assert world.states == [EFFECTIVE, SUSPENDED, SUSPENDED, SUSPENDED]
    proposals = CascadeReceipt.objects.filter(kind=CascadeKind.PROPOSAL).order_by("agreement_id")
    assert [each.agreement_id for each in proposals] == [each.pk for each in world.followers]
    first, second, _third = proposals
    assert first.letter.kind == "resumption_proposal"
    nanchang = world.officer_of("360100")
    accept_proposal(receipt_id=first.pk, by=nanchang, at=at("2025-06-23"), on=date(2025, 6, 23))
    resumed = world.followers[0].suspensions.get()
    assert (resumed.resumed_on, resumed.rectified) == (date(2025, 6, 23), True)
    assert "CSC-" in resumed.rectification
    with pytest.raises(Refusal) as refusal:
        decline_proposal(receipt_id=second.pk, by=world.officer, at=at("2025-06-23"), reason=" ")
    assert codes(refusal) == ["reason_missing"]
    decline_proposal(receipt_id=second.pk, by=world.officer, at=at("2025-06-23"), reason="未整改")
    assert world.states == [EFFECTIVE, EFFECTIVE, SUSPENDED, SUSPENDED]
    assert [fresh(each).state for each in (first, second)] == ["accepted", "declined"]


def test_nobody_else_resumes_while_the_home_suspension_lasts():
    world = Regions(others=("360100",))
    world.suspend(world.home, "2025-05-12")
    (follower,) = world.followers
    with pytest.raises(Refusal) as refusal:
        world.resume(follower, "2025-06-20")
    assert codes(refusal) == ["home_suspended"]
    assert follower.suspensions.get().rectified is None
    wish = world.filed(follower, RequestKind.RESUME, "2025-06-20", wanted_on="2025-06-25")
    with pytest.raises(Refusal) as refusal:
        requests.accept_request(request_id=wish.pk, by=world.officer, at=at("2025-06-23"))
    assert "home_suspended" in codes(refusal)


def test_the_region_itself_acknowledges():
    world = Regions()
    world.suspend(world.home, "2025-05-12")
    receipt = CascadeReceipt.objects.get(region="360100")
    with pytest.raises(Refusal) as refusal:
        acknowledge_receipt(
            receipt_id=receipt.pk, by=world.officer_of("330400"), at=at("2025-05-13")
        )
    assert codes(refusal) == ["other_region"]
    own = world.officer_of("360100")
    acknowledge_receipt(receipt_id=receipt.pk, by=own, at=at("2025-05-13"))
    after = fresh(receipt)
    assert (after.state, after.acknowledged_by) == ("acknowledged", own)
    assert not CascadeReceipt.objects.waiting().filter(pk=receipt.pk).exists()
    with pytest.raises(Refusal) as refusal:
        acknowledge_receipt(receipt_id=receipt.pk, by=own, at=at("2025-05-13"))
    assert codes(refusal) == ["receipt_not_open"]
    for_all = CascadeReceipt.objects.get(region="330400")
    acknowledge_receipt(receipt_id=for_all.pk, by=world.officer, at=at("2025-05-13"))


def test_the_officers_of_the_region_are_told():
    world = Regions(others=("360100",))
    own, other = world.officer_of("360100"), world.officer_of("330400")
    world.suspend(world.home, "2025-05-12")
    key = "cascade.delivered:CSC-360400-2025-0001"
    told = Notice.objects.filter(key=key).values_list("recipient", flat=True)
    assert own.pk in told
    assert other.pk not in told


@pytest.mark.parametrize(
    ("rectified", "code"), [(None, "rectification_unchecked"), (False, "not_rectified")]
)
def test_a_mandatory_suspension_ends_after_its_check(rectified, code):
    world = Regions(others=())
    world.suspend(world.home, "2025-05-12")
    if rectified is not None:
        suspension.record_check(
            agreement_id=world.home.pk,
            rectified=rectified,
            findings="仍未上传数据",
            by=world.officer,
            at=at("2025-06-19"),
        )
        assert world.home.suspensions.get().rectified is rectified
    with pytest.raises(Refusal) as refusal:
        world.resume(world.home, "2025-06-20", rectified=None)
    assert codes(refusal) == [code]
    assert fresh(world.home).state == SUSPENDED


def test_a_check_says_what_it_found():
    world = Regions(others=())
    with pytest.raises(Refusal) as refusal:
        suspension.record_check(
            agreement_id=world.home.pk,
            rectified=True,
            findings="x",
            by=world.officer,
            at=at("2025-06-19"),
        )
    assert codes(refusal) == ["no_mandatory_suspension"]
    world.suspend(world.home, "2025-05-12")
    with pytest.raises(Refusal) as refusal:
        suspension.record_check(
            agreement_id=world.home.pk,
            rectified=True,
            findings=" ",
            by=world.officer,
            at=at("2025-06-19"),
        )
    assert codes(refusal) == ["findings_missing"]
