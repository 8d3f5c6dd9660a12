"""People at the desk: three administrators apart, nobody serves themselves."""

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agency.enums import Actor, Role
from agency.models import AccountRecord, Notice, RoleHolding, User
from agency.rules import Refusal
from agency.services import people, sessions
from tests.agency.factories import NOW, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def system() -> User:
    return user_with(Role.SYSTEM_ADMINISTRATOR)


@pytest.fixture
def security() -> User:
    return user_with(Role.SECURITY_ADMINISTRATOR)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def do(client: Client, page: str, person: User, **sent):
    url = reverse(f"agency_desk:{page}", args=[person.pk])
    stamp = client.get(url).context["stamp"]
    return client.post(url, {"stamp": stamp, "reason": "调岗", **sent})


def codes(refusal) -> list[str]:
    return [each.code for each in refusal.value.obstacles]


# --- from the account to the roles ----------------------------------------------------------------


def test_one_opens_the_account_another_gives_the_roles(system, security):
    desk = client_of(system)
    page = desk.post(
        reverse("agency_desk:person_new"),
        {"stamp": "", "username": "wang", "name": "王芳", "actor": "agency", "region": ""},
    )
    person = User.objects.get(username="wang")
    assert person.check_password(page.context["password"]) and person.must_change_password
    assert page.headers["Cache-Control"] == "no-store"
    assert not person.roles
    refused = desk.post(reverse("agency_desk:person_roles", args=[person.pk]), {"stamp": ""})
    assert refused.status_code == 403
    roles = [Role.CLAIM_REVIEWER.value, Role.ARCHIVIST.value]
    assert do(client_of(security), "person_roles", person, roles=roles).status_code == 302
    assert User.objects.get(pk=person.pk).roles == {Role.CLAIM_REVIEWER, Role.ARCHIVIST}
    record = person.account_records.get(act="roles_changed")
    assert (record.by, record.reason, record.before) == (security, "调岗", "")
    assert Notice.objects.filter(recipient=person, key__startswith="account.roles").exists()
    events = RoleHolding.pgh_event_model.objects.filter(user=person.pk)
    assert {each.pgh_context.metadata["user"] for each in events} == {security.pk}
    shown = client_of(system).get(person.get_absolute_url()).content.decode()
    assert "调岗" in shown


def test_a_name_taken_is_refused_whatever_its_case(system):
    User.objects.create(username="Wang", name="王")
    with pytest.raises(Refusal) as refusal:
        people.open_account(
            username="wang", name="王芳", actor=Actor.AGENCY, region=None, by=system, at=NOW
        )
    assert codes(refusal) == ["username_taken"]
    assert User.objects.filter(username__iexact="wang").count() == 1


# --- roles ----------------------------------------------------------------------------------------


def test_nobody_changes_their_own_roles(security):
    client = client_of(security)
    url = reverse("agency_desk:person_roles", args=[security.pk])
    page = client.get(url)
    assert [each.code for each in page.context["obstacles"]] == ["own_roles"]
    sent = {"stamp": page.context["stamp"], "reason": "x", "roles": [Role.AGENCY_HEAD.value]}
    refused = client.post(url, sent)
    assert refused.status_code == 409
    obstacle = page.context["obstacles"][0]
    assert str(obstacle.text) in refused.content.decode() and obstacle.remedy
    assert User.objects.get(pk=security.pk).roles == {Role.SECURITY_ADMINISTRATOR}
    assert not AccountRecord.objects.exists()


def test_roles_that_cannot_be(security, system):
    clerk, other = user_with(Role.INTAKE_CLERK), user_with(Role.SECURITY_ADMINISTRATOR)
    audit, system_role = Role.AUDIT_ADMINISTRATOR, Role.SYSTEM_ADMINISTRATOR
    for subject, by, roles, code in [
        (clerk, security, [audit, system_role], "two_administrators"),
        (system, security, [], "last_holder"),
        (clerk, security, [Role.SUPERVISOR], "roles_of_one_actor"),
        (clerk, security, [Role.INTAKE_CLERK], "no_change"),
        (clerk, system, [Role.ARCHIVIST], "not_entitled"),
        (security, security, [], "own_roles"),
    ]:
        with pytest.raises(Refusal) as refusal:
            people.change_roles(subject_id=subject.pk, roles=roles, by=by, at=NOW, reason="x")
        assert code in codes(refusal), code
    assert User.objects.get(pk=clerk.pk).roles == {Role.INTAKE_CLERK}
    # There is another security administrator, so this one may be let go.
    people.change_roles(subject_id=other.pk, roles=[audit], by=security, at=NOW, reason="x")
    assert User.objects.get(pk=other.pk).roles == {audit}


