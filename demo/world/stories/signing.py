"""Texts negotiated and signed: the plain way of most agreements, one on paper, one in
negotiation, one that waits for the institution's signature, supplements, and the filings with the
administration (A-09, B-15).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from agency.models import User
from agreements.enums.templates import TextKind
from agreements.models import Agreement, AgreementFiling, AgreementText, Supplement
from agreements.services.filings import acknowledge_filing, file_agreements, return_filing
from agreements.services.renewal import renew_agreement
from agreements.services.signing import sign_agreement
from agreements.services.supplements import sign_supplement
from agreements.services.texts import documents, drafting, negotiation, signatures
from agreements.services.texts.in_force import current_text
from demo.world.accounts import account_of
from demo.world.institutions import BY_KEY
from demo.world.papers import paper
from demo.world.script import Script, World
from institutions.services.persons import legal_representative_of

OFFICER, HEAD, SUPERVISOR = "agreement", "head", "supervisor"
# Signed by hand, with the scan of the paper.
ON_PAPER = "new"
# Whose signed document was drawn at once; the others' are when somebody asks for them.
SEALED = ("trial", "central", "renhe")
FILED_EVERY, ANSWERED_AFTER = 12, 4
FIRST_FILED, LAST_FILED = 900, 22


def enter(script: Script) -> None:
    world = script.world
    for days in range(FIRST_FILED, LAST_FILED, -FILED_EVERY):
        script.on(world.ago(days), partial(file_all, world), hour=16, label="filing of agreements")
        script.on(
            world.ago(days - ANSWERED_AFTER),
            partial(acknowledge_all, world),
            hour=9,
            label="filings acknowledged",
        )
    script.on(world.ago(3), partial(negotiate, world, "applicant"), hour=15, label="negotiation")
    script.on(world.ago(6), partial(leave_agreed, world, "mother"), hour=11, label="agreed text")
    script.on(world.ago(20), partial(amend, world, "central"), label="amendment of central")
    script.on(world.ago(5), partial(offer_amendment, world, "renhe"), label="amendment of renhe")
    for key in SEALED:
        script.on(world.ago(1), partial(seal, world, key), hour=17, label="signed document")
    script.on(world.ago(2), partial(leave_filings, world), hour=16, label="filings left open")


def sign(world: World, agreement: Agreement, username: str, at: datetime) -> Agreement:
    """Have both sides agree and sign, a day or more after the text was drawn up."""
    on_paper = world.made.get(f"agreement.{ON_PAPER}") == agreement
    text = settle(world, agreement, username, at, on_paper=on_paper)
    scan = [paper(f"服务协议签字页-{agreement.institution.name}")] if on_paper else []
    return sign_agreement(
        agreement_id=agreement.pk,
        by=world.users[HEAD],
        at=max(at, text.drawn_up_at),
        scan=scan,
    )


def settle(
    world: World,
    matter: Agreement | Supplement,
    username: str,
    at: datetime,
    *,
    on_paper: bool = False,
) -> AgreementText:
    """Offer the text as it is, have it agreed, and signed by the institution."""
    text, member = agreed(world, matter, username, at)
    institution = text.institution
    name = legal_representative_of(institution, on=timezone.localdate(at))
    given: dict[str, Any] = {"text_id": text.pk, "name": name, "position": "法定代表人", "at": at}
    if on_paper:
        signatures.record_on_paper(by=world.users[OFFICER], **given)
    else:
        signatures.sign_for_institution(by=member, **given)
    return text


def agreed(
    world: World, matter: Agreement | Supplement, username: str, at: datetime
) -> tuple[AgreementText, User]:
    text, member = _text(matter), world.users[username]
    negotiation.send(text_id=text.pk, by=world.users[OFFICER], at=at)
    negotiation.agree(text_id=text.pk, by=member, at=at)
    return text, member


# --- under way ----------------------------------------------------------------------------------


def negotiate(world: World, key: str, on: date, at: datetime) -> None:
    """Two clauses are spoken about: one settled, one with a counter-proposal still open."""
    agreement: Agreement = world.made[f"agreement.{key}"]
    officer, member = world.users[OFFICER], world.users[account_of(BY_KEY[key])]
    text = negotiation.send(text_id=_text(agreement).pk, by=officer, at=at)
    first, second = list(text.clauses.order_by("position"))[6:8]
    proposal = negotiation.propose(
        clause_id=first.pk,
        body=f"{first.body}\n临时短缺的品种,乙方在两个工作日内书面告知甲方。",
        reason="短缺药品配送周期较长,需要说明程序",
        by=member,
        at=at,
    )
    negotiation.accept(
        proposal_id=proposal.pk, by=officer, at=at + timedelta(minutes=40), answer="同意补充"
    )
    proposal = negotiation.propose(
        clause_id=second.pk,
        body=f"{second.body}\n电子病历视同纸质病历。",
        reason="我院已取消纸质病历",
        by=member,
        at=at,
    )
    negotiation.counter(
        proposal_id=proposal.pk,
        body=f"{second.body}\n符合电子签名规定的电子病历视同纸质病历。",
        reason="须符合电子签名的规定",
        by=officer,
        at=at + timedelta(hours=1),
    )


def leave_agreed(world: World, key: str, on: date, at: datetime) -> None:
    """A renewal whose text both sides agreed to; the institution's signature is awaited."""
    agreement: Agreement = world.made[f"agreement.{key}"]
    draft = renew_agreement(agreement_id=agreement.pk, by=world.users[OFFICER], at=at)
    agreed(world, draft, account_of(BY_KEY[key]), at)


