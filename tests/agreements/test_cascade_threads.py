"""A cascade across twenty regions while others act on the same agreements: with real threads and
connections, it is complete or it did not happen.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from agency.rules import Refusal
from agreements.enums.life import AgreementState
from agreements.models import Agreement, CascadeReceipt, Suspension
from agreements.services import cascade_nights, deadlines, signing
from tests.agreements.cascades import Regions, plain_letters
from tests.agreements.factories import at
from tests.agreements.texts import agree_text

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("plain_letters")]

__all__ = ["plain_letters"]

TWENTY = [f"36{n:02}00" for n in range(20, 40)]
DAY = "2025-12-31"


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Run the acts at the same moment and return their results or refusals."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            gate.wait(timeout=10)
            return act()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def standing_suspensions(agreement) -> list[tuple]:
    rows = Suspension.objects.standing().filter(agreement=agreement)
    return list(rows.values_list("starts_on", "resumed_on"))


def test_a_suspension_among_others_of_the_same_agreements():
    world = Regions(others=TWENTY)
    renewed = world.followers[3]
    renewal = signing.draft_agreement(
        institution_id=world.institution.pk,
        region_code=renewed.region_id,
        valid_from=date(2026, 1, 1),
        by=world.officer,
        at=at("2025-12-01"),
        renewal_of=renewed,
    )
    agree_text(renewal, at=at("2025-12-01"), by=world.member)
    results = together(
        lambda: world.suspend(world.home, DAY),
        lambda: world.suspend(world.followers[0], DAY),
        lambda: world.suspend(world.followers[19], DAY),
        lambda: signing.sign_agreement(agreement_id=renewal.pk, by=world.head, at=at(DAY)),
        lambda: deadlines.end_and_begin_terms(on=date(2025, 12, 31), at=at(DAY)),
    )
    assert not isinstance(results[0], Refusal), results[0]
    for follower in world.followers:
        assert standing_suspensions(follower) == [(date(2025, 12, 31), None)]
    states = set(
        Agreement.objects.filter(pk__in=[each.pk for each in world.followers]).values_list(
            "state", flat=True
        )
    )
    assert states == {AgreementState.SUSPENDED}
    told = CascadeReceipt.objects.exclude(agreement=renewal)
    assert told.count() == len(TWENTY)
    assert set(told.values_list("agreement_id", flat=True)) == {each.pk for each in world.followers}
    # Signed before or after: either way it follows, once.
    cascade_nights.join_cascades(on=date(2025, 12, 31), at=at(DAY))
    assert CascadeReceipt.objects.filter(agreement=renewal).count() == 1


def test_two_dissolve_and_one_is_told_so():
    world = Regions(others=TWENTY[:8])
    results = together(
        lambda: world.dissolve(world.home, DAY),
        lambda: world.dissolve(world.home, DAY),
        lambda: world.suspend(world.followers[4], DAY),
        lambda: world.dissolve(world.followers[7], DAY),
    )
    won = [not isinstance(each, Refusal) for each in results[:2]]
    assert sorted(won) == [False, True]
    assert set(world.states) == {AgreementState.DISSOLVED}
    steps = [
        each.transitions.filter(act="dissolve").count() for each in [world.home, *world.followers]
    ]
    assert steps == [1] * 9


def test_killed_in_the_last_follower_it_leaves_nothing(monkeypatch):
    world = Regions(others=TWENTY)
    real = Suspension.objects.create
    done = []

    def create(**facts):
        done.append(facts)
        if len(done) == len(TWENTY) + 1:
            raise RuntimeError("killed")
        return real(**facts)

    monkeypatch.setattr(Suspension.objects, "create", create)
    with pytest.raises(RuntimeError, match="killed"):
        world.suspend(world.home, DAY)
    assert set(world.states) == {AgreementState.EFFECTIVE}
    assert not Suspension.objects.exists()
    assert not CascadeReceipt.objects.exists()
