"""B-19: an annulled decision counts as if it had never been, here and elsewhere."""

from datetime import date

import pytest
from django.db import IntegrityError, InternalError, transaction

from agency.models import OfficialLetter
from agency.rules import Refusal
from agreements.enums.life import (
    AgreementState,
    RequestKind,
    SuspensionGround,
    SuspensionKind,
)
from agreements.models import (
    Agreement,
    AgreementClock,
    CascadeReceipt,
    InpatientWarning,
    Suspension,
)
from agreements.services import annulment, deadlines, ending, requests
from agreements.services.standing import standings
from agreements.services.steps import start_suspension
from institutions.enums.register import Standing
from tests.agreements.cascades import DISSOLVED, EFFECTIVE, SUSPENDED, Regions, plain_letters
from tests.agreements.factories import at, fresh

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_letters")]

__all__ = ["plain_letters"]


def codes(refusal) -> list[str]:
    return [each.code for each in refusal.value.obstacles]


def annul_suspension(world, row, on):
    return annulment.annul_suspension(
        suspension_id=row.pk, by=world.head, at=at(on), on=date.fromisoformat(on), reason="复议撤销"
    )


def annul_dissolution(world, agreement, on):
    return annulment.annul_dissolution(
        agreement_id=agreement.pk,
        by=world.head,
        at=at(on),
        on=date.fromisoformat(on),
        reason="复议撤销",
    )


def ranges(found):
    return [(each.region_code, each.first.isoformat(), each.last.isoformat()) for each in found]


def test_a_running_suspension_is_undone_everywhere():
    world = Regions(others=("360100", "330400"))
    world.suspend(world.home, "2025-05-12")
    row = Suspension.objects.get(agreement=world.home)
    payable = annul_suspension(world, row, "2025-06-10")
    assert ranges(payable) == [
        ("360400", "2025-05-12", "2025-06-10"),
        ("360100", "2025-05-12", "2025-06-10"),
        ("330400", "2025-05-12", "2025-06-10"),
    ]
    assert world.states == [EFFECTIVE] * 3
    assert Suspension.objects.filter(annulled_on=date(2025, 6, 10)).count() == 3
    assert not Suspension.objects.standing().exists()
    assert set(CascadeReceipt.objects.values_list("state", "undone_on")) == {
        ("withdrawn", date(2025, 6, 10))
    }
    assert not InpatientWarning.objects.waiting().exists()
    assert AgreementClock.objects.get(agreement=world.home).turns_on == date(2026, 1, 1)
    step = world.home.transitions.get(act="annul_suspension")
    assert (step.source, step.target, step.rule, step.on) == (
        "suspended",
        "effective",
        "B-19",
        date(2025, 5, 12),
    )
    assert step.letter.kind == "annulment_notice"


def test_an_annulled_suspension_counts_nowhere():
    world = Regions(others=())
    world.suspend(world.home, "2025-02-10")
    row = Suspension.objects.get()
    day = date(2025, 2, 20)
    assert not Agreement.objects.in_force_on(day).exists()
    assert standings([world.institution.pk], day)[world.institution.pk] == Standing.SUSPENDED
    annul_suspension(world, row, "2025-02-28")
    assert Agreement.objects.in_force_on(day).get() == world.home
    assert standings([world.institution.pk], day)[world.institution.pk] == Standing.IN_FORCE
    # The same days can be suspended anew: the exclusion constraint leaves annulled ones out.
    world.suspend(world.home, "2025-02-15", at="2025-03-01")
    with pytest.raises(IntegrityError, match="suspension_one_at_a_time"), transaction.atomic():
        start_suspension(
            world.home,
            kind=SuspensionKind.MANDATORY,
            ground=SuspensionGround.RISK,
            on=date(2025, 2, 12),
            planned_to=date(2025, 4, 1),
        )
    assert not ending.suspended_repeatedly(world.home, on=date(2025, 1, 31))
    world.resume(world.home, "2025-03-20")
    assert not ending.suspended_repeatedly(world.home, on=date(2025, 12, 31))


def test_it_is_annulled_once_and_never_taken_back():
    world = Regions(others=())
    world.suspend(world.home, "2025-02-10")
    row = Suspension.objects.get()
    annul_suspension(world, row, "2025-02-28")
    with pytest.raises(Refusal) as refusal:
        annul_suspension(world, row, "2025-03-01")
    assert codes(refusal) == ["annulled_already"]
    with pytest.raises(InternalError, match="annulled_once"), transaction.atomic():
        Suspension.objects.filter(pk=row.pk).update(annulled_on=date(2025, 3, 1))
    assert fresh(row).annulled_on == date(2025, 2, 28)


def test_one_that_was_resumed_gives_its_days_back_and_moves_no_state():
    world = Regions(others=())
    world.suspend(world.home, "2025-02-10")
    world.resume(world.home, "2025-03-20")
    payable = annul_suspension(world, Suspension.objects.get(), "2025-06-10")
    assert ranges(payable) == [("360400", "2025-02-10", "2025-03-19")]
    assert fresh(world.home).state == EFFECTIVE


def test_what_followed_is_annulled_with_the_home_decision_only():
    world = Regions(others=("360100",))
    world.suspend(world.home, "2025-05-12")
    copy = world.followers[0].suspensions.get()
    with pytest.raises(Refusal) as refusal:
        annul_suspension(world, copy, "2025-06-10")
    assert codes(refusal) == ["follows_the_home_region"]
    world.dissolve(world.home, "2025-05-20")
    with pytest.raises(Refusal) as refusal:
        annul_dissolution(world, fresh(world.followers[0]), "2025-06-10")
    assert codes(refusal) == ["follows_the_home_region"]


