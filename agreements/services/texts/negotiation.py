"""Offering a text, proposing other wordings, agreeing (A-09). Each side's consent is to the text
as it stands; a changed clause takes both back.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from agency.letters.font import missing_characters
from agency.models import User
from agency.rules import Obstacle, refuse_if
from agreements.enums.texts import ProposalState, Side
from agreements.models import AgreementText, ClauseProposal, TextClause
from agreements.notifications import texts as notifications
from agreements.permissions import texts as permissions
from agreements.permissions.texts import side_of
from agreements.services.texts.freezing import frozen
from agreements.services.texts.history import record_text_step
from agreements.services.texts.in_force import is_signed_by_anybody
from agreements.services.texts.values import values_missing

_ANSWER = ["state", "answered_by", "answered_at", "answer"]
_CONSENTS = ["agency_agreed_at", "institution_agreed_at"]


@transaction.atomic
def send(*, text_id: int, by: User, at: datetime) -> AgreementText:
    """Offer the text to the institution: from now on both sides negotiate it."""
    text = AgreementText.objects.locked(text_id)
    refuse_if(permissions.sending_obstacles(text, by, missing=values_missing(text)))
    source = text.state
    text.send(at=at)
    text.save(update_fields=["state", *_CONSENTS])
    _record(text, "send", source, by=by, at=at)
    notifications.text_offered(text, at=at)
    return text


@transaction.atomic
def take_back(*, text_id: int, by: User, at: datetime, reason: str = "") -> AgreementText:
    """Take back a text about which nothing was proposed, to fill it in differently."""
    text = AgreementText.objects.locked(text_id)
    proposals = ClauseProposal.objects.of_text(text).count()
    refuse_if(permissions.taking_back_obstacles(text, by, proposals=proposals))
    source = text.state
    text.take_back()
    text.save(update_fields=["state", *_CONSENTS])
    _record(text, "take_back", source, by=by, at=at, reason=reason)
    notifications.text_taken_back(text, reason=reason, at=at)
    return text


@transaction.atomic
def propose(*, clause_id: int, body: str, reason: str, by: User, at: datetime) -> ClauseProposal:
    """Propose another wording of a clause; the proposer's own consent to the text is taken back."""
    clause, text = _clause(clause_id, by)
    refuse_if(
        permissions.proposing_obstacles(text, by, open_proposal=_has_open(clause))
        + _wording(clause, body, reason)
    )
    proposal = _propose(clause, text, body=body, reason=reason, by=by, at=at)
    _record(text, "propose", text.state, by=by, at=at, reason=_said(clause, reason))
    notifications.proposal_made(proposal, text, at=at)
    return proposal


@transaction.atomic
def accept(*, proposal_id: int, by: User, at: datetime, answer: str = "") -> ClauseProposal:
    """Accept the other side's wording: the clause reads so from now on."""
    proposal, text = _proposal(proposal_id, by)
    refuse_if(permissions.answering_obstacles(proposal, text, by))
    proposal.accept(by=by, at=at, answer=answer.strip())
    proposal.save(update_fields=_ANSWER)
    clause = proposal.clause
    clause.body = proposal.body
    clause.save(update_fields=["body"])
    text.agency_agreed_at = text.institution_agreed_at = None
    text.save(update_fields=_CONSENTS)
    _record(text, "accept_proposal", text.state, by=by, at=at, reason=_said(clause, answer))
    notifications.proposal_answered(proposal, text, at=at)
    return proposal


@transaction.atomic
def refuse(*, proposal_id: int, by: User, at: datetime, answer: str) -> ClauseProposal:
    """Refuse the other side's wording, with the reason: the clause stays as it is."""
    proposal, text = _proposal(proposal_id, by)
    refuse_if(permissions.answering_obstacles(proposal, text, by) + _reason(answer))
    proposal.refuse(by=by, at=at, answer=answer.strip())
    proposal.save(update_fields=_ANSWER)
    reason = _said(proposal.clause, answer)
    _record(text, "refuse_proposal", text.state, by=by, at=at, reason=reason)
    notifications.proposal_answered(proposal, text, at=at)
    return proposal


@transaction.atomic
def counter(*, proposal_id: int, body: str, reason: str, by: User, at: datetime) -> ClauseProposal:
    """Answer the other side's wording with one of one's own."""
    proposal, text = _proposal(proposal_id, by)
    refuse_if(
        permissions.answering_obstacles(proposal, text, by)
        + _wording(proposal.clause, body, reason)
    )
    proposal.counter(by=by, at=at, answer=reason.strip())
    proposal.save(update_fields=_ANSWER)
    answer = _propose(
        proposal.clause, text, body=body, reason=reason, by=by, at=at, counters=proposal
    )
    said = _said(proposal.clause, reason)
    _record(text, "counter_proposal", text.state, by=by, at=at, reason=said)
    notifications.proposal_made(answer, text, at=at)
    return answer