def test_the_database_keeps_administrators_apart(security):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        security.groups.add(Group.objects.get(name=Role.SYSTEM_ADMINISTRATOR.value))
    assert refusal.value.__cause__.diag.constraint_name == "user_one_administrator"
    with pytest.raises(Refusal) as refused:
        people.add_user(
            username="x", name="x", roles=[Role.SYSTEM_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR]
        )
    assert codes(refused) == ["two_administrators"]


# --- closing, reopening, passwords, sessions ------------------------------------------------------


def test_a_closed_account_is_out_at_once_and_may_come_back(system):
    clerk = user_with(Role.INTAKE_CLERK, name="方晓文")
    theirs, desk = client_of(clerk), client_of(system)
    url = reverse("agency_desk:person_close", args=[clerk.pk])
    said = [str(each) for each in desk.get(url).context["consequences"]]
    assert any(str(Role.INTAKE_CLERK.label) in each for each in said)
    assert do(desk, "person_close", clerk).status_code == 302
    assert theirs.get("/desk/").url.startswith("/login/")
    assert do(desk, "person_close", clerk).status_code == 409
    assert do(desk, "person_reopen", clerk).status_code == 302
    clerk.refresh_from_db()
    assert clerk.is_active and clerk.roles == {Role.INTAKE_CLERK}
    acts = [each.act for each in clerk.account_records.all()]
    assert acts == ["deactivated", "reactivated"]


def test_nobody_closes_themselves_or_the_last_of_their_kind(system, security):
    for subject, code in [(system, "own_account"), (security, "last_holder")]:
        with pytest.raises(Refusal) as refusal:
            people.close_account(subject_id=subject.pk, by=system, at=NOW, reason="x")
        assert code in codes(refusal)
        assert User.objects.get(pk=subject.pk).is_active


def test_a_new_first_password_is_shown_once_and_ends_sessions(system):
    clerk = user_with(Role.INTAKE_CLERK)
    theirs = client_of(clerk)
    page = do(client_of(system), "person_password", clerk)
    clerk.refresh_from_db()
    assert clerk.check_password(page.context["password"]) and clerk.must_change_password
    assert theirs.get("/desk/").url.startswith("/login/")
    with pytest.raises(Refusal) as refusal:
        people.set_password(subject_id=system.pk, by=system, at=NOW, reason="x")
    assert codes(refusal) == ["own_account"]


def test_sessions_of_another_are_ended_by_security(security, system):
    clerk = user_with(Role.INTAKE_CLERK)
    theirs = client_of(clerk)
    assert do(client_of(security), "person_sessions", clerk).status_code == 302
    assert theirs.get("/desk/").url.startswith("/login/")
    for by, code in [(system, "not_entitled"), (clerk, "own_sessions")]:
        with pytest.raises(Refusal) as refusal:
            sessions.end_sessions(subject_id=clerk.pk, by=by, at=NOW, reason="x")
        assert code in codes(refusal)


def test_a_page_opened_before_a_colleague_acted_does_nothing(security):
    clerk = user_with(Role.INTAKE_CLERK)
    client = client_of(security)
    url = reverse("agency_desk:person_roles", args=[clerk.pk])
    stamp = client.get(url).context["stamp"]
    assert do(client, "person_roles", clerk, roles=[Role.ARCHIVIST.value]).status_code == 302
    late = client.post(url, {"stamp": stamp, "reason": "x", "roles": []})
    assert late.status_code == 409
    assert User.objects.get(pk=clerk.pk).roles == {Role.ARCHIVIST}


# --- the list and the table -----------------------------------------------------------------------


def test_the_list_finds_and_costs_the_same(system, security):
    client = client_of(security)
    for number in range(60):
        user_with(Role.ARCHIVIST, username=f"clerk{number:02}", name=f"档案{number}")
    with CaptureQueriesContext(connection) as captured:
        page = client.get("/desk/people/")
    assert len(page.context["object_list"]) == 50 and len(captured) <= 8
    found = client.get(
        "/desk/people/", {"q": "档案5", "role": "agency.archivist", "is_active": "true"}
    )
    assert len(found.context["object_list"]) == 11


@pytest.mark.parametrize("role", list(Role))
def test_three_administrators_see_people(client, role):
    client.force_login(user_with(role))
    seen = client.get("/desk/people/").status_code
    administrators = {
        Role.SYSTEM_ADMINISTRATOR,
        Role.SECURITY_ADMINISTRATOR,
        Role.AUDIT_ADMINISTRATOR,
    }
    assert seen == (200 if role in administrators else 403)
