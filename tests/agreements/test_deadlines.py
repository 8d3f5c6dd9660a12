"""The nightly jobs: lawful dates, idempotent, catching up, never twice under two workers."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Q

from agency.enums import Role
from agency.jobs import JOBS, in_order
from agency.models import Notice
from agency.services.jobs import run_job
from agreements import tasks
from agreements.enums.life import AgreementState, RequestState
from agreements.models import Agreement, AgreementRequest, AgreementTransition, Suspension
from agreements.services import deadlines, renewal, requests, signing, suspension
from tests.agency.factories import user_with
from tests.agreements.factories import AgreementFactory, World, at, fresh
from tests.agreements.texts import agree_text

ONE_DAY = timedelta(days=1)
MINE = [job.name for job in in_order() if job.function.__module__ == tasks.__name__]


def night(day: date | str) -> int:
    on = date.fromisoformat(day) if isinstance(day, str) else day
    return sum(JOBS[name].function(on) for name in MINE)


def test_the_jobs_are_entered():
    life = [
        "agreements.cascades",
        "agreements.renewal_reminders",
        "agreements.requests",
        "agreements.warnings",
        "agreements.termination_due",
        "agreements.auto_terminate",
        "agreements.expire",
        "agreements.lapse_requests",
    ]
    assert [each for each in MINE if each in life] == life


@pytest.mark.django_db
def test_it_ends_the_night_after_its_last_day():
    world = World()
    agreement = world.signed()
    assert deadlines.end_and_begin_terms(on=date(2025, 12, 31), at=at("2025-12-31")) == 0
    assert deadlines.end_and_begin_terms(on=date(2026, 1, 1), at=at("2026-01-01")) == 1
    assert deadlines.end_and_begin_terms(on=date(2026, 1, 1), at=at("2026-01-01")) == 0
    ended = fresh(agreement)
    assert (ended.state, ended.ended_on, ended.last_day) == (
        AgreementState.EXPIRED,
        date(2025, 12, 31),
        date(2025, 12, 31),
    )
    step = ended.transitions.get(act="expire")
    assert (step.source, step.target, step.on, step.by, step.rule) == (
        "effective",
        "expired",
        date(2025, 12, 31),
        None,
        "B-15",
    )
    assert Notice.objects.filter(recipient=world.member, key__contains=".expire:").count() == 1


@pytest.mark.django_db
def test_it_takes_effect_on_its_first_day():
    world = World()
    agreement = world.signed("2025-11-01", on="2025-10-20")
    assert deadlines.end_and_begin_terms(on=date(2025, 10, 31), at=at("2025-10-31")) == 0
    assert deadlines.end_and_begin_terms(on=date(2025, 11, 3), at=at("2025-11-03")) == 1
    assert fresh(agreement).state == AgreementState.EFFECTIVE
    assert agreement.transitions.get(act="take_effect").on == date(2025, 11, 1)


@pytest.mark.django_db
def test_a_voluntary_suspension_from_the_first_warning_to_the_end():
    """S = 2025-03-01: 150 days 07-29, 170 days 08-18, limit 08-28, hold until 09-05."""
    world = World()
    agreement = world.on_leave(world.signed(), "2025-03-01")
    seen = {}
    day = date(2025, 7, 28)
    while day <= date(2025, 9, 9):
        if acted := night(day):
            seen[str(day)] = acted
        day += ONE_DAY
    assert seen == {
        "2025-07-29": 1,
        "2025-08-18": 1,
        "2025-08-29": 1,
        "2025-09-06": 1,
    }
    ended = fresh(agreement)
    assert (ended.state, ended.ended_on, ended.last_day) == (
        AgreementState.AUTO_TERMINATED,
        date(2025, 8, 29),
        date(2025, 8, 28),
    )
    acts = list(ended.transitions.filter(by=None).values_list("act", "on"))
    assert acts == [
        ("take_effect", date(2025, 1, 1)),
        ("warn_150", date(2025, 7, 29)),
        ("warn_170", date(2025, 8, 18)),
        ("termination_due", date(2025, 8, 29)),
        ("terminate_automatically", date(2025, 8, 29)),
    ]
    both = Notice.objects.filter(key__startswith="agreement.termination_due")
    assert {notice.recipient for notice in both} == {world.member, world.officer, world.head}


@pytest.mark.django_db
def test_a_request_to_resume_in_time_stops_the_termination_until_it_is_refused():
    world = World()
    agreement = world.on_leave(world.signed(), "2025-03-01")
    request = world.filed(agreement, "resume", "2025-08-28")
    night("2025-09-10")
    assert fresh(agreement).state == AgreementState.SUSPENDED
    assert Suspension.objects.get().termination_due_on is None
    requests.refuse_request(
        request_id=request.pk, by=world.officer, at=at("2025-09-10"), reason="未整改"
    )
    night("2025-09-11")
    assert Suspension.objects.get().termination_due_on == date(2025, 9, 17)
    night("2025-09-17")
    assert fresh(agreement).state == AgreementState.SUSPENDED
    night("2025-09-18")
    assert fresh(agreement).state == AgreementState.AUTO_TERMINATED
    assert fresh(agreement).ended_on == date(2025, 8, 29)


@pytest.mark.django_db
def test_validity_that_ends_before_the_limit_makes_it_expire():
    world = World()
    agreement = world.on_leave(world.signed(), "2025-08-01")
    night("2026-02-15")
    assert fresh(agreement).state == AgreementState.EXPIRED
    assert fresh(agreement).ended_on == date(2025, 12, 31)


@pytest.mark.django_db
def test_a_limit_just_before_the_end_of_validity_still_terminates():
    """Limit 2025-12-29, hold until 2026-01-07: the end of validity in between changes nothing."""
    world = World()
    agreement = world.on_leave(world.signed(), "2025-07-01")
    Suspension.objects.update(limit_on=date(2025, 12, 29))
    night("2025-12-30")
    night("2026-01-01")
    assert fresh(agreement).state == AgreementState.SUSPENDED
    night("2026-01-08")
    assert (fresh(agreement).state, fresh(agreement).ended_on) == (
        AgreementState.AUTO_TERMINATED,
        date(2025, 12, 30),
    )


@pytest.mark.django_db
def test_held_it_expires_at_the_end_of_its_validity():
    world = World()
    agreement = world.on_leave(world.signed(), "2025-03-01")
    night("2025-08-29")
    suspension.hold_termination(
        agreement_id=agreement.pk, by=world.head, at=at("2025-09-01"), reason="正在整改"
    )
    night("2025-12-31")
    assert fresh(agreement).state == AgreementState.SUSPENDED
    night("2026-01-01")
    assert fresh(agreement).state == AgreementState.EXPIRED


@pytest.mark.django_db
def test_who_has_applied_is_not_reminded():
    applied, silent = World(), World()
    renewing = applied.signed()
    applied.filed(renewing, "renew", "2025-08-01")
    forgetful = silent.signed()
    assert deadlines.remind_of_renewal(on=date(2025, 8, 30), at=at("2025-08-30")) == 0
    assert deadlines.remind_of_renewal(on=date(2025, 8, 31), at=at("2025-08-31")) == 1
    assert deadlines.remind_of_renewal(on=date(2025, 9, 1), at=at("2025-09-01")) == 0
    assert forgetful.transitions.filter(act="remind_renewal").count() == 1
    assert not renewing.transitions.filter(act="remind_renewal").exists()


@pytest.mark.django_db
def test_a_renewal_of_what_expired_in_suspension_is_cancelled():
    world = World()
    agreement = world.suspended(world.signed(), "2025-11-15", "2025-12-20")
    draft = renewal.renew_agreement(
        agreement_id=agreement.pk, by=world.officer, at=at("2025-11-20")
    )
    new = world.sign(draft, at("2025-11-21"))
    night("2026-01-01")
    assert fresh(agreement).state == AgreementState.EXPIRED
    assert fresh(new).state == AgreementState.CANCELLED


# --- catching up ---------------------------------------------------------------------------------


def synthetic_year() -> None:
    """A year with one of everything that moves by itself."""
    plain, renewed, later, chained = World(), World(), World(), World()
    plain.signed()
    old = renewed.signed()
    draft = renewal.renew_agreement(agreement_id=old.pk, by=renewed.officer, at=at("2025-01-02"))
    renewed.sign(draft, at("2025-01-03"))
    later.signed("2025-04-01", on="2025-01-02")
    first = chained.signed("2025-01-01", months=3)
    draft = renewal.renew_agreement(
        agreement_id=first.pk, by=chained.officer, at=at("2025-01-02"), months=3
    )
    chained.sign(draft, at("2025-01-03"))
    for start in ("2025-01-05", "2025-03-01", "2025-06-20", "2025-08-01"):
        world = World()
        world.on_leave(world.signed(), start)
    world = World()
    world.suspended(world.signed(), "2025-02-01", "2025-07-01")
    world = World()
    asked = world.on_leave(world.signed(), "2025-01-10")
    world.filed(asked, "resume", "2025-02-01")
    for kind in ("suspend", "dissolve"):
        world = World()
        request = world.filed(world.signed(), kind, "2025-01-05", wanted_on="2025-05-06")
        requests.accept_request(request_id=request.pk, by=world.officer, at=at("2025-01-06"))


def outcome() -> dict:
    """Everything that has a meaning in law; not the instants of recording."""
    return {
        "agreements": list(
            Agreement.objects.order_by("pk").values_list(
                "number", "state", "ended_on", "last_day", "dissolution_ground"
            )
        ),
        "suspensions": list(
            Suspension.objects.order_by("agreement__number").values_list(
                "agreement__number", "starts_on", "limit_on", "termination_due_on", "resumed_on"
            )
        ),
        "warned": list(
            Suspension.objects.order_by("agreement__number").values_list(
                Q(warned_150_at__isnull=False), Q(warned_170_at__isnull=False)
            )
        ),
        "requests": list(
            AgreementRequest.objects.order_by("number").values_list("number", "state")
        ),
        "acts": sorted(
            AgreementTransition.objects.filter(by=None).values_list("subject__number", "act", "on")
        ),
    }


class Undone(Exception):
    """Rolls a scenario back, so that the next one begins with the same numbers."""


def played(step: int) -> dict:
    """Return what a year leads to when the jobs run every `step` days."""
    result = {}
    try:
        with transaction.atomic():
            synthetic_year()
            day, end = date(2025, 1, 10), date(2026, 1, 20)
            while day < end:
                night(day)
                day += timedelta(days=step)
            night(end)
            result = outcome()
            raise Undone
    except Undone:
        return result


@pytest.mark.django_db
def test_catching_up_leads_where_day_by_day_leads():
    day_by_day = played(1)
    states = {row[1] for row in day_by_day["agreements"]}
    assert states == {
        *("effective", "expired", "renewed", "dissolved", "auto_terminated"),
    }
    assert {row[1] for row in day_by_day["acts"]} >= {
        *("take_effect", "expire", "give_way_to_renewal", "terminate_automatically"),
        *("warn_150", "warn_170", "termination_due", "suspend", "dissolve", "remind_renewal"),
    }
    for step in (7, 40, 1000):
        late = played(step)
        for part, expected in day_by_day.items():
            assert late[part] == expected, (step, part)


@pytest.mark.django_db
def test_a_second_run_of_the_same_day_does_nothing():
    synthetic_year()
    for day in ("2025-05-06", "2025-09-06", "2026-01-01"):
        night(day)
        before = outcome()
        assert night(day) == 0
        assert outcome() == before


# --- two workers ---------------------------------------------------------------------------------


def in_threads(*calls) -> list:
    """Run the calls at once, each on a connection of its own; return results and errors."""
    barrier, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place, call):
        try:
            barrier.wait()
            results[place] = call()
        except Exception as error:  # noqa: BLE001 - handed back to the test
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n, call)) for n, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.mark.django_db(transaction=True)
def test_two_workers_act_once():
    for n in range(30):
        AgreementFactory(number=f"360400-2025-{n + 1:04}")
    day = date(2026, 1, 1)
    runs = in_threads(*[lambda: run_job("agreements.expire", on=day).count] * 2)
    assert sorted(runs) == [0, 30]
    assert AgreementTransition.objects.filter(act="expire").count() == 30


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_without_the_jobs_lock_act_once():
    for n in range(30):
        AgreementFactory(number=f"360400-2025-{n + 1:04}")
    sweep = [lambda: deadlines.end_and_begin_terms(on=date(2026, 1, 1), at=at("2026-01-01"))] * 2
    assert sum(in_threads(*sweep)) == 30
    assert AgreementTransition.objects.filter(act="expire").count() == 30


@pytest.mark.django_db(transaction=True)
def test_two_deciders_one_outcome():
    world = World()
    other = user_with(Role.AGREEMENT_OFFICER)
    request = world.filed(world.signed(), "renew", "2025-08-01")
    when = at("2025-08-04")
    results = in_threads(
        lambda: requests.accept_request(request_id=request.pk, by=world.officer, at=when),
        lambda: requests.refuse_request(request_id=request.pk, by=other, at=when, reason="不同意"),
    )
    refusals = [each for each in results if isinstance(each, Exception)]
    assert [type(each).__name__ for each in refusals] == ["Refusal"], results
    state = fresh(request).state
    assert state in {RequestState.ACCEPTED, RequestState.REFUSED}
    assert request.transitions.filter(source="filed").count() == 1
    assert Agreement.objects.count() == (2 if state == RequestState.ACCEPTED else 1)


@pytest.mark.django_db(transaction=True)
def test_two_signatures_of_one_term_one_agreement():
    world = World()
    drafts = [
        signing.draft_agreement(
            institution_id=world.institution.pk,
            region_code="360400",
            valid_from=date(2025, 1, 1),
            by=world.officer,
            at=at("2024-12-01"),
        ).pk
        for _ in range(2)
    ]
    when = at("2024-12-02")
    for pk in drafts:
        agree_text(Agreement.objects.get(pk=pk), at=at("2024-12-01"), by=world.member)
    results = in_threads(
        *[
            lambda pk=pk: signing.sign_agreement(agreement_id=pk, by=world.head, at=when).number
            for pk in drafts
        ]
    )
    assert sorted(type(each).__name__ for each in results) == ["Refusal", "str"], results
    assert "360400-2025-0001" in results


@pytest.mark.django_db(transaction=True)
def test_what_somebody_works_on_is_left_for_the_next_night():
    world = World()
    agreement = world.signed()
    held, done = threading.Event(), threading.Event()

    def work():
        with transaction.atomic():
            Agreement.objects.locked(agreement.pk)
            held.set()
            done.wait(30)
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    held.wait(30)
    new_year = {"on": date(2026, 1, 1), "at": at("2026-01-01")}
    assert deadlines.end_and_begin_terms(**new_year) == 0
    done.set()
    worker.join(30)
    assert deadlines.end_and_begin_terms(**new_year) == 1
    assert fresh(agreement).state == AgreementState.EXPIRED
