"""The text, the supplements and the filing on an agreement's page, and what waits for whom."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from agency.clocks import ends_on
from agency.home import Matter, desk_queue, portal_panel, portal_queue
from agency.models import User
from agreements.enums.texts import FilingState, ProposalState, Side, TextState
from agreements.models import (
    Agreement,
    AgreementFiling,
    AgreementText,
    ClauseProposal,
    Signature,
    Supplement,
)
from agreements.panels import agreement_buttons, agreement_panel
from agreements.permissions.supplements import (
    ACKNOWLEDGE_FILING,
    DRAW_UP_SUPPLEMENT,
    FILE_AGREEMENTS,
    SIGN_SUPPLEMENT,
)
from agreements.permissions.texts import (
    ACCEPT_PROPOSAL,
    AGREE_TEXT,
    DRAW_UP_TEXT,
    SEND_TEXT,
    SIGN_TEXT,
)
from agreements.services.texts.in_force import current_text
from agreements.views.signing.supplements import can_be_supplemented
from institutions.models import Institution

SHOWN = 50
_ORDER = 10


def _panel(agreement: Agreement, user: User) -> dict[str, Any]:
    text = AgreementText.objects.visible_to(user).filter(agreement=agreement).current().first()
    signatures = list(Signature.objects.standing().filter(text=text)) if text else []
    supplements = Supplement.objects.visible_to(user).filter(agreement=agreement)
    return {
        "own_text": text,
        "signatures": signatures,
        "proposals": ClauseProposal.objects.open().of_text(text).count() if text else 0,
        "supplements": list(supplements.order_by("-pk")[:20]),
    }


@agreement_panel("agreements/desk/text_panel.html", order=_ORDER)
def text_panel(agreement: Agreement, user: User, on: date) -> dict[str, Any] | None:
    return {**_panel(agreement, user), "filing": agreement.filings.first()}


@agreement_panel("agreements/portal/text_panel.html", area="portal", order=_ORDER)
def own_text_panel(agreement: Agreement, user: User, on: date) -> dict[str, Any] | None:
    return _panel(agreement, user)


@agreement_buttons()
def buttons(agreement: Agreement, user: User, on: date) -> Iterable[dict[str, Any]]:
    if can_be_supplemented(agreement) and DRAW_UP_SUPPLEMENT.allows(user):
        url = reverse("agreements_desk:supplement_new", args=[agreement.pk])
        yield {"act": DRAW_UP_SUPPLEMENT, "url": url, "obstacles": []}
    if agreement.signed_on is None and DRAW_UP_TEXT.allows(user) and not current_text(agreement):
        url = reverse("agreements_desk:text_draw_up", args=[agreement.pk])
        yield {"act": DRAW_UP_TEXT, "url": url, "obstacles": []}


# --- what waits -------------------------------------------------------------------------------


def _texts() -> QuerySet[AgreementText]:
    return AgreementText.objects.with_parts()


def _open_proposals(side: Side) -> Exists:
    """Proposals of the other side, which this one must answer."""
    rows = ClauseProposal.objects.filter(
        clause__text=OuterRef("pk"), state=ProposalState.OPEN, side=side.other
    )
    return Exists(rows)


def _no_open_proposal() -> Any:
    rows = ClauseProposal.objects.filter(clause__text=OuterRef("pk"), state=ProposalState.OPEN)
    return ~Exists(rows)


def _signed_by_institution() -> Exists:
    return Exists(Signature.objects.standing().filter(text=OuterRef("pk"), side=Side.INSTITUTION))


def _matter(text: AgreementText, act: Any, *, portal: bool = False) -> Matter:
    return Matter(
        title=gettext("%(title)s: %(matter)s") % {"title": text.title, "matter": text.matter},
        institution=text.institution.name,
        state=TextState(text.state),
        url=text.get_portal_url() if portal else text.get_absolute_url(),
        act=act.label,
        due_on=text.matter.valid_from,
    )


@desk_queue
def texts_to_send(user: User, on: date) -> Iterator[Matter]:
    if not SEND_TEXT.allows(user):
        return
    rows = _texts().filter(state=TextState.DRAFT)
    for text in rows.order_by("drawn_up_at", "pk")[:SHOWN]:
        yield _matter(text, SEND_TEXT)


@desk_queue
def texts_to_negotiate(user: User, on: date) -> Iterator[Matter]:
    """Proposals of institutions to answer; texts only the agency's consent is missing for."""
    if not ACCEPT_PROPOSAL.allows(user):
        return
    rows = _texts().filter(state=TextState.NEGOTIATING)
    for text in rows.filter(_open_proposals(Side.AGENCY)).order_by("pk")[:SHOWN]:
        yield _matter(text, ACCEPT_PROPOSAL)
    waiting = rows.filter(_no_open_proposal(), agency_agreed_at__isnull=True)
    for text in waiting.order_by("pk")[:SHOWN]:
        yield _matter(text, AGREE_TEXT)


