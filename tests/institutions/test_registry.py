import pytest

from agency.enums import Actor, Role
from agency.rules import Refusal
from institutions.models import Institution, Membership
from institutions.services.members import add_member
from institutions.services.registry import (
    register_institution,
    unverified_obstacles,
    verify_entry,
)
from tests.agency.factories import NOW, RegionFactory, user_with
from tests.institutions.factories import EntryFactory, InstitutionFactory, credit_code, member_of

pytestmark = pytest.mark.django_db


def facts(**changed):
    return {
        "code": "H36040300777",
        "credit_code": credit_code(777),
        "name": "甘棠湖医院",
        "kind": "clinic",
        "nature": "public",
        "level": "11",
        "registered_address": "湖滨路2号",
        "region": RegionFactory(),
    } | changed


def codes(refusal):
    return [each.code for each in refusal.value.obstacles]


def test_registering_an_institution():
    institution = register_institution(**facts(), by=None, at=NOW)
    assert institution.is_verified
    assert unverified_obstacles(institution) == []
    assert institution.events.get().pgh_label == "insert"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"code": "777"}, ["code_faulty"]),
        ({"credit_code": credit_code(777)[:-1] + "I"}, ["credit_code_faulty"]),
        ({"name": "", "level": ""}, ["fact_missing", "fact_missing"]),
    ],
)
def test_registering_is_refused_with_every_reason(changed, expected):
    with pytest.raises(Refusal) as refusal:
        register_institution(**facts(**changed), by=None, at=NOW)
    assert codes(refusal) == expected
    assert not Institution.objects.exists()


def test_codes_of_another_are_refused():
    register_institution(**facts(), by=None, at=NOW)
    with pytest.raises(Refusal) as refusal:
        register_institution(**facts(name="乙"), by=None, at=NOW)
    assert codes(refusal) == ["code_taken", "credit_code_taken"]


def test_an_entry_is_verified_once_by_a_clerk():
    entry, clerk = EntryFactory(), user_with(Role.INTAKE_CLERK)
    assert [each.code for each in unverified_obstacles(entry)] == ["institution_unverified"]
    given = {key: value for key, value in facts().items() if key not in {"name", "region"}}
    with pytest.raises(Refusal) as refusal:
        verify_entry(institution_id=entry.pk, by=user_with(Role.ARCHIVIST), at=NOW, **given)
    assert codes(refusal) == ["not_entitled"]
    verify_entry(institution_id=entry.pk, by=clerk, at=NOW, **given)
    stored = Institution.objects.get()
    assert (stored.code, stored.name) == (given["code"], entry.name)
    with pytest.raises(Refusal) as refusal:
        verify_entry(institution_id=entry.pk, by=clerk, at=NOW, **given)
    assert "already_verified" in codes(refusal)


def test_adding_an_account():
    institution, administrator = InstitutionFactory(), user_with(Role.SYSTEM_ADMINISTRATOR)
    person = user_with(Role.INSTITUTION_CLERK)
    add_member(user_id=person.pk, institution_id=institution.pk, by=administrator, at=NOW)
    assert list(Institution.objects.visible_to(person)) == [institution]


@pytest.mark.parametrize(
    ("user", "by", "code"),
    [
        (lambda: user_with(actor=Actor.AGENCY), Role.SYSTEM_ADMINISTRATOR, "wrong_actor"),
        (lambda: member_of(InstitutionFactory()), Role.SYSTEM_ADMINISTRATOR, "member_already"),
        (lambda: user_with(Role.INSTITUTION_CLERK), Role.INTAKE_CLERK, "not_entitled"),
    ],
)
def test_accounts_that_are_refused(user, by, code):
    person, institution = user(), InstitutionFactory()
    before = Membership.objects.count()
    with pytest.raises(Refusal) as refusal:
        add_member(user_id=person.pk, institution_id=institution.pk, by=user_with(by), at=NOW)
    assert codes(refusal) == [code]
    assert Membership.objects.count() == before
