"""Issuing a letter to an institution, within the step that decides it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from agency.enums import ServiceMethod
from agency.letter_kinds import CHINESE, Value, kind_of
from agency.models import OfficialLetter, Region, User
from agency.services.calendar import office
from agency.services.letters import (
    fail_service,
    issue_letter,
    on_correction,
    on_withdrawal,
    send_letter,
)
from institutions.models import Institution, InstitutionLetter
from institutions.notifications import letters as notifications
from institutions.rules import confirmation_period
from institutions.services.letters.consent import consent_of


def issue_to_institution(
    *,
    kind: str,
    institution: Institution,
    context: Mapping[str, Value],
    matter: str,
    url: str,
    portal_url: str,
    by: User | None,
    at: datetime,
    region: Region,
    language: str = CHINESE,
    enclosures: Sequence[str] = (),
) -> OfficialLetter:
    """Issue a letter to an institution and return it; in the transaction of the step that says
    what is in it. With a consent on file it is laid into the portal, to be confirmed there.
    """
    on = timezone.localdate(at)
    letter = issue_letter(
        kind=kind,
        context=context,
        addressee=institution.name,
        address=institution.registered_address,
        matter=matter,
        url=url,
        by=by,
        at=at,
        on=on,
        region=region,
        language=language,
        enclosures=enclosures,
    )
    return addressed(letter, institution, portal_url=portal_url, by=by, at=at)


def addressed(
    letter: OfficialLetter,
    institution: Institution,
    *,
    portal_url: str,
    by: User | None,
    at: datetime,
) -> OfficialLetter:
    """Lay an issued letter before the institution it is for."""
    on = timezone.localdate(at)
    own = InstitutionLetter(letter=letter, institution=institution, portal_url=portal_url)
    if kind_of(letter.kind).served and consent_of(institution.pk):
        due, basis = confirmation_period(on, office(on=on, region=letter.region))
        own.confirm_due_on, own.confirm_due_basis = due.on, basis.to_json()
        send_letter(letter_id=letter.pk, method=ServiceMethod.PORTAL, by=by, at=at, on=on)
    own.save(force_insert=True)
    notifications.letter_arrived(own, at=at)
    return letter


@on_correction
def lay_correction(letter: OfficialLetter, *, corrects: OfficialLetter, at: datetime) -> None:
    """Lay the letter that corrects another before the same institution."""
    own = InstitutionLetter.objects.filter(letter=corrects).select_related("institution").first()
    if own is not None:
        by = letter.issued_by
        addressed(letter, own.institution, portal_url=own.portal_url, by=by, at=at)


@on_withdrawal
def say_withdrawal(letter: OfficialLetter, *, on: date, at: datetime) -> None:
    """Tell the institution that a letter to it does not hold any more."""
    own = InstitutionLetter.objects.filter(letter=letter).first()
    if own is not None:
        notifications.letter_withdrawn(own, at=at)


def end_portal_service(letter: OfficialLetter, *, by: User, at: datetime) -> None:
    """Give up waiting for the confirmation in the portal: the letter is served in another way."""
    pending = letter.open_service
    if pending is not None and pending.method == ServiceMethod.PORTAL:
        fail_service(
            service_id=pending.pk,
            reason=_("Receipt was not confirmed in the portal."),
            by=by,
            at=at,
            on=timezone.localdate(at),
        )
