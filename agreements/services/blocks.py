"""Persons and departments whose services are not settled (B-18, Order 2 art. 45)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import OfficialLetter, Region, User
from agency.rules import Obstacle, refuse_if
from agreements.enums.measures import BlockTarget
from agreements.models import Agreement, ServiceBlock
from agreements.notifications import measures as notifications
from agreements.permissions.measures import END_BLOCK, not_permitted
from agreements.querysets.measures import ServiceBlockQuerySet
from agreements.rules.measures import BLOCK_RULE, block_obstacles, early_end_obstacles
from institutions.models import Department, Institution, Practitioner, RosterEntry


@transaction.atomic
def block(
    *,
    institution: Institution,
    region: Region,
    first_day: date,
    last_day: date | None,
    ground: str,
    basis: str,
    by: User,
    at: datetime,
    practitioner: Practitioner | None = None,
    department: Department | None = None,
    basis_item: str = "",
    agreement: Agreement | None = None,
    letter: OfficialLetter | None = None,
) -> ServiceBlock:
    """Stop the settlement of one person's or one department's services at the institution from a
    day to a day, both included; without a last day it is terminated.

    Refuses whom the institution does not have, a person without staff code, and days that are
    blocked already.
    """
    Institution.objects.locked(institution.pk)  # two at once would both see free days
    refuse_if(
        target_obstacles(
            institution_id=institution.pk,
            practitioner=practitioner,
            department=department,
            first_day=first_day,
            last_day=last_day,
        )
    )
    return ServiceBlock.objects.create(
        institution=institution,
        agreement=agreement,
        region=region,
        target=BlockTarget.PERSON if practitioner else BlockTarget.DEPARTMENT,
        practitioner=practitioner,
        department=department,
        first_day=first_day,
        last_day=last_day,
        planned_to=last_day,
        ground=ground,
        basis=basis,
        basis_item=basis_item,
        letter=letter,
        blocked_at=at,
        blocked_by=by,
    )


def target_obstacles(
    *,
    institution_id: int,
    practitioner: Practitioner | None,
    department: Department | None,
    first_day: date,
    last_day: date | None,
) -> list[Obstacle]:
    """Return why this person or department cannot be blocked in these days. Two queries."""
    if practitioner:
        entries = RosterEntry.objects.on(first_day)
        ours = entries.filter(institution=institution_id, practitioner=practitioner).exists()
    else:
        ours = department is not None and department.institution_id == institution_id
    taken = overlapping(
        institution_id, practitioner, department, first_day=first_day, last_day=last_day
    ).first()
    return block_obstacles(
        first_day=first_day,
        last_day=last_day,
        on_roster=ours,
        has_code=practitioner is None or practitioner.staff_code is not None,
        overlapping=f"{taken.first_day} – {taken.last_day or _('for good')}" if taken else "",
    )


def overlapping(
    institution_id: int,
    practitioner: Practitioner | None,
    department: Department | None,
    *,
    first_day: date,
    last_day: date | None,
) -> ServiceBlockQuerySet:
    rows = ServiceBlock.objects.valid().filter(
        institution=institution_id, practitioner=practitioner, department=department
    )
    return rows.touching(first_day, last_day)


@transaction.atomic
def end_block(
    *, block_id: int, last_day: date, reason: str, by: User, at: datetime
) -> ServiceBlock:
    """Let a block end earlier than decided: its last day is today or later."""
    refuse_if(not_permitted(END_BLOCK, by))
    locked = ServiceBlock.objects.locked(block_id)
    refuse_if(
        early_end_obstacles(
            annulled=locked.annulled_on is not None,
            first_day=locked.first_day,
            last_day=locked.last_day,
            ends_on=last_day,
            on=timezone.localdate(at),
        )
        + _reason_missing(reason)
    )
    locked.last_day, locked.end_reason = last_day, reason
    locked.ended_early_at, locked.ended_early_by = at, by
    locked.save(update_fields=["last_day", "end_reason", "ended_early_at", "ended_early_by"])
    notifications.block_ended(locked, at=at)
    return locked


@transaction.atomic
def annul_block(*, block_id: int, reason: str, by: User, at: datetime) -> tuple[date, date | None]:
    """Annul a block with effect from its beginning, because its decision was. Returns the days
    that became payable; whoever annuls has the claims of these days reviewed again.
    """
    locked = ServiceBlock.objects.locked(block_id)
    on = timezone.localdate(at)
    if locked.annulled_on:
        refuse_if([Obstacle("block_annulled", _("This block has been annulled."), "B-19")])
    refuse_if(_reason_missing(reason))
    locked.annulled_on, locked.annulled_by, locked.annul_reason = on, by, reason
    locked.save(update_fields=["annulled_on", "annulled_by", "annul_reason"])
    notifications.block_annulled(locked, on=on, at=at)
    return locked.first_day, locked.last_day


def _reason_missing(reason: str) -> list[Obstacle]:
    if reason.strip():
        return []
    text = _("The reason is missing.")
    return [Obstacle("reason_missing", text, BLOCK_RULE, _("Write it down."))]
