"""Who is told what about letters. Decides nothing."""

from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from agency.letter_kinds import KINDS
from agency.services.notices import holders, tell
from institutions.models import InstitutionLetter
from institutions.notifications.members import members_of


def letter_arrived(own: InstitutionLetter, *, at: datetime) -> None:
    """Tell the institution of a letter, and by when its receipt is to be confirmed."""
    letter = own.letter
    body = (
        format_lazy(_("Confirm its receipt in the portal by {day}."), day=own.confirm_due_on)
        if own.confirm_due_on
        else _("It can be read in the portal.")
    )
    tell(
        members_of(own.institution_id),
        key=f"letter.arrived:{letter.pk}",
        subject=format_lazy(
            _("Letter {number}: {title}."), number=letter.number, title=letter.title
        ),
        body=body,
        at=at,
        url=own.get_portal_url(),
    )


def receipt_confirmed(own: InstitutionLetter, *, at: datetime) -> None:
    """Tell whoever issued the letter that its receipt is confirmed."""
    letter = own.letter
    if letter.issued_by is None or not letter.issued_by.is_office_staff:
        return
    tell(
        [letter.issued_by],
        key=f"letter.confirmed:{letter.pk}",
        subject=format_lazy(
            _("{institution} has confirmed receipt of letter {number}."),
            institution=own.institution.name,
            number=letter.number,
        ),
        at=at,
        url=letter.get_absolute_url(),
    )


def serve_otherwise(own: InstitutionLetter, *, at: datetime) -> None:
    """Tell the desk that nobody has confirmed a letter in the portal: it goes by hand or post."""
    letter = own.letter
    kind = KINDS.get(letter.kind)
    tell(
        holders(*(kind.roles if kind else ())),
        key=f"letter.serve_otherwise:{letter.pk}",
        subject=format_lazy(
            _("Letter {number} has not been confirmed in the portal."), number=letter.number
        ),
        body=format_lazy(
            _("{institution} had until {day}. Serve it by hand or by post."),
            institution=own.institution.name,
            day=own.confirm_due_on,
        ),
        at=at,
        url=letter.get_absolute_url(),
    )


def letter_withdrawn(own: InstitutionLetter, *, at: datetime) -> None:
    letter = own.letter
    tell(
        members_of(own.institution_id),
        key=f"letter.withdrawn:{letter.pk}",
        subject=format_lazy(_("Letter {number} has been withdrawn."), number=letter.number),
        body=letter.withdrawal_reason,
        at=at,
        url=own.get_portal_url(),
    )
