"""Who is told what about filings. Decides nothing."""

from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.letter_kinds import KINDS
from agency.models import User
from agency.services.notices import holders, tell
from agency.topics import Topic, topic
from institutions.enums import ChangeState
from institutions.models import ChangeRequest, InstitutionLetter

CHANGES = topic(Topic("changes", _("Changes of information"), prefixes=("change.",)))

_DECISIONS = {
    ChangeState.APPROVED: _("Change {number} has been approved."),
    ChangeState.REJECTED: _("Change {number} has been rejected."),
}


def members_of(institution_id: int) -> list[User]:
    """Return the active accounts of an institution."""
    return list(
        User.objects.filter(is_active=True, membership__institution=institution_id).order_by("pk")
    )


def change_filed(change: ChangeRequest, *, at: datetime) -> None:
    """Tell the desk of a filing, and the institution if it came late."""
    roles = [Role.AGENCY_HEAD] if change.changes_account else [Role.INTAKE_CLERK]
    tell(
        holders(*roles),
        key=f"change.filed:{change.number}",
        subject=format_lazy(
            _("{institution} has filed change {number}."),
            institution=change.institution.name,
            number=change.number,
        ),
        body=format_lazy(_("To be decided by {day}."), day=change.decision_due_on),
        at=at,
        url=change.get_absolute_url(),
    )
    if change.is_late:
        tell(
            members_of(change.institution_id),
            key=f"change.late:{change.number}",
            subject=format_lazy(
                _("Change {number} was filed late and is accepted with a warning."),
                number=change.number,
            ),
            body=format_lazy(
                _("It had to be filed by {day} (Order 2, art. 40)."), day=change.filing_due_on
            ),
            at=at,
            url=change.get_portal_url(),
        )


def change_decided(change: ChangeRequest, *, at: datetime) -> None:
    tell(
        members_of(change.institution_id),
        key=f"change.decided:{change.number}",
        subject=format_lazy(_DECISIONS[ChangeState(change.state)], number=change.number),
        body=change.decision_reason,
        at=at,
        url=change.get_portal_url(),
    )


def change_withdrawn(change: ChangeRequest, *, at: datetime) -> None:
    roles = [Role.AGENCY_HEAD] if change.changes_account else [Role.INTAKE_CLERK]
    tell(
        holders(*roles),
        key=f"change.withdrawn:{change.number}",
        subject=format_lazy(
            _("{institution} has withdrawn change {number}."),
            institution=change.institution.name,
            number=change.number,
        ),
        at=at,
        url=change.get_absolute_url(),
    )


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