def amend(world: World, key: str, on: date, at: datetime) -> None:
    """A supplement signed by both sides."""
    supplement = _amendment(world, key, "将质量保证金比例由5%调整为3%。", on, at)
    settle(world, supplement, account_of(BY_KEY[key]), at)
    sign_supplement(supplement_id=supplement.pk, by=world.users[HEAD], at=at + timedelta(hours=2))


def offer_amendment(world: World, key: str, on: date, at: datetime) -> None:
    """A supplement that waits for the institution."""
    supplement = _amendment(world, key, "新增日间手术病种,按相应病种分值结算。", on, at)
    negotiation.send(text_id=_text(supplement).pk, by=world.users[OFFICER], at=at)


def _amendment(world: World, key: str, change: str, on: date, at: datetime) -> Supplement:
    agreement = Agreement.objects.get(pk=world.made[f"agreement.{key}"].pk)
    return drafting.draw_up_supplement(
        agreement.pk,
        kind=TextKind.AMENDMENT,
        valid_from=max(on, agreement.valid_from),
        valid_to=agreement.valid_to,
        variables={"change": change},
        by=world.users[OFFICER],
        at=at,
    )


def seal(world: World, key: str, on: date, at: datetime) -> None:
    documents.seal_if_possible(world.made[f"agreement.{key}"], at=at)


# --- filings ------------------------------------------------------------------------------------


def file_all(world: World, on: date, at: datetime) -> None:
    waiting = list(AgreementFiling.objects.unfiled().values_list("pk", flat=True))
    if waiting:
        file_agreements(filing_ids=waiting, by=world.users[OFFICER], at=at)


def acknowledge_all(world: World, on: date, at: datetime) -> None:
    for pk in AgreementFiling.objects.waiting().values_list("pk", flat=True):
        acknowledge_filing(filing_id=pk, by=world.users[SUPERVISOR], at=at, answer="已备案")


def leave_filings(world: World, on: date, at: datetime) -> None:
    """Of the latest, one is sent back, one waits for the administration; others are still due."""
    latest = list(AgreementFiling.objects.unfiled().order_by("pk").values_list("pk", flat=True))
    for pk in latest[:2]:
        file_agreements(filing_ids=[pk], by=world.users[OFFICER], at=at)
    if latest:
        return_filing(
            filing_id=latest[0],
            by=world.users[SUPERVISOR],
            at=at + timedelta(hours=1),
            answer="缺少授权签字人证明,请补充后重新备案",
        )


def _text(matter: Agreement | Supplement) -> AgreementText:
    text = current_text(matter)
    if text is None:
        raise AssertionError(f"{matter} has no text")
    return text
