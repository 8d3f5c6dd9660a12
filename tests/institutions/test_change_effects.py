"""A bank account waits, can be stopped, takes effect: yesterday's money, yesterday's account."""

import pytest

from agency.enums import Role
from agency.models import Notice, OfficialLetter, OutboxMessage
from agency.rules import Refusal
from institutions.enums.changes import ChangeField, ChangeState
from institutions.models import ChangeRequest, ChangeTransition, Institution, InstitutionFact
from institutions.services.change_effects import stop_change, take_due_into_effect
from institutions.services.change_values import FieldChange
from institutions.services.changes import approve_change
from institutions.services.registry import Account, account_on
from tests.agency.factories import NOW, user_with
from tests.institutions.factories import InstitutionFactory, member_of
from tests.institutions.factories_changes import (
    ACCOUNT,
    BANK,
    NAME,
    TODAY,
    checked,
    filed,
    later,
)
from tests.institutions.test_changes import at_once, codes

pytestmark = pytest.mark.django_db

OLD_MAIL = "finance@hospital.example"


@pytest.fixture
def institution():
    return InstitutionFactory(email=OLD_MAIL)


@pytest.fixture
def member(institution):
    return member_of(institution, email="admin@hospital.example")


@pytest.fixture
def head():
    return user_with(Role.AGENCY_HEAD)


def approved(member, head, *changes):
    change = checked(filed(member, *(changes or [ACCOUNT, BANK])))
    return approve_change(change_id=change.pk, by=head, at=NOW)


def night(days):
    return take_due_into_effect(on=later(days).date(), at=later(days))


def test_money_of_before_goes_to_the_account_of_before(institution, member, head):
    old, new = Account(institution.bank_name, institution.bank_account), None
    change = approved(member, head)
    assert (change.state, change.effect_due_on) == (ChangeState.APPROVED, later(3).date())
    assert [night(day) for day in (0, 1, 2)] == [0, 0, 0]
    assert Institution.objects.get().bank_account == old.bank_account
    assert night(3) == 1 and night(3) == 0
    changed = Institution.objects.get()
    new = Account(BANK.value, ACCOUNT.value)
    assert account_on(changed, later(2).date()) == old
    assert account_on(changed, later(3).date()) == new
    stored = ChangeRequest.objects.get()
    assert (stored.state, stored.effective_at) == (ChangeState.EFFECTIVE, later(3))
    step = stored.transitions.get(act="take_effect")
    assert (step.by, step.on) == (None, later(3).date())
    assert Notice.objects.filter(recipient=member, key__startswith="change.account.eff").exists()


def test_missed_nights_are_made_up_for_from_the_day_of_the_job(institution, member, head):
    approved(member, head)
    # Nothing ran for two days; what was paid then went to the old account, and stays there.
    assert take_due_into_effect(on=later(3).date(), at=later(5)) == 1
    changed = Institution.objects.get()
    assert account_on(changed, later(4).date()).bank_account == institution.bank_account
    assert account_on(changed, later(5).date()).bank_account == ACCOUNT.value


def test_what_was_filed_with_an_account_holds_at_once(member, head):
    change = approved(member, head, NAME, ACCOUNT)
    stored = Institution.objects.get()
    assert (stored.name, change.state) == (NAME.value, ChangeState.APPROVED)
    assert {(each.field, each.effective_on) for each in change.items.all()} == {
        ("name", TODAY),
        ("bank_account", None),
    }
    letter = OfficialLetter.objects.get(kind="change_approved")
    assert "2026年11月20日" in letter.body and "2026年11月23日" in letter.body
    night(3)
    assert ChangeRequest.objects.get().state == ChangeState.EFFECTIVE
    assert Institution.objects.get().bank_account == ACCOUNT.value


def test_the_old_contact_hears_of_the_new_account(institution, member, head):
    colleague = member_of(institution, Role.INSTITUTION_CLERK)
    mail = FieldChange(ChangeField.EMAIL, "thief@elsewhere.example", TODAY)
    change = approved(member, head, mail, ACCOUNT)
    key = f"change.account.waits:{change.number}"
    told = Notice.objects.filter(key=key)
    assert {each.recipient for each in told} == {member, colleague}
    assert "2026-11-23" in told[0].subject and "2026-11-22" in told[0].body
    assert ACCOUNT.value not in told[0].body
    mails = OutboxMessage.objects.filter(key=key)
    # The address on file before the change, although the same filing replaces it.
    assert {each.address for each in mails} == {OLD_MAIL, member.email}
    assert change.get_portal_url() in mails.get(address=OLD_MAIL).body


@pytest.mark.parametrize("who", ["member", "head"])
def test_a_new_account_is_stopped_by_the_institution_or_the_head(institution, member, head, who):
    change = approved(member, head, NAME, ACCOUNT)
    by = {"member": member, "head": user_with(Role.AGENCY_HEAD)}[who]
    with pytest.raises(Refusal) as refusal:
        stop_change(change_id=change.pk, by=by, at=later(1), reason=" ")
    assert codes(refusal) == ["reason_missing"]
    stop_change(change_id=change.pk, by=by, at=later(1), reason="账户信息有误")
    stored = ChangeRequest.objects.get()
    assert (stored.state, stored.stopped_by) == (ChangeState.STOPPED, by)
    assert night(3) == 0
    assert Institution.objects.get().bank_account == institution.bank_account
    assert Institution.objects.get().name == NAME.value
    assert Notice.objects.filter(key__startswith="change.account.stopped", recipient=head).exists()
    # The field is free again.
    assert filed(member, ACCOUNT, at=later(4)).state == ChangeState.FILED


def test_who_may_not_stop_and_what_is_too_late(institution, member, head):
    change = approved(member, head)
    clerk, own_clerk = user_with(Role.INTAKE_CLERK), member_of(institution, Role.INSTITUTION_CLERK)
    for user in (clerk, own_clerk):
        with pytest.raises(Refusal) as refusal:
            stop_change(change_id=change.pk, by=user, at=later(1), reason="x")
        assert codes(refusal) == ["not_entitled"]
    stranger = member_of(InstitutionFactory())
    with pytest.raises(ChangeRequest.DoesNotExist):
        stop_change(change_id=change.pk, by=stranger, at=later(1), reason="x")
    night(3)
    with pytest.raises(Refusal) as refusal:
        stop_change(change_id=change.pk, by=member, at=later(3), reason="x")
    assert codes(refusal) == ["change_in_effect"]


def test_an_account_that_waits_cannot_be_filed_again(member, head):
    approved(member, head)
    with pytest.raises(Refusal) as refusal:
        filed(member, ACCOUNT)
    assert codes(refusal) == ["field_waits_already"]
    # The rest can.
    assert filed(member, NAME).state == ChangeState.FILED


@pytest.mark.django_db(transaction=True)
def test_stop_and_job_at_once_have_one_outcome():
    institution = InstitutionFactory()
    member = member_of(institution)
    change = approved(member, user_with(Role.AGENCY_HEAD), ACCOUNT)
    results = at_once(
        lambda: stop_change(change_id=change.pk, by=member, at=later(3), reason="有误"),
        lambda: night(3),
    )
    stored = ChangeRequest.objects.get()
    stopped = isinstance(results[0], ChangeRequest)
    assert results[1] == (0 if stopped else 1)
    assert stored.state == (ChangeState.STOPPED if stopped else ChangeState.EFFECTIVE)
    assert ChangeTransition.objects.filter(act__in=["stop", "take_effect"]).count() == 1
    assert InstitutionFact.objects.filter(change=change).exists() == (not stopped)
