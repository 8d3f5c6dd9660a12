"""A year is published: every open deadline is computed anew, once, and both sides are told."""

import threading
import time
from datetime import date, datetime, timedelta

import pytest
from django.db import connection, connections, transaction

from agency.enums import Role
from agency.models import CalendarDay, CalendarYear, ClosingDay, Notice, PolicyParameter
from agency.rules import Refusal
from agency.services import calendar, closing, recomputation
from agency.services.holidays import HolidayYear, calendar_with, import_holiday_years
from agency.workdays import DeadlineBasis
from agreements.models import AgreementRequest, Suspension
from institutions.enums.changes import ChangeField
from institutions.models import ChangeRequest
from institutions.services.change_values import FieldChange
from institutions.services.changes import approve_change
from institutions.services.filing import file_change
from supervision.models import AdministrationOrder, Case
from supervision.services import hearing, orders
from tests.agency.factories import SHANGHAI, user_with
from tests.agreements.factories import World
from tests.institutions.factories import InstitutionFactory, member_of
from tests.institutions.factories_changes import checked
from tests.supervision import factories as cases

FILED_ON = date(2026, 12, 25)
NIGHT = date(2026, 12, 28)
NEW_YEAR = date(2027, 1, 1)


@pytest.fixture(autouse=True)
def fresh_calendar():
    """Days are kept per version, and each of these tests makes a next version of its own."""
    calendar._calendar.cache_clear()
    yield
    calendar._calendar.cache_clear()


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=SHANGHAI)


def notice_of_2027(*days_off: date) -> HolidayYear:
    days = dict.fromkeys(days_off or [NEW_YEAR], ("元旦", True))
    return HolidayYear(2027, (), days, "test", "国办发明电〔2026〕9号")


def publish(*days_off: date) -> None:
    import_holiday_years(years=[notice_of_2027(*days_off)], at=at(NIGHT))


def recompute(**kwargs) -> int:
    return recomputation.recompute_deadlines(on=NIGHT, at=at(NIGHT), **kwargs)


def filed(member) -> ChangeRequest:
    return file_change(
        institution_id=member.membership.institution_id,
        changes=[FieldChange(ChangeField.NAME, "新名", FILED_ON)],
        by=member,
        at=at(FILED_ON),
    )


@pytest.mark.django_db
def test_a_defence_moves_and_the_institution_is_told():
    office = cases.Office()
    member = office.member
    case = cases.noticed(office)
    served = date(2026, 12, 29)
    case = hearing.serve_notice(
        case_id=case.pk,
        served_on=served,
        recipient="院办张某",
        proof=cases.pdf(),
        by=office.officer,
        on=served,
        at=at(served),
    )
    assert case.defence_due_provisional
    publish()
    assert recompute(models=[Case]) == 1
    moved = Case.objects.get(pk=case.pk)
    assert moved.defence_due_on == case.defence_due_on + timedelta(days=1)
    assert not moved.defence_due_provisional
    step = moved.transitions.get(act="recompute_deadline")
    assert (step.by, step.rule, step.source) == (None, "T-12", "defence")
    told = Notice.objects.filter(key__startswith="case.deadline:")
    assert {each.recipient for each in told} == {member, office.officer}
    assert {each.body for each in told} == {step.reason}
    assert recompute(models=[Case]) == 0
    assert told.count() == 2