@transaction.atomic
def withdraw(*, proposal_id: int, by: User, at: datetime, answer: str = "") -> ClauseProposal:
    """Withdraw a proposal of one's own side."""
    proposal, text = _proposal(proposal_id, by)
    refuse_if(permissions.withdrawing_obstacles(proposal, text, by))
    proposal.withdraw(by=by, at=at, answer=answer.strip())
    proposal.save(update_fields=_ANSWER)
    reason = _said(proposal.clause, answer)
    _record(text, "withdraw_proposal", text.state, by=by, at=at, reason=reason)
    return proposal


@transaction.atomic
def agree(*, text_id: int, by: User, at: datetime) -> AgreementText:
    """Agree for one's side to the text as it stands. Once both have, it is frozen: its snapshot
    and digest are what is signed.
    """
    text = AgreementText.objects.visible_to(by).locked(text_id)
    headings = ClauseProposal.objects.open().of_text(text).values_list("clause__heading", flat=True)
    refuse_if(permissions.agreeing_obstacles(text, by, open_proposals=list(headings)))
    source = text.state
    if side_of(by) == Side.AGENCY:
        text.agency_agreed_at = at
    else:
        text.institution_agreed_at = at
    if text.agency_agreed_at and text.institution_agreed_at:
        data, sha256 = frozen(text, on=timezone.localdate(at))
        text.settle(snapshot=data, sha256=sha256)
    text.save(update_fields=["state", "snapshot", "sha256", *_CONSENTS])
    _record(text, "agree", source, by=by, at=at)
    notifications.agreed(text, side_of(by), at=at)
    return text


@transaction.atomic
def reopen(*, text_id: int, by: User, at: datetime, reason: str) -> AgreementText:
    """Negotiate an agreed text again, as long as nobody has signed it."""
    text = AgreementText.objects.visible_to(by).locked(text_id)
    signed = is_signed_by_anybody(text)
    refuse_if(permissions.reopening_obstacles(text, by, signed=signed) + _reason(reason))
    return reopened(text, act="reopen", by=by, at=at, reason=reason.strip())


def reopened(
    text: AgreementText, *, act: str, by: User, at: datetime, reason: str
) -> AgreementText:
    """Let the agreed text, which the caller holds, be negotiated again: no signature stands."""
    source = text.state
    text.reopen()
    text.save(update_fields=["state", "snapshot", "sha256", "method", *_CONSENTS])
    _record(text, act, source, by=by, at=at, reason=reason)
    notifications.text_reopened(text, side_of(by), reason=reason, at=at)
    return text


def _clause(clause_id: int, by: User) -> tuple[TextClause, AgreementText]:
    """Lock the text of the clause, then read the clause as it stands."""
    text_id = TextClause.objects.values_list("text", flat=True).get(pk=clause_id)
    text = AgreementText.objects.visible_to(by).locked(text_id)
    return TextClause.objects.get(pk=clause_id), text


def _proposal(proposal_id: int, by: User) -> tuple[ClauseProposal, AgreementText]:
    text_id = ClauseProposal.objects.values_list("clause__text", flat=True).get(pk=proposal_id)
    text = AgreementText.objects.visible_to(by).locked(text_id)
    return ClauseProposal.objects.select_related("clause").get(pk=proposal_id), text


def _has_open(clause: TextClause) -> bool:
    return clause.proposals.filter(state=ProposalState.OPEN).exists()


def _propose(
    clause: TextClause,
    text: AgreementText,
    *,
    body: str,
    reason: str,
    by: User,
    at: datetime,
    counters: ClauseProposal | None = None,
) -> ClauseProposal:
    proposal = ClauseProposal.objects.create(
        clause=clause,
        side=side_of(by),
        replaced=clause.body,
        body=body.strip(),
        reason=reason.strip(),
        proposed_at=at,
        proposed_by=by,
        counters=counters,
    )
    if side_of(by) == Side.AGENCY:
        text.agency_agreed_at = None
    else:
        text.institution_agreed_at = None
    text.save(update_fields=_CONSENTS)
    return proposal


def _wording(clause: TextClause, body: str, reason: str) -> list[Obstacle]:
    undrawable = missing_characters(set(body) - set("\r\n\t"))
    return permissions.wording_obstacles(clause, body, reason, undrawable=undrawable)


def _reason(reason: str) -> list[Obstacle]:
    return [] if reason.strip() else [permissions.REASON_MISSING]


def _said(clause: TextClause, reason: str) -> str:
    return f"{clause.heading}: {reason.strip()}" if reason.strip() else clause.heading


def _record(
    text: AgreementText, act: str, source: str, *, by: User, at: datetime, reason: str = ""
) -> None:
    on = timezone.localdate(at)
    record_text_step(text, act=act, source=source, on=on, at=at, by=by, reason=reason)
