"""Checking, choosing the route, approving and rejecting a change; the new assessment it needs."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from agency.enums import Role
from agency.models import Notice, OfficialLetter, StandIn
from agency.rules import Refusal
from institutions.enums.changes import ChangeField, ChangeState
from institutions.models import (
    ChangeRequest,
    ChangeTransition,
    Institution,
    InstitutionFact,
    ResponsiblePerson,
)
from institutions.rules.reevaluation import AddressCase, Route
from institutions.services.change_checks import hints_for
from institutions.services.change_values import FieldChange
from institutions.services.changes import (
    approve_change,
    check_change,
    choose_route,
    reject_change,
)
from institutions.services.filing import withdraw_change
from institutions.services.history import as_on, register_steps
from institutions.services.persons import appoint, person_of
from institutions.services.reassessment import follow_result
from institutions.services.routes import RouteContext
from tests.agency.factories import NOW, user_with
from tests.institutions.factories import InstitutionFactory, member_of
from tests.institutions.factories_changes import (
    ACCOUNT,
    ADDRESS,
    NAME,
    TODAY,
    checked,
    filed,
    id_number,
    later,
    person,
)
from tests.institutions.test_changes import at_once, codes

pytestmark = pytest.mark.django_db

RENUMBERED = RouteContext(address_case=AddressCase.RENUMBERED)


@pytest.fixture
def institution():
    return InstitutionFactory()


@pytest.fixture
def member(institution):
    return member_of(institution)


@pytest.fixture
def clerk():
    return user_with(Role.INTAKE_CLERK)


@pytest.fixture
def head():
    return user_with(Role.AGENCY_HEAD)


def acts_of(change):
    return [each.act for each in change.transitions.all()]


# --- checking ------------------------------------------------------------------------------------


def test_a_filing_is_checked_then_approved_and_its_values_hold_from_that_day(member, clerk):
    beds = FieldChange(ChangeField.SCALE, "150", TODAY)
    change = filed(member, NAME, beds)
    old_name = change.institution.name
    checked(change, by=clerk)
    stored = ChangeRequest.objects.get()
    assert (stored.state, stored.checked_by) == (ChangeState.CHECKED, clerk)
    assert Institution.objects.get().name == old_name
    approve_change(change_id=change.pk, by=clerk, at=later(3), reason="属实")
    stored = ChangeRequest.objects.get()
    assert (stored.state, stored.effective_at) == (ChangeState.EFFECTIVE, later(3))
    institution = Institution.objects.get(pk=change.institution_id)
    assert (institution.name, institution.beds) == (NAME.value, 150)
    facts = InstitutionFact.objects.filter(field="name").order_by("effective_from")
    assert [each.value for each in facts] == [old_name, NAME.value]
    assert (facts[1].effective_from, facts[1].change) == (later(3).date(), change)
    assert as_on(institution, later(2).date()).name == old_name
    assert as_on(institution, later(3).date()).name == NAME.value
    assert acts_of(change) == ["file", "check", "approve", "take_effect"]
    assert {each.effective_on for each in change.items.all()} == {later(3).date()}
    assert Notice.objects.filter(recipient=member, key__startswith="change.decided").exists()
    latest = register_steps(institution)[0]
    assert latest.by == clerk and len(latest.labels) == 2


def test_nothing_is_approved_unchecked_or_checked_twice(member, clerk):
    change = filed(member)
    with pytest.raises(Refusal) as refusal:
        approve_change(change_id=change.pk, by=clerk, at=NOW)
    assert codes(refusal) == ["change_unchecked"]
    checked(change, by=clerk)
    with pytest.raises(Refusal) as refusal:
        check_change(change_id=change.pk, by=clerk, at=NOW)
    assert codes(refusal) == ["change_checked"]
    assert acts_of(change) == ["file", "check"] and not InstitutionFact.objects.exists()


def test_only_an_intake_clerk_checks(member, head):
    change = filed(member)
    for user in (head, user_with(Role.CLAIM_REVIEWER), user_with(Role.ADMINISTRATION_HEAD)):
        with pytest.raises(Refusal) as refusal:
            check_change(change_id=change.pk, by=user, at=NOW)
        assert codes(refusal) == ["not_entitled"]
    assert ChangeRequest.objects.get().state == ChangeState.FILED


# --- who approves --------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.CLAIM_REVIEWER, Role.ADMINISTRATION_HEAD])
def test_others_decide_nothing(member, role):
    change = checked(filed(member))
    with pytest.raises(Refusal) as refusal:
        approve_change(change_id=change.pk, by=user_with(role), at=NOW)
    assert "not_entitled" in codes(refusal)
    assert Institution.objects.get().name != NAME.value


def test_an_account_is_approved_by_the_head_alone(member, clerk, head):
    change = checked(filed(member, ACCOUNT))
    assert Notice.objects.filter(recipient=head, key__startswith="change.checked").exists()
    with pytest.raises(Refusal) as refusal:
        approve_change(change_id=change.pk, by=clerk, at=NOW)
    assert codes(refusal) == ["account_needs_head"]
    assert ChangeRequest.objects.get().state == ChangeState.CHECKED
    approve_change(change_id=change.pk, by=head, at=NOW)
    assert ChangeRequest.objects.get().state == ChangeState.APPROVED


def test_a_decisive_field_is_approved_by_the_head_alone(member, clerk, head):
    change = checked(filed(member, ADDRESS, context=RENUMBERED))
    with pytest.raises(Refusal) as refusal:
        approve_change(change_id=change.pk, by=clerk, at=NOW)
    assert codes(refusal) == ["decisive_needs_head"]
    approve_change(change_id=change.pk, by=head, at=NOW)
    assert Institution.objects.get().registered_address == ADDRESS.value


def test_nobody_checks_and_approves_the_same_account(member):
    both = user_with(Role.INTAKE_CLERK, Role.AGENCY_HEAD)
    change = checked(filed(member, ACCOUNT), by=both)
    with pytest.raises(Refusal) as refusal:
        approve_change(change_id=change.pk, by=both, at=NOW)
    assert codes(refusal) == ["approved_by_checker"]
    assert ChangeRequest.objects.get().state == ChangeState.CHECKED
    # Of anything else it is lawful.
    name = checked(filed(member), by=both)
    approve_change(change_id=name.pk, by=both, at=NOW)


def test_a_stand_in_of_the_checker_is_the_checker(member, clerk):
    change = checked(filed(member, ACCOUNT), by=clerk)
    head = user_with(Role.AGENCY_HEAD)
    StandIn.objects.create(
        delegator=clerk,
        delegate=head,
        starts_on=TODAY,
        ends_on=TODAY + timedelta(80),
        reason="休假",
        granted_by=user_with(Role.SECURITY_ADMINISTRATOR),
        granted_at=NOW,
    )
    with pytest.raises(Refusal) as refusal:
        approve_change(change_id=change.pk, by=head, at=NOW)
    assert codes(refusal) == ["approved_by_checker"]


def test_the_database_wants_two_people_for_an_account(member, head):
    change = checked(filed(member, ACCOUNT))
    with (
        pytest.raises(IntegrityError, match="changerequest_account_takes_two"),
        transaction.atomic(),
    ):
        ChangeRequest.objects.filter(pk=change.pk).update(
            state=ChangeState.APPROVED,
            decided_by=change.checked_by,
            decided_at=NOW,
            effect_due_on=TODAY,
        )


# --- rejecting and withdrawing -------------------------------------------------------------------


def test_rejection_needs_a_reason_and_changes_nothing(member, clerk):
    change = filed(member)
    with pytest.raises(Refusal) as refusal:
        reject_change(change_id=change.pk, by=clerk, at=NOW, reason=" ")
    assert codes(refusal) == ["reason_missing"]
    reject_change(change_id=change.pk, by=clerk, at=NOW, reason="缺少批文")
    change = ChangeRequest.objects.get()
    assert (change.state, change.decided_by) == (ChangeState.REJECTED, clerk)
    assert Institution.objects.get().name != NAME.value
    assert not InstitutionFact.objects.exists()
    assert Notice.objects.get(recipient=member, key__startswith="change.").body == "缺少批文"


def test_a_checked_filing_can_still_be_withdrawn(member, clerk):
    change = checked(filed(member))
    withdraw_change(change_id=change.pk, by=member, at=NOW)
    assert ChangeRequest.objects.get().state == ChangeState.WITHDRAWN
    for act in (check_change, approve_change):
        with pytest.raises(Refusal) as refusal:
            act(change_id=change.pk, by=clerk, at=NOW)
        assert codes(refusal) == ["change_not_open"]


# --- the table leaves it to a person -------------------------------------------------------------


def test_what_the_table_leaves_open_the_head_decides(member, clerk, head):
    change = checked(filed(member, ADDRESS, NAME, context=RENUMBERED))
    assert (change.route, change.route_row) == ("MANUAL_REVIEW", "R7")
    assert change.route_basis["proposal"] == "NO_REEVAL"
    with pytest.raises(Refusal) as refusal:
        approve_change(change_id=change.pk, by=head, at=NOW)
    assert codes(refusal) == ["route_not_chosen"]
    with pytest.raises(Refusal) as refusal:
        choose_route(change_id=change.pk, route=Route.NO_REEVAL, by=clerk, at=NOW, reason="x")
    assert codes(refusal) == ["not_entitled"]
    with pytest.raises(Refusal) as refusal:
        choose_route(change_id=change.pk, route=Route.NO_REEVAL, by=head, at=NOW, reason=" ")
    assert codes(refusal) == ["reason_missing"]
    choose_route(change_id=change.pk, route=Route.NO_REEVAL, by=head, at=NOW, reason="门牌号更新")
    with pytest.raises(Refusal) as refusal:
        choose_route(change_id=change.pk, route=Route.REEVAL, by=head, at=NOW, reason="x")
    assert codes(refusal) == ["route_is_given"]
    approve_change(change_id=change.pk, by=head, at=NOW)
    assert acts_of(change)[2] == "choose_no_reeval"
    assert ChangeRequest.objects.get().state == ChangeState.EFFECTIVE


def test_the_head_may_order_a_new_assessment(member, head):
    change = checked(filed(member, ADDRESS, NAME, context=RENUMBERED))
    choose_route(change_id=change.pk, route=Route.REEVAL, by=head, at=NOW, reason="面积存疑")
    stored = ChangeRequest.objects.get()
    assert (stored.state, stored.final_route) == (ChangeState.REASSESSING, Route.REEVAL)
    assert acts_of(change)[2:] == ["choose_reeval", "begin_reassessment"]


# --- the new assessment --------------------------------------------------------------------------


class Result:
    """What the hook reads of a concluded assessment."""

    def __init__(self, change, *, failed):
        self.change_id, self.has_failed = change.pk, failed
        self.number, self.reasons = "ASM-360400-2026-0001", "人员不足"


@pytest.fixture
def reassessing(member):
    return checked(filed(member, person()))


def test_a_decisive_field_leads_to_a_new_assessment(member, reassessing, head):
    change = reassessing
    assert (change.state, change.route_row) == (ChangeState.REASSESSING, "R8")
    assert acts_of(change) == ["file", "check", "begin_reassessment"]
    letter = OfficialLetter.objects.get(kind="change_reassessment")
    assert "R8" in letter.body and change.number in letter.body
    with pytest.raises(Refusal) as refusal:
        approve_change(change_id=change.pk, by=head, at=NOW)
    assert codes(refusal) == ["assessment_not_passed"]


def test_a_passed_assessment_lets_the_change_be_approved_in_a_new_period(reassessing, head):
    change = reassessing
    follow_result(Result(change, failed=False), by=head, at=later(60))
    stored = ChangeRequest.objects.get()
    assert (stored.state, stored.reassessed_at) == (ChangeState.REASSESSING, later(60))
    assert stored.decision_due_on > later(60).date()
    assert stored.decision_due_basis["start"] == later(60).date().isoformat()
    approve_change(change_id=change.pk, by=head, at=later(61))
    assert ChangeRequest.objects.get().state == ChangeState.EFFECTIVE
    assert Institution.objects.get().legal_representative == "李新"
    post = ResponsiblePerson.objects.get(person__name="李新")
    assert (post.post, post.held_from) == ("legal_representative", later(61).date())


def test_a_failed_assessment_rejects_the_change_with_a_letter(reassessing, head):
    follow_result(Result(reassessing, failed=True), by=head, at=later(60))
    stored = ChangeRequest.objects.get()
    assert (stored.state, stored.decided_by) == (ChangeState.REJECTED, head)
    assert "人员不足" in OfficialLetter.objects.get(kind="change_rejected").body
    assert not ResponsiblePerson.objects.exists()


# --- persons -------------------------------------------------------------------------------------


def test_the_checker_is_told_where_a_new_person_holds_a_post_already(member):
    other = InstitutionFactory(name="濂溪康宁医院")
    known = person_of(name="李新", id_number=id_number(1))
    appoint(institution_id=other.pk, post="principal", person=known, on=TODAY)
    change = filed(member, person(), evidence=())
    texts = [each.text for each in hints_for(change, on=TODAY)]
    assert any("濂溪康宁医院" in each for each in texts)


def test_a_person_without_a_valid_number_is_not_filed(member):
    for number, code in (("", "id_number_missing"), ("360403197503120010", "id_number_invalid")):
        change = FieldChange(ChangeField.PRINCIPAL, "李新", TODAY, id_number=number)
        with pytest.raises(Refusal) as refusal:
            filed(member, change)
        assert codes(refusal) == [code]
    person_of(name="别人", id_number=id_number(1))
    with pytest.raises(Refusal) as refusal:
        filed(member, person())
    assert codes(refusal) == ["person_name_differs"]
    assert not ChangeRequest.objects.exists()


# --- at once -------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_heads_approve_at_once_and_one_does():
    member = member_of(InstitutionFactory())
    change = checked(filed(member, ACCOUNT, NAME))
    heads = [user_with(Role.AGENCY_HEAD), user_with(Role.AGENCY_HEAD)]
    results = at_once(
        *[lambda head=head: approve_change(change_id=change.pk, by=head, at=NOW) for head in heads]
    )
    assert sum(isinstance(each, ChangeRequest) for each in results) == 1
    assert sum(isinstance(each, Refusal) for each in results) == 1
    assert ChangeTransition.objects.filter(act="approve").count() == 1
    assert InstitutionFact.objects.filter(change=change).count() == 1
