"""Drawing up, negotiating and agreeing a text; the two signatures; what the database refuses."""

import threading
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from agency.enums import Role
from agency.models import Notice
from agency.rules import Refusal
from agreements.enums.life import AgreementState
from agreements.enums.templates import TextKind
from agreements.enums.texts import FilingState, ProposalState, Side, TextState
from agreements.models import Agreement, AgreementFiling, AgreementText, ClauseProposal, Signature
from agreements.rules.snapshots import canonical, digest
from agreements.services import signing
from agreements.services.texts import drafting, negotiation, signatures
from agreements.services.texts.freezing import is_intact
from agreements.services.texts.in_force import current_text, text_of
from tests.agency.factories import user_with
from tests.agency.letters import receipt
from tests.agreements.factories import World, at, fresh
from tests.agreements.texts import agree_text, published_text

pytestmark = pytest.mark.django_db

FIRST = date(2025, 1, 1)
DAY, LATER = at("2024-12-02"), at("2024-12-03")


@pytest.fixture
def world():
    return World(legal_representative="王法人")


@pytest.fixture
def draft(world):
    return drawn(world)


def drawn(world) -> Agreement:
    return signing.draft_agreement(
        institution_id=world.institution.pk,
        region_code=world.region.pk,
        valid_from=FIRST,
        by=world.officer,
        at=at("2024-12-01"),
    )


def codes(refusal):
    return [each.code for each in refusal.value.obstacles]


def sent(world, draft) -> AgreementText:
    return negotiation.send(text_id=current_text(draft).pk, by=world.officer, at=DAY)


def clause(text, key="payment"):
    return text.clauses.get(key=key)


def agreed(world, draft) -> AgreementText:
    text = sent(world, draft)
    return negotiation.agree(text_id=text.pk, by=world.member, at=DAY)


def signed_by_institution(world, text, **kwargs):
    given = {"name": "王法人", "position": "法定代表人", **kwargs}
    return signatures.sign_for_institution(text_id=text.pk, by=world.member, at=DAY, **given)


def test_a_draft_has_its_text_filled_in_from_the_template(world, draft):
    text = current_text(draft)
    assert (text.state, text.kind, text.version) == (
        TextState.DRAFT,
        TextKind.MAIN,
        published_text(),
    )
    assert [each.key for each in text.clauses.all()] == ["parties", "payment", "breach"]
    assert clause(text).body == "总额指标12000000元,质量保证金5%。"
    assert world.institution.name in clause(text, "parties").body
    breach = text.version.clauses.get(key="breach")
    assert breach.is_breach and clause(text, "breach").measures == breach.measures


def test_without_a_published_text_nothing_is_drawn_up(world):
    published_text().template.versions.update(superseded_on=date(2020, 1, 1))
    with pytest.raises(Refusal) as refusal:
        drawn(world)
    assert codes(refusal) == ["no_template"]
    assert not Agreement.objects.exists()


def test_what_is_not_filled_in_is_not_sent(world, draft):
    text = drafting.fill_in(
        text_id=current_text(draft).pk, variables={"deposit": ""}, by=world.officer, at=DAY
    )
    assert "{{ deposit }}" in clause(text).body
    with pytest.raises(Refusal) as refusal:
        sent(world, draft)
    assert codes(refusal) == ["values_missing"]
    assert "质量保证金比例" in str(refusal.value.obstacles[0].text)
    drafting.fill_in(text_id=text.pk, variables={"deposit": "3"}, by=world.officer, at=DAY)
    assert clause(sent(world, draft)).body == "总额指标12000000元,质量保证金3%。"


