"""An institution's administrators manage the accounts of their own institution, and no other's."""

from threading import Barrier, Thread

import pytest
from django.db import connection
from django.urls import reverse

from agency.enums import AccountAct, Role
from agency.models import AccountRecord, Notice, User
from agency.rules import Refusal
from institutions.services.own_accounts import (
    close_own_account,
    open_own_account,
    set_own_password,
)
from tests.agency.factories import NOW, user_with
from tests.institutions.factories import InstitutionFactory, member_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def institution():
    return InstitutionFactory()


@pytest.fixture
def administrator(institution):
    return member_of(institution)


def codes(refusal):
    return [each.code for each in refusal.value.obstacles]


def opened(by, **changes):
    facts = {"username": "neue", "name": "新同事", "role": Role.INSTITUTION_CLERK, **changes}
    return open_own_account(institution_id=by.membership.institution_id, by=by, at=NOW, **facts)


def test_a_colleague_gets_an_account_with_a_first_password(institution, administrator):
    other = member_of(institution)
    user, password = opened(administrator)
    assert user.check_password(password)
    assert (user.must_change_password, user.own_roles) == (True, {Role.INSTITUTION_CLERK})
    assert user.membership.institution == institution
    record = AccountRecord.objects.get(subject=user)
    assert (record.act, record.by) == (AccountAct.CREATED, administrator)
    assert [each.recipient for each in Notice.objects.filter(key__startswith="account.opened")] == [
        other
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"role": Role.INTAKE_CLERK}, "roles_of_one_actor"),
        ({"username": "TAKEN"}, "username_taken"),
    ],
)
def test_a_wrong_account_is_refused(administrator, changes, code):
    user_with(Role.INSTITUTION_CLERK, username="taken")
    before = User.objects.count()
    with pytest.raises(Refusal) as refusal:
        opened(administrator, **changes)
    assert codes(refusal) == [code]
    assert User.objects.count() == before


def test_only_administrators_of_the_institution_open_accounts(institution):
    for wrong in (
        member_of(institution, Role.INSTITUTION_CLERK),
        member_of(InstitutionFactory()),
        user_with(Role.SYSTEM_ADMINISTRATOR),
    ):
        with pytest.raises(Refusal) as refusal:
            open_own_account(
                institution_id=institution.pk,
                username="neue",
                name="新同事",
                role=Role.INSTITUTION_CLERK,
                by=wrong,
                at=NOW,
            )
        assert codes(refusal) == ["not_entitled"]


def test_closing_and_resetting_stay_within_the_institution(institution, administrator):
    stranger = member_of(InstitutionFactory())
    clerk = user_with(Role.INTAKE_CLERK)
    for act in (close_own_account, set_own_password):
        for subject in (stranger, clerk):
            with pytest.raises(Refusal) as refusal:
                act(subject_id=subject.pk, by=administrator, at=NOW, reason="试")
            assert codes(refusal) == ["other_institution"] or codes(refusal)[0] == (
                "other_institution"
            )
    colleague = member_of(institution, Role.INSTITUTION_CLERK)
    _user, password = set_own_password(
        subject_id=colleague.pk, by=administrator, at=NOW, reason="忘记密码"
    )
    colleague.refresh_from_db()
    assert colleague.check_password(password)
    close_own_account(subject_id=colleague.pk, by=administrator, at=NOW, reason="离职")
    colleague.refresh_from_db()
    assert not colleague.is_active
    acts = AccountRecord.objects.filter(subject=colleague).values_list("act", "by")
    assert list(acts) == [
        (AccountAct.PASSWORD_SET, administrator.pk),
        (AccountAct.DEACTIVATED, administrator.pk),
    ]


def test_nobody_closes_themselves_least_of_all_the_last_administrator(institution, administrator):
    with pytest.raises(Refusal) as refusal:
        close_own_account(subject_id=administrator.pk, by=administrator, at=NOW, reason="再见")
    assert codes(refusal) == ["own_account", "last_administrator"]
    administrator.refresh_from_db()
    assert administrator.is_active


def test_the_pages_show_and_act_on_own_accounts_only(client, institution, administrator):
    colleague = member_of(institution, Role.INSTITUTION_CLERK)
    stranger = member_of(InstitutionFactory())
    client.force_login(administrator)
    page = client.get(reverse("institutions_portal:accounts")).content.decode()
    assert colleague.username in page
    assert stranger.username not in page
    address = reverse("institutions_portal:own_account", args=[colleague.pk])
    assert client.get(address).status_code == 200
    for name in ("own_account", "own_account_close", "own_account_password"):
        wrong = reverse(f"institutions_portal:{name}", args=[stranger.pk])
        assert client.get(wrong).status_code == 404
    new = reverse("institutions_portal:own_account_new")
    form = client.get(new)
    answer = client.post(
        new,
        {
            "stamp": form.context["stamp"],
            "username": "neue",
            "name": "新同事",
            "role": Role.INSTITUTION_ADMINISTRATOR.value,
        },
    )
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    made = User.objects.get(username="neue")
    assert made.own_roles == {Role.INSTITUTION_ADMINISTRATOR}
    client.force_login(colleague)
    assert client.get(reverse("institutions_portal:accounts")).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_close_each_other_leave_one():
    institution = InstitutionFactory()
    pair = [member_of(institution), member_of(institution)]
    barrier, results = Barrier(2), []

    def run(by, subject):
        try:
            barrier.wait(timeout=30)
            results.append(
                close_own_account(subject_id=subject.pk, by=by, at=NOW, reason="互相").is_active
            )
        except Refusal as refusal:
            results.append([each.code for each in refusal.obstacles])
        finally:
            connection.close()

    threads = [Thread(target=run, args=(pair[0], pair[1])), Thread(target=run, args=pair[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert results.count(False) == 1
    assert ["last_administrator"] in results
    assert User.objects.filter(is_active=True).count() == 1
