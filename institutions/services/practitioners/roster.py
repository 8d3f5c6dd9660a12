"""Entering persons in a roster, moving them, their leaving, and correcting mistakes (D-01)."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import refuse_if
from institutions.enums.practitioners import Employment
from institutions.models import Institution, Practitioner, RosterEntry
from institutions.notifications import practitioners as notifications
from institutions.permissions.practitioners import (
    CORRECT_ENTRY,
    HIRE,
    LEAVE,
    MOVE,
    STRIKE_ENTRY,
    entry_obstacles,
    keeping_obstacles,
    leaving_obstacles,
)
from institutions.services.practitioners.files import (
    FileFacts,
    file_obstacles,
    practitioner_by,
    practitioner_of,
)
from institutions.services.practitioners.places import (
    EntryFacts,
    ahead_obstacles,
    day_obstacles,
    department_obstacles,
    full_time_elsewhere,
    order_obstacles,
    overlap_obstacles,
    presence_obstacles,
    reason_obstacles,
    same_place_obstacles,
)


@transaction.atomic
def hire(
    *, institution_id: int, person: FileFacts, entry: EntryFacts, by: User, at: datetime
) -> RosterEntry:
    """Enter a person in the institution's roster, by the file there is or a new one.

    Refuses numbers that cannot be or are another's, a department that is not the institution's or
    not open, a day too far ahead, a row that overlaps one there is, and a terminated person.
    """
    on = timezone.localdate(at)
    institution = Institution.objects.select_related("region").locked(institution_id)
    known = practitioner_by(id_number=person.id_number, staff_code=person.staff_code)
    refuse_if(
        keeping_obstacles(HIRE, by, institution_id)
        + file_obstacles(person, known)
        + day_obstacles(institution, entry, on=on)
        + department_obstacles(institution, entry)
        + (presence_obstacles(known, entry) if known else [])
    )
    practitioner = practitioner_of(person, on=entry.starts_on, by=by)
    refuse_if(presence_obstacles(practitioner, entry))
    added = _add(institution, practitioner, entry, by=by, at=at)
    notifications.person_entered(added, elsewhere=full_time_elsewhere(added), at=at)
    return added


@transaction.atomic
def move(
    *,
    entry_id: int,
    department_id: int,
    on: date,
    by: User,
    at: datetime,
    position: str = "",
) -> RosterEntry:
    """Move a person to another department of the institution from a day on: the present row ends
    the day before, a new one begins.
    """
    entry = _own_entry(entry_id, by)
    institution = Institution.objects.select_related("region").locked(entry.institution_id)
    wanted = EntryFacts(
        department_id=department_id,
        employment=Employment(entry.employment),
        starts_on=on,
        position=position or entry.position,
    )
    refuse_if(
        keeping_obstacles(MOVE, by, entry.institution_id)
        + leaving_obstacles(entry)
        + same_place_obstacles(entry, department_id)
        + order_obstacles(entry, on - timedelta(1))
        + day_obstacles(institution, wanted, on=timezone.localdate(at))
        + department_obstacles(institution, wanted)
        + overlap_obstacles(entry.practitioner, wanted)
    )
    _end(entry, on - timedelta(1), reason=_("moved to another department"), by=by, at=at)
    return _add(institution, entry.practitioner, wanted, by=by, at=at)


@transaction.atomic
def leave(
    *, entry_id: int, ends_on: date, reason: str, by: User, at: datetime
) -> list[RosterEntry]:
    """Record that a person leaves the institution after a day: every open row of theirs here ends
    on it. The file stays, and rows at other institutions go on.
    """
    entry = _own_entry(entry_id, by)
    institution = Institution.objects.select_related("region").locked(entry.institution_id)
    refuse_if(keeping_obstacles(LEAVE, by, entry.institution_id) + leaving_obstacles(entry))
    rows = list(
        RosterEntry.objects.valid()
        .select_for_update(of=("self",))
        .select_related("practitioner__person", "department")
        .filter(
            practitioner=entry.practitioner_id,
            institution=entry.institution_id,
            ends_on__isnull=True,
        )
    )
    obstacles = [each for row in rows for each in order_obstacles(row, ends_on)]
    refuse_if(obstacles + ahead_obstacles(institution, ends_on, on=timezone.localdate(at)))
    for row in rows:
        _end(row, ends_on, reason=reason, by=by, at=at)
    return rows


@transaction.atomic
def correct_entry(
    *, entry_id: int, entry: EntryFacts, reason: str, by: User, at: datetime
) -> RosterEntry:
    """Put a right row in the place of one entered by mistake; the wrong one stays, void."""
    wrong = _own_entry(entry_id, by)
    institution = Institution.objects.select_related("region").locked(wrong.institution_id)
    refuse_if(
        keeping_obstacles(CORRECT_ENTRY, by, wrong.institution_id)
        + entry_obstacles(wrong)
        + reason_obstacles(reason)
        + day_obstacles(institution, entry, on=timezone.localdate(at))
        + department_obstacles(institution, entry)
        + overlap_obstacles(wrong.practitioner, entry, but=wrong.pk)
    )
    _void(wrong, reason=reason, by=by, at=at)
    return _add(institution, wrong.practitioner, entry, by=by, at=at, corrects=wrong)


@transaction.atomic
def strike_entry(*, entry_id: int, reason: str, by: User, at: datetime) -> RosterEntry:
    """Make void a row of somebody who never worked there."""
    entry = _own_entry(entry_id, by)
    Institution.objects.locked(entry.institution_id)
    refuse_if(
        keeping_obstacles(STRIKE_ENTRY, by, entry.institution_id)
        + entry_obstacles(entry)
        + reason_obstacles(reason)
    )
    _void(entry, reason=reason, by=by, at=at)
    return entry


# --- writing -------------------------------------------------------------------------------------


def _own_entry(entry_id: int, by: User) -> RosterEntry:
    return (
        RosterEntry.objects.visible_to(by)
        .select_for_update(of=("self",))
        .select_related("practitioner__person", "department")
        .get(pk=entry_id)
    )


def _add(
    institution: Institution,
    practitioner: Practitioner,
    entry: EntryFacts,
    *,
    by: User,
    at: datetime,
    corrects: RosterEntry | None = None,
) -> RosterEntry:
    return RosterEntry.objects.create(
        practitioner=practitioner,
        institution=institution,
        department_id=entry.department_id,
        position=entry.position.strip(),
        employment=entry.employment,
        starts_on=entry.starts_on,
        ends_on=entry.ends_on,
        recorded_at=at,
        recorded_by=by,
        corrects=corrects,
    )


def _end(entry: RosterEntry, ends_on: date, *, reason: str, by: User, at: datetime) -> None:
    entry.ends_on, entry.end_reason = ends_on, reason.strip()
    entry.ended_by, entry.ended_at = by, at
    entry.save(update_fields=["ends_on", "end_reason", "ended_by", "ended_at"])


def _void(entry: RosterEntry, *, reason: str, by: User, at: datetime) -> None:
    entry.is_void, entry.void_reason = True, reason.strip()
    entry.voided_by, entry.voided_at = by, at
    entry.save(update_fields=["is_void", "void_reason", "voided_by", "voided_at"])
