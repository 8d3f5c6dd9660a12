"""Stand-ins: whose roles one has on which day, and as whom one counts (B-02)."""

from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agency.enums import Role
from agency.models import Notice, StandIn, User
from agency.rules import Refusal
from agency.services import stand_ins
from tests.agency.factories import SHANGHAI, user_with

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2026, 11, 23), date(2026, 11, 27)
TODAY = date(2026, 11, 20)


def at(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), SHANGHAI)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(at(TODAY), tick=True):
        yield


@pytest.fixture
def security() -> User:
    return user_with(Role.SECURITY_ADMINISTRATOR)


@pytest.fixture
def absent() -> User:
    return user_with(Role.SETTLEMENT_OFFICER, name="潘立群")


@pytest.fixture
def present() -> User:
    return user_with(Role.CLAIM_REVIEWER, name="沈明远")


def granted(delegator: User, delegate: User, by: User, **changes) -> StandIn:
    facts = {"starts_on": FIRST, "ends_on": LAST, "reason": "休假", "at": at(TODAY), **changes}
    return stand_ins.grant(delegator_id=delegator.pk, delegate_id=delegate.pk, by=by, **facts)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def codes(refusal) -> list[str]:
    return [each.code for each in refusal.value.obstacles]


DAYS = [
    pytest.param(FIRST - timedelta(days=1), False, id="the day before"),
    pytest.param(FIRST, True, id="the first day"),
    pytest.param(date(2026, 11, 25), True, id="between"),
    pytest.param(LAST, True, id="the last day"),
    pytest.param(LAST + timedelta(days=1), False, id="the day after"),
]


# --- roles ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "holds"), DAYS)
def test_roles_from_the_first_to_the_last_day(security, absent, present, day, holds):
    granted(absent, present, security)
    with time_machine.travel(at(day)):
        delegate = fresh(present)
        assert delegate.has_role(Role.SETTLEMENT_OFFICER) is holds
        assert delegate.has_role(Role.CLAIM_REVIEWER)
        assert delegate.stands_in_for == (["潘立群"] if holds else [])
        assert delegate.own_roles == {Role.CLAIM_REVIEWER}
        assert fresh(absent).roles == {Role.SETTLEMENT_OFFICER}


def test_revoked_it_ends_at_once(security, absent, present, client):
    stand_in = granted(absent, present, security, starts_on=TODAY)
    assert fresh(present).has_role(Role.SETTLEMENT_OFFICER)
    client.force_login(security)
    page = reverse("agency_desk:stand_in_revoke", args=[stand_in.pk])
    stamp = client.get(page).context["stamp"]
    sent = {"stamp": stamp, "reason": "提前返岗"}
    assert client.post(page, sent).status_code == 302
    assert not fresh(present).has_role(Role.SETTLEMENT_OFFICER)
    stand_in.refresh_from_db()
    assert (stand_in.revoked_by, stand_in.revoked_reason) == (security, "提前返岗")
    assert client.post(page, sent).status_code == 409
    for person in (absent, present):
        told = Notice.objects.filter(recipient=person, key__startswith="account.stand_in")
        assert told.count() == 2


def test_what_is_only_lent_is_not_passed_on(security, absent, present):
    third = user_with(Role.ARCHIVIST)
    granted(absent, present, security, starts_on=TODAY)
    granted(present, third, security, starts_on=TODAY)
    assert fresh(third).roles == {Role.ARCHIVIST, Role.CLAIM_REVIEWER}


def test_a_closed_account_lends_nothing(security, absent, present):
    granted(absent, present, security, starts_on=TODAY)
    User.objects.filter(pk=absent.pk).update(is_active=False)
    assert fresh(present).roles == {Role.CLAIM_REVIEWER}


def test_roles_cost_one_query_and_comparing_one_more(security, absent, present):
    granted(absent, present, security, starts_on=TODAY)
    user = fresh(present)
    with CaptureQueriesContext(connection) as captured:
        assert user.roles and user.has_role(Role.SETTLEMENT_OFFICER) and user.stands_in_for
        assert user.counts_as == {absent.pk, present.pk}
    assert len(captured) == 1
    with CaptureQueriesContext(connection) as captured:
        assert user.is_one_with(absent.pk, at(TODAY))
        assert not user.is_one_with(security.pk, at(TODAY))
    assert len(captured) == 1


# --- as whom one counts ---------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "holds"), DAYS)
def test_who_acts_in_those_days_counts_as_both(security, absent, present, day, holds):
    """Each of the two acted first; the other is the second person, months later."""
    granted(absent, present, security)
    with time_machine.travel(at(day)):
        assert fresh(present).is_one_with(absent.pk, at(date(2026, 1, 1))) is holds
    with time_machine.travel(at(date(2027, 3, 1))):
        assert fresh(absent).is_one_with(present.pk, at(day)) is holds
        assert fresh(absent).is_one_with(present.pk, day) is holds
        # What the absent one did meanwhile was done by them alone.
        assert not fresh(present).is_one_with(absent.pk, at(day))


def test_two_stand_ins_of_one_are_one(security, absent, present):
    other = user_with(Role.AUDIT_OFFICER)
    granted(absent, present, security)
    granted(absent, other, security)
    with time_machine.travel(at(LAST)):
        assert fresh(other).is_one_with(present.pk, at(FIRST))
        assert not fresh(other).is_one_with(present.pk, at(TODAY))
    with time_machine.travel(at(LAST + timedelta(days=1))):
        assert not fresh(other).is_one_with(present.pk, at(FIRST))


