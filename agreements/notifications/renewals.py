"""Who is told what about renewals. Decides nothing."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.services.notices import Message, holders, tell, tell_each
from agreements.enums.renewals import ReviewOutcome
from agreements.models import Agreement, AgreementRequest, RenewalRound
from institutions.clocks.members import members_by_institution
from institutions.notifications.members import members_of


def taken_into_round(made: RenewalRound, pks: Sequence[int], *, at: datetime) -> None:
    """Tell the institutions of a round that it renews them all and they need not apply."""
    agreements = list(
        Agreement.objects.filter(pk__in=pks).only("pk", "number", "institution_id", "valid_to")
    )
    members = members_by_institution(each.institution_id for each in agreements)
    subject = _("Agreement {number} is renewed centrally: you need not apply.")
    body = _("Round {round}: {title}. The agreement ends on {day}. {note}")
    with translation.override("zh-hans"):
        messages = [
            Message(
                user,
                f"agreement.central:{each.pk}",
                str(subject).format(number=each.number),
                str(body)
                .format(round=made.number, title=made.title, day=each.valid_to, note=made.note)
                .strip(),
                each.get_portal_url(),
            )
            for each in agreements
            for user in members[each.institution_id]
        ]
    tell_each(messages, at=at)


def not_renewed(agreement: Agreement, *, reason: str, at: datetime) -> None:
    tell(
        members_of(agreement.institution_id),
        key=f"agreement.not_renewed:{agreement.pk}:{at:%Y%m%d%H%M%S}",
        subject=format_lazy(
            _("Agreement {number} will not be renewed and ends on {on}."),
            number=agreement.number or "",
            on=agreement.valid_to,
        ),
        body=reason,
        at=at,
        url=agreement.get_portal_url(),
    )


def decision_revoked(agreement: Agreement, *, decision: int, at: datetime) -> None:
    tell(
        members_of(agreement.institution_id),
        key=f"agreement.not_renewed_revoked:{decision}",
        subject=format_lazy(
            _("The decision not to renew agreement {number} has been taken back."),
            number=agreement.number or "",
        ),
        at=at,
        url=agreement.get_portal_url(),
    )


def review_asked(request: AgreementRequest, *, due_on: date, at: datetime) -> None:
    tell(
        holders(Role.SUPERVISOR, Role.ADMINISTRATION_HEAD),
        key=f"agreement_request.review:{request.number}",
        subject=format_lazy(
            _("A public institution does not wish to renew: request {number}, review by {day}."),
            number=request.number,
            day=due_on,
        ),
        body=request.reason,
        at=at,
        url=request.get_absolute_url(),
    )


def exit_reviewed(
    request: AgreementRequest, *, outcome: ReviewOutcome, text: str, at: datetime
) -> None:
    """Tell the agency, which decides, and the institution, which asked."""
    subject = (
        _("The administration does not object to request {number}.")
        if outcome == ReviewOutcome.NO_OBJECTION
        else _("The administration objects to request {number}.")
    )
    told = [
        (holders(Role.AGREEMENT_OFFICER), request.get_absolute_url()),
        (members_of(request.agreement.institution_id), request.get_portal_url()),
    ]
    for people, url in told:
        tell(
            people,
            key=f"agreement_request.reviewed:{request.number}",
            subject=format_lazy(subject, number=request.number),
            body=text,
            at=at,
            url=url,
        )
