"""What the table itself refuses, by the name of the constraint."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from agreements.models import Agreement, AgreementRequest, Suspension
from tests.agency.factories import RegionFactory
from tests.agreements.factories import AgreementFactory, World, at

pytestmark = pytest.mark.django_db


def refused_by(name: str):
    return pytest.raises(IntegrityError, match=name)


def test_two_agreements_of_one_institution_and_region_never_share_a_day():
    first = AgreementFactory()
    with refused_by("agreement_one_at_a_time"), transaction.atomic():
        AgreementFactory(institution=first.institution, valid_from=date(2025, 12, 31))
    AgreementFactory(institution=first.institution, valid_from=date(2026, 1, 1))
    assert Agreement.objects.count() == 2


@pytest.mark.parametrize("state", ["signed", "suspended", "expired"])
def test_a_signed_suspended_or_past_agreement_takes_its_days_as_well(state):
    first = AgreementFactory(state=state)
    with refused_by("agreement_one_at_a_time"), transaction.atomic():
        AgreementFactory(institution=first.institution, valid_from=date(2025, 6, 1))


@pytest.mark.parametrize("state", ["draft", "cancelled"])
def test_a_draft_or_cancelled_one_takes_no_day(state):
    facts = {"last_day": date(2024, 12, 31)} if state == "cancelled" else {}
    first = AgreementFactory(state=state, **facts)
    AgreementFactory(institution=first.institution)
    assert Agreement.objects.filter(institution=first.institution).count() == 2


def test_after_a_dissolution_a_new_one_may_begin_at_once():
    first = AgreementFactory(state="dissolved", ended_on=date(2025, 5, 12))
    with refused_by("agreement_one_at_a_time"), transaction.atomic():
        AgreementFactory(institution=first.institution, valid_from=date(2025, 5, 11))
    AgreementFactory(institution=first.institution, valid_from=date(2025, 5, 12))
    assert Agreement.objects.filter(institution=first.institution).count() == 2


def test_dissolved_on_its_first_day_it_takes_no_day():
    first = AgreementFactory(state="dissolved", ended_on=date(2025, 1, 1))
    assert first.last_day == date(2024, 12, 31)
    AgreementFactory(institution=first.institution)


def test_another_region_may_have_its_own_agreement():
    first = AgreementFactory()
    AgreementFactory(
        institution=first.institution, region=RegionFactory(code="360100", name="南昌市")
    )
    assert Agreement.objects.filter(institution=first.institution).count() == 2


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"number": "360400-25-1"}, "agreement_number_has_its_form"),
        ({"valid_to": date(2024, 12, 1)}, "agreement_ends_after_it_begins|agreement_last_day"),
        ({"last_day": date(2026, 1, 1)}, "agreement_last_day_within_term"),
        ({"last_day": date(2024, 12, 30)}, "agreement_last_day_within_term"),
        ({"signed_on": None}, "agreement_signed_has_day_and_number"),
        ({"number": None}, "agreement_signed_has_day_and_number"),
        ({"ended_on": date(2025, 3, 1)}, "agreement_ended_has_its_day"),
        ({"state": "expired", "ended_on": None}, "agreement_ended_has_its_day"),
        (
            {"state": "dissolved", "ended_on": date(2025, 3, 1), "dissolution_ground": None},
            "agreement_dissolved_has_a_ground",
        ),
        ({"dissolution_ground": 3}, "agreement_dissolved_has_a_ground"),
    ],
)
def test_facts_of_an_agreement(facts, name):
    with refused_by(name), transaction.atomic():
        AgreementFactory(**facts)
    assert not Agreement.objects.exists()


def suspension(agreement, **facts):
    return Suspension.objects.create(
        **{
            "agreement": agreement,
            "kind": "mandatory",
            "ground": "risk",
            "starts_on": date(2025, 3, 1),
            "planned_to": date(2025, 5, 31),
            "limit_on": date(2025, 8, 28),
            "warn_150_on": date(2025, 7, 29),
            "warn_170_on": date(2025, 8, 18),
            **facts,
        }
    )


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"resumed_on": date(2025, 3, 1)}, "suspension_resumes_after_it_starts"),
        ({"limit_on": date(2025, 3, 1)}, "suspension_limit_after_start"),
        ({"ground": "request"}, "suspension_kind_has_its_ground"),
        ({"kind": "voluntary"}, "suspension_kind_has_its_ground"),
        ({"planned_to": None}, "suspension_mandatory_has_its_end"),
        ({"planned_to": date(2025, 2, 28)}, "suspension_planned_end_after_start"),
        ({"hold_reason": "理由"}, "suspension_hold_has_its_facts"),
        ({"held_at": at("2025-09-01")}, "suspension_hold_has_its_facts"),
    ],
)
def test_facts_of_a_suspension(facts, name):
    with refused_by(name), transaction.atomic():
        suspension(AgreementFactory(), **facts)
    assert not Suspension.objects.exists()


def test_two_suspensions_of_one_agreement_never_overlap():
    agreement = AgreementFactory()
    suspension(agreement, resumed_on=date(2025, 6, 1))
    with refused_by("suspension_one_at_a_time"), transaction.atomic():
        suspension(agreement, starts_on=date(2025, 5, 31), planned_to=date(2025, 7, 1))
    suspension(agreement, starts_on=date(2025, 6, 1), planned_to=date(2025, 7, 1))


def test_facts_of_a_request():
    world = World()
    request = world.filed(world.signed(), "renew", "2025-08-01")
    rows = AgreementRequest.objects.filter(pk=request.pk)
    with refused_by("agreementrequest_decision_has_its_facts"), transaction.atomic():
        rows.update(state="refused")
    with refused_by("agreementrequest_decided_by_another"), transaction.atomic():
        rows.update(state="refused", decided_by=world.member, decided_at=at("2025-08-02"))
    with refused_by("agreementrequest_ends_after_it_begins"), transaction.atomic():
        rows.update(wanted_to=date(2025, 1, 1))
    with refused_by("agreementrequest_one_open_of_a_kind"), transaction.atomic():
        AgreementRequest.objects.create(
            number="REQ-360400-2025-9999",
            agreement=request.agreement,
            kind="renew",
            wanted_on=date(2026, 1, 1),
            reason="又",
            filed_at=at("2025-08-02"),
            filed_by=world.member,
            decision_due_on=date(2025, 8, 18),
        )
