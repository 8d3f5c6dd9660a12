"""Reading a letter in the portal and confirming its receipt; what happens when nobody does."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.enums import IdentityCheck, LetterState
from agency.letter_kinds import KINDS
from agency.models import OfficialLetter, User
from agency.rules import Obstacle, refuse_if
from agency.services.letters import confirm_in_portal
from institutions.models import ElectronicServiceConsent, InstitutionLetter
from institutions.notifications import letters as notifications
from institutions.permissions.letters import CONFIRM_RECEIPT
from institutions.querysets.letters import InstitutionLetterQuerySet
from institutions.services.letters.consent import (
    RULE,
    consent_of,
    entitlement_obstacles,
    signature_obstacles,
)


def take_notice(own: InstitutionLetter, *, by: User, at: datetime) -> None:
    """Record that somebody of the institution has opened the letter: the first time only. Opening
    serves nothing.
    """
    if own.is_unread and not by.is_office_staff:
        own.read(by=by, at=at)
        own.save(update_fields=["read_by", "read_at"])


@transaction.atomic
def confirm_receipt(
    *, letter_id: int, signed_name: str, password: str, by: User, at: datetime
) -> InstitutionLetter:
    """Confirm, signed, that the institution has received a letter: it is served today, and what
    runs from its receipt begins.

    Refuses without a consent on file, a clerk, and a letter that is served or withdrawn.
    """
    letter = OfficialLetter.objects.locked(letter_id)
    own = InstitutionLetter.objects.visible_to(by).get(letter=letter)
    consent = consent_of(own.institution_id)
    refuse_if(
        receipt_obstacles(letter, consent, by, institution_id=own.institution_id)
        + signature_obstacles(by, signed_name=signed_name, password=password)
    )
    assert consent is not None, "one of the obstacles"  # noqa: S101
    own.confirm(by=by, at=at, consent=consent)
    if own.is_unread:
        own.read(by=by, at=at)
    own.save(update_fields=["confirmed_by", "confirmed_at", "consent", "read_by", "read_at"])
    confirm_in_portal(
        letter_id=letter.pk,
        signature=signed_name.strip(),
        checked_by=IdentityCheck.PASSWORD,
        by=by,
        at=at,
        on=timezone.localdate(at),
    )
    own.refresh_from_db()
    notifications.receipt_confirmed(own, at=at)
    return own


def receipt_obstacles(
    letter: OfficialLetter,
    consent: ElectronicServiceConsent | None,
    by: User,
    *,
    institution_id: int,
) -> list[Obstacle]:
    """Return why somebody cannot confirm the receipt of a letter now. One query."""
    kind = KINDS.get(letter.kind)
    checks = {
        Obstacle(
            "already_served",
            _("The letter was served on %(day)s.") % {"day": letter.served_on},
            RULE,
            _("Nothing is left to do."),
        ): letter.state == LetterState.SERVED,
        Obstacle(
            "letter_withdrawn",
            _("The letter has been withdrawn on %(day)s.") % {"day": letter.withdrawn_on},
            remedy=_("Look for the letter that replaces it."),
        ): letter.state == LetterState.WITHDRAWN,
        Obstacle(
            "letter_corrected",
            _("Another letter has taken the place of this one."),
            remedy=_("Confirm the receipt of that one."),
        ): letter.is_corrected,
        Obstacle("nothing_to_serve", _("This letter needs no service.")): kind is not None
        and not kind.served,
        Obstacle(
            "consent_missing",
            _("The institution has not confirmed that letters may be served in the portal."),
            RULE,
            _("Sign the consent to electronic service first, or wait for the letter on paper."),
        ): consent is None,
    }
    return entitlement_obstacles(CONFIRM_RECEIPT, institution_id, by) + [
        obstacle for obstacle, applies in checks.items() if applies
    ]


def unconfirmed_on(on: date) -> InstitutionLetterQuerySet:
    """Return the letters that lie in the portal unconfirmed although their day has passed."""
    return InstitutionLetter.objects.unconfirmed().filter(confirm_due_on__lt=on)


@transaction.atomic
def remind_unconfirmed(*, on: date, at: datetime) -> int:
    """Tell the desk, once each, of letters to be served in another way; return how many."""
    waiting = list(unconfirmed_on(on).filter(reminded_at__isnull=True).with_letter())
    for own in waiting:
        notifications.serve_otherwise(own, at=at)
    InstitutionLetter.objects.filter(pk__in=[each.pk for each in waiting]).update(reminded_at=at)
    return len(waiting)
