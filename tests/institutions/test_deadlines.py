"""Deadlines of filings that rest on a calendar not yet published (T-12)."""

from datetime import date, datetime, timedelta

import pytest

from agency import tasks
from agency.enums import Role
from agency.jobs import JOBS
from agency.models import CalendarDay, CalendarYear, Notice
from agency.services import calendar, recomputation
from agency.services.jobs import run_job
from institutions.enums.changes import ChangeField
from institutions.models import ChangeRequest
from institutions.services.change_values import FieldChange
from institutions.services.changes import approve_change
from institutions.services.filing import file_change
from tests.agency.factories import SHANGHAI, user_with
from tests.institutions.factories import InstitutionFactory, member_of
from tests.institutions.factories_changes import checked

pytestmark = pytest.mark.django_db

FILED_ON = date(2026, 12, 25)
NIGHT = date(2026, 12, 28)
NEW_YEAR = date(2027, 1, 1)  # a Friday, so that the notice moves deadlines counted across it


@pytest.fixture(autouse=True)
def fresh_calendar():
    """Days are kept per version, and each of these tests makes a next version of its own."""
    calendar._calendar.cache_clear()
    yield
    calendar._calendar.cache_clear()


@pytest.fixture
def clerk():
    return user_with(Role.INTAKE_CLERK)


@pytest.fixture
def member():
    return member_of(InstitutionFactory())


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=SHANGHAI)


def filed(member, *, field=ChangeField.NAME, value="新名", on=FILED_ON, approved_on=FILED_ON):
    return file_change(
        institution_id=member.membership.institution_id,
        changes=[FieldChange(field, value, approved_on)],
        by=member,
        at=at(on),
    )


def publish(*days_off: date, year: int = 2027) -> None:
    version = calendar.calendar_version() + 1
    stored = CalendarYear.objects.create(
        year=year, version=version, source="test", imported_at=at(NIGHT)
    )
    for day in days_off:
        CalendarDay.objects.create(on=day, year=stored, name="元旦", is_off=True)


def recompute() -> int:
    return recomputation.recompute_deadlines(on=NIGHT, at=at(NIGHT), models=[ChangeRequest])


def fresh(change) -> ChangeRequest:
    return ChangeRequest.objects.get(pk=change.pk)


def test_a_new_calendar_moves_both_deadlines_once(member, clerk):
    before = filed(member)
    assert before.filing_due_basis["provisional"] and before.decision_due_basis["provisional"]
    assert recompute() == 0

    publish(NEW_YEAR)
    assert recompute() == 1

    after = fresh(before)
    assert after.decision_due_on == before.decision_due_on + timedelta(days=3)  # over a weekend
    assert after.filing_due_on > before.filing_due_on
    for basis in (after.filing_due_basis, after.decision_due_basis):
        assert not basis["provisional"]
        assert basis["calendar_version"] == calendar.calendar_version()
    step = after.transitions.last()
    assert (step.act, step.rule, step.by) == ("recompute_deadline", "T-12", None)
    assert (step.source, step.target, step.on) == ("filed", "filed", NIGHT)
    assert str(before.decision_due_on) in step.reason and str(after.decision_due_on) in step.reason
    for user in (member, clerk):
        notice = Notice.objects.get(recipient=user, key__startswith="change.deadline:")
        assert notice.body == step.reason

    assert recompute() == 0
    assert after.transitions.count() == 2


def test_days_that_stay_are_confirmed(member):
    before = filed(member)
    publish(date(2027, 10, 1))
    assert recompute() == 1
    after = fresh(before)
    assert after.decision_due_on == before.decision_due_on
    assert not after.decision_due_basis["provisional"]
    assert str(after.decision_due_on) in after.transitions.last().reason


def test_a_calendar_that_changes_nothing_for_a_filing_is_taken_over_in_silence(member):
    change = filed(member, on=date(2026, 11, 2), approved_on=date(2026, 11, 2))
    publish(NEW_YEAR)
    assert recompute() == 0
    assert fresh(change).transitions.count() == 1
    assert not Notice.objects.filter(key__startswith="change.deadline:").exists()
    assert not ChangeRequest.objects.computed_before(calendar.calendar_version()).exists()


def test_a_filing_marked_late_by_a_guess_is_late_no_longer(member):
    change = filed(
        member,
        field=ChangeField.PHONE,
        value="0792-7654321",
        approved_on=date(2026, 12, 28),
        on=date(2027, 1, 5),
    )
    assert change.is_late
    publish(NEW_YEAR)
    assert recompute() == 1
    assert (fresh(change).is_late, fresh(change).filing_due_on) == (False, date(2027, 1, 5))


def test_what_is_decided_stays_as_it_was(member, clerk):
    change = filed(member)
    checked(change, by=clerk)
    approve_change(change_id=change.pk, by=clerk, at=at(NIGHT))
    publish(NEW_YEAR)
    assert recompute() == 0
    assert fresh(change).decision_due_on == change.decision_due_on


def test_many_filings_cost_little_more_than_one(member, clerk, django_assert_max_num_queries):
    region = member.membership.institution.region
    for _ in range(12):
        filed(member_of(InstitutionFactory(region=region)))
    publish(NEW_YEAR)
    with django_assert_max_num_queries(18):
        assert recompute() == 12


def test_it_is_a_job_of_every_night_and_runs_before_those_that_read_deadlines(member):
    assert JOBS["agency.recompute_deadlines"].function is tasks.recompute_deadlines
    filed(member)
    publish(NEW_YEAR)
    assert run_job("agency.recompute_deadlines", on=NIGHT).count == 1
    assert run_job("agency.recompute_deadlines", on=NIGHT).count == 0
