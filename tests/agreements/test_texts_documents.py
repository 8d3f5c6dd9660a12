"""The signed document and its verification; supplements; filing with the administration."""

from datetime import date

import pypdfium2
import pytest

from agency.enums import Role
from agency.rules import Refusal
from agreements.enums.life import AgreementState
from agreements.enums.templates import TextKind
from agreements.enums.texts import FilingState, SupplementState, TextState
from agreements.models import Agreement, AgreementFiling, AgreementText, Supplement
from agreements.services import ending, filings, signing, supplements
from agreements.services.texts import documents, drafting, verification
from agreements.services.texts.in_force import current_text, text_of
from tests.agency.factories import user_with
from tests.agreements.factories import World, at, fresh
from tests.agreements.texts import agree_text, published_text

pytestmark = pytest.mark.django_db

DAY = at("2025-03-03")


@pytest.fixture
def world():
    return World()


@pytest.fixture
def agreement(world):
    return world.signed("2025-01-01")


def codes(refusal):
    return [each.code for each in refusal.value.obstacles]


def first_page(data: bytes) -> str:
    with pypdfium2.PdfDocument(data) as document:
        return document[0].get_textpage().get_text_bounded()


# --- documents ----------------------------------------------------------------------------------


def test_the_signed_document_verifies_and_an_altered_one_does_not(world, agreement):
    text = text_of(agreement.pk)
    document = documents.document_of(text.pk, at=DAY)
    data = document.file.read()
    page = first_page(data)
    assert "第 1 页 共 1 页" in page and text.sha256 in page and agreement.number in page
    assert documents.document_of(text.pk, at=DAY) == document
    verdict = verification.verify(None, data)
    assert verdict.text == text and verdict.is_genuine and verdict.is_same_file
    assert verdict.signature.is_intact and verdict.signature.is_test
    altered = verification.verify(text_of(agreement.pk), data + b"\n% more\n")
    assert (altered.is_genuine, altered.is_same_file) == (False, False)
    assert not altered.signature.is_intact
    assert verification.verify(None, b"%PDF-1.4 nothing").text is None


def test_a_number_a_code_or_a_digest_finds_the_text_of_who_may_see_it(world, agreement):
    text = text_of(agreement.pk)
    stranger = World().member
    for given in (agreement.number, text.code, text.sha256):
        assert verification.by_number(given, world.member) == text
        assert verification.by_number(given, stranger) is None
    assert verification.by_code(text.code) == text
    assert verification.verify(text, None).is_genuine


def test_without_a_certificate_there_is_no_document(agreement, settings):
    settings.AGREEMENT_SIGNING_TEST = False
    text = text_of(agreement.pk)
    with pytest.raises(Refusal) as refusal:
        documents.document_of(text.pk, at=DAY)
    assert codes(refusal) == ["no_certificate"]
    documents.seal_if_possible(agreement, at=DAY)
    assert fresh(text).document is None
    settings.AGREEMENT_SIGNING_TEST = True
    documents.seal_if_possible(agreement, at=DAY)
    assert fresh(text).document is not None


def test_an_unsigned_text_is_printed_as_a_draft(world):
    draft = signing.draft_agreement(
        institution_id=world.institution.pk,
        region_code=world.region.pk,
        valid_from=date(2026, 1, 1),
        by=world.officer,
        at=DAY,
    )
    text = current_text(draft)
    page = first_page(documents.print_of(text, at=DAY))
    assert "草稿" in page and "签署人" in page
    with pytest.raises(Refusal) as refusal:
        documents.document_of(text.pk, at=DAY)
    assert codes(refusal) == ["not_signed"]


# --- supplements --------------------------------------------------------------------------------


def supplement_of(world, agreement, **kwargs) -> Supplement:
    kind = kwargs.setdefault("kind", TextKind.AMENDMENT)
    published_text(kind)
    days = {"valid_from": date(2025, 4, 1), "valid_to": date(2025, 12, 31)}
    return drafting.draw_up_supplement(agreement.pk, **{**days, **kwargs}, by=world.officer, at=DAY)


def signed_supplement(world, agreement, **kwargs) -> Supplement:
    supplement = supplement_of(world, agreement, **kwargs)
    agree_text(supplement, at=DAY, by=world.member)
    return supplements.sign_supplement(supplement_id=supplement.pk, by=world.head, at=DAY)


def test_a_supplement_lies_within_the_term(world, agreement):
    with pytest.raises(Refusal) as refusal:
        supplement_of(world, agreement, valid_to=date(2026, 1, 1))
    assert codes(refusal) == ["outside_term"]
    with pytest.raises(Refusal) as refusal:
        supplement_of(world, agreement, kind=TextKind.YEARLY)
    assert codes(refusal) == ["not_a_fixed_agreement"]
    assert not Supplement.objects.exists()


