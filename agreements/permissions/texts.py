"""Who may draw up, negotiate, agree and sign the text of an agreement, and why not now (A-09)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.permissions import ADMINISTRATION_STAFF, AGENCY_STAFF, INSTITUTION_STAFF, act
from agency.rules import Obstacle
from agreements.enums.life import AgreementState
from agreements.enums.templates import TextKind
from agreements.enums.texts import ProposalState, Side, SigningMethod, TextState
from agreements.permissions.agreements import SIGN_AGREEMENT

if TYPE_CHECKING:
    from agency.models import User
    from agreements.models import (
        Agreement,
        AgreementText,
        ClauseProposal,
        Signature,
        TextClause,
    )

RULE = "A-09"
_OFFICER, _INSTITUTION = Role.AGREEMENT_OFFICER, Role.INSTITUTION_ADMINISTRATOR

DRAW_UP_TEXT = act("agreements.draw_up_text", _("Draw up the text anew"), _OFFICER)
FILL_IN_TEXT = act("agreements.fill_in_text", _("Fill in the text"), _OFFICER)
SEND_TEXT = act("agreements.send_text", _("Send it to the institution"), _OFFICER)
TAKE_BACK_TEXT = act("agreements.take_back_offer", _("Take the text back"), _OFFICER)
PROPOSE_CLAUSE = act(
    "agreements.propose_clause", _("Propose another wording"), _OFFICER, _INSTITUTION
)
ACCEPT_PROPOSAL = act("agreements.accept_wording", _("Accept the proposal"), _OFFICER, _INSTITUTION)
REFUSE_PROPOSAL = act("agreements.refuse_wording", _("Refuse the proposal"), _OFFICER, _INSTITUTION)
COUNTER_PROPOSAL = act(
    "agreements.counter_wording", _("Answer with another wording"), _OFFICER, _INSTITUTION
)
WITHDRAW_PROPOSAL = act(
    "agreements.withdraw_wording", _("Withdraw the proposal"), _OFFICER, _INSTITUTION
)
AGREE_TEXT = act("agreements.agree_text", _("Agree to the text"), _OFFICER, _INSTITUTION)
REOPEN_TEXT = act("agreements.reopen_text", _("Negotiate again"), _OFFICER, _INSTITUTION)
SIGN_TEXT = act("agreements.sign_text", pgettext_lazy("institution", "Sign"), _INSTITUTION)
WITHDRAW_SIGNATURE = act("agreements.withdraw_signature", _("Withdraw the signature"), _INSTITUTION)
RECORD_ON_PAPER = act(
    "agreements.record_paper_signature", _("Record the signature on paper"), _OFFICER
)
STRIKE_ON_PAPER = act(
    "agreements.strike_paper_signature", _("Take back the signature on paper"), _OFFICER
)
VERIFY_TEXT = act(
    "agreements.verify.view",
    _("Verify an agreement"),
    *AGENCY_STAFF,
    *ADMINISTRATION_STAFF,
    *INSTITUTION_STAFF,
)

_NOT_YOURS = Obstacle(
    "not_entitled",
    _("This belongs to the two parties of the agreement."),
    remedy=_("The agency's agreement officer and the institution's administrator negotiate it."),
)

REASON_MISSING = Obstacle("reason_missing", _("The reason is missing."))


def side_of(user: User) -> Side:
    """The side a user acts for; whether they may is asked apart."""
    return Side.AGENCY if user.is_agency_staff else Side.INSTITUTION


def _applying(checks: Mapping[Obstacle, bool]) -> list[Obstacle]:
    return [obstacle for obstacle, applies in checks.items() if applies]


def _wrong_state(text: AgreementText) -> Obstacle:
    return Obstacle(
        "text_wrong_state",
        gettext("The text is “%(state)s”: that does not allow it.")
        % {"state": TextState(text.state).label},
        rule=RULE,
    )


def drawing_up_obstacles(
    agreement: Agreement, text: AgreementText | None, user: User, *, signed: bool
) -> list[Obstacle]:
    """Return why no text can be drawn up for a draft agreement. `signed`: somebody has signed."""
    label = AgreementState(agreement.state).label
    agreed = text is not None and text.state in (TextState.AGREED, TextState.SIGNED)
    return _applying(
        {
            Obstacle(
                "wrong_state",
                gettext("The agreement is “%(state)s”: that does not allow it.") % {"state": label},
            ): agreement.state != AgreementState.DRAFT,
            Obstacle(
                "text_agreed",
                _("Both sides have agreed to a text already."),
                rule=RULE,
                remedy=_("Negotiate it again first."),
            ): agreed or signed,
            _NOT_YOURS: not user.is_agency_staff,
        }
    )


def no_template(kind: TextKind, region: object) -> Obstacle:
    return Obstacle(
        "no_template",
        gettext("No text of the kind “%(kind)s” is published for %(region)s.")
        % {"kind": TextKind(kind).label, "region": region},
        rule="B-22",
        remedy=_("Publish one first, under “Texts of agreements”."),
    )


def filling_obstacles(text: AgreementText, user: User) -> list[Obstacle]:
    """Return why the values of the text cannot be changed: it was offered already."""
    return _applying(
        {
            _wrong_state(text): text.state != TextState.DRAFT,
            _NOT_YOURS: not FILL_IN_TEXT.allows(user),
        }
    )


def sending_obstacles(text: AgreementText, user: User, *, missing: Sequence[str]) -> list[Obstacle]:
    """Return why the text cannot be offered. `missing` are labels of values not filled in."""
    return _applying(
        {
            _wrong_state(text): text.state != TextState.DRAFT,
            Obstacle(
                "values_missing",
                gettext("Not filled in: %(values)s.") % {"values": "、".join(missing)},
                rule=RULE,
                remedy=_("Fill in the text first."),
            ): bool(missing),
            _NOT_YOURS: not SEND_TEXT.allows(user),
        }
    )


def taking_back_obstacles(text: AgreementText, user: User, *, proposals: int) -> list[Obstacle]:
    return _applying(
        {
            _wrong_state(text): text.state != TextState.NEGOTIATING,
            Obstacle(
                "negotiated_already",
                _("Clauses have been negotiated: values are no longer filled in beneath them."),
                rule=RULE,
                remedy=_("Propose another wording, or draw up the text anew."),
            ): proposals > 0,
            _NOT_YOURS: not TAKE_BACK_TEXT.allows(user),
        }
    )


def proposing_obstacles(text: AgreementText, user: User, *, open_proposal: bool) -> list[Obstacle]:
    """Return why nobody can propose another wording of a clause now."""
    return _applying(
        {
            _wrong_state(text): text.state != TextState.NEGOTIATING,
            Obstacle(
                "fixed_text_stands",
                _("The fixed agreement stands as it is: what changes yearly is negotiated."),
                rule="B-15",
                remedy=_("Propose it for the yearly agreement."),
            ): text.kind == TextKind.FIXED,
            Obstacle(
                "proposal_open",
                _("A proposal about this clause is open already."),
                rule=RULE,
                remedy=_("Answer it, or withdraw it, first."),
            ): open_proposal,
            _NOT_YOURS: not PROPOSE_CLAUSE.allows(user),
        }
    )


def wording_obstacles(
    clause: TextClause, body: str, reason: str, *, undrawable: Sequence[str]
) -> list[Obstacle]:
    """Return what is wrong with a proposed wording."""
    return _applying(
        {
            Obstacle(
                "wording_missing",
                _("The wording proposed is missing."),
                remedy=_("Write down how the clause should read."),
            ): not body.strip(),
            Obstacle(
                "wording_unchanged",
                _("The wording proposed is the one that stands."),
                remedy=_("Change it, or agree to the text."),
            ): body.strip() == clause.body.strip(),
            REASON_MISSING: not reason.strip(),
            Obstacle(
                "wording_undrawable",
                gettext("These characters cannot be printed: %(characters)s.")
                % {"characters": " ".join(undrawable)},
                remedy=_("Write them differently."),
            ): bool(undrawable),
        }
    )


def answering_obstacles(
    proposal: ClauseProposal, text: AgreementText, user: User
) -> list[Obstacle]:
    """Return why the user cannot answer the proposal: only the other side does."""
    return _applying(
        {
            _wrong_state(text): text.state != TextState.NEGOTIATING,
            _proposal_over(proposal): proposal.state != ProposalState.OPEN,
            Obstacle(
                "own_proposal",
                _("Your own side's proposal is answered by the other side."),
                rule=RULE,
                remedy=_("Withdraw it if it no longer holds."),
            ): proposal.side == side_of(user),
            _NOT_YOURS: not ACCEPT_PROPOSAL.allows(user),
        }
    )


def withdrawing_obstacles(
    proposal: ClauseProposal, text: AgreementText, user: User
) -> list[Obstacle]:
    return _applying(
        {
            _wrong_state(text): text.state != TextState.NEGOTIATING,
            _proposal_over(proposal): proposal.state != ProposalState.OPEN,
            Obstacle(
                "other_sides_proposal",
                _("This is the other side's proposal."),
                rule=RULE,
                remedy=_("Accept it, refuse it, or answer it with another wording."),
            ): proposal.side != side_of(user),
            _NOT_YOURS: not WITHDRAW_PROPOSAL.allows(user),
        }
    )


def _proposal_over(proposal: ClauseProposal) -> Obstacle:
    label = ProposalState(proposal.state).label
    return Obstacle(
        "proposal_over",
        gettext("The proposal is “%(state)s” already.") % {"state": label},
        remedy=_("Look at what stands now."),
    )


def agreeing_obstacles(
    text: AgreementText, user: User, *, open_proposals: Sequence[str]
) -> list[Obstacle]:
    """Return why the user cannot agree to the text. `open_proposals` are headings of clauses."""
    agreed = text.agency_agreed_at if side_of(user) == Side.AGENCY else text.institution_agreed_at
    return _applying(
        {
            _wrong_state(text): text.state != TextState.NEGOTIATING,
            Obstacle(
                "proposals_open",
                gettext("Still under negotiation: %(clauses)s.")
                % {"clauses": "、".join(open_proposals)},
                rule=RULE,
                remedy=_("Answer the proposals first."),
            ): bool(open_proposals),
            Obstacle(
                "agreed_already",
                _("Your side has agreed already; the other side has not."),
                rule=RULE,
                remedy=_("Wait for the other side."),
            ): text.state == TextState.NEGOTIATING and agreed is not None,
            _NOT_YOURS: not AGREE_TEXT.allows(user),
        }
    )


def reopening_obstacles(text: AgreementText, user: User, *, signed: bool) -> list[Obstacle]:
    return _applying(
        {
            _wrong_state(text): text.state != TextState.AGREED,
            Obstacle(
                "institution_has_signed",
                _("The institution has signed."),
                rule=RULE,
                remedy=_("It must withdraw its signature first."),
            ): signed,
            _NOT_YOURS: not REOPEN_TEXT.allows(user),
        }
    )


def institution_signing_obstacles(
    text: AgreementText, user: User, *, signed: bool, on_paper: bool = False
) -> list[Obstacle]:
    """Return why the institution's signature cannot be given, or recorded, now."""
    who = RECORD_ON_PAPER if on_paper else SIGN_TEXT
    return _applying(
        {
            _wrong_state(text): text.state != TextState.AGREED,
            Obstacle(
                "institution_has_signed",
                _("The institution has signed."),
                rule=RULE,
                remedy=_("The agency head signs next."),
            ): signed,
            _NOT_YOURS: not who.allows(user),
        }
    )


