"""Who is told what about rosters. Decides nothing."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.services.notices import holders, tell
from agency.topics import Topic, topic
from institutions.models import RosterEntry, RosterImport
from institutions.notifications.members import members_of

ROSTERS = topic(Topic("rosters", _("Rosters of practitioners"), prefixes=("roster.",)))


def person_entered(entry: RosterEntry, *, elsewhere: Sequence[RosterEntry], at: datetime) -> None:
    """Tell the desk of a person who is full-time in two institutions; nothing else is news."""
    if not elsewhere:
        return
    tell(
        holders(Role.INTAKE_CLERK),
        key=f"roster.conflict:{entry.pk}",
        subject=format_lazy(
            _("{person} is full-time in two institutions."), person=entry.practitioner
        ),
        body=format_lazy(
            _("{institution} from {day}; {others}."),
            institution=entry.institution.name,
            day=entry.starts_on,
            others="、".join(each.institution.name for each in elsewhere),
        ),
        at=at,
        url=entry.practitioner.get_absolute_url(),
    )


def import_applied(run: RosterImport, *, at: datetime) -> None:
    tell(
        members_of(run.institution_id),
        key=f"roster.applied:{run.number}",
        subject=format_lazy(_("Import {number} has been applied."), number=run.number),
        body=format_lazy(_("Rows of the file: {rows}."), rows=run.row_count),
        at=at,
        url=run.get_portal_url(),
    )


def import_undone(run: RosterImport, *, at: datetime) -> None:
    tell(
        members_of(run.institution_id),
        key=f"roster.undone:{run.number}",
        subject=format_lazy(_("Import {number} has been undone."), number=run.number),
        at=at,
        url=run.get_portal_url(),
    )
