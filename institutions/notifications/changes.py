"""Who is told what about filings. Decides nothing."""

from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.services.notices import holders, tell
from agency.topics import Topic, topic
from institutions.enums.changes import ChangeState
from institutions.models import ChangeRequest
from institutions.notifications.members import members_of

CHANGES = topic(Topic("changes", _("Changes of information"), prefixes=("change.",)))

_DECISIONS = {
    ChangeState.APPROVED: _("Change {number} has been approved."),
    ChangeState.REJECTED: _("Change {number} has been rejected."),
}


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