def test_a_counter_proposal_changes_the_clause_only_once_accepted(world, draft):
    text = sent(world, draft)
    proposal = negotiation.propose(
        clause_id=clause(text).pk, body="质量保证金3%。", reason="资金紧张", by=world.member, at=DAY
    )
    assert fresh(text).agency_agreed_at == DAY
    with pytest.raises(Refusal) as refusal:
        negotiation.accept(proposal_id=proposal.pk, by=world.member, at=DAY)
    assert codes(refusal) == ["own_proposal"]
    answer = negotiation.counter(
        proposal_id=proposal.pk, body="质量保证金4%。", reason="折中", by=world.officer, at=LATER
    )
    assert fresh(proposal).state == ProposalState.COUNTERED
    assert (answer.side, answer.counters_id) == (Side.AGENCY, proposal.pk)
    assert clause(text).body == "总额指标12000000元,质量保证金5%。"
    with pytest.raises(Refusal) as refusal:
        negotiation.agree(text_id=text.pk, by=world.officer, at=LATER)
    assert codes(refusal) == ["proposals_open"]
    negotiation.accept(proposal_id=answer.pk, by=world.member, at=LATER)
    text = fresh(text)
    assert clause(text).body == "质量保证金4%。"
    assert (text.agency_agreed_at, text.institution_agreed_at) == (None, None)
    acts = list(text.transitions.values_list("act", flat=True))
    assert acts == ["draw_up", "send", "propose", "counter_proposal", "accept_proposal"]
    for by in (world.member, world.officer):
        text = negotiation.agree(text_id=text.pk, by=by, at=LATER)
    assert text.state == TextState.AGREED
    assert text.snapshot["clauses"][1]["body"] == "质量保证金4%。"
    assert text.snapshot["term"] == {"from": "2025-01-01", "to": "2025-12-31"}
    assert text.sha256 == digest(text.snapshot) and is_intact(fresh(text))


def test_refused_and_withdrawn_the_clause_stays(world, draft):
    text = sent(world, draft)
    wish = {"clause_id": clause(text).pk, "body": "免收保证金。", "reason": "困难", "at": DAY}
    first = negotiation.propose(by=world.member, **wish)
    with pytest.raises(Refusal) as refusal:
        negotiation.propose(by=world.officer, **wish)
    assert codes(refusal) == ["proposal_open"]
    with pytest.raises(Refusal) as refusal:
        negotiation.refuse(proposal_id=first.pk, by=world.officer, at=DAY, answer=" ")
    assert codes(refusal) == ["reason_missing"]
    negotiation.refuse(proposal_id=first.pk, by=world.officer, at=DAY, answer="政策规定")
    second = negotiation.propose(by=world.member, **wish)
    negotiation.withdraw(proposal_id=second.pk, by=world.member, at=DAY)
    assert clause(text).body == "总额指标12000000元,质量保证金5%。"
    assert [each.state for each in ClauseProposal.objects.order_by("pk")] == [
        ProposalState.REFUSED,
        ProposalState.WITHDRAWN,
    ]
    with pytest.raises(Refusal) as refusal:
        negotiation.propose(by=world.member, **{**wish, "body": clause(text).body, "reason": ""})
    assert codes(refusal) == ["wording_unchanged", "reason_missing"]


def test_another_institution_sees_nothing_of_it(world, draft):
    text = sent(world, draft)
    stranger = World().member
    with pytest.raises(AgreementText.DoesNotExist):
        negotiation.agree(text_id=text.pk, by=stranger, at=DAY)
    assert not AgreementText.objects.visible_to(stranger).exists()


def test_a_draft_text_is_not_seen_by_the_institution(world, draft):
    assert not AgreementText.objects.visible_to(world.member).exists()
    sent(world, draft)
    assert AgreementText.objects.visible_to(world.member).count() == 1


def test_a_fixed_text_is_not_negotiated(world, draft):
    published_text(TextKind.FIXED)
    text = drafting.draw_up(draft.pk, by=world.officer, at=DAY, kind=TextKind.FIXED)
    assert AgreementText.objects.filter(agreement=draft, state=TextState.VOID).count() == 1
    negotiation.send(text_id=text.pk, by=world.officer, at=DAY)
    with pytest.raises(Refusal) as refusal:
        negotiation.propose(
            clause_id=clause(text).pk, body="不同", reason="改", by=world.member, at=DAY
        )
    assert codes(refusal) == ["fixed_text_stands"]


# --- signing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ("none", "text_not_agreed"),
        ("sent", "text_not_agreed"),
        ("agreed", "institution_not_signed"),
    ],
)
def test_the_head_signs_last(world, draft, step, code):
    if step == "sent":
        sent(world, draft)
    if step == "agreed":
        agreed(world, draft)
    with pytest.raises(Refusal) as refusal:
        signing.sign_agreement(agreement_id=draft.pk, by=world.head, at=DAY)
    assert codes(refusal) == [code] and str(refusal.value.obstacles[0].remedy)
    assert fresh(draft).state == AgreementState.DRAFT and fresh(draft).number is None
    assert not AgreementFiling.objects.exists()


