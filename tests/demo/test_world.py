"""The world loads on any day, and what its reviews found is what was planted."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from agency.codes import credit_code_fault
from agency.enums import LetterState, Role, ServiceMethod, ServiceState
from agency.jobs import in_order
from agency.models import (
    AuditHead,
    JobRun,
    LetterHead,
    LetterService,
    OfficialLetter,
    ReadLog,
    User,
)
from agreements.enums.life import AgreementState, RequestState, SuspensionKind
from agreements.models import Agreement, AgreementRequest, Suspension
from archives.models import Record
from demo.world.institutions import INSTITUTIONS, OPEN_FOR_TRIALS
from demo.world.load import is_loaded, load_world, read_answers
from institutions.codes import national_code_fault
from institutions.enums.changes import ChangeState
from institutions.enums.designation import ApplicationState
from institutions.models import ChangeRequest, DesignationApplication, Institution
from settlements.enums import BatchState, BreachState, StatementState
from settlements.models import ClaimBatch, Finding, PotentialBreach, Statement
from supervision.enums.cases import CaseState, Rung
from supervision.models import Case, CaseMeasure

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]
SCALE = 0.05


def noon(text):
    return timezone.make_aware(datetime.fromisoformat(f"{text}T12:00"))


def load(day):
    return load_world(now=noon(day), say=[].append, scale=SCALE)


def states_of(model):
    return set(model.objects.values_list("state", flat=True))


def found():
    """Return the findings as the answer key writes them, by batch."""
    rows = defaultdict(set)
    fields = ("check_name", "setl_id", "bkkp_sn", "amount", "fund_amount")
    for number, *values in Finding.objects.values_list("batch__number", *fields):
        rows[number].add(tuple(str(value) for value in values))
    return dict(rows)


def assert_world_is_complete(world):
    today = world.today
    assert is_loaded()
    # What was planted, and nothing else, was found.
    expected = {number: set(answers) for number, answers in read_answers().items() if answers}
    assert found() == expected
    assert len(expected) > 40
    assert not ClaimBatch.objects.at_work().exists()
    assert ClaimBatch.objects.filter(state=BatchState.REJECTED, error_count__gt=2).count() == 1
    # Letters: in every state, served in every way, one returned, one corrected.
    assert states_of(OfficialLetter) == {*LetterState.values}
    served = LetterService.objects.filter(state=ServiceState.SERVED)
    assert set(served.values_list("method", flat=True)) == {*ServiceMethod.values}
    assert LetterService.objects.filter(method=ServiceMethod.POST, failed_on__isnull=False).exists()
    assert OfficialLetter.objects.filter(corrects__isnull=False).exists()
    assert all(head.seal for head in LetterHead.objects.all())
    # Clocks: one stands still, one period is longer.
    assert ChangeRequest.objects.filter(decision_due_basis__has_key="paused_from").exists()
    assert Case.objects.filter(defence_due_basis__has_key="extensions").exists()
    # Agreements, requests and changes.
    assert states_of(Agreement) == set(AgreementState.values) - {AgreementState.CANCELLED}
    nursing = Suspension.objects.get(agreement__institution__code="H36040300007")
    assert nursing.kind == SuspensionKind.VOLUNTARY
    assert nursing.days_on(today) == 172
    assert nursing.warned_170_at is not None
    assert Suspension.objects.filter(held_at__isnull=False).count() == 1
    late = AgreementRequest.objects.filter(is_late=True)
    assert [each.state for each in late] == [RequestState.FILED]
    waiting = AgreementRequest.objects.filter(state=RequestState.FILED)
    assert {each.kind for each in waiting} == {"suspend", "dissolve", "not_renew", "renew"}
    assert states_of(ChangeRequest) == set(ChangeState.values)
    assert ChangeRequest.objects.filter(state=ChangeState.FILED, is_late=True).exists()
    # Applications in every state, one over the resource plan.
    assert states_of(DesignationApplication) == set(ApplicationState.values)
    assert DesignationApplication.objects.filter(over_plan=True).count() == 1
    # Money: one payout is overdue, one was late.
    assert states_of(Statement) == set(StatementState.values) - {StatementState.CLOSED}
    overdue = Statement.objects.overdue(on=today)
    assert [each.institution.code for each in overdue] == ["H36042400001"]
    assert Counter(PotentialBreach.objects.values_list("state", flat=True)) == {
        BreachState.POTENTIAL: 1,
        BreachState.PAID_LATE: 1,
    }
    # Cases and records.
    assert states_of(Case) == set(CaseState.values)
    assert set(CaseMeasure.objects.values_list("rung", flat=True)) == set(Rung.values)
    assert Record.objects.count() > 20


def assert_trials_are_possible(world):
    institution = Institution.objects.get(code=OPEN_FOR_TRIALS.code)
    assert institution.level == "06"
    agreements = Agreement.objects.filter(institution=institution)
    for back in range(2 * 366):
        day = world.today - timedelta(back)
        assert agreements.in_force_on(day).count() == 1, day
    assert agreements.get(state=AgreementState.EFFECTIVE).valid_to > world.today
    assert not ClaimBatch.objects.filter(institution=institution).exists()
    assert not Case.objects.filter(institution=institution).exists()
    # Somebody can hand in files for it.
    member = User.objects.get(membership__institution=institution)
    assert member.has_role(Role.INSTITUTION_CLERK)


def assert_every_role_has_an_account():
    held = {role for user in User.objects.prefetch_related("groups") for role in user.roles}
    assert held == set(Role)


def test_world_of_an_ordinary_day_is_complete():
    world = load("2026-11-22")
    assert_world_is_complete(world)
    assert_trials_are_possible(world)
    assert_every_role_has_an_account()
    # Nothing is left for the jobs of the day, and running them again changes nothing.
    assert {each.name for each in in_order()} <= set(JobRun.objects.values_list("job", flat=True))
    assert list(JobRun.objects.exclude(status="done").values_list("job", "status")) == [
        ("settlements.send_alarms", "failed")
    ]
    assert AuditHead.objects.count() > 900 and ReadLog.objects.count() == 4


def test_world_in_a_year_without_calendar_is_complete():
    world = load("2028-01-04")
    assert_world_is_complete(world)
    assert_trials_are_possible(world)
    assert Statement.objects.filter(due_provisional=True).exists()


def test_invented_codes_are_valid_and_different():
    assert len({each.code for each in INSTITUTIONS}) == len(INSTITUTIONS)
    assert len({each.credit_code for each in INSTITUTIONS}) == len(INSTITUTIONS)
    assert len({each.name for each in INSTITUTIONS}) == len(INSTITUTIONS)
    for each in INSTITUTIONS:
        assert national_code_fault(each.code) is None
        assert credit_code_fault(each.credit_code) is None
        assert each.name.endswith("(演示)")
