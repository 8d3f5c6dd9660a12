"""A text as both sides read it: clauses, proposals side by side, what comes next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.models import User
from agency.permissions import Act
from agency.rules import Obstacle
from agency.views.pages import ActRequired
from agreements.enums.life import AgreementState
from agreements.enums.texts import OPEN_TEXT, ProposalState, Side, SigningMethod, TextState
from agreements.models import AgreementText, ClauseProposal, Signature, TextClause
from agreements.permissions import texts as permissions
from agreements.permissions.agreements import (
    SIGN_AGREEMENT,
    VIEW_AGREEMENTS,
    VIEW_OWN_AGREEMENTS,
    signing_obstacles,
)
from agreements.permissions.supplements import SIGN_SUPPLEMENT, supplement_obstacles
from agreements.rules.clauses import marked
from agreements.services.texts.freezing import is_intact
from agreements.services.texts.values import values_missing

Button = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """A clause, what is proposed about it now, what was proposed before, and what to do."""

    clause: TextClause
    open: ClauseProposal | None
    marks: Sequence[Any]
    past: Sequence[ClauseProposal]
    buttons: Sequence[Button]


class TextPage(ActRequired, DetailView):
    act = VIEW_AGREEMENTS
    area = "desk"
    template_name = "agreements/desk/text.html"
    context_object_name = "text"

    def get_queryset(self) -> QuerySet[AgreementText]:
        rows = AgreementText.objects.visible_to(self.user).with_parts()
        return rows.select_related("version__template__region", "document", "drawn_up_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text, user = self.object, self.user
        clauses = clauses_of(text)
        signatures = list(
            Signature.objects.standing()
            .filter(text=text)
            .select_related("user", "recorded_by", "authority")
        )
        rows = list(clause_rows(text, clauses, user, self.area))
        return super().get_context_data(
            rows=rows,
            facts=text_facts(text, signatures),
            signatures=signatures,
            is_intact=is_intact(text) if text.sha256 else None,
            missing=values_missing(text) if text.state == TextState.DRAFT else [],
            buttons=text_acts(text, signatures, rows, user, self.area),
            back=back_url(text, self.area),
            area=self.area,
            **kwargs,
        )


class OwnText(TextPage):
    act = VIEW_OWN_AGREEMENTS
    area = "portal"
    template_name = "agreements/portal/text.html"


def clauses_of(text: AgreementText) -> list[TextClause]:
    """The clauses with their proposals. Two queries."""
    proposals = ClauseProposal.objects.select_related("proposed_by", "answered_by").order_by("pk")
    rows = TextClause.objects.filter(text=text)
    return list(rows.prefetch_related(Prefetch("proposals", queryset=proposals)))


def back_url(text: AgreementText, area: str) -> str:
    """Where the text belongs: a draft agreement has no page in the portal yet."""
    matter = text.matter
    if area == "desk":
        return matter.get_absolute_url()
    if text.agreement is not None and text.agreement.signed_on is None:
        return reverse("agreements_portal:list")
    return matter.get_portal_url()


def text_facts(text: AgreementText, signatures: Sequence[Signature]) -> list[tuple[Any, Any]]:
    facts: list[tuple[Any, Any]] = [
        (_("Belongs to"), text.matter),
        (_("Kind of text"), text.get_kind_display()),
        (_("Published text"), text.version),
        (_("Valid from"), text.matter.valid_from),
        (_("Valid to"), text.matter.valid_to),
        (_("Drawn up at"), timezone.localtime(text.drawn_up_at).strftime("%Y-%m-%d %H:%M")),
    ]
    if text.state == TextState.NEGOTIATING:
        facts.append((_("Agency agrees"), _yes(text.agency_agreed_at)))
        facts.append((_("Institution agrees"), _yes(text.institution_agreed_at)))
    if text.sha256:
        facts.append(("SHA-256", text.sha256))
    if text.method:
        facts.append((_("Signed"), text.get_method_display()))
    if text.code:
        facts.append((_("Code to verify it"), text.code))
    return facts


def _yes(at: Any) -> Any:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else _("not yet")


def clause_rows(
    text: AgreementText, clauses: Sequence[TextClause], user: User, area: str
) -> Iterator[ClauseRow]:
    for clause in clauses:
        proposals = list(clause.proposals.all())
        current = next((each for each in proposals if each.state == ProposalState.OPEN), None)
        yield ClauseRow(
            clause=clause,
            open=current,
            marks=marked(clause.body, current.body) if current else (),
            past=[each for each in proposals if each.state != ProposalState.OPEN],
            buttons=list(_clause_acts(text, clause, current, user, area)),
        )


def _clause_acts(
    text: AgreementText, clause: TextClause, current: ClauseProposal | None, user: User, area: str
) -> Iterator[Button]:
    """What the user may do about a clause now; what is refused is left out of a long text."""
    if current is None:
        obstacles = permissions.proposing_obstacles(text, user, open_proposal=False)
        if not obstacles:
            yield _button(permissions.PROPOSE_CLAUSE, area, "clause_propose", clause.pk)
        return
    answers = permissions.answering_obstacles(current, text, user)
    if not answers:
        yield _button(permissions.ACCEPT_PROPOSAL, area, "proposal_accept", current.pk)
        yield _button(permissions.COUNTER_PROPOSAL, area, "proposal_counter", current.pk)
        yield _button(permissions.REFUSE_PROPOSAL, area, "proposal_refuse", current.pk)
    elif not permissions.withdrawing_obstacles(current, text, user):
        yield _button(permissions.WITHDRAW_PROPOSAL, area, "proposal_withdraw", current.pk)


def text_acts(
    text: AgreementText,
    signatures: Sequence[Signature],
    rows: Sequence[ClauseRow],
    user: User,
    area: str,
) -> list[Button]:
    """The next acts on the text itself, those of the user's roles, with what stands against."""
    theirs = next((each for each in signatures if each.side == Side.INSTITUTION), None)
    open_headings = [each.clause.heading for each in rows if each.open]
    has_proposals = any(each.open or each.past for each in rows)
    table: list[tuple[str, Act, bool, Sequence[Obstacle]]] = []
    state = TextState(text.state)
    if state == TextState.DRAFT:
        missing = values_missing(text)
        table += [
            (
                "text_send",
                permissions.SEND_TEXT,
                True,
                permissions.sending_obstacles(text, user, missing=missing),
            ),
            ("text_fill_in", permissions.FILL_IN_TEXT, True, []),
        ]
    if state == TextState.NEGOTIATING:
        agreeing = permissions.agreeing_obstacles(text, user, open_proposals=open_headings)
        table.append(("text_agree", permissions.AGREE_TEXT, True, agreeing))
        table.append(
            ("text_take_back", permissions.TAKE_BACK_TEXT, not has_proposals and area == "desk", [])
        )
    if state == TextState.AGREED:
        table += _signing_acts(text, theirs, user, area)
    if state in OPEN_TEXT and text.agreement is not None:
        draft = text.agreement.state == AgreementState.DRAFT
        table.append(("text_draw_up", permissions.DRAW_UP_TEXT, draft and area == "desk", []))
    return [
        {**_button(act, area, name, _key(text, name)), "obstacles": obstacles}
        for name, act, belongs, obstacles in table
        if belongs and act.allows(user)
    ]


