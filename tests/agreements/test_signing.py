"""A-09: from a draft to an agreement in force; the number; the renewal's draft."""

from datetime import date

import pytest

from agency.enums import Role
from agency.models import Counter, Notice
from agency.rules import Refusal
from agreements.enums.life import AgreementState
from agreements.models import Agreement, AgreementTransition
from agreements.services import renewal, signing
from tests.agency.factories import user_with
from tests.agreements.factories import World, at, fresh
from tests.agreements.texts import agree_text
from tests.institutions.factories import EntryFactory

pytestmark = pytest.mark.django_db


def codes(refusal) -> list[str]:
    return [each.code for each in refusal.value.obstacles]


def test_signed_before_its_first_day_it_waits_and_runs_a_year():
    agreement = World().signed("2025-11-01", on="2025-10-20")
    assert agreement.state == AgreementState.SIGNED
    assert agreement.valid_to == agreement.last_day == date(2026, 10, 31)
    assert agreement.signed_on == date(2025, 10, 20)
    assert agreement.number == "360400-2025-0001"
    assert agreement.renewal_apply_by == date(2026, 7, 31)
    assert agreement.renewal_remind_on == date(2026, 6, 30)


def test_signed_on_its_first_day_it_is_in_force_at_once():
    world = World()
    agreement = world.signed("2025-01-01")
    assert agreement.state == AgreementState.EFFECTIVE
    steps = list(agreement.transitions.values_list("act", "source", "target", "on", "by", "rule"))
    day = date(2025, 1, 1)
    assert steps == [
        ("draft", "", "draft", day, world.officer.pk, "A-09"),
        ("sign", "draft", "signed", day, world.head.pk, "A-09"),
        ("take_effect", "signed", "effective", day, None, "A-09"),
    ]
    assert Notice.objects.get(recipient=world.member).subject == "协议360400-2025-0001已签订。"


def test_numbers_run_by_region_and_year_of_the_term():
    first, second = World(), World()
    assert first.signed("2024-01-01").number == "360400-2024-0001"
    assert second.signed("2024-01-01").number == "360400-2024-0002"
    assert first.signed("2025-01-01").number == "360400-2025-0001"


def test_the_same_term_is_signed_only_once():
    world = World()
    world.signed("2025-01-01")
    with pytest.raises(Refusal) as refusal:
        world.signed("2025-12-31")
    assert codes(refusal) == ["term_overlaps"]
    assert Agreement.objects.count() == 1


def test_two_drafts_of_one_term_only_one_is_signed():
    world = World()
    drafts = [
        signing.draft_agreement(
            institution_id=world.institution.pk,
            region_code="360400",
            valid_from=date(2025, 1, 1),
            by=world.officer,
            at=at("2024-12-01"),
        )
        for _ in range(2)
    ]
    for draft in drafts:
        agree_text(draft, at=at("2024-12-01"), by=world.member)
    signing.sign_agreement(agreement_id=drafts[0].pk, by=world.head, at=at("2024-12-02"))
    counted = Counter.objects.get(key="agreement:360400-2025").value
    with pytest.raises(Refusal) as refusal:
        signing.sign_agreement(agreement_id=drafts[1].pk, by=world.head, at=at("2024-12-02"))
    assert codes(refusal) == ["term_overlaps"]
    assert fresh(drafts[1]).state == AgreementState.DRAFT
    assert Counter.objects.get(key="agreement:360400-2025").value == counted
    assert drafts[1].transitions.count() == 1


def test_an_entry_without_codes_gets_no_agreement():
    world = World()
    world.institution = EntryFactory(region=world.region)
    with pytest.raises(Refusal) as refusal:
        world.signed()
    assert codes(refusal) == ["institution_unverified"]
    assert not Agreement.objects.exists() and not AgreementTransition.objects.exists()


def test_the_administration_signs_nothing():
    world = World()
    draft = signing.draft_agreement(
        institution_id=world.institution.pk,
        region_code="360400",
        valid_from=date(2025, 1, 1),
        by=world.officer,
        at=at("2024-12-01"),
    )
    with pytest.raises(Refusal) as refusal:
        signing.sign_agreement(
            agreement_id=draft.pk, by=user_with(Role.ADMINISTRATION_HEAD), at=at("2024-12-02")
        )
    assert codes(refusal) == ["not_entitled"]
    assert fresh(draft).number is None and draft.transitions.count() == 1


def test_a_cancelled_one_frees_its_term():
    world = World()
    agreement = world.signed("2025-11-01", on="2025-10-20")
    signing.cancel_agreement(
        agreement_id=agreement.pk, by=world.officer, at=at("2025-10-21"), reason="放弃"
    )
    assert fresh(agreement).state == AgreementState.CANCELLED
    assert world.signed("2025-11-01", on="2025-10-22").number == "360400-2025-0002"


def test_what_is_in_force_cannot_be_cancelled():
    world = World()
    agreement = world.signed()
    with pytest.raises(Refusal) as refusal:
        signing.cancel_agreement(
            agreement_id=agreement.pk, by=world.officer, at=at("2025-02-01"), reason="误"
        )
    assert codes(refusal) == ["wrong_state"]
    assert fresh(agreement).state == AgreementState.EFFECTIVE


def test_a_renewal_begins_on_the_day_after():
    world = World()
    agreement = world.signed()
    draft = renewal.renew_agreement(
        agreement_id=agreement.pk, by=world.officer, at=at("2025-10-01")
    )
    assert (draft.valid_from, draft.valid_to) == (date(2026, 1, 1), date(2026, 12, 31))
    assert draft.renewal_of == agreement
    with pytest.raises(Refusal) as refusal:
        renewal.renew_agreement(agreement_id=agreement.pk, by=world.officer, at=at("2025-10-02"))
    assert codes(refusal) == ["renewed_already"]


def test_a_renewal_may_be_drawn_up_again_after_it_was_cancelled():
    world = World()
    agreement = world.signed()
    first = renewal.renew_agreement(
        agreement_id=agreement.pk, by=world.officer, at=at("2025-10-01")
    )
    signing.cancel_agreement(
        agreement_id=first.pk, by=world.officer, at=at("2025-10-02"), reason="条款有误"
    )
    second = renewal.renew_agreement(
        agreement_id=agreement.pk, by=world.officer, at=at("2025-10-03")
    )
    assert second.renewal_of == agreement and fresh(first).renewal_of is None


@pytest.mark.parametrize(("planned_to", "allowed"), [("2026-01-31", False), ("2025-12-31", True)])
def test_suspended_it_is_renewed_only_if_the_suspension_ends_within_its_validity(
    planned_to, allowed
):
    world = World()
    agreement = world.suspended(world.signed(), "2025-11-01", planned_to)
    act = {"agreement_id": agreement.pk, "by": world.officer, "at": at("2025-11-20")}
    if allowed:
        assert renewal.renew_agreement(**act).renewal_of == agreement
    else:
        with pytest.raises(Refusal) as refusal:
            renewal.renew_agreement(**act)
        assert codes(refusal) == ["suspended_beyond_validity"]
        assert Agreement.objects.count() == 1
