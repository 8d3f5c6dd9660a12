"""What the database refuses by itself, whoever writes."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django_fsm import can_proceed

from institutions.enums.changes import ChangeState
from institutions.models import ChangeItem, ChangeRequest, Institution, InstitutionFact
from institutions.services.persons import person_of
from tests.agency.factories import NOW, user_with
from tests.institutions.factories import (
    ChangeFactory,
    EntryFactory,
    InstitutionFactory,
    member_of,
)
from tests.institutions.factories_changes import id_number

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"code": "H3604030000X"}, "institution_code_is_national"),
        ({"credit_code": "52360403000000001O"}, "institution_credit_code_is_gb32100"),
        ({"name": ""}, "institution_has_a_name"),
        ({"credit_code": None}, "institution_with_code_has_its_facts"),
        ({"kind": ""}, "institution_with_code_has_its_facts"),
        ({"nature": ""}, "institution_with_code_has_its_facts"),
        ({"level": ""}, "institution_with_code_has_its_facts"),
        ({"registered_address": ""}, "institution_with_code_has_its_facts"),
    ],
)
def test_a_verified_institution_has_all_its_facts(facts, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        InstitutionFactory(**facts)


def test_an_entry_needs_none_of_them_but_is_stored_once():
    entry = EntryFactory(name="甲", registered_address="")
    assert not entry.is_verified
    with pytest.raises(IntegrityError, match="institution_unverified_entry_once"):
        EntryFactory(name="甲", registered_address="", region=entry.region)


def test_a_code_never_changes_and_nothing_is_deleted():
    institution = InstitutionFactory()
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Institution.objects.filter(pk=institution.pk).update(code="H36040399999")
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        Institution.objects.filter(pk=institution.pk)._raw_delete("default")
    assert Institution.objects.get(pk=institution.pk).code == institution.code


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"number": "CHG-1"}, "changerequest_number_has_its_form"),
        ({"state": ChangeState.APPROVED}, "changerequest_decision_has_its_facts"),
        ({"decided_at": NOW}, "changerequest_decision_has_its_facts"),
        ({"state": ChangeState.CHECKED}, "changerequest_check_has_its_facts"),
        ({"effective_at": NOW}, "changerequest_effect_has_its_facts"),
        ({"stop_reason": "x"}, "changerequest_stop_has_its_facts"),
        ({"chosen_route": "REEVAL"}, "changerequest_chosen_route_has_its_facts"),
    ],
)
def test_a_change_has_the_facts_of_its_state(facts, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        ChangeFactory(**facts)


def test_nobody_decides_what_he_filed():
    filer = user_with()
    with pytest.raises(IntegrityError, match="changerequest_decided_by_another"):
        ChangeFactory(state=ChangeState.REJECTED, filed_by=filer, decided_by=filer, decided_at=NOW)


def test_nobody_checks_what_he_filed():
    filer = user_with()
    with pytest.raises(IntegrityError, match="changerequest_checked_by_another"):
        ChangeFactory(state=ChangeState.CHECKED, filed_by=filer, checked_by=filer, checked_at=NOW)


def test_what_waits_has_its_day():
    with pytest.raises(IntegrityError, match="changerequest_waits_for_its_day"):
        ChangeFactory(state=ChangeState.APPROVED, decided_by=user_with(), decided_at=NOW)


def test_a_person_stands_in_a_post_only():
    person = person_of(name="李新", id_number=id_number())
    with pytest.raises(IntegrityError, match="changeitem_person_takes_a_post"):
        ChangeItem.objects.create(
            request=ChangeFactory(),
            field="name",
            approved_on=NOW.date(),
            new_value="乙",
            person=person,
        )


def test_an_item_changes_something_and_a_field_stands_once():
    change = ChangeFactory()
    item = {"request": change, "field": "name", "approved_on": NOW.date()}
    with (
        pytest.raises(IntegrityError, match="changeitem_changes_something"),
        transaction.atomic(),
    ):
        ChangeItem.objects.create(**item, old_value="甲", new_value="甲")
    ChangeItem.objects.create(**item, old_value="甲", new_value="乙")
    with pytest.raises(IntegrityError, match="changeitem_field_once"):
        ChangeItem.objects.create(**item, old_value="甲", new_value="丙")


def test_one_value_a_day():
    institution = InstitutionFactory()
    fact = {"institution": institution, "field": "name", "effective_from": NOW.date()}
    InstitutionFact.objects.create(**fact, value="甲")
    with pytest.raises(IntegrityError, match="institutionfact_one_value_a_day"):
        InstitutionFact.objects.create(**fact, value="乙")


LAWFUL = {
    "check_off": {"filed"},
    "begin_reassessment": {"checked"},
    "approve": {"checked", "reassessing"},
    "reject": {"filed", "checked", "reassessing"},
    "withdraw": {"filed", "checked", "reassessing"},
    "take_effect": {"approved"},
    "stop": {"approved"},
}


@pytest.mark.parametrize("state", ChangeState.values)
@pytest.mark.parametrize("name", LAWFUL)
def test_only_the_lawful_transitions_are_possible(state, name):
    change = ChangeRequest(state=state)
    assert can_proceed(getattr(change, name)) == (state in LAWFUL[name])


@pytest.mark.parametrize("target", ["filed", "approved", "rejected"])
def test_no_bulk_update_passes_by_the_machine(target):
    change = ChangeFactory(state=ChangeState.WITHDRAWN)
    with pytest.raises(DatabaseError, match="Invalid transition"):
        ChangeRequest.objects.filter(pk=change.pk).update(
            state=target, decided_by=None if target == "filed" else user_with(), decided_at=NOW
        )


def test_the_wall_between_institutions():
    own, foreign = ChangeFactory(), ChangeFactory()
    member, stranger = member_of(own.institution), user_with()
    assert list(ChangeRequest.objects.visible_to(member)) == [own]
    assert list(Institution.objects.visible_to(member)) == [own.institution]
    assert not ChangeRequest.objects.visible_to(stranger).exists()
    assert foreign.institution != own.institution