def _signing_acts(
    text: AgreementText, theirs: Signature | None, user: User, area: str
) -> list[tuple[str, Act, bool, Sequence[Obstacle]]]:
    on_paper = theirs is not None and theirs.method == SigningMethod.PAPER
    portal, desk = area == "portal", area == "desk"
    return [
        ("text_sign", permissions.SIGN_TEXT, portal and theirs is None, []),
        (
            "text_withdraw_signature",
            permissions.WITHDRAW_SIGNATURE,
            portal and theirs is not None,
            permissions.withdrawing_signature_obstacles(text, theirs, user),
        ),
        ("text_paper", permissions.RECORD_ON_PAPER, desk and theirs is None, []),
        (
            "text_strike",
            permissions.STRIKE_ON_PAPER,
            desk and on_paper,
            [],
        ),
        (
            "text_reopen",
            permissions.REOPEN_TEXT,
            theirs is None,
            [],
        ),
        (
            "sign",
            SIGN_AGREEMENT,
            desk and text.agreement is not None,
            _head_obstacles(text, theirs, user),
        ),
        (
            "supplement_sign",
            SIGN_SUPPLEMENT,
            desk and text.supplement is not None,
            _head_obstacles(text, theirs, user),
        ),
    ]


def _head_obstacles(
    text: AgreementText, theirs: Signature | None, user: User
) -> Sequence[Obstacle]:
    if text.agreement is not None:
        obstacles = signing_obstacles(text.agreement, user)
    else:
        obstacles = supplement_obstacles(text.supplement, user) if text.supplement else []
    return obstacles or permissions.head_signing_obstacles(text, theirs, user)


def _key(text: AgreementText, name: str) -> Any:
    if name in ("sign", "text_draw_up"):
        return text.agreement_id
    if name == "supplement_sign" and text.supplement:
        return text.supplement.number
    return text.pk


def _button(act: Act, area: str, name: str, key: Any) -> Button:
    return {"act": act, "url": reverse(f"agreements_{area}:{name}", args=[key]), "obstacles": []}
