"""Who is told what about the text of an agreement and its filing. Decides nothing."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.models import User
from agency.services.notices import holders, tell
from agency.topics import Topic, topic
from agreements.enums.texts import FilingState, ProposalState, Side
from agreements.models import AgreementFiling, AgreementText, ClauseProposal, Supplement
from institutions.notifications.members import members_of

SIGNING = topic(
    Topic(
        "agreement_signing",
        _("Negotiation and signing of agreements"),
        prefixes=("agreement_text.", "supplement.", "agreement_filing."),
    )
)

_ANSWERED = {
    ProposalState.ACCEPTED: _("Accepted: the wording proposed for “{clause}”."),
    ProposalState.REFUSED: _("Refused: the wording proposed for “{clause}”."),
}
_ANSWERS = {
    FilingState.ACKNOWLEDGED: _("The administration has acknowledged filing {number}."),
    FilingState.RETURNED: _("The administration has sent back filing {number}."),
}


def text_offered(text: AgreementText, *, at: datetime) -> None:
    _tell_side(
        text,
        Side.INSTITUTION,
        "offered",
        _("A text is offered for negotiation: {title}."),
        at=at,
        body=_("Read it; propose other wordings, or agree to it."),
    )


def text_taken_back(text: AgreementText, *, reason: str, at: datetime) -> None:
    _tell_members(
        text, "taken_back", _("The agency has taken back the text: {title}."), at=at, body=reason
    )


def proposal_made(proposal: ClauseProposal, text: AgreementText, *, at: datetime) -> None:
    _tell_side(
        text,
        Side(proposal.side).other,
        f"proposed.{proposal.pk}",
        format_lazy(_("Another wording is proposed for “{clause}”."), clause=proposal.clause),
        at=at,
        body=proposal.reason,
    )


def proposal_answered(proposal: ClauseProposal, text: AgreementText, *, at: datetime) -> None:
    said = _ANSWERED[ProposalState(proposal.state)]
    _tell_side(
        text,
        Side(proposal.side),
        f"answered.{proposal.pk}",
        format_lazy(said, clause=proposal.clause),
        at=at,
        body=proposal.answer,
    )


def agreed(text: AgreementText, side: Side, *, at: datetime) -> None:
    if text.sha256:
        said = _("Both sides have agreed to the text: {title}.")
        body: object = _("The institution signs first, then the agency head.")
        for each in Side:
            _tell_side(text, each, "agreed", said, at=at, body=body)
        return
    said = _("The other side has agreed to the text: {title}.")
    _tell_side(text, side.other, f"agreed_by.{side}", said, at=at)


def text_reopened(text: AgreementText, side: Side, *, reason: str, at: datetime) -> None:
    said = _("The text is negotiated again: {title}.")
    _tell_side(text, side.other, "reopened", said, at=at, body=reason)


def institution_signed(text: AgreementText, *, at: datetime) -> None:
    _tell(
        holders(Role.AGENCY_HEAD),
        text,
        "institution_signed",
        _("The institution has signed; your signature is missing: {title}."),
        at=at,
        body=text.institution.name,
        url=text.matter.get_absolute_url(),
    )


def supplement_signed(supplement: Supplement, *, at: datetime) -> None:
    tell(
        members_of(supplement.agreement.institution_id),
        key=f"supplement.signed:{supplement.number}",
        subject=format_lazy(
            _("{kind} {number} has been signed."),
            kind=supplement.get_kind_display(),
            number=supplement.number,
        ),
        body=format_lazy(
            _("Valid from {first} to {last}."),
            first=supplement.valid_from,
            last=supplement.valid_to,
        ),
        at=at,
        url=supplement.get_portal_url(),
    )


def filed(filing: AgreementFiling, *, at: datetime) -> None:
    """Tell the administration what is filed with it."""
    tell(
        holders(Role.SUPERVISOR, Role.LAW_OFFICER),
        key=f"agreement_filing.filed:{filing.number}:{at:%Y%m%d%H%M%S}",
        subject=format_lazy(
            _("An agreement is filed with you: {number}, {institution}."),
            number=filing.number,
            institution=filing.parent.institution.name,
        ),
        body=filing.note,
        at=at,
        url=filing.get_absolute_url(),
    )


def filing_answered(filing: AgreementFiling, *, at: datetime) -> None:
    tell(
        holders(Role.AGREEMENT_OFFICER),
        key=f"agreement_filing.answered:{filing.number}:{at:%Y%m%d%H%M%S}",
        subject=format_lazy(_ANSWERS[FilingState(filing.state)], number=filing.number),
        body=filing.answer,
        at=at,
        url=filing.get_absolute_url(),
    )


def _tell_members(
    text: AgreementText, event: str, subject: Any, *, at: datetime, body: object = ""
) -> None:
    members = members_of(text.parent.institution_id)
    _tell(members, text, event, subject, at=at, body=body, url=reverse("agreements_portal:list"))


def _tell_side(
    text: AgreementText, side: Side, event: str, subject: Any, *, at: datetime, body: object = ""
) -> None:
    if side == Side.INSTITUTION:
        people: Iterable[User] = members_of(text.parent.institution_id)
        url = text.get_portal_url()
    else:
        people, url = holders(Role.AGREEMENT_OFFICER), text.get_absolute_url()
    _tell(people, text, f"{event}.{side}", subject, at=at, body=body, url=url)


def _tell(
    people: Iterable[User],
    text: AgreementText,
    event: str,
    subject: Any,
    *,
    at: datetime,
    body: object,
    url: str,
) -> None:
    tell(
        people,
        key=f"agreement_text.{event}:{text.pk}:{at:%Y%m%d%H%M%S}",
        subject=format_lazy(subject, title=text.title),
        body=body,
        at=at,
        url=url,
    )
