"""Who is told what about filings. Decides nothing."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from agency.enums import Role
from agency.models import Notice, User
from agency.services.notices import holders, tell
from institutions.enums import ChangeState
from institutions.models import ChangeRequest

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


def deadlines_recomputed(moved: Iterable[tuple[ChangeRequest, str]], *, at: datetime) -> None:
    """Tell both sides of deadlines that a newer calendar moved or confirmed: four queries, however
    many they are.
    """
    moved = list(moved)
    clerks, heads = holders(Role.INTAKE_CLERK), holders(Role.AGENCY_HEAD)
    members: dict[int, list[User]] = defaultdict(list)
    for user in User.objects.filter(
        is_active=True, membership__institution__in={each.institution_id for each, _words in moved}
    ).select_related("membership"):
        members[user.membership.institution_id].append(user)
    notices = []
    for change, words in moved:
        deciders = heads if change.changes_account else clerks
        urls = dict.fromkeys(deciders, change.get_absolute_url())
        urls |= dict.fromkeys(members[change.institution_id], change.get_portal_url())
        version = change.decision_due_basis["calendar_version"]
        with override("zh-hans"):
            subject = str(_("New deadlines of change %s.")) % change.number
        notices += [
            Notice(
                recipient=user,
                key=f"change.deadline:{change.number}:{version}",
                subject=subject,
                body=words,
                url=url,
                created_at=at,
            )
            for user, url in urls.items()
        ]
    Notice.objects.bulk_create(notices, ignore_conflicts=True, batch_size=1000)