@pytest.mark.django_db
def test_requests_and_suspensions_move_also_when_they_were_not_provisional():
    """A known year is corrected: what was thought certain moves as well."""
    world = World()
    agreement = world.signed("2026-01-01")
    request = world.filed(agreement, "renew", "2026-03-02")
    suspended = World()
    other = suspended.on_leave(suspended.signed("2026-01-01"), "2026-03-02")
    limit = Suspension.objects.get(agreement=other)
    assert not request.decision_due_provisional and not limit.limit_provisional
    year = CalendarYear.objects.get(pk=2026)
    year.version = calendar.calendar_version() + 1
    year.save()
    CalendarDay.objects.create(on=date(2026, 3, 4), year=year, name="临时休息", is_off=True)
    CalendarDay.objects.create(on=limit.limit_on, year=year, name="临时休息", is_off=True)
    # The request, the suspension, and how many inpatients there were on its first day.
    assert recompute() == 3
    moved = AgreementRequest.objects.get(pk=request.pk)
    assert moved.decision_due_on == request.decision_due_on + timedelta(days=1)
    assert Suspension.objects.get(pk=limit.pk).limit_on > limit.limit_on
    assert moved.transitions.filter(act="recompute_deadline").count() == 1
    assert other.transitions.filter(act="recompute_deadline").count() == 2
    moved_keys = Notice.objects.filter(key__contains=".deadline:").order_by("key")
    for member, matters in (
        (world.member, ["agreement_request"]),
        (suspended.member, ["inpatient_warning", "suspension"]),
    ):
        keys = moved_keys.filter(recipient=member).values_list("key", flat=True)
        assert [key.partition(".")[0] for key in keys] == matters


@pytest.mark.django_db
def test_a_day_that_somebody_set_is_never_moved():
    office = cases.Office()
    due = date(2027, 1, 8)
    given = [
        orders.order_handling(
            institution=office.institution,
            text="限期处理",
            due_on=due_on,
            by=office.supervisor,
            on=FILED_ON,
            at=at(FILED_ON),
        )
        for due_on in (due, None)
    ]
    publish()
    assert recompute(models=[AdministrationOrder]) == 1
    kept, moved = (AdministrationOrder.objects.get(pk=each.pk) for each in given)
    assert (kept.due_on, kept.due_basis) == (due, {})
    assert moved.due_on > given[1].due_on
    assert Notice.objects.filter(
        recipient=office.supervisor, key__startswith="administration_order.deadline:"
    ).exists()


@pytest.mark.django_db
def test_the_preview_says_what_then_happens(django_assert_max_num_queries):
    member = member_of(InstitutionFactory())
    before = filed(member)
    notice = notice_of_2027()
    # One for each of fifty-five kinds of clocks.
    with django_assert_max_num_queries(60):
        seen = recomputation.preview(calendar_with(notice), since=NEW_YEAR)
    assert ChangeRequest.objects.get(pk=before.pk).decision_due_on == before.decision_due_on
    assert (seen.moved, seen.confirmed) == (2, 0)  # the filing's own deadline and the decision's
    foreseen = {each.clock.name: each.after for each in seen.first}
    publish()
    assert recomputation.waiting() >= 2
    assert recompute() == 1
    after = ChangeRequest.objects.get(pk=before.pk)
    assert foreseen == {
        "institutions.change_filing": after.filing_due_on,
        "institutions.change_decision": after.decision_due_on,
    }
    assert recomputation.waiting() == 0


@pytest.mark.django_db
def test_it_costs_the_same_for_many(django_assert_max_num_queries):
    region = member_of(InstitutionFactory()).membership.institution.region
    for _ in range(15):
        filed(member_of(InstitutionFactory(region=region)))
    publish()
    # One for each of thirty-two matters without an outdated deadline; the rest is for the calendar
    # and the changes, however many there are.
    with django_assert_max_num_queries(50):
        assert recompute() == 15


@pytest.mark.django_db
def test_chunks_meet(monkeypatch):
    monkeypatch.setattr(recomputation, "CHUNK", 2)
    for _ in range(5):
        filed(member_of(InstitutionFactory()))
    publish()
    assert recompute() == 5
    assert recomputation.waiting() == 0


