"""The pages of a text: who sees what, what an act does, what stands in the queues."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agency.enums import Role
from agency.home import DESK_QUEUES, PORTAL_QUEUES, gather
from agreements.enums.life import AgreementState
from agreements.enums.templates import TextKind
from agreements.enums.texts import FilingState, Side, TextState
from agreements.models import Agreement, AgreementFiling, AgreementText, ClauseProposal
from agreements.services import signing
from agreements.services.texts import negotiation
from agreements.services.texts.in_force import current_text
from tests.agency.factories import user_with
from tests.agency.letters import receipt
from tests.agreements.factories import World, fresh
from tests.agreements.texts import agree_text, published_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World(legal_representative="王法人")


@pytest.fixture
def draft(world) -> Agreement:
    return signing.draft_agreement(
        institution_id=world.institution.pk,
        region_code=world.region.pk,
        valid_from=timezone.localdate() + timedelta(20),
        by=world.officer,
        at=timezone.now(),
    )


def sent(world, draft) -> AgreementText:
    text = current_text(draft)
    return negotiation.send(text_id=text.pk, by=world.officer, at=timezone.now())


def act(client, user, page_name, *args, **data):
    """Open the page of an act and confirm it."""
    client.force_login(user)
    address = reverse(page_name, args=args)
    page = client.get(address)
    return client.post(address, {"stamp": page.context["stamp"], **data})


def titles(queues, user):
    return [str(each.act) for each in gather(queues, user, timezone.localdate())]


def test_from_the_draft_to_the_signed_document(client, world, draft):
    text = current_text(draft)
    client.force_login(world.officer)
    assert client.get(text.get_absolute_url()).status_code == 200
    assert titles(DESK_QUEUES, world.officer) == ["送交医疗机构"]
    assert act(client, world.officer, "agreements_desk:text_fill_in", text.pk, deposit="4")
    page = client.get(text.get_absolute_url())
    # An empty field is an empty value: it is missed.
    assert "{{ total_control }}元,质量保证金4%" in page.content.decode()
    values = {"deposit": "4", "total_control": "900万"}
    act(client, world.officer, "agreements_desk:text_fill_in", text.pk, **values)
    assert "总额指标900万元,质量保证金4%" in client.get(text.get_absolute_url()).content.decode()
    act(client, world.officer, "agreements_desk:text_send", text.pk)
    assert fresh(text).state == TextState.NEGOTIATING

    clause = text.clauses.get(key="payment")
    assert titles(PORTAL_QUEUES, world.member) == ["同意文本"]
    wording = {"body": "质量保证金2%。", "reason": "资金紧张"}
    act(client, world.member, "agreements_portal:clause_propose", clause.pk, **wording)
    proposal = ClauseProposal.objects.get()
    assert proposal.side == Side.INSTITUTION
    assert "接受修改建议" in titles(DESK_QUEUES, world.officer)
    client.force_login(world.officer)
    page = client.get(text.get_absolute_url()).content.decode()
    assert "<ins>" in page and "资金紧张" in page
    act(client, world.officer, "agreements_desk:proposal_accept", proposal.pk)
    act(client, world.officer, "agreements_desk:text_agree", text.pk)
    act(client, world.member, "agreements_portal:text_agree", text.pk)
    assert fresh(text).state == TextState.AGREED and titles(PORTAL_QUEUES, world.member) == ["签署"]

    signatory = {"name": "王法人", "position": "法定代表人"}
    refused = act(client, world.member, "agreements_portal:text_sign", text.pk, **signatory)
    assert refused.status_code == 400  # not confirmed
    signatory["confirmed"] = "on"
    act(client, world.member, "agreements_portal:text_sign", text.pk, **signatory)
    client.force_login(world.officer)
    page = client.get(draft.get_absolute_url()).content.decode()
    assert text.title in page and "王法人" in page
    assert titles(DESK_QUEUES, world.head) == ["签订"]
    act(client, world.head, "agreements_desk:sign", draft.pk)
    assert fresh(draft).state == AgreementState.SIGNED
    text = fresh(text)
    assert text.document is not None
    client.force_login(world.member)
    answer = client.get(reverse("agreements_portal:text_document", args=[text.pk]))
    data = b"".join(answer.streaming_content)
    assert data.startswith(b"%PDF")
    address = reverse("agreements_portal:verify")
    page = client.post(address, {"number": text.code}).content.decode()
    assert "真实有效" in page
    client.logout()
    page = client.get(reverse("agreements_public:agreement_code", args=[text.code]))
    assert text.sha256 in page.content.decode()
    assert world.institution.name not in page.content.decode()


def test_what_is_missing_is_said_where_the_head_would_sign(client, world, draft):
    client.force_login(world.head)
    page = client.get(reverse("agreements_desk:sign", args=[draft.pk])).content.decode()
    assert "文本尚未送交医疗机构" in page and "由协议管理人员填写后送交" in page


def test_a_stranger_finds_no_text(client, world, draft):
    text = sent(world, draft)
    client.force_login(World().member)
    for name in ("text", "text_print", "text_agree", "text_sign"):
        answer = client.get(reverse(f"agreements_portal:{name}", args=[text.pk]))
        assert answer.status_code == 404, name
    client.force_login(world.member)
    assert client.get(reverse("agreements_portal:text_print", args=[text.pk])).status_code == 200


def test_on_paper_with_the_scan(client, world, draft):
    text = sent(world, draft)
    negotiation.agree(text_id=text.pk, by=world.member, at=timezone.now())
    signatory = {"name": "王法人", "position": "院长"}
    act(client, world.officer, "agreements_desk:text_paper", text.pk, **signatory)
    refused = act(client, world.head, "agreements_desk:sign", draft.pk)
    assert refused.status_code == 409 and "扫描件" in refused.content.decode()
    act(client, world.head, "agreements_desk:sign", draft.pk, scan=receipt("协议.pdf"))
    assert fresh(text).document.name == "协议.pdf"


def test_several_are_filed_and_the_administration_answers(client, world):
    agreement = world.signed(timezone.localdate() - timedelta(3))
    filing = AgreementFiling.objects.get(agreement=agreement)
    supervisor = user_with(Role.SUPERVISOR)
    client.force_login(world.officer)
    address = reverse("agreements_desk:filing_file")
    page = client.get(f"{address}?filing={filing.pk}")
    assert page.context["form"].initial["filings"] == [filing.pk]
    client.post(address, {"stamp": page.context["stamp"], "filings": [filing.pk]})
    assert fresh(filing).state == FilingState.FILED
    assert titles(DESK_QUEUES, supervisor) == ["确认备案"]
    act(client, supervisor, "agreements_desk:filing_return", filing.number, reason="缺附件")
    assert fresh(filing).state == FilingState.RETURNED
    client.force_login(world.officer)
    assert "缺附件" in client.get(filing.get_absolute_url()).content.decode()


def test_a_supplement_is_drawn_up_from_the_agreement(client, world):
    published_text(TextKind.AMENDMENT)
    agreement = world.signed(timezone.localdate() - timedelta(3))
    days = {"valid_from": timezone.localdate(), "valid_to": agreement.valid_to}
    act(
        client, world.officer, "agreements_desk:supplement_new", agreement.pk,
        kind="amendment", **days,
    )  # fmt: skip
    supplement = agreement.supplements.get()
    agree_text(supplement, at=timezone.now(), by=world.member)
    act(client, world.head, "agreements_desk:supplement_sign", supplement.number)
    assert fresh(supplement).signed_on == timezone.localdate()
    page = client.get(agreement.get_absolute_url()).content.decode()
    assert supplement.number in page
    client.force_login(world.member)
    assert client.get(supplement.get_portal_url()).status_code == 200
