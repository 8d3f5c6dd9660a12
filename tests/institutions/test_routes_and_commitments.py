"""The route of a filing, shown before and kept with it (C-09); the commitment for a new place."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from agency.enums import Role
from agency.models import Notice, OfficialLetter, Region
from agency.rules import Refusal
from institutions.enums.changes import ChangeField, ChangeState, CommitmentState
from institutions.models import AddressCommitment, ChangeRequest
from institutions.rules.reevaluation import AddressCase, Route
from institutions.services.change_values import FieldChange
from institutions.services.changes import approve_change
from institutions.services.commitments import record_visit
from institutions.services.filing import preview_change
from institutions.services.routes import NO_CONTEXT, RouteContext, districts_of
from tests.agency.factories import NOW, RegionFactory, user_with
from tests.institutions.factories import InstitutionFactory, member_of
from tests.institutions.factories_changes import (
    ACCOUNT,
    ADDRESS,
    NAME,
    TODAY,
    checked,
    filed,
    later,
    person,
    signature,
)
from tests.institutions.test_changes import PDF, codes

pytestmark = pytest.mark.django_db

MOVE = RouteContext(
    address_case=AddressCase.RELOCATION, from_district="浔阳区", to_district="濂溪区"
)
DEMOLITION = RouteContext(
    address_case=AddressCase.GOV_DEMOLITION,
    staff_before=30,
    staff_after=30,
    demolition_document=True,
)
AREA = FieldChange(ChangeField.FLOOR_AREA, "420", TODAY)
BEDS = FieldChange(ChangeField.SCALE, "100", TODAY)


@pytest.fixture
def institution():
    return InstitutionFactory(floor_area=Decimal(400))


@pytest.fixture
def member(institution):
    return member_of(institution)


@pytest.fixture
def head():
    return user_with(Role.AGENCY_HEAD)


# --- the route -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "context", "row", "route"),
    [
        pytest.param([NAME, ACCOUNT], NO_CONTEXT, "R1", Route.NO_REEVAL, id="name-and-bank"),
        pytest.param([person()], NO_CONTEXT, "R8", Route.REEVAL, id="representative"),
        pytest.param([ADDRESS], MOVE, "R5", Route.NO_REEVAL_WITH_COMMITMENT, id="same-city"),
        pytest.param([ADDRESS, NAME], MOVE, "R8", Route.REEVAL, id="move-and-name"),
        pytest.param(
            [ADDRESS], replace(MOVE, to_district="柴桑区"), "R8", Route.REEVAL, id="elsewhere"
        ),
        pytest.param([ADDRESS, AREA], DEMOLITION, "R6", Route.NO_REEVAL, id="demolition-larger"),
        pytest.param(
            [ADDRESS, replace(AREA, value="380")], DEMOLITION, "R8", Route.REEVAL, id="smaller"
        ),
        pytest.param([ADDRESS], DEMOLITION, "R8", Route.REEVAL, id="area-not-shown"),
        pytest.param([ADDRESS, AREA, BEDS], DEMOLITION, "R8", Route.REEVAL, id="fewer-beds"),
        pytest.param([AREA], NO_CONTEXT, "R1", Route.NO_REEVAL, id="area-alone"),
        pytest.param(
            [ADDRESS, ACCOUNT],
            RouteContext(address_case=AddressCase.RENUMBERED),
            "R7",
            Route.MANUAL_REVIEW,
            id="renumbered-and-bank",
        ),
    ],
)
def test_the_route_is_shown_before_filing_and_kept_with_it(
    institution, member, changes, context, row, route
):
    preview = preview_change(institution=institution, changes=changes, context=context, on=TODAY)
    assert (preview.answer.row, preview.answer.route) == (row, route)
    assert preview.wait_days == (3 if ACCOUNT in changes else None)
    assert not ChangeRequest.objects.exists()
    change = filed(member, *changes, context=context, signature=signature(member))
    assert (change.route_row, change.route) == (row, route.value)
    assert change.route_basis["on"] == TODAY.isoformat()
    assert change.route_basis["because"] and row in change.route_basis["because"][-2]


def test_districts_to_choose_from_are_those_of_the_prefecture():
    city = RegionFactory()
    for code, name in (("360403", "浔阳区"), ("360404", "柴桑区")):
        RegionFactory(code=code, name=name, parent=city)
    RegionFactory(code="360702", name="章贡区", parent=RegionFactory(code="360700", name="赣州市"))
    names = districts_of(Region.objects.get(pk="360403"))
    assert names == ["浔阳区", "柴桑区", "濂溪区", "开发区", "八里湖新区"]


# --- values --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (ChangeField.BANK_ACCOUNT, "6222-ABCD-0001"),
        (ChangeField.BANK_ACCOUNT, "1234567"),
        (ChangeField.PHONE, "call me"),
        (ChangeField.PHONE, "12-3"),
        (ChangeField.EMAIL, "finance.hospital"),
        (ChangeField.WEBSITE, "javascript:alert(1)"),
        (ChangeField.LICENCE_VALID_TO, "2026-02-30"),
        (ChangeField.FLOOR_AREA, "0"),
        (ChangeField.FLOOR_AREA, "-3"),
        (ChangeField.FLOOR_AREA, "1e400"),
    ],
)
def test_impossible_values_are_refused_by_field(member, field, value):
    with pytest.raises(Refusal) as refusal:
        filed(member, FieldChange(field, value, TODAY))
    assert codes(refusal) == ["value_invalid"]
    assert str(field.label) in str(refusal.value.obstacles[0].text)
    assert not ChangeRequest.objects.exists()


def test_general_fields_take_effect_and_are_kept_by_day(member, institution):
    clerk = user_with(Role.INTAKE_CLERK)
    account = FieldChange(ChangeField.BANK_ACCOUNT, "6222 0000 0000 9999", TODAY)
    assert filed(member, account).items.get().new_value == "6222000000009999"
    change = filed(
        member,
        FieldChange(ChangeField.EMAIL, "office@hospital.example", TODAY),
        FieldChange(ChangeField.LICENCE_VALID_TO, "2031-05-31", TODAY),
        FieldChange(ChangeField.OPENING_HOURS, "8:00–17:30", TODAY),
    )
    # Five working days for general information.
    assert change.filing_due_on == date(2026, 11, 27)
    approve_change(change_id=checked(change).pk, by=clerk, at=NOW)
    institution.refresh_from_db()
    assert institution.licence_valid_to == date(2031, 5, 31)
    assert institution.email == "office@hospital.example"
    assert institution.facts.filter(change=change).count() == 3


def test_evidence_is_kept_with_its_field(member):
    name = replace(NAME, evidence=[SimpleUploadedFile("更名批复.pdf", PDF)])
    change = filed(member, name, ACCOUNT, evidence=[SimpleUploadedFile("说明.pdf", PDF)])
    files = {item.field: [each.name for each in item.evidence.all()] for item in change.items.all()}
    assert files == {"name": ["更名批复.pdf"], "bank_account": []}
    assert [each.name for each in change.evidence.all()] == ["说明.pdf"]


# --- the commitment ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (lambda _member: None, "commitment_missing"),
        (lambda member: replace(signature(member), password="wrong"), "password_wrong"),
        (lambda member: replace(signature(member), name="别人"), "signature_differs"),
    ],
)
def test_a_move_within_the_districts_needs_the_signature(member, given, code):
    with pytest.raises(Refusal) as refusal:
        filed(member, ADDRESS, context=MOVE, signature=given(member))
    assert codes(refusal) == [code]
    assert not ChangeRequest.objects.exists() and not OfficialLetter.objects.exists()


@pytest.fixture
def moved(member, head):
    change = filed(member, ADDRESS, context=MOVE, signature=signature(member))
    approve_change(change_id=checked(change).pk, by=head, at=NOW)
    return AddressCommitment.objects.get(change=change)


def test_the_commitment_is_signed_issued_and_visited_within_its_period(moved, institution, member):
    assert (moved.state, moved.signed_by) == (CommitmentState.SIGNED, member)
    assert ADDRESS.value in moved.text and institution.registered_address in moved.text
    letter = OfficialLetter.objects.get(kind="address_commitment")
    assert (letter.office_name, letter.matter) == (institution.name, moved.change.number)
    # Sixty calendar days after the move took effect on 2026-11-20.
    assert moved.check_due_on == date(2027, 1, 19)
    acts = [each.act for each in moved.change.transitions.all()]
    assert acts == ["file", "sign_commitment", "check", "approve", "take_effect"]


def visit(commitment, **given):
    facts = {
        "holds": True,
        "visited_on": later(10).date(),
        "findings": "科室、设备与承诺一致",
        "by": user_with(Role.AGREEMENT_OFFICER),
        "at": later(10),
    }
    return record_visit(commitment_id=commitment.pk, **{**facts, **given})


def test_a_visit_that_confirms_ends_the_matter(moved, member, head):
    found = visit(moved)
    assert (found.state, found.visited_on) == (CommitmentState.TRUE, later(10).date())
    assert Notice.objects.filter(recipient=member, key__startswith="change.commitment:").exists()
    assert not Notice.objects.filter(recipient=head, key__startswith="change.commitment").exists()
    with pytest.raises(Refusal) as refusal:
        visit(moved)
    assert codes(refusal) == ["commitment_found"]


def test_a_false_commitment_is_told_to_the_head_and_nothing_follows_by_itself(moved, head):
    with pytest.raises(Refusal) as refusal:
        visit(moved, holds=False)
    assert codes(refusal) == ["visit_evidence_missing"]
    visit(moved, holds=False, evidence=[SimpleUploadedFile("照片.pdf", PDF)])
    notice = Notice.objects.get(recipient=head, key__startswith="change.commitment.false")
    assert "A-05" in notice.body
    change = ChangeRequest.objects.get()
    assert change.state == ChangeState.EFFECTIVE
    assert change.transitions.last().act == "refute_commitment"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"visited_on": later(11).date()}, "visited_in_future"),
        ({"visited_on": later(-1).date()}, "visited_before_move"),
        ({"findings": " "}, "findings_missing"),
    ],
)
def test_an_impossible_visit_is_refused(moved, given, code):
    with pytest.raises(Refusal) as refusal:
        visit(moved, **given)
    assert codes(refusal) == [code]
    moved.refresh_from_db()
    assert moved.state == CommitmentState.SIGNED


def test_who_visits_and_when(member):
    change = filed(member, ADDRESS, context=MOVE, signature=signature(member))
    commitment = AddressCommitment.objects.get(change=change)
    with pytest.raises(Refusal) as refusal:
        visit(commitment)
    assert codes(refusal) == ["commitment_not_due"]
    with pytest.raises(Refusal) as refusal:
        visit(commitment, by=user_with(Role.CLAIM_REVIEWER))
    assert "not_entitled" in codes(refusal)
