from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from agency.enums import Role
from agency.jobs import JOBS
from agency.models import CalendarDay, CalendarYear, Notice
from agency.services import calendar, recomputation
from agency.services.jobs import run_job
from settlements import tasks
from settlements.enums import BreachState
from settlements.models import PotentialBreach, Statement
from settlements.services import approvals, overdue, payments
from tests.agency.factories import user_with
from tests.institutions.factories import InstitutionFactory, member_of
from tests.settlements.statement_factories import (
    DECLARED_ON,
    DUE_ON,
    Team,
    at,
    audited_statement,
    declared_statement,
    issued_order,
    paid_order,
)

pytestmark = pytest.mark.django_db

ALARM_20 = date(2025, 2, 13)
ALARM_27 = date(2025, 2, 24)
DAY_AFTER = date(2025, 2, 28)


@pytest.fixture
def team() -> Team:
    return Team()


def alarms(user) -> list[str]:
    keys = Notice.objects.filter(recipient=user, key__contains=".alarm.")
    return sorted(key.rpartition(".")[2] for key in keys.values_list("key", flat=True))


def send(on: date) -> int:
    return overdue.send_alarms(on=on, at=at(on))


def mark(on: date) -> int:
    return overdue.mark_overdue(on=on, at=at(on))


# --- alarms -------------------------------------------------------------------------------------


def test_whoever_has_to_act_is_warned_at_20_and_27_once(team):
    reviewer, head, other = team.reviewer, team.head, team.payment_officer
    declared_statement()
    assert send(ALARM_20 - timedelta(days=1)) == 0
    assert [send(ALARM_20), send(ALARM_20), send(ALARM_20 + timedelta(days=1))] == [1, 0, 0]
    assert (alarms(reviewer), alarms(head), alarms(other)) == (["20"], [], [])
    assert [send(ALARM_27), send(ALARM_27)] == [1, 0]
    assert (alarms(reviewer), alarms(head), alarms(other)) == (["20", "27"], ["27"], [])


def test_the_alarm_goes_to_the_post_whose_turn_it_is(team):
    audited_statement(team)
    officer = team.settlement_officer
    assert send(ALARM_20) == 1
    assert (alarms(team.reviewer), alarms(officer)) == ([], ["20"])


def test_missed_days_are_caught_up_with_the_second_alarm_only(team):
    declared_statement()
    reviewer = team.reviewer
    assert send(ALARM_27 + timedelta(days=2)) == 1
    assert alarms(reviewer) == ["27"]


def test_no_alarm_for_what_is_paid_or_already_overdue(team):
    paid_order(team)
    declared_statement()
    assert send(DAY_AFTER) == 0


def test_alarms_are_recorded():
    statement = declared_statement()
    send(ALARM_20)
    record = statement.transitions.last()
    assert (record.act, record.on, record.by, record.rule) == (
        "first_alarm",
        ALARM_20,
        None,
        "B-04",
    )


# --- overdue ------------------------------------------------------------------------------------


def test_unpaid_on_the_day_after_is_a_potential_breach_both_sides_see(team):
    institution = InstitutionFactory()
    member, stranger = member_of(institution), member_of(InstitutionFactory())
    supervisor, head = team.supervisor, team.head
    statement = declared_statement(institution=institution)
    assert mark(DUE_ON) == 0
    assert not PotentialBreach.objects.exists()
    assert mark(DAY_AFTER) == 1
    breach = PotentialBreach.objects.get()
    assert (breach.state, breach.due_on, breach.began_on) == ("potential", DUE_ON, DAY_AFTER)
    assert breach.amount == statement.payable
    told = set(Notice.objects.filter(key__contains="overdue").values_list("recipient", flat=True))
    assert told == {member.pk, supervisor.pk, head.pk}
    assert stranger.pk not in told
    assert list(PotentialBreach.objects.visible_to(member)) == [breach]
    assert not PotentialBreach.objects.visible_to(stranger).exists()


def test_a_second_run_and_later_days_find_nothing_more():
    statement = declared_statement()
    assert [mark(DAY_AFTER), mark(DAY_AFTER), mark(date(2025, 3, 10))] == [1, 0, 0]
    assert statement.transitions.filter(act="overdue").count() == 1


def test_a_job_that_missed_its_day_finds_the_true_first_day():
    declared_statement()
    mark(date(2025, 3, 20))
    assert PotentialBreach.objects.get().began_on == DAY_AFTER


def test_one_breach_of_one_statement():
    declared_statement()
    mark(DAY_AFTER)
    breach = PotentialBreach.objects.get()
    with pytest.raises(IntegrityError, match="statement_id"), transaction.atomic():
        PotentialBreach.objects.create(
            statement=breach.statement,
            due_on=DUE_ON,
            began_on=DAY_AFTER,
            amount=1,
            found_at=at(DAY_AFTER),
        )