def test_revoked_it_counts_until_then(security, absent, present):
    stand_in = granted(absent, present, security, starts_on=TODAY)
    stand_ins.revoke(stand_in_id=stand_in.pk, by=security, at=at(TODAY, 15), reason="返岗")
    person = fresh(absent)
    assert person.is_one_with(present.pk, at(TODAY, 14))
    assert not person.is_one_with(present.pk, at(TODAY, 16))
    assert person.is_one_with(present.pk, None)


def test_strangers_are_two_people(absent, present):
    assert not fresh(absent).is_one_with(present.pk, None)
    assert not fresh(absent).is_one_with(None, None)
    assert fresh(absent).is_one_with(absent.pk, None)


# --- refusals -------------------------------------------------------------------------------------


def test_who_may_not_and_when_not(security, absent, present):
    other_side = user_with(Role.SUPERVISOR)
    nobody = user_with(actor=present.actor)
    granted(absent, present, security)
    cases = [
        (absent, absent, security, {}, "oneself"),
        (absent, present, security, {"starts_on": LAST, "ends_on": LAST}, "overlaps"),
        (absent, present, security, {"starts_on": LAST, "ends_on": FIRST}, "ends_before_start"),
        (absent, present, security, {"starts_on": date(2026, 11, 19)}, "starts_in_past"),
        (absent, present, security, {"ends_on": date(2027, 2, 21)}, "too_long"),
        (absent, other_side, security, {}, "other_actor"),
        (absent, security, security, {}, "own_stand_in"),
        (security, present, security, {}, "own_stand_in"),
        (nobody, present, security, {}, "nothing_to_delegate"),
        (absent, nobody, present, {}, "not_entitled"),
        (absent, nobody, user_with(Role.SYSTEM_ADMINISTRATOR), {}, "not_entitled"),
    ]
    for delegator, delegate, by, changes, code in cases:
        with pytest.raises(Refusal) as refusal:
            granted(delegator, delegate, by, **changes)
        assert code in codes(refusal), code
        assert all(str(each) for each in refusal.value.obstacles)
    assert StandIn.objects.count() == 1
    # Ninety days is the longest; the day after the first one is free.
    granted(absent, present, security, starts_on=date(2026, 11, 28), ends_on=date(2027, 2, 25))


def test_nobody_becomes_two_administrators(security, present):
    system, audit = user_with(Role.SYSTEM_ADMINISTRATOR), user_with(Role.AUDIT_ADMINISTRATOR)
    with pytest.raises(Refusal) as refusal:
        granted(system, audit, security)
    assert codes(refusal) == ["two_administrators"]
    granted(system, present, security)
    with pytest.raises(Refusal) as refusal:
        granted(audit, present, security, starts_on=LAST, ends_on=LAST)
    assert codes(refusal) == ["two_administrators"]
    granted(audit, present, security, starts_on=LAST + timedelta(days=1), ends_on=date(2026, 12, 1))


def test_the_database_refuses_too(security, absent, present):
    def row(**changes):
        facts = {
            "delegator": absent,
            "delegate": present,
            "starts_on": FIRST,
            "ends_on": LAST,
            "reason": "休假",
            "granted_by": security,
            "granted_at": at(TODAY),
        }
        return StandIn.objects.create(**{**facts, **changes})

    kept = row()
    system, audit = user_with(Role.SYSTEM_ADMINISTRATOR), user_with(Role.AUDIT_ADMINISTRATOR)
    for changes, name in [
        ({"delegate": absent}, "standin_not_oneself"),
        ({"granted_by": present}, "standin_granted_by_another"),
        ({"starts_on": LAST, "ends_on": FIRST}, "standin_ends_after_start"),
        ({"starts_on": LAST, "ends_on": LAST}, "standin_no_overlap"),
        ({"delegate": user_with(Role.SUPERVISOR)}, "standin_same_actor"),
        ({"delegator": system, "delegate": audit}, "standin_one_administrator"),
        ({"revoked_at": at(TODAY)}, "standin_revocation_has_its_facts"),
    ]:
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            row(**changes)
        assert refusal.value.__cause__.diag.constraint_name == name
    for attempt in (
        lambda: StandIn.objects.filter(pk=kept.pk).update(ends_on=date(2027, 12, 31)),
        lambda: StandIn.objects.filter(pk=kept.pk).delete(),
    ):
        with pytest.raises(Exception, match="pgtrigger"), transaction.atomic():
            attempt()


# --- pages ----------------------------------------------------------------------------------------


def test_granted_by_page_and_seen_by_both(security, absent, present, client):
    client.force_login(security)
    page = reverse("agency_desk:stand_in_new")
    sent = {
        "stamp": client.get(page).context["stamp"],
        "delegator": absent.pk,
        "delegate": present.pk,
        "starts_on": FIRST,
        "ends_on": LAST,
        "reason": "休假",
    }
    assert client.post(page, sent).status_code == 302
    again = client.post(page, sent)
    assert again.status_code == 409 and "潘立群" in str(again.context["form"].errors)
    listed = client.get(reverse("agency_desk:stand_ins"), {"q": "潘", "state": "coming"})
    assert [each.reason for each in listed.context["object_list"]] == ["休假"]
    for person in (absent, present):
        client.force_login(person)
        assert "休假" in client.get(reverse("agency:account")).content.decode()
        assert client.get(page).status_code == 403
    with time_machine.travel(at(FIRST)):
        client.force_login(present)
        assert "潘立群" in client.get(reverse("agency_desk:home")).content.decode()