def test_both_sign_and_it_is_to_be_filed(world, draft):
    text = agreed(world, draft)
    signature = signed_by_institution(world, text, second_factor=True)
    assert signature.sha256 == text.sha256
    assert Notice.objects.filter(recipient=world.head, key__contains="institution_signed").exists()
    agreement = signing.sign_agreement(agreement_id=draft.pk, by=world.head, at=LATER)
    text = text_of(agreement.pk)
    assert (text.state, text.signed_at, text.method) == (TextState.SIGNED, LATER, "electronic")
    assert [(each.side, each.user) for each in text.signatures.order_by("pk")] == [
        (Side.INSTITUTION, world.member),
        (Side.AGENCY, world.head),
    ]
    filing = AgreementFiling.objects.get(agreement=agreement)
    assert (filing.number, filing.state) == ("AGF-360400-2024-0001", FilingState.DUE)
    # Ten working days from 3 December 2024.
    assert filing.due_on == date(2024, 12, 17)


def test_whoever_is_not_the_legal_representative_shows_a_power_of_attorney(world, draft):
    text = agreed(world, draft)
    with pytest.raises(Refusal) as refusal:
        signed_by_institution(world, text, name="李代理", position="副院长")
    assert codes(refusal) == ["authority_missing"]
    assert not Signature.objects.exists()
    paper = receipt("授权委托书.pdf")
    signature = signed_by_institution(
        world, text, name="李代理", position="副院长", authority=[paper]
    )
    assert signature.authority.name == "授权委托书.pdf"


def test_on_paper_the_head_needs_the_scan(world, draft):
    text = agreed(world, draft)
    signatures.record_on_paper(
        text_id=text.pk, name="王法人", position="法定代表人", by=world.officer, at=DAY
    )
    with pytest.raises(Refusal) as refusal:
        signing.sign_agreement(agreement_id=draft.pk, by=world.head, at=LATER)
    assert codes(refusal) == ["scan_missing"]
    scan = receipt("协议.pdf")
    agreement = signing.sign_agreement(agreement_id=draft.pk, by=world.head, at=LATER, scan=[scan])
    text = text_of(agreement.pk)
    assert (text.method, text.document.name) == ("paper", "协议.pdf")
    assert text.signatures.get(side=Side.INSTITUTION).user is None


def test_only_the_head_signs_for_the_agency(world, draft):
    agree_text(draft, at=DAY, by=world.member)
    with pytest.raises(Refusal) as refusal:
        signing.sign_agreement(agreement_id=draft.pk, by=world.officer, at=DAY)
    assert codes(refusal) == ["signed_by_no_head"]
    with pytest.raises(Refusal) as refusal:
        signing.sign_agreement(
            agreement_id=draft.pk, by=user_with(Role.ADMINISTRATION_HEAD), at=DAY
        )
    assert codes(refusal) == ["not_entitled"]


def test_the_institution_may_withdraw_until_the_agency_has_signed(world, draft):
    text = agreed(world, draft)
    signed_by_institution(world, text)
    with pytest.raises(Refusal) as refusal:
        negotiation.reopen(text_id=text.pk, by=world.officer, at=DAY, reason="改")
    assert codes(refusal) == ["institution_has_signed"]
    text = signatures.withdraw_signature(
        text_id=text.pk, by=world.member, at=LATER, reason="指标有误"
    )
    assert (text.state, text.sha256, text.snapshot) == (TextState.NEGOTIATING, "", None)
    agree_text(draft, at=LATER, by=world.member)
    signing.sign_agreement(agreement_id=draft.pk, by=world.head, at=LATER)
    with pytest.raises(Refusal) as refusal:
        signatures.withdraw_signature(text_id=text.pk, by=world.member, at=LATER, reason="晚了")
    assert codes(refusal) == ["both_have_signed"]


def test_a_cancelled_draft_voids_its_text(world, draft):
    text = agreed(world, draft)
    signed_by_institution(world, text)
    signing.cancel_agreement(agreement_id=draft.pk, by=world.officer, at=LATER, reason="不再签约")
    assert fresh(text).state == TextState.VOID
    assert not Signature.objects.standing().exists()