def test_a_dissolution_is_undone_everywhere():
    world = Regions(others=("360100", "330400"))
    coming = world.agreement("360200", state="signed", valid_from=date(2025, 6, 1))
    world.suspend(world.followers[1], "2025-04-01")
    world.dissolve(world.home, "2025-05-12")
    payable = annul_dissolution(world, world.home, "2025-06-10")
    assert world.states == [EFFECTIVE, EFFECTIVE, SUSPENDED]
    assert ranges(payable) == [
        ("360400", "2025-05-12", "2025-06-10"),
        ("360100", "2025-05-12", "2025-06-10"),
    ]
    assert fresh(coming).state == EFFECTIVE  # its first day came meanwhile
    home = fresh(world.home)
    assert (home.ended_on, home.last_day, home.dissolution_ground) == (
        None,
        date(2025, 12, 31),
        None,
    )
    assert AgreementClock.objects.get(agreement=home).turns_on == date(2026, 1, 1)
    assert OfficialLetter.objects.filter(kind="annulment_notice").count() == 3


def test_a_dissolution_annulled_after_the_term_ended_leaves_it_expired():
    world = Regions(others=())
    world.dissolve(world.home, "2025-05-12")
    payable = annul_dissolution(world, world.home, "2026-02-10")
    assert ranges(payable) == [("360400", "2025-05-12", "2025-12-31")]
    home = fresh(world.home)
    assert (home.state, home.ended_on) == (AgreementState.EXPIRED, date(2025, 12, 31))


@pytest.mark.parametrize(
    ("on", "states"),
    [("2025-06-10", ("effective", "signed")), ("2026-02-10", ("renewed", "effective"))],
)
def test_a_renewal_that_went_with_it_comes_back(on, states):
    world = Regions(others=())
    renewal = world.agreement(
        world.region, state="signed", valid_from=date(2026, 1, 1), renewal_of=world.home
    )
    world.dissolve(world.home, "2025-05-12")
    assert fresh(renewal).state == AgreementState.CANCELLED
    annul_dissolution(world, world.home, on)
    assert (fresh(world.home).state, fresh(renewal).state) == states
    assert fresh(renewal).last_day == date(2026, 12, 31)
    deadlines.end_and_begin_terms(on=date(2026, 2, 11), at=at("2026-02-11", 0))
    assert (fresh(world.home).state, fresh(renewal).state) == ("renewed", "effective")


def test_nothing_comes_back_over_what_was_signed_since():
    world = Regions(others=())
    renewal = world.agreement(
        world.region, state="signed", valid_from=date(2026, 1, 1), renewal_of=world.home
    )
    world.dissolve(world.home, "2025-05-12")
    world.agreement(world.region, valid_from=date(2025, 9, 1))
    payable = annul_dissolution(world, world.home, "2025-10-10")
    home = fresh(world.home)
    assert (home.state, home.last_day) == (AgreementState.EXPIRED, date(2025, 8, 31))
    assert ranges(payable) == [("360400", "2025-05-12", "2025-08-31")]
    assert fresh(renewal).state == AgreementState.CANCELLED


def test_a_suspension_annulled_after_it_ended_the_agreement():
    """Suspended at the end of its validity it expired, and its renewal was cancelled."""
    world = Regions(others=())
    renewal = world.agreement(
        world.region, state="signed", valid_from=date(2026, 1, 1), renewal_of=world.home
    )
    world.suspend(world.home, "2025-10-12")
    deadlines.end_and_begin_terms(on=date(2026, 1, 1), at=at("2026-01-01", 0))
    assert (fresh(world.home).state, fresh(renewal).state) == ("expired", "cancelled")
    payable = annul_suspension(world, Suspension.objects.get(), "2026-01-20")
    assert (fresh(world.home).state, fresh(renewal).state) == ("renewed", "effective")
    assert ranges(payable) == [("360400", "2025-10-12", "2025-12-31")]


def test_an_automatic_termination_goes_with_its_suspension():
    world = Regions(others=())
    wish = world.filed(world.home, RequestKind.SUSPEND, "2025-01-01", wanted_on="2025-04-06")
    requests.accept_request(request_id=wish.pk, by=world.officer, at=at("2025-01-15"))
    deadlines.perform_requests(on=date(2025, 4, 6), at=at("2025-04-06", 0))
    for job in (deadlines.mark_terminations_due, deadlines.terminate_automatically):
        job(on=date(2025, 11, 3), at=at("2025-11-03", 0))
    assert fresh(world.home).state == AgreementState.AUTO_TERMINATED
    payable = annul_suspension(world, Suspension.objects.get(), "2025-11-10")
    assert fresh(world.home).state == EFFECTIVE
    assert ranges(payable) == [("360400", "2025-04-06", "2025-11-10")]


def test_only_what_is_dissolved_is_undone_and_only_with_a_reason():
    world = Regions(others=())
    with pytest.raises(Refusal) as refusal:
        annul_dissolution(world, world.home, "2025-06-10")
    assert codes(refusal) == ["not_dissolved"]
    world.dissolve(world.home, "2025-05-12")
    with pytest.raises(Refusal) as refusal:
        annulment.annul_dissolution(
            agreement_id=world.home.pk,
            by=world.member,
            at=at("2025-06-10"),
            on=date(2025, 6, 10),
            reason="",
        )
    assert codes(refusal) == ["not_entitled", "reason_missing"]
    assert fresh(world.home).state == DISSOLVED
