"""Who is told what about agreements. Decides nothing."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.models import User
from agency.services.notices import holders, tell
from agency.topics import Topic, topic
from agreements.enums.life import DissolutionGround, RequestState
from agreements.models import Agreement, AgreementRequest, Suspension
from institutions.notifications.members import members_of

AGREEMENTS = topic(
    Topic("agreements", _("Agreements"), prefixes=("agreement.", "agreement_request."))
)

_DECISIONS = {
    RequestState.ACCEPTED: _("The agency has agreed to request {number}."),
    RequestState.REFUSED: _("The agency has refused request {number}."),
}


def agreement_signed(agreement: Agreement, *, at: datetime) -> None:
    _tell_members(
        agreement,
        "signed",
        _("Agreement {number} has been signed."),
        at=at,
        body=format_lazy(
            _("Valid from {first} to {last}."), first=agreement.valid_from, last=agreement.valid_to
        ),
    )


def agreement_cancelled(agreement: Agreement, *, reason: str, at: datetime) -> None:
    _tell_members(
        agreement,
        "cancelled",
        _("Agreement {number} has been cancelled before it took effect."),
        at=at,
        body=reason,
    )


def agreement_suspended(agreement: Agreement, *, on: date, reason: str, at: datetime) -> None:
    """Tell the institution, and the administration (B-20)."""
    _tell_both(
        agreement,
        f"suspended.{on}",
        _("Agreement {number} is suspended from {on}."),
        at=at,
        body=reason,
        on=on,
    )


def agreement_resumed(agreement: Agreement, *, on: date, at: datetime) -> None:
    _tell_both(
        agreement,
        f"resumed.{on}",
        _("Agreement {number} is in force again from {on}."),
        at=at,
        on=on,
    )


def termination_held(agreement: Agreement, *, reason: str, at: datetime) -> None:
    _tell_members(
        agreement,
        f"held.{at:%Y%m%d}",
        _("The automatic termination of agreement {number} is held."),
        at=at,
        body=reason,
    )


def agreement_dissolved(agreement: Agreement, *, reason: str, at: datetime) -> None:
    """Tell the institution, and the administration (B-20)."""
    ground = DissolutionGround(agreement.dissolution_ground or 0)
    _tell_both(
        agreement,
        "dissolved",
        _("Agreement {number} is dissolved with effect from {on}."),
        at=at,
        body=format_lazy(
            _("Ground {n}: {ground}. {reason}"), n=ground.value, ground=ground.label, reason=reason
        ),
        on=agreement.ended_on,
    )


def termination_due(
    agreement: Agreement, suspension: Suspension, recipients: Iterable[User], *, at: datetime
) -> None:
    """Tell the agency that an automatic termination is due unless the head holds it."""
    tell(
        recipients,
        key=f"agreement.termination_due:{agreement.pk}:{suspension.limit_on}",
        subject=format_lazy(
            _("Agreement {number} will be terminated automatically after {on}."),
            number=agreement.number or "",
            on=suspension.termination_due_on,
        ),
        body=_("The agency head may hold it, with a reason, up to that day."),
        at=at,
        url=agreement.get_absolute_url(),
    )


def request_filed(request: AgreementRequest, *, at: datetime) -> None:
    _tell_of_request(
        request,
        holders(Role.AGREEMENT_OFFICER),
        "filed",
        _("{institution} has filed request {number}."),
        at=at,
        body=format_lazy(
            _("{kind}; to be decided by {day}."),
            kind=request.get_kind_display(),
            day=request.decision_due_on,
        ),
        url=request.get_absolute_url(),
    )


def request_withdrawn(request: AgreementRequest, *, at: datetime) -> None:
    _tell_of_request(
        request,
        holders(Role.AGREEMENT_OFFICER),
        "withdrawn",
        _("{institution} has withdrawn request {number}."),
        at=at,
        url=request.get_absolute_url(),
    )


def request_decided(request: AgreementRequest, *, at: datetime) -> None:
    _tell_of_request(
        request,
        members_of(request.agreement.institution_id),
        "decided",
        _DECISIONS[RequestState(request.state)],
        at=at,
        body=request.decision_reason,
        url=request.get_portal_url(),
    )


def _tell_members(
    agreement: Agreement,
    what: str,
    subject: Any,
    *,
    at: datetime,
    body: object = "",
    **facts: object,
) -> None:
    tell(
        members_of(agreement.institution_id),
        key=f"agreement.{what}:{agreement.pk}",
        subject=format_lazy(subject, number=agreement.number or "", **facts),
        body=body,
        at=at,
        url=agreement.get_portal_url(),
    )


def _tell_both(
    agreement: Agreement,
    what: str,
    subject: Any,
    *,
    at: datetime,
    body: object = "",
    **facts: object,
) -> None:
    _tell_members(agreement, what, subject, at=at, body=body, **facts)
    tell(
        holders(Role.SUPERVISOR),
        key=f"agreement.{what}:{agreement.pk}",
        subject=format_lazy(subject, number=agreement.number or "", **facts),
        body=body,
        at=at,
        url=agreement.get_absolute_url(),
    )


def _tell_of_request(
    request: AgreementRequest,
    recipients: Iterable[User],
    what: str,
    subject: Any,
    *,
    at: datetime,
    url: str,
    body: object = "",
) -> None:
    tell(
        recipients,
        key=f"agreement_request.{what}:{request.number}",
        subject=format_lazy(
            subject, number=request.number, institution=request.agreement.institution.name
        ),
        body=body,
        at=at,
        url=url,
    )