def test_a_renewal_takes_over_what_was_filled_in(world):
    agreement = world.signed("2025-01-01")
    text = text_of(agreement.pk)
    assert text.variables["deposit"] == "5"
    draft = signing.draft_agreement(
        institution_id=world.institution.pk,
        region_code=world.region.pk,
        valid_from=date(2026, 1, 1),
        by=world.officer,
        at=at("2025-10-01"),
        renewal_of=agreement,
    )
    values = current_text(draft).variables
    assert values["deposit"] == "5" and values["valid_from"] == "2026年1月1日"


# --- what the database refuses ------------------------------------------------------------------


@contextmanager
def refused_by(constraint: str):
    with pytest.raises(IntegrityError) as error:
        yield
    assert error.value.__cause__.diag.constraint_name == constraint


def test_the_clauses_of_an_agreed_text_are_fixed(world, draft):
    text = agreed(world, draft)
    with refused_by("textclause_of_an_agreed_text_is_fixed"), transaction.atomic():
        text.clauses.update(body="偷换")


def test_what_was_signed_is_fixed(world, draft):
    agree_text(draft, at=DAY, by=world.member)
    rows = AgreementText.objects.filter(agreement=draft)
    with refused_by("agreementtext_signed_is_fixed"), transaction.atomic():
        rows.update(snapshot={"title": "另一份"})
    with refused_by("signature_one_a_side"), transaction.atomic():
        Signature.objects.create(**_row(Signature.objects.get()))


def test_one_person_never_signs_for_both(world, draft):
    agree_text(draft, at=DAY, by=world.head)
    with refused_by("signature_of_two_persons"), transaction.atomic():
        row = {**_row(Signature.objects.get()), "side": Side.AGENCY}
        Signature.objects.create(**row)
    with pytest.raises(Refusal) as refusal:
        signing.sign_agreement(agreement_id=draft.pk, by=world.head, at=DAY)
    assert codes(refusal) == ["one_person"]


def _row(signature) -> dict:
    names = ["text_id", "side", "method", "name", "position", "user_id", "recorded_by_id"]
    return {name: getattr(signature, name) for name in [*names, "sha256", "signed_at"]}


# --- two at once --------------------------------------------------------------------------------


def in_threads(*calls) -> list:
    results: list = [None] * len(calls)
    gate = threading.Barrier(len(calls))

    def run(index: int, call) -> None:
        gate.wait()
        try:
            results[index] = call()
        except Exception as error:  # noqa: BLE001 - told apart by the test
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_the_institution_withdraws_while_the_head_signs():
    world = World()
    draft = drawn(world)
    text = agree_text(draft, at=DAY, by=world.member)
    results = in_threads(
        lambda: signing.sign_agreement(agreement_id=draft.pk, by=world.head, at=LATER),
        lambda: signatures.withdraw_signature(
            text_id=text.pk, by=world.member, at=LATER, reason="撤回"
        ),
    )
    assert sum(isinstance(each, Refusal) for each in results) == 1, results
    signed = fresh(draft).state != AgreementState.DRAFT
    assert signed == (not isinstance(results[0], Refusal))
    assert fresh(text).state == (TextState.SIGNED if signed else TextState.NEGOTIATING)
    assert AgreementFiling.objects.count() == int(signed)


@pytest.mark.django_db(transaction=True)
def test_signed_and_cancelled_at_once_leads_to_one_end():
    world = World()
    draft = drawn(world)
    text = agree_text(draft, at=DAY, by=world.member)
    results = in_threads(
        lambda: signing.sign_agreement(agreement_id=draft.pk, by=world.head, at=LATER),
        lambda: signing.cancel_agreement(
            agreement_id=draft.pk, by=world.officer, at=LATER, reason="不签"
        ),
        lambda: signing.sign_agreement(agreement_id=draft.pk, by=world.head, at=LATER),
    )
    draft, text = fresh(draft), fresh(text)
    errors = [each for each in results if isinstance(each, Exception)]
    assert all(isinstance(each, Refusal) for each in errors), errors
    # Cancelled after it was signed, or never signed at all; in force it is not cancelled.
    if draft.state == AgreementState.CANCELLED:
        assert text.state in (TextState.VOID, TextState.SIGNED)
    else:
        assert text.state == TextState.SIGNED and len(errors) == 2
    assert AgreementFiling.objects.count() == int(text.state == TextState.SIGNED)


def test_the_digest_does_not_depend_on_the_order_of_keys():
    assert canonical({"b": 1, "a": "协议"}) == '{"a":"协议","b":1}'.encode()
