"""What a loaded world must hold: asked by `test_world` here, and by the one among the journeys."""

from collections import Counter, defaultdict
from datetime import timedelta

from agency.enums import LetterState, Role, ServiceMethod, ServiceState
from agency.models import (
    LetterHead,
    LetterService,
    OfficialLetter,
    User,
)
from agreements.enums.life import AgreementState, RequestState, SuspensionKind
from agreements.models import Agreement, AgreementRequest, Obligation, Suspension
from archives.models import Record
from demo.world.institutions import OPEN_FOR_TRIALS
from demo.world.load import is_loaded, read_answers
from institutions.enums.changes import ChangeState
from institutions.enums.designation import ApplicationState
from institutions.models import ChangeRequest, DesignationApplication, Institution
from settlements.enums import BatchState, BreachState, StatementState
from settlements.models import ClaimBatch, Finding, PotentialBreach, Statement
from supervision.enums.cases import CaseState, Rung
from supervision.models import Case, CaseMeasure, Interview


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
    # What measures leave.
    assert {"open", "settled"} <= states_of(Obligation)
    assert Obligation.objects.overdue(on=today).exists()
    assert {"to_call", "called", "held", "missed"} <= states_of(Interview)
    assert Finding.objects.filter(check_name="department_blocked").exists()
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