@pytest.mark.django_db
def test_closing_days_count_for_the_agency_once_the_parameter_says_so():
    member = member_of(InstitutionFactory())
    change = file_change(
        institution_id=member.membership.institution_id,
        changes=[FieldChange(ChangeField.PHONE, "0792-7654321", date(2026, 3, 2))],
        by=member,
        at=at(date(2026, 3, 2)),
    )
    on = date(2026, 3, 3)
    day = change.decision_due_on
    version = calendar.calendar_version()
    by = user_with(Role.SYSTEM_ADMINISTRATOR)
    added = closing.add_closing_day(
        day=day,
        name="搬迁",
        decided_by="主任",
        document="九医保〔2026〕1号",
        by=by,
        on=on,
        at=at(on),
    )
    assert (added.counts, calendar.calendar_version()) == (False, version)
    assert closing.follow_parameter(on=on) == 0
    assert recompute() == 0

    PolicyParameter.objects.create(
        key=closing.COUNT, value=1, unit="times", evidence="DESIGN", effective_from=on
    )
    assert closing.follow_parameter(on=on) == 1
    assert calendar.calendar_version() == version + 1
    assert closing.follow_parameter(on=on) == 0
    assert recompute() == 1
    moved = ChangeRequest.objects.get(pk=change.pk)
    assert moved.decision_due_on > day
    assert moved.filing_due_on == change.filing_due_on  # the institution's own period stays

    closing.revoke_closing_day(closing_id=added.pk, reason="不搬了", by=by, on=on, at=at(on))
    assert recompute() == 1
    assert ChangeRequest.objects.get(pk=change.pk).decision_due_on == day
    assert calendar.calendar_version() == version + 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2026, 3, 2), "closing_day_past"),
        (date(2026, 3, 7), "closing_day_rests"),
        (date(2026, 10, 1), "closing_day_rests"),
        (date(2026, 3, 9), "closing_day_known"),
    ],
)
def test_a_closing_day_that_cannot_be(day, code):
    on = date(2026, 3, 3)
    by = user_with(Role.SYSTEM_ADMINISTRATOR)
    facts = {
        "name": "搬迁",
        "decided_by": "主任",
        "document": "文件",
        "by": by,
        "on": on,
        "at": at(on),
    }
    closing.add_closing_day(day=date(2026, 3, 9), **facts)
    with pytest.raises(Refusal) as refusal:
        closing.add_closing_day(day=day, **facts)
    assert [each.code for each in refusal.value.obstacles] == [code]
    assert ClosingDay.objects.count() == 1


class Slow(threading.Thread):
    """A person whose edit takes a while: holds the row, then commits."""

    def __init__(self, change_id: int, by, holds: threading.Event) -> None:
        super().__init__()
        self.change_id, self.by, self.holds = change_id, by, holds

    def run(self) -> None:
        try:
            with transaction.atomic():
                approve_change(change_id=self.change_id, by=self.by, at=at(NIGHT))
                self.holds.set()
                time.sleep(0.4)
        finally:
            connection.close()


@pytest.mark.django_db(transaction=True)
def test_recomputation_beside_a_persons_edit():
    """It waits for the edit and then leaves alone what the edit has closed; the others move."""
    clerk = user_with(Role.INTAKE_CLERK)
    first, second = (filed(member_of(InstitutionFactory())) for _ in range(2))
    checked(first, by=clerk)
    publish()
    holds = threading.Event()
    person = Slow(first.pk, clerk, holds)
    person.start()
    assert holds.wait(5)
    assert recompute(models=[ChangeRequest]) == 1
    person.join()
    kept, moved = (ChangeRequest.objects.get(pk=each.pk) for each in (first, second))
    assert (kept.state, kept.decision_due_on) == ("effective", first.decision_due_on)
    assert not kept.transitions.filter(act="recompute_deadline").exists()
    assert moved.decision_due_on > second.decision_due_on


@pytest.mark.django_db(transaction=True)
def test_two_recomputations_at_once_act_once():
    change = filed(member_of(InstitutionFactory()))
    publish()
    results: list[int] = []

    def work() -> None:
        try:
            results.append(recompute(models=[ChangeRequest]))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(results) == [0, 0, 1]
    assert change.transitions.filter(act="recompute_deadline").count() == 1
    basis = DeadlineBasis.from_json(ChangeRequest.objects.get().decision_due_basis)
    assert not basis.provisional
