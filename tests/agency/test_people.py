"""Roles and acts: agency and administration stay apart, in code and in the database."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from agency.enums import Actor, Role
from agency.models import User
from agency.permissions import ACTS, OPEN_ACCOUNT, USE_DESK, USE_PORTAL, act
from tests.agency.factories import user_with


def constraint_of(error: IntegrityError) -> str:
    return error.__cause__.diag.constraint_name


def test_no_act_is_shared_by_agency_and_administration():
    assert len(ACTS) > 5
    for each in ACTS.values():
        actors = {role.actor for role in each.roles}
        assert each.code.endswith(".view") or not {Actor.AGENCY, Actor.ADMINISTRATION} <= actors


def test_an_act_of_both_cannot_be_entered():
    with pytest.raises(ValueError, match="never share"):
        act("test.pay", "Pay", Role.PAYMENT_OFFICER, Role.SUPERVISOR)
    assert "test.pay" not in ACTS


@pytest.mark.django_db
def test_every_role_is_a_group_with_its_code():
    assert set(Group.objects.values_list("name", flat=True)) == set(Role.values)


@pytest.mark.django_db
def test_the_database_refuses_a_role_of_another_actor():
    officer = user_with(Role.PAYMENT_OFFICER)
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        officer.groups.add(Group.objects.get(name=Role.SUPERVISOR))
    assert constraint_of(refusal.value) == "user_role_matches_actor"
    officer.actor = Actor.ADMINISTRATION
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        officer.save(update_fields=["actor"])
    assert constraint_of(refusal.value) == "user_actor_matches_roles"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "desk", "portal", "manage"),
    [
        (Role.PAYMENT_OFFICER, True, False, False),
        (Role.SYSTEM_ADMINISTRATOR, True, False, True),
        (Role.SUPERVISOR, True, False, False),
        (Role.INSTITUTION_CLERK, False, True, False),
        (Role.SOCIAL_SUPERVISOR, False, False, False),
    ],
)
def test_acts_follow_roles(role, desk, portal, manage):
    user = user_with(role)
    assert (USE_DESK.allows(user), USE_PORTAL.allows(user), OPEN_ACCOUNT.allows(user)) == (
        desk,
        portal,
        manage,
    )


@pytest.mark.django_db
def test_nobody_unknown_or_retired_may_do_anything():
    retired = user_with(Role.SYSTEM_ADMINISTRATOR, is_active=False)
    superuser = user_with(actor=Actor.AGENCY, is_superuser=True)
    for each in ACTS.values():
        assert not each.allows(AnonymousUser())
        assert not each.allows(retired)
        assert not each.allows(superuser)


@pytest.mark.django_db
def test_an_account_is_created_with_roles_of_one_actor_only(capsys):
    call_command("add_user", "wang", "--name", "王芳", "--role", "agency.claim_reviewer")
    username, _, password = capsys.readouterr().out.strip().partition(": ")
    user = User.objects.get(username=username)
    assert user.roles == {Role.CLAIM_REVIEWER} and user.actor == Actor.AGENCY
    assert user.check_password(password)
    with pytest.raises(CommandError):
        call_command("add_user", "wang", "--name", "王芳", "--role", "agency.head")
    roles = ["--role", "agency.head", "--role", "administration.head"]
    with pytest.raises(CommandError):
        call_command("add_user", "li", "--name", "李明", *roles)
    assert not User.objects.filter(username="li").exists()
