"""The letters that an agreement's life issues."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from agency.models import OfficialLetter
from agency.rules import Refusal
from agreements.enums.life import AgreementState, RequestKind
from agreements.services import ending, requests, suspension
from agreements.services.letters import issue_end_notice, issue_renewal_notice
from institutions.models import InstitutionLetter
from tests.agreements.factories import AgreementFactory, World, at, fresh
from tests.institutions.factories import InstitutionFactory, member_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def letter(kind: str) -> OfficialLetter:
    return OfficialLetter.objects.get(kind=kind)


def test_suspending_resuming_dissolving_issue_their_decisions(world):
    agreement = world.signed()
    world.suspended(agreement, "2025-03-03", "2025-06-30")
    decision = letter("suspension_decision")
    assert decision.number.endswith("中止决〔2025〕1号")
    assert "2025年3月3日" in decision.body
    assert "2025年6月30日" in decision.body
    assert decision.of_institution.institution == world.institution
    suspension.resume_agreement(
        rectified=True,
        findings="已整改",
        agreement_id=agreement.pk,
        by=world.officer,
        at=at("2025-05-06"),
        on=date(2025, 5, 6),
        reason="整改完成",
    )
    assert "整改完成" in letter("resumption_decision").body
    ending.dissolve_agreement(
        agreement_id=agreement.pk,
        by=world.head,
        at=at("2025-07-01"),
        on=date(2025, 7, 1),
        ground=9,
        reason="许可证被吊销",
    )
    body = letter("dissolution_decision").body
    assert "第四十三条第（九）项" in body
    assert "许可证被吊销" in body
    acts = agreement.transitions.filter(letter__isnull=False).order_by("pk")
    assert list(acts.values_list("act", "letter__kind")) == [
        ("suspend", "suspension_decision"),
        ("resume", "resumption_decision"),
        ("dissolve", "dissolution_decision"),
    ]


def test_a_refused_act_issues_no_letter_and_takes_no_number(world):
    agreement = world.signed()
    with pytest.raises(Refusal):
        world.suspended(agreement, "2025-03-03", "2026-06-30")  # longer than allowed
    assert not OfficialLetter.objects.exists()
    world.suspended(agreement, "2025-03-03", "2025-06-30")
    assert letter("suspension_decision").number.endswith("〔2025〕1号")


def test_a_voluntary_suspension_ends_at_its_limit_in_the_letter(world):
    agreement = world.signed()
    world.on_leave(agreement, "2025-03-01")
    assert "2025年8月28日" in letter("suspension_decision").body


def test_a_request_is_answered_by_letter(world):
    agreement = world.signed()
    first = world.filed(agreement, RequestKind.SUSPEND, "2025-01-10", wanted_on="2025-05-06")
    requests.refuse_request(
        request_id=first.pk, by=world.officer, at=at("2025-01-14"), reason="材料不足"
    )
    refused = letter("request_refused")
    assert "材料不足" in refused.body
    assert first.number in refused.body
    assert first.transitions.get(act="refuse").letter == refused
    second = world.filed(agreement, RequestKind.SUSPEND, "2025-01-15", wanted_on="2025-05-06")
    with pytest.raises(Refusal):
        requests.refuse_request(
            request_id=second.pk, by=world.officer, at=at("2025-01-16"), reason=" "
        )
    requests.accept_request(request_id=second.pk, by=world.officer, at=at("2025-01-16"))
    granted = letter("request_accepted")
    assert granted.number.endswith("协复〔2025〕2号")  # one series for both answers, no gap
    assert "2025年5月6日" in granted.body


def test_a_renewal_notice_is_issued_once_and_in_its_time(world):
    agreement = world.signed()

    def issue(day):
        return issue_renewal_notice(agreement_id=agreement.pk, by=world.officer, at=at(day))

    for day in ("2025-08-29", "2025-10-09"):  # before the reminder, after the last day to apply
        with pytest.raises(Refusal):
            issue(day)
    assert not OfficialLetter.objects.exists()
    issue("2025-09-01")
    body = letter("renewal_notice").body
    assert "2025年9月30日" in body
    with pytest.raises(Refusal) as refused:
        issue("2025-09-02")
    assert [each.code for each in refused.value.obstacles] == ["letter_exists"]
    assert OfficialLetter.objects.count() == 1


@pytest.mark.parametrize("state", [AgreementState.EXPIRED, AgreementState.AUTO_TERMINATED])
def test_an_agreement_that_ended_by_itself_is_said_to_have(world, state):
    ended = AgreementFactory(
        institution=world.institution,
        region=world.region,
        state=state,
        ended_on=date(2025, 12, 31) if state == AgreementState.EXPIRED else date(2025, 8, 29),
    )
    issue_end_notice(agreement_id=ended.pk, by=world.officer, at=at("2026-01-05"))
    assert ended.number in letter("termination_notice").body
    running = AgreementFactory(institution=InstitutionFactory(), region=world.region)
    with pytest.raises(Refusal):
        issue_end_notice(agreement_id=running.pk, by=world.officer, at=at("2026-01-05"))
    assert OfficialLetter.objects.count() == 1


def test_the_pages_offer_and_show_them(world, client):
    agreement = world.signed()
    client.force_login(world.officer)
    with time_machine.travel(at("2025-09-01"), tick=False):
        page = client.get(agreement.get_absolute_url())
        address = reverse("agreements_desk:renewal_notice", args=[agreement.pk])
        assert address in page.content.decode()
        stamp = client.get(address).context["stamp"]
        assert client.post(address, {"stamp": stamp}).status_code == 302
        own = InstitutionLetter.objects.get()
        assert own.letter.number in client.get(agreement.get_absolute_url()).content.decode()
        client.force_login(world.member)
        assert own.letter.number in client.get(agreement.get_portal_url()).content.decode()
        client.force_login(member_of(InstitutionFactory()))
        assert client.get(agreement.get_portal_url()).status_code == 404
    assert fresh(agreement).state == AgreementState.EFFECTIVE