def signatory_obstacles(
    *, name: str, position: str, representative: str, has_authority: bool
) -> list[Obstacle]:
    """Return why the person cannot sign for the institution: whoever is not its legal
    representative shows a power of attorney.
    """
    return _applying(
        {
            Obstacle(
                "signatory_missing",
                _("Name and office of the signatory are missing."),
                rule=RULE,
                remedy=_("Say who signs, and in which office."),
            ): not (name.strip() and position.strip()),
            Obstacle(
                "authority_missing",
                gettext("%(name)s is not the legal representative, %(representative)s.")
                % {"name": name, "representative": representative or gettext("who is not known")},
                rule=RULE,
                remedy=_("Attach the power of attorney."),
            ): bool(name.strip()) and name.strip() != representative.strip() and not has_authority,
        }
    )


def withdrawing_signature_obstacles(
    text: AgreementText, signature: Signature | None, user: User
) -> list[Obstacle]:
    """Return why the institution's signature stays: the agency has signed, or nobody has."""
    on_paper = signature is not None and signature.method == SigningMethod.PAPER
    who = STRIKE_ON_PAPER if on_paper else WITHDRAW_SIGNATURE
    return _applying(
        {
            Obstacle(
                "both_have_signed",
                _("Both sides have signed: the agreement stands."),
                rule=RULE,
                remedy=_("It ends only as Order 2 provides: by its term, or by dissolution."),
            ): text.state == TextState.SIGNED,
            Obstacle("nothing_signed", _("The institution has not signed."), rule=RULE): text.state
            != TextState.SIGNED
            and signature is None,
            _NOT_YOURS: not who.allows(user),
        }
    )