def test_a_supplement_is_signed_by_both_filed_and_ends_with_its_agreement(world, agreement):
    supplement = supplement_of(world, agreement)
    with pytest.raises(Refusal) as refusal:
        supplements.sign_supplement(supplement_id=supplement.pk, by=world.head, at=DAY)
    assert codes(refusal) == ["text_not_agreed"]
    agree_text(supplement, at=DAY, by=world.member)
    supplement = supplements.sign_supplement(supplement_id=supplement.pk, by=world.head, at=DAY)
    assert (supplement.number, supplement.state, supplement.signed_on) == (
        "SUP-360400-2025-0001",
        SupplementState.SIGNED,
        date(2025, 3, 3),
    )
    assert AgreementFiling.objects.get(supplement=supplement).state == FilingState.DUE
    waiting = supplement_of(world, agreement)
    ending.dissolve_agreement(
        agreement_id=agreement.pk,
        by=world.head,
        at=at("2025-05-12"),
        on=date(2025, 5, 12),
        ground=3,
        reason="骗保",
    )
    ended = fresh(supplement)
    assert (ended.state, ended.ended_on) == (SupplementState.ENDED, date(2025, 5, 11))
    assert list(ended.transitions.values_list("act", flat=True)) == ["draw_up", "sign", "end"]
    assert fresh(waiting).state == SupplementState.CANCELLED
    assert waiting.texts.get().state == TextState.VOID


def test_the_night_ends_what_is_over(world, agreement):
    short = signed_supplement(world, agreement, valid_to=date(2025, 6, 30))
    assert supplements.end_due(on=date(2025, 6, 30), at=at("2025-06-30", 0)) == 0
    assert supplements.end_due(on=date(2025, 7, 1), at=at("2025-07-01", 0)) == 1
    assert fresh(short).ended_on == date(2025, 6, 30)
    long = signed_supplement(world, agreement)
    Agreement.objects.filter(pk=agreement.pk).update(
        state=AgreementState.EXPIRED, ended_on=date(2025, 12, 31)
    )
    assert supplements.end_due(on=date(2026, 1, 1), at=at("2026-01-01", 0)) == 1
    assert fresh(long).ended_on == date(2025, 12, 31)


def test_a_fixed_agreement_has_one_yearly_agreement_a_year(world):
    published_text(TextKind.FIXED)
    draft = signing.draft_agreement(
        institution_id=world.institution.pk,
        region_code=world.region.pk,
        valid_from=date(2025, 7, 1),
        months=24,
        by=world.officer,
        at=DAY,
        kind=TextKind.FIXED,
    )
    agreement = world.sign(draft, DAY)
    published_text(TextKind.YEARLY)
    yearly = drafting.draw_up_yearly(agreement.pk, 2026, by=world.officer, at=DAY)
    assert (yearly.year, yearly.valid_from, yearly.valid_to) == (
        2026,
        date(2026, 1, 1),
        date(2026, 12, 31),
    )
    assert current_text(yearly).variables["year"] == "2026"
    first = drafting.draw_up_yearly(agreement.pk, 2025, by=world.officer, at=DAY)
    assert first.valid_from == date(2025, 7, 1)
    with pytest.raises(Refusal) as refusal:
        drafting.draw_up_yearly(agreement.pk, 2026, by=world.officer, at=DAY)
    assert codes(refusal) == ["year_has_its_agreement"]


# --- filing -------------------------------------------------------------------------------------


def test_several_are_filed_at_once_acknowledged_or_sent_back(world, agreement):
    supplement = signed_supplement(world, agreement)
    supervisor = user_with(Role.SUPERVISOR)
    ids = list(AgreementFiling.objects.order_by("pk").values_list("pk", flat=True))
    done = filings.file_agreements(filing_ids=ids, by=world.officer, at=DAY, note="一并备案")
    assert [each.state for each in done] == [FilingState.FILED, FilingState.FILED]
    with pytest.raises(Refusal) as refusal:
        filings.file_agreements(filing_ids=ids, by=world.officer, at=DAY)
    assert codes(refusal) == ["filing_wrong_state", "filing_wrong_state"]
    first, second = ids
    filings.acknowledge_filing(filing_id=first, by=supervisor, at=DAY)
    with pytest.raises(Refusal) as refusal:
        filings.return_filing(filing_id=second, by=supervisor, at=DAY, answer="")
    assert codes(refusal) == ["reason_missing"]
    filings.return_filing(filing_id=second, by=supervisor, at=DAY, answer="缺少附件")
    with pytest.raises(Refusal) as refusal:
        filings.acknowledge_filing(filing_id=second, by=world.officer, at=DAY)
    assert codes(refusal) == ["filing_wrong_state", "not_entitled"]
    filings.file_agreements(filing_ids=[second], by=world.officer, at=DAY)
    states = list(AgreementFiling.objects.order_by("pk").values_list("state", flat=True))
    assert states == [FilingState.ACKNOWLEDGED, FilingState.FILED]
    assert AgreementFiling.objects.get(supplement=supplement).answer == ""
    assert AgreementText.objects.filter(state=TextState.SIGNED).count() == 2
