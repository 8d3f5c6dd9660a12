"""The whole machine against a literal table, in Python and in the database."""

from itertools import product

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django_fsm import TransitionNotAllowed, can_proceed

from agreements.enums.life import AgreementState, RequestState
from agreements.models import Agreement, AgreementClock, AgreementRequest, AgreementTransition
from agreements.models.machine import MOVES
from tests.agreements.factories import AgreementFactory, World, at, fresh

ACTS = {
    "sign": "signed",
    "cancel": "cancelled",
    "take_effect": "effective",
    "suspend": "suspended",
    "resume": "effective",
    "expire": "expired",
    "give_way_to_renewal": "renewed",
    "dissolve": "dissolved",
    "terminate_automatically": "auto_terminated",
}
ALLOWED = {
    ("draft", "sign"),
    ("draft", "cancel"),
    ("signed", "cancel"),
    ("signed", "take_effect"),
    ("effective", "suspend"),
    ("effective", "expire"),
    ("effective", "give_way_to_renewal"),
    ("effective", "dissolve"),
    ("suspended", "resume"),
    ("suspended", "expire"),
    ("suspended", "dissolve"),
    ("suspended", "terminate_automatically"),
}
REQUEST_ALLOWED = {
    ("filed", "accept"),
    ("filed", "refuse"),
    ("filed", "withdraw"),
    ("filed", "lapse"),
    ("accepted", "perform"),
    ("accepted", "lapse"),
}


@pytest.mark.parametrize(("state", "act"), list(product(AgreementState.values, ACTS)))
def test_only_the_lawful_acts_are_possible(state, act):
    assert can_proceed(getattr(Agreement(state=state), act)) == ((state, act) in ALLOWED)


def test_the_machine_and_the_database_know_the_same_ways():
    ways = {
        (each.source, target)
        for each in Agreement._meta.get_field("state").get_all_transitions(Agreement)
        for target in getattr(each.target, "allowed_states", [each.target])
    }
    assert ways == set(MOVES)


@pytest.mark.parametrize(
    ("state", "act"),
    list(product(RequestState.values, ["accept", "refuse", "withdraw", "perform", "lapse"])),
)
def test_only_the_lawful_steps_of_a_request_are_possible(state, act):
    request = AgreementRequest(state=state)
    assert can_proceed(getattr(request, act)) == ((state, act) in REQUEST_ALLOWED)


def test_an_unlawful_act_changes_nothing():
    agreement = Agreement(state="expired")
    with pytest.raises(TransitionNotAllowed):
        agreement.resume()
    assert agreement.state == "expired"


# Back again: only what an annulment undoes (B-19).
ANNULLED = {
    ("dissolved", "effective"),
    ("dissolved", "suspended"),
    ("dissolved", "expired"),
    ("dissolved", "renewed"),
    ("auto_terminated", "effective"),
    ("auto_terminated", "expired"),
    ("auto_terminated", "renewed"),
    ("expired", "renewed"),
    ("cancelled", "signed"),
}
DATABASE_ALLOWS = {(source, ACTS[act]) for source, act in ALLOWED} | ANNULLED
EXTRA_FACTS = {
    "dissolved": {"dissolution_ground": 3, "ended_on": "2025-06-01", "last_day": "2025-05-31"},
    "auto_terminated": {"ended_on": "2025-06-01", "last_day": "2025-05-31"},
    "expired": {"ended_on": "2025-12-31"},
    "renewed": {"ended_on": "2025-12-31"},
    "draft": {"number": None, "signed_on": None, "ended_on": None, "dissolution_ground": None},
    "signed": {"number": "360400-2025-9999", "signed_on": "2025-01-01"},
}
REFUSED = r"agreement .*: (no way from|suspended without)"
RUNNING_AGAIN = {"ended_on": None, "dissolution_ground": None}


@pytest.mark.django_db
@pytest.mark.parametrize("source", AgreementState.values)
def test_no_bulk_update_passes_by_the_machine(source):
    """Every pair of states, by an UPDATE that carries all the facts its checks ask for."""
    agreement = AgreementFactory(state=source)
    for target in AgreementState.values:
        if target == source or (source, target) in DATABASE_ALLOWS:
            continue
        facts = {"number": "360400-2025-9998", "signed_on": "2025-01-01", **RUNNING_AGAIN}
        with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
            Agreement.objects.filter(pk=agreement.pk).update(
                **{**facts, **EXTRA_FACTS.get(target, {}), "state": target}
            )
        assert fresh(agreement).state == source


@pytest.mark.django_db
def test_the_database_refuses_suspended_without_a_suspension():
    agreement = AgreementFactory()
    with (
        pytest.raises(IntegrityError, match="suspended without a suspension"),
        transaction.atomic(),
    ):
        Agreement.objects.filter(pk=agreement.pk).update(state="suspended")
    assert fresh(agreement).state == "effective"


@pytest.mark.django_db
def test_a_request_does_not_pass_by_its_machine():
    world = World()
    request = world.filed(world.signed(), "renew", "2025-08-01")
    with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
        AgreementRequest.objects.filter(pk=request.pk).update(state="performed")


@pytest.mark.django_db
def test_history_is_never_rewritten():
    world = World()
    step = world.signed().transitions.first()
    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        AgreementTransition.objects.filter(pk=step.pk).update(reason="别的")
    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        AgreementTransition.objects.filter(pk=step.pk).delete()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "turns_on"),
    [
        ("draft", None),
        ("signed", "2025-01-01"),
        ("effective", "2026-01-01"),
        ("suspended", "2026-01-01"),
        ("expired", None),
        ("renewed", None),
        ("dissolved", None),
        ("auto_terminated", None),
        ("cancelled", None),
    ],
)
def test_the_database_keeps_a_clock_for_what_is_signed_or_running(state, turns_on):
    extra = (
        {"ended_on": at("2025-06-01").date()} if state in {"dissolved", "auto_terminated"} else {}
    )
    agreement = AgreementFactory(state=state, **extra)
    clock = AgreementClock.objects.filter(agreement=agreement).first()
    assert (str(clock.turns_on) if clock else None) == turns_on


@pytest.mark.django_db
def test_the_clock_follows_the_term_and_stops_at_the_end():
    agreement = AgreementFactory()
    Agreement.objects.filter(pk=agreement.pk).update(valid_to="2025-11-30", last_day="2025-11-30")
    assert str(AgreementClock.objects.get(agreement=agreement).turns_on) == "2025-12-01"
    Agreement.objects.filter(pk=agreement.pk).update(state="expired", ended_on="2025-11-30")
    assert not AgreementClock.objects.filter(agreement=agreement).exists()