def test_late_payment_ends_the_breach_and_counts_its_working_days(team):
    order = issued_order(team)
    mark(DAY_AFTER)
    on = date(2025, 3, 4)
    approvals.explain_delay(
        statement_id=order.statement_id, reason="积压", by=team.payment_officer, at=at(on)
    )
    approvals.approve_delay(statement_id=order.statement_id, by=team.head, at=at(on))
    payments.record_payment(
        statement_id=order.statement_id,
        bank_reference="ICBC-9",
        paid_on=on,
        by=team.payment_officer,
        at=at(on),
    )
    breach = PotentialBreach.objects.get()
    assert (breach.state, breach.ended_on, breach.late_workdays) == ("paid_late", on, 3)


def test_a_payment_in_time_recorded_late_is_no_breach(team):
    order = issued_order(team)
    mark(DAY_AFTER)
    payments.record_payment(
        statement_id=order.statement_id,
        bank_reference="ICBC-9",
        paid_on=DUE_ON,
        by=team.payment_officer,
        at=at(DAY_AFTER),
    )
    breach = PotentialBreach.objects.get()
    assert breach.state == BreachState.CANCELLED


def test_jobs_run_under_their_names():
    assert JOBS["settlements.mark_overdue"].function is tasks.mark_overdue
    declared_statement()
    assert run_job("settlements.mark_overdue", on=DAY_AFTER).count == 1
    assert run_job("settlements.mark_overdue", on=DAY_AFTER).count == 0
    assert run_job("settlements.send_alarms", on=DAY_AFTER).count == 0


def test_sweeps_cost_the_same_for_many(django_assert_max_num_queries, team):
    institution = InstitutionFactory()
    member_of(institution)
    for role in (team.reviewer, team.head, team.supervisor):
        assert role.pk
    for _number in range(12):
        declared_statement(institution=institution)
    with django_assert_max_num_queries(12):
        assert send(ALARM_20) == 12
    with django_assert_max_num_queries(14):
        assert mark(DAY_AFTER) == 12


# --- a new calendar ------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def fresh_calendar():
    """Days are kept per version, and each of these tests makes a next version of its own."""
    calendar._calendar.cache_clear()
    yield
    calendar._calendar.cache_clear()


def publish_2027(*, new_year: date) -> None:
    last = CalendarYear.objects.order_by("-version").first()
    year = CalendarYear.objects.create(
        year=2027,
        version=last.version + 1,
        source="test",
        imported_at=at(date(2026, 11, 1)),
    )
    CalendarDay.objects.create(on=new_year, year=year, name="元旦", is_off=True)


DECLARED_LATE = date(2026, 11, 25)


def recompute(on: date = date(2026, 12, 20)) -> int:
    return recomputation.recompute_deadlines(on=on, at=at(on), models=[Statement])


def test_a_deadline_in_an_unknown_year_is_provisional_and_computed_anew(team):
    institution = InstitutionFactory()
    member, reviewer = member_of(institution), team.reviewer
    statement = declared_statement(declared_on=DECLARED_LATE, institution=institution)
    before = statement.due_on
    assert statement.due_provisional
    assert before.year == 2027
    assert recompute() == 0

    publish_2027(new_year=date(2027, 1, 1))
    assert recompute() == 1
    statement = Statement.objects.get(pk=statement.pk)
    assert not statement.due_provisional
    assert statement.due_on == before + timedelta(days=1)
    assert statement.due_basis["calendar_version"] > 0
    record = statement.transitions.last()
    assert (record.act, record.rule) == ("recompute_deadline", "T-12")
    assert str(before) in record.reason
    assert str(statement.due_on) in record.reason
    for user in (member, reviewer):
        assert Notice.objects.filter(recipient=user, key__contains=".deadline:").count() == 1
    assert recompute() == 0


def test_a_deadline_that_stays_is_confirmed():
    statement = declared_statement(declared_on=DECLARED_LATE)
    publish_2027(new_year=date(2027, 10, 1))
    assert recompute() == 1
    moved = Statement.objects.get(pk=statement.pk)
    assert (moved.due_on, moved.due_provisional) == (statement.due_on, False)


def test_a_settled_statement_keeps_its_deadline(team):
    order = paid_order(team, declared_on=DECLARED_LATE)
    publish_2027(new_year=date(2027, 1, 1))
    assert recompute() == 0
    assert Statement.objects.get(pk=order.statement_id).due_provisional


def test_a_known_year_changes_nothing_for_the_people(team):
    user_with(Role.CLAIM_REVIEWER)
    statement = declared_statement(declared_on=DECLARED_ON)
    publish_2027(new_year=date(2027, 1, 1))
    assert recompute() == 0
    assert Statement.objects.get(pk=statement.pk).due_on == DUE_ON
    assert not Notice.objects.filter(key__contains=".deadline:").exists()


def test_a_breach_that_the_new_calendar_undoes_is_cancelled():
    statement = declared_statement(declared_on=DECLARED_LATE)
    day = statement.due_on + timedelta(days=1)
    mark(day)
    publish_2027(new_year=statement.due_on)
    assert recompute(on=day) == 1
    moved = Statement.objects.get(pk=statement.pk)
    assert moved.due_on >= day
    assert moved.overdue_at is None
    assert PotentialBreach.objects.get().state == BreachState.CANCELLED
    assert mark(moved.due_on + timedelta(days=1)) == 1
    breach = PotentialBreach.objects.get()
    assert (breach.state, breach.due_on) == (BreachState.POTENTIAL, moved.due_on)
