"""What the administration does, what the agency owes it, and the wall between the two."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from agency.enums import Actor, Role
from agency.models import Notice
from agency.permissions import ACTS
from agency.rules import Refusal
from supervision.enums.cases import CaseState, ReviewKind
from supervision.models import AdministrationOrder, Case, SupervisionReview
from supervision.permissions import cases as can
from supervision.permissions import orders as can_order
from supervision.services import administration, decision, hearing, opening, orders
from supervision.tasks import remind_overdue
from tests.agency.factories import user_with
from tests.supervision import factories as make
from tests.supervision.factories import DECIDED_ON, SERVED_ON, at

pytestmark = pytest.mark.django_db


def order(office, case=None, on=SERVED_ON, **kwargs):
    return orders.order_handling(
        institution=office.institution,
        case_id=case.pk if case else None,
        text="请于限期内处理",
        by=office.supervisor,
        on=on,
        at=at(on),
        **kwargs,
    )


def test_taking_note_leaves_the_case_as_it_is(office):
    case = make.in_defence(office)
    review = administration.take_note(
        case_id=case.pk, text="已阅", by=office.supervisor, at=at(SERVED_ON)
    )
    assert (review.kind, review.due_on) == (ReviewKind.NOTED, None)
    assert Case.objects.get(pk=case.pk).state == CaseState.DEFENCE


def test_an_order_is_due_after_ten_working_days(office):
    case = make.in_defence(office)
    given = order(office, case)
    assert given.due_on == date(2025, 5, 16)  # Labour Day in between
    assert given.number == "ORD-360400-2025-0001"
    review = SupervisionReview.objects.get()
    assert (review.kind, review.due_on, review.order) == (ReviewKind.ORDERED, given.due_on, given)
    assert Notice.objects.filter(recipient=office.officer, key=f"order.{given.pk}.given").exists()


def test_an_order_may_name_its_day(office):
    assert order(office, due_on=date(2025, 5, 6)).due_on == date(2025, 5, 6)


def test_an_order_is_never_due_before_it_is_given(office, codes):
    with pytest.raises(Refusal) as refusal:
        order(office, due_on=SERVED_ON)
    assert codes(refusal) == ["due_in_the_past"]
    assert not AdministrationOrder.objects.exists()


@pytest.mark.parametrize("ended", [make.closed, make.dismissed])
def test_nothing_is_ordered_about_an_ended_case(office, codes, ended):
    with pytest.raises(Refusal) as refusal:
        order(office, ended(office), on=date(2025, 7, 1))
    assert codes(refusal) == ["case_has_ended"]
    assert not SupervisionReview.objects.exists()


def test_an_order_is_answered_once_and_only_by_a_case(office, codes):
    given = order(office)

    def answer():
        return orders.answer_order(
            order_id=given.pk, answer="已立案", by=office.officer, on=SERVED_ON, at=at(SERVED_ON)
        )

    with pytest.raises(Refusal) as refusal:
        answer()
    assert codes(refusal) == ["order_without_case"]
    make.clue(office, order=given)
    answer()
    with pytest.raises(Refusal) as refusal:
        answer()
    assert codes(refusal) == ["already_answered"]


@pytest.mark.parametrize("state", [make.clue, make.noticed, make.in_defence, make.dismissed])
def test_a_case_is_not_returned_while_the_institution_is_heard(office, codes, state):
    case = state(office)
    with pytest.raises(Refusal) as refusal:
        administration.return_case(
            case_id=case.pk, text="x", by=office.supervisor, on=SERVED_ON, at=at(SERVED_ON)
        )
    assert codes(refusal) == ["not_returnable"]
    assert not SupervisionReview.objects.exists()
    assert Case.objects.get(pk=case.pk).state == case.state


def test_a_return_names_a_day_and_is_answered(office):
    case = make.returned(office)
    assert (case.state, case.returned_from) == ("returned", "opened")
    assert case.supplement_due_on == date(2025, 5, 9)
    case = administration.supplement_case(
        case_id=case.pk, text="补充材料如下", by=office.officer, on=SERVED_ON, at=at(SERVED_ON)
    )
    assert case.state == CaseState.OPENED
    assert Notice.objects.filter(recipient=office.supervisor).exists()


def test_a_report_is_sent_once(office, codes):
    assert office.agreement
    case = make.decided(office, "suspend")

    def send():
        return administration.send_report(
            case_id=case.pk, text="报告", by=office.officer, on=DECIDED_ON, at=at(DECIDED_ON)
        )

    send()
    with pytest.raises(Refusal) as refusal:
        send()
    assert codes(refusal) == ["no_report_due"]


def test_a_light_case_owes_no_report(office, codes):
    case = make.decided(office, "refuse")
    with pytest.raises(Refusal) as refusal:
        administration.send_report(
            case_id=case.pk, text="报告", by=office.officer, on=DECIDED_ON, at=at(DECIDED_ON)
        )
    assert codes(refusal) == ["no_report_due"]


def test_what_is_overdue_is_told_once(office):
    assert office.agreement
    make.decided(office, "suspend")  # report due on 14 May
    make.returned(office)  # supplement due on 9 May
    order(office)  # due on 16 May
    assert remind_overdue(date(2025, 5, 9)) == 0
    assert remind_overdue(date(2025, 5, 10)) == 1
    assert remind_overdue(date(2025, 5, 17)) == 2
    assert remind_overdue(date(2025, 5, 17)) == 0
    subjects = set(
        Notice.objects.filter(key__contains=".overdue").values_list("subject", flat=True)
    )
    assert len(subjects) == 3


# --- the wall -----------------------------------------------------------------------------------

AGENCY_ACTS = [
    can.REGISTER_CLUE,
    can.OPEN_CASE,
    can.ADD_MEASURE,
    can.REMOVE_MEASURE,
    can.GIVE_NOTICE,
    can.SERVE_NOTICE,
    can.DECIDE,
    can.SERVE_DECISION,
    can.RECORD_PERFORMANCE,
    can.CLOSE_CASE,
    can.DISMISS_CASE,
    can.SUPPLEMENT_CASE,
    can.SEND_REPORT,
    can_order.ANSWER_ORDER,
    can_order.ASK_EXTENSION,
]
ADMINISTRATION_ACTS = [
    can.TAKE_NOTE,
    can.RETURN_CASE,
    can_order.ORDER_HANDLING,
    can_order.ACCEPT_ANSWER,
    can_order.DEMAND_MORE,
    can_order.GRANT_EXTENSION,
    can_order.REFUSE_EXTENSION,
    can_order.NOTE_EXCEPTION,
]

INSTITUTION = {Role.INSTITUTION_ADMINISTRATOR, Role.INSTITUTION_CLERK}
ANSWERING = {Role.AGREEMENT_OFFICER, Role.SETTLEMENT_OFFICER, Role.AGENCY_HEAD}
HANDLING = {Role.AGREEMENT_OFFICER, Role.AUDIT_OFFICER, Role.AGENCY_HEAD}
COORDINATING = {Role.SUPERVISOR, Role.LAW_OFFICER, Role.ADMINISTRATION_HEAD}
# Who may do what, in full: whoever changes a role changes this table.
HOLDERS = {
    "supervision.register_clue": {Role.AUDIT_OFFICER},
    "supervision.open_case": {Role.AUDIT_OFFICER},
    "supervision.add_measure": {Role.AUDIT_OFFICER},
    "supervision.remove_measure": {Role.AUDIT_OFFICER},
    "supervision.give_notice": {Role.AUDIT_OFFICER},
    "supervision.serve_notice": {Role.AUDIT_OFFICER},
    "supervision.extend_defence": {Role.AUDIT_OFFICER, Role.AGENCY_HEAD},
    "supervision.decide": {Role.AUDIT_OFFICER, Role.AGENCY_HEAD},
    "supervision.serve_decision": {Role.AUDIT_OFFICER},
    "supervision.record_performance": {Role.AUDIT_OFFICER},
    "supervision.close_case": {Role.AUDIT_OFFICER},
    "supervision.dismiss_case": {Role.AUDIT_OFFICER, Role.AGENCY_HEAD},
    "supervision.supplement_case": {Role.AUDIT_OFFICER},
    "supervision.send_report": {Role.AUDIT_OFFICER},
    "supervision.answer_order": {Role.AUDIT_OFFICER},
    "supervision.ask_extension": {Role.AUDIT_OFFICER},
    "supervision.accept_answer": {Role.SUPERVISOR, Role.ADMINISTRATION_HEAD},
    "supervision.demand_more": {Role.SUPERVISOR, Role.ADMINISTRATION_HEAD},
    "supervision.grant_extension": {Role.SUPERVISOR, Role.ADMINISTRATION_HEAD},
    "supervision.refuse_extension": {Role.SUPERVISOR, Role.ADMINISTRATION_HEAD},
    "supervision.note_exception": {
        Role.SUPERVISOR,
        Role.LAW_OFFICER,
        Role.ADMINISTRATION_HEAD,
    },
    "supervision.name_ground": {Role.AUDIT_OFFICER, Role.AGREEMENT_OFFICER},
    "supervision.issue_demand": {Role.AUDIT_OFFICER},
    "supervision.serve_demand": {Role.AUDIT_OFFICER},
    "supervision.record_demand_performed": {Role.AUDIT_OFFICER},
    "supervision.submit_for_review": {Role.AUDIT_OFFICER},
    "supervision.review_legality": {Role.LEGAL_REVIEWER},
    "supervision.record_discussion": {Role.AUDIT_OFFICER, Role.AGENCY_HEAD},
    "supervision.file_decision": {Role.AUDIT_OFFICER},
    "supervision.correct_decision": {Role.AGENCY_HEAD},
    "supervision.answer_question": {Role.AUDIT_OFFICER},
    "supervision.acknowledge_report": {Role.SUPERVISOR, Role.ADMINISTRATION_HEAD},
    "supervision.ask_about_report": {Role.SUPERVISOR, Role.LAW_OFFICER},
    "supervision.answer_filing": {Role.LAW_OFFICER, Role.ADMINISTRATION_HEAD},
    "supervision.give_statement": {Role.INSTITUTION_ADMINISTRATOR, Role.INSTITUTION_CLERK},
    "supervision.take_note": {Role.SUPERVISOR, Role.LAW_OFFICER, Role.ADMINISTRATION_HEAD},
    "supervision.order_handling": {Role.SUPERVISOR, Role.ADMINISTRATION_HEAD},
    "supervision.return_case": {Role.SUPERVISOR, Role.ADMINISTRATION_HEAD},
    "supervision.call_interview": {Role.AUDIT_OFFICER},
    "supervision.record_interview": {Role.AUDIT_OFFICER},
    "supervision.record_absence": {Role.AUDIT_OFFICER},
    "supervision.check_commitment": {Role.AUDIT_OFFICER},
    "supervision.file_demand": INSTITUTION,
    "supervision.withdraw_demand": INSTITUTION,
    "supervision.accept_demand": ANSWERING,
    "supervision.refuse_demand": ANSWERING,
    "supervision.record_correction": ANSWERING,
    "supervision.take_agency_measure": {Role.SUPERVISOR, Role.ADMINISTRATION_HEAD},
    "supervision.report_agency_measure": {Role.AGREEMENT_OFFICER, Role.AGENCY_HEAD},
    "supervision.return_measure_report": {Role.SUPERVISOR, Role.ADMINISTRATION_HEAD},
    "supervision.close_agency_measure": {Role.SUPERVISOR, Role.ADMINISTRATION_HEAD},
    "supervision.file_dispute": INSTITUTION,
    "supervision.add_to_dispute": INSTITUTION,
    "supervision.answer_proposal": INSTITUTION,
    "supervision.withdraw_dispute": INSTITUTION,
    "supervision.enter_dispute": HANDLING,
    "supervision.accept_dispute": HANDLING,
    "supervision.not_accept_dispute": HANDLING,
    "supervision.record_dispute_step": HANDLING,
    "supervision.agency_answer": HANDLING,
    "supervision.extend_reconsideration": HANDLING,
    "supervision.record_dispute_result": {Role.AGENCY_HEAD},
    "supervision.carry_out_settlement": {Role.AGENCY_HEAD},
    "supervision.accept_coordination": COORDINATING,
    "supervision.not_accept_coordination": COORDINATING,
    "supervision.invite_sides": COORDINATING,
    "supervision.propose": COORDINATING,
    "supervision.conclude_coordination": COORDINATING,
}


def test_the_acts_are_held_by_exactly_these_roles():
    ours = {
        code: set(act.roles)
        for code, act in ACTS.items()
        if code.startswith("supervision.") and not code.endswith(".view")
    }
    assert ours == HOLDERS


@pytest.mark.parametrize("act", AGENCY_ACTS, ids=lambda act: act.code)
def test_no_role_of_the_administration_acts_for_the_agency(act):
    assert {role.actor for role in act.roles} == {Actor.AGENCY}


@pytest.mark.parametrize("act", ADMINISTRATION_ACTS, ids=lambda act: act.code)
def test_no_role_of_the_agency_acts_for_the_administration(act):
    assert {role.actor for role in act.roles} == {Actor.ADMINISTRATION}


def attempts(office, stranger):
    """Every service, each on a case in the state it needs, done by `stranger`."""
    day = date(2025, 5, 21)
    doer = {"by": stranger, "on": day, "at": at(day)}
    given = order(office, make.clue(office))
    return {
        "clue": lambda: opening.register_clue(
            institution=office.institution, title="x", clue="x", **doer
        ),
        "open": lambda: opening.open_case(case_id=make.clue(office).pk, facts="x", **doer),
        "measure": lambda: opening.add_measure(
            case_id=make.opened(office).pk,
            facts=make.measure("interview"),
            by=stranger,
            at=at(day),
        ),
        "notice": lambda: hearing.give_notice(
            case_id=make.opened(office, "refuse").pk, facts="x", **doer
        ),
        "serve": lambda: hearing.serve_notice(
            case_id=make.noticed(office).pk,
            served_on=SERVED_ON,
            recipient="x",
            proof=make.pdf(),
            **doer,
        ),
        "decide": lambda: make.decide(make.heard(office), by=stranger),
        "decision_served": lambda: decision.serve_decision(
            case_id=make.decided(office).pk,
            served_on=DECIDED_ON,
            recipient="x",
            proof=make.pdf(),
            **doer,
        ),
        "perform": lambda: decision.record_performance(
            case_id=make.served(office).pk, performed_on=day, performance="x", **doer
        ),
        "close": lambda: decision.close_case(case_id=make.performed(office).pk, **doer),
        "dismiss": lambda: decision.dismiss_case(case_id=make.clue(office).pk, reason="x", **doer),
        "supplement": lambda: administration.supplement_case(
            case_id=make.returned(office).pk, text="x", **doer
        ),
        "answer": lambda: orders.answer_order(order_id=given.pk, answer="x", **doer),
    }


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ADMINISTRATION_HEAD, Role.LAW_OFFICER])
def test_the_administration_cannot_handle_a_case(office, codes, role):
    for name, attempt in attempts(office, user_with(role)).items():
        with pytest.raises(Refusal) as refusal:
            attempt()
        assert codes(refusal) == ["not_permitted"], name


@pytest.mark.parametrize("role", [Role.AUDIT_OFFICER, Role.AGENCY_HEAD, Role.SYSTEM_ADMINISTRATOR])
def test_the_agency_cannot_supervise_itself(office, codes, role):
    stranger, case = user_with(role), make.opened(office)
    doer = {"by": stranger, "at": at(SERVED_ON)}
    for attempt in (
        lambda: administration.take_note(case_id=case.pk, text="x", **doer),
        lambda: administration.return_case(case_id=case.pk, text="x", on=SERVED_ON, **doer),
        lambda: orders.order_handling(
            institution=office.institution, case_id=case.pk, text="x", on=SERVED_ON, **doer
        ),
    ):
        with pytest.raises(Refusal) as refusal:
            attempt()
        assert codes(refusal) == ["not_permitted"]
    assert not SupervisionReview.objects.exists()
    assert not AdministrationOrder.objects.exists()


def test_the_database_keeps_the_powers_apart(office):
    case = make.decided(office)
    outsider = office.supervisor
    for field in ("opened_by", "decided_by"):
        with (
            pytest.raises(IntegrityError, match="only persons of the agency"),
            transaction.atomic(),
        ):
            Case.objects.filter(pk=case.pk).update(**{field: outsider})
    with (
        pytest.raises(IntegrityError, match="only persons of the administration"),
        transaction.atomic(),
    ):
        SupervisionReview.objects.create(
            case=case, kind=ReviewKind.NOTED, text="x", by=office.officer, at=at(SERVED_ON)
        )
    given = order(office, case)
    with (
        pytest.raises(IntegrityError, match="only persons of the administration"),
        transaction.atomic(),
    ):
        AdministrationOrder.objects.filter(pk=given.pk).update(ordered_by=office.head)


def test_reviews_are_written_once(office):
    case = make.opened(office)
    administration.take_note(case_id=case.pk, text="已阅", by=office.supervisor, at=at(SERVED_ON))
    with pytest.raises(Exception, match="append_only"), transaction.atomic():
        SupervisionReview.objects.update(text="x")
    assert SupervisionReview.objects.get().text == "已阅"


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"answer": "x"}, "administrationorder_answer_has_its_facts"),
        ({"due_on": date(2025, 1, 1)}, "administrationorder_due_after_it_is_given"),
    ],
)
def test_an_order_keeps_its_facts(office, fields, constraint):
    given = order(office)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        AdministrationOrder.objects.filter(pk=given.pk).update(**fields)