@desk_queue
def supplements_to_sign(user: User, on: date) -> Iterator[Matter]:
    if not SIGN_SUPPLEMENT.allows(user):
        return
    rows = _texts().filter(
        _signed_by_institution(), state=TextState.AGREED, supplement__isnull=False
    )
    for text in rows.order_by("pk")[:SHOWN]:
        yield _matter(text, SIGN_SUPPLEMENT)


@desk_queue
def agreements_to_file(user: User, on: date) -> Iterator[Matter]:
    if not FILE_AGREEMENTS.allows(user):
        return
    rows = AgreementFiling.objects.unfiled().with_parts()
    for filing in rows.order_by("due_on", "pk")[:SHOWN]:
        yield _of_filing(filing, FILE_AGREEMENTS.label, due_on=_due(filing))


@desk_queue
def filings_to_acknowledge(user: User, on: date) -> Iterator[Matter]:
    if not ACKNOWLEDGE_FILING.allows(user):
        return
    rows = AgreementFiling.objects.waiting().with_parts()
    for filing in rows.order_by("filed_at", "pk")[:SHOWN]:
        yield _of_filing(filing, ACKNOWLEDGE_FILING.label)


def _due(filing: AgreementFiling) -> date | None:
    return ends_on(filing.due_on, filing.due_basis)


def _of_filing(filing: AgreementFiling, act: Any, due_on: date | None = None) -> Matter:
    return Matter(
        title=gettext("Filing %(number)s: %(matter)s")
        % {"number": filing.number, "matter": filing.subject_matter},
        institution=filing.parent.institution.name,
        state=FilingState(filing.state),
        url=filing.get_absolute_url(),
        act=act,
        due_on=due_on,
        provisional=bool(filing.due_basis.get("provisional")),
    )


@portal_queue
def own_texts(user: User, on: date) -> Iterator[Matter]:
    """What the institution must answer, agree to, or sign."""
    if not SIGN_TEXT.allows(user):
        return
    rows = AgreementText.objects.visible_to(user).with_parts()
    negotiating = rows.filter(state=TextState.NEGOTIATING)
    for text in negotiating.filter(_open_proposals(Side.INSTITUTION)).order_by("pk")[:SHOWN]:
        yield _matter(text, ACCEPT_PROPOSAL, portal=True)
    waiting = negotiating.filter(_no_open_proposal(), institution_agreed_at__isnull=True)
    for text in waiting.order_by("pk")[:SHOWN]:
        yield _matter(text, AGREE_TEXT, portal=True)
    unsigned = rows.filter(~_signed_by_institution(), state=TextState.AGREED)
    for text in unsigned.order_by("pk")[:SHOWN]:
        yield _matter(text, SIGN_TEXT, portal=True)


@portal_panel("agreements/portal/texts_home.html")
def texts_under_way(institution: Institution, on: date) -> dict[str, Any] | None:
    """Texts under way, on the portal's first page: a draft agreement has no page there yet."""
    own = Q(agreement__institution=institution) | Q(supplement__agreement__institution=institution)
    rows = _texts().filter(own, state__in=[TextState.NEGOTIATING, TextState.AGREED])
    texts = list(rows.order_by("-pk")[:10])
    return {"texts": texts} if texts else None