def head_signing_obstacles(
    text: AgreementText | None,
    signature: Signature | None,
    user: User,
    *,
    has_scan: bool | None = None,
) -> list[Obstacle]:
    """Return why the agency cannot sign: what is missing, and who must act. `signature` is the
    institution's; `has_scan` is None where it is not known yet.
    """
    if text is None:
        remedy = _("The agreement officer draws up the text and sends it to the institution.")
        return [Obstacle("text_missing", _("It has no text yet."), RULE, remedy)]
    if waiting := _WAITING.get(TextState(text.state)):
        return [Obstacle("text_not_agreed", waiting[0], RULE, waiting[1])]
    if signature is None:
        remedy = _("The institution's administrator signs in the portal, or on paper.")
        said = _("The institution has not signed yet.")
        return [Obstacle("institution_not_signed", said, RULE, remedy)]
    return _applying(
        {
            Obstacle(
                "signed_by_no_head",
                _("The agency head signs for the agency, or who stands in for the head."),
                rule=RULE,
                remedy=_("Let the head sign, or be made the head's stand-in."),
            ): not SIGN_AGREEMENT.allows(user),
            Obstacle(
                "one_person",
                _("One person cannot sign for both sides."),
                rule="B-02",
                remedy=_("Let somebody else sign for the agency."),
            ): user.is_one_with(signature.user_id, signature.signed_at),
            Obstacle(
                "scan_missing",
                _("Signed on paper: the scan of the signed document is missing."),
                rule=RULE,
                remedy=_("Attach the scan of the paper that both sides signed."),
            ): has_scan is False and text.method == SigningMethod.PAPER,
        }
    )


_WAITING = {
    TextState.DRAFT: (
        _("The text has not been sent to the institution yet."),
        _("The agreement officer fills it in and sends it."),
    ),
    TextState.NEGOTIATING: (
        _("The text is still being negotiated."),
        _("Both sides answer what is open, and agree to the text."),
    ),
    TextState.VOID: (
        _("The text is void."),
        _("The agreement officer draws up the text anew."),
    ),
}
