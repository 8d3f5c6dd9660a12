"""A major change found unfiled opens a review, which never dissolves by itself (B-13a, B-14.6)."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from agency.enums import Role
from agency.models import Notice, OfficialLetter
from agency.rules import Refusal
from agreements.enums.life import AgreementState, ReviewState
from agreements.models import Agreement, DissolutionReview
from agreements.services.reviews import (
    decide_review,
    explain_unfiled_change,
    record_unfiled_change,
)
from institutions.enums.changes import ChangeField
from institutions.services.filing import FieldChange
from tests.agency.factories import NOW, user_with
from tests.agreements.factories import AgreementFactory, World, at
from tests.institutions.factories import InstitutionFactory, member_of
from tests.institutions.factories_changes import filed

pytestmark = pytest.mark.django_db

APPROVED = date(2025, 6, 30)
DUE = date(2025, 8, 11)
FOUND = date(2025, 9, 1)


class Office(World):
    def __init__(self) -> None:
        super().__init__()
        self.agreement = AgreementFactory(institution=self.institution, region=self.region)

    def record(self, **kwargs) -> DissolutionReview:
        values = {
            "institution_id": self.institution.pk,
            "field": ChangeField.LEGAL_REPRESENTATIVE,
            "approved_on": APPROVED,
            "discovered_on": FOUND,
            "source": "与登记信息比对发现",
            "by": self.officer,
            "at": at(FOUND),
        } | kwargs
        return record_unfiled_change(**values)

    def decide(self, review, state, *, on="2025-09-20", by=None) -> DissolutionReview:
        return decide_review(
            review_id=review.pk, state=state, reason="情节轻微", by=by or self.head, at=at(on)
        )


@pytest.fixture
def world():
    return Office()


def codes(refusal):
    return {each.code for each in refusal.value.obstacles}


def test_a_finding_opens_a_review_and_invites_the_institution(world):
    review = world.record()
    assert review.number == "REV-360400-2025-0001"
    assert (review.filing_due_on, review.state) == (DUE, ReviewState.OPEN)
    assert (review.agreement, review.ground) == (world.agreement, 6)
    assert review.explain_due_on == date(2025, 9, 15)
    letter = OfficialLetter.objects.get(kind="unfiled_change_notice")
    assert "与登记信息比对发现" in letter.body
    assert Notice.objects.filter(recipient=world.member, url=review.get_portal_url()).exists()
    assert Agreement.objects.get().state == AgreementState.EFFECTIVE


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"discovered_on": DUE, "at": at(DUE)}, "still_in_time"),
        ({"field": ChangeField.PHONE}, "field_not_major"),
        ({"approved_on": date(2025, 9, 2)}, "approved_in_future"),
        ({"discovered_on": date(2025, 9, 2)}, "discovered_in_future"),
        ({"source": " "}, "text_missing"),
    ],
)
def test_what_is_no_unfiled_major_change_opens_nothing(world, values, code):
    with pytest.raises(Refusal) as refusal:
        world.record(**values)
    assert code in codes(refusal)
    assert not DissolutionReview.objects.exists()
    assert not OfficialLetter.objects.exists()


def test_the_day_after_the_deadline_it_is_unfiled(world):
    day = date(2025, 8, 12)
    assert world.record(discovered_on=day, at=at(day)).filing_due_on == DUE


def test_one_review_of_a_field_at_a_time(world):
    first = world.record()
    with pytest.raises(Refusal) as refusal:
        world.record()
    assert codes(refusal) == {"review_open"}
    other = world.record(field=ChangeField.PRINCIPAL)
    assert {first.number, other.number} == set(
        DissolutionReview.objects.values_list("number", flat=True)
    )
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        DissolutionReview.objects.filter(pk=other.pk).update(field=first.field)
    name = error.value.__cause__.diag.constraint_name
    assert name == "dissolutionreview_one_open_of_a_field"


def test_without_a_running_agreement_there_is_nothing_to_review(world):
    with pytest.raises(Refusal) as refusal:
        world.record(institution_id=InstitutionFactory().pk)
    assert codes(refusal) == {"no_running_agreement"}


def test_the_institution_explains_once_and_the_head_decides(world):
    review = world.record()
    with pytest.raises(Refusal) as refusal:
        world.decide(review, ReviewState.DISMISSED, on="2025-09-10")
    assert codes(refusal) == {"explanation_awaited"}
    explain_unfiled_change(
        review_id=review.pk, text="经办人员更替，现补办。", by=world.member, at=at("2025-09-10")
    )
    with pytest.raises(Refusal) as refusal:
        explain_unfiled_change(
            review_id=review.pk, text="再次说明", by=world.member, at=at("2025-09-11")
        )
    assert codes(refusal) == {"explained_already"}
    with pytest.raises(DissolutionReview.DoesNotExist):
        stranger = member_of(InstitutionFactory())
        explain_unfiled_change(review_id=review.pk, text="无关", by=stranger, at=at("2025-09-11"))
    review = world.decide(review, ReviewState.DISMISSED, on="2025-09-11")
    assert (review.state, review.decided_by) == (ReviewState.DISMISSED, world.head)
    assert Agreement.objects.get().state == AgreementState.EFFECTIVE


def test_without_an_explanation_it_is_decided_the_day_after_the_period(world):
    review = world.record()
    with pytest.raises(Refusal):
        world.decide(review, ReviewState.PROPOSED, on="2025-09-15")
    review = world.decide(review, ReviewState.PROPOSED, on="2025-09-16")
    assert review.state == ReviewState.PROPOSED
    letter = OfficialLetter.objects.get(kind="unfiled_change_result")
    assert "情节轻微" in letter.body


def test_whoever_recorded_it_does_not_decide_it(world):
    both = user_with(Role.AGREEMENT_OFFICER, Role.AGENCY_HEAD)
    review = world.record(by=both)
    with pytest.raises(Refusal) as refusal:
        world.decide(review, ReviewState.PROPOSED, by=both)
    assert codes(refusal) == {"decided_by_recorder"}
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        DissolutionReview.objects.filter(pk=review.pk).update(
            state=ReviewState.PROPOSED, decided_by=both, decided_at=NOW, decision_reason="是"
        )
    name = error.value.__cause__.diag.constraint_name
    assert name == "dissolutionreview_decided_by_another"


def test_a_proposal_dissolves_nothing_and_opens_a_case(world):
    review = world.decide(world.record(), ReviewState.PROPOSED)
    assert Agreement.objects.get().state == AgreementState.EFFECTIVE
    case = world.agreement.cases.get()
    assert (case.state, case.ground, case.ground_key) == (
        "opened",
        "43.6",
        f"review:{review.number}",
    )
    assert (case.opened_by, case.verified_by) == (review.recorded_by, world.head)


def test_a_late_filing_opens_no_review(world):
    change = filed(
        world.member, FieldChange(ChangeField.SUBJECTS, "内科;外科;中医科", APPROVED), at=at(FOUND)
    )
    assert change.is_late
    assert not DissolutionReview.objects.exists()
    with pytest.raises(Refusal) as refusal:
        world.record(field=ChangeField.SUBJECTS)
    assert "filed_already" in codes(refusal)
