"""Trainings: planned, held, and who came; the record that B-01 asks for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import Region, User
from agency.rules import Obstacle, refuse_if
from agency.services.attachments import UploadRef, store_files
from institutions.enums.guidance import Presence, TrainingMode, TrainingTopic
from institutions.enums.register import Standing
from institutions.models import (
    Institution,
    TrainingAttendance,
    TrainingEvent,
    TrainingTransition,
)
from institutions.notifications import guidance as notifications
from institutions.permissions.guidance import (
    CANCEL_TRAINING,
    PLAN_TRAINING,
    attendance_obstacles,
    confirmation_obstacles,
    invitation_obstacles,
    planned_obstacles,
)
from institutions.standings import having_standing

RULE = "B-01"
CHUNK = 1000
LONGEST_ATTENDEES = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingFacts:
    """What a training is, as it is planned."""

    region: Region
    title: str
    topic: TrainingTopic
    mode: TrainingMode
    held_on: date
    audience: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Attended:
    """What a list says of one institution."""

    institution_id: int
    presence: Presence
    attendees: str = ""


@transaction.atomic
def plan_training(
    *,
    facts: TrainingFacts,
    by: User,
    at: datetime,
    materials: Sequence[UploadedFile | UploadRef] = (),
) -> TrainingEvent:
    """Plan a training; one that has been held already is recorded the same way, then as held."""
    obstacle = Obstacle("not_entitled", _("Trainings are kept by an agreement officer."))
    refuse_if([] if PLAN_TRAINING.allows(by) else [obstacle])
    event = TrainingEvent.objects.create(
        region=facts.region,
        title=facts.title.strip(),
        topic=facts.topic,
        mode=facts.mode,
        place=facts.place.strip(),
        held_on=facts.held_on,
        audience=facts.audience.strip(),
        created_by=by,
        created_at=at,
    )
    event.materials.set(store_files(materials, by=by, at=at))
    _record(event, act="plan", source="", by=by, at=at)
    return event


@transaction.atomic
def change_training(
    *,
    event_id: int,
    facts: TrainingFacts,
    by: User,
    at: datetime,
    materials: Sequence[UploadedFile | UploadRef] = (),
) -> TrainingEvent:
    """Change what is planned; further materials are added to those there are."""
    event = TrainingEvent.objects.locked(event_id)
    refuse_if(planned_obstacles(event, by))
    event.region, event.title, event.topic = facts.region, facts.title.strip(), facts.topic
    event.mode, event.place = facts.mode, facts.place.strip()
    event.held_on, event.audience = facts.held_on, facts.audience.strip()
    event.save(update_fields=["region", "title", "topic", "mode", "place", "held_on", "audience"])
    event.materials.add(*store_files(materials, by=by, at=at))
    _record(event, act="change", source=event.state, by=by, at=at)
    return event


@transaction.atomic
def invite(*, event_id: int, institution_ids: Iterable[int] | None, by: User, at: datetime) -> int:
    """Invite institutions, or all of the training's region with an agreement in force; return
    how many are new. Whoever is invited already is not told again.
    """
    event = TrainingEvent.objects.select_related("region").locked(event_id)
    refuse_if(invitation_obstacles(event, by))
    on = timezone.localdate(at)
    if institution_ids is None:
        rows = Institution.objects.verified().within(event.region_id)
        chosen = list(having_standing(rows, Standing.IN_FORCE, on).values_list("pk", flat=True))
    else:
        chosen = list(institution_ids)
    known = set(event.attendances.values_list("institution", flat=True))
    new = [each for each in dict.fromkeys(chosen) if each not in known]
    obstacle = Obstacle(
        "nobody_to_invite",
        _("No institution would be invited that is not already."),
        remedy=_("Choose other institutions."),
    )
    refuse_if([] if new else [obstacle])
    TrainingAttendance.objects.bulk_create(
        [
            TrainingAttendance(event=event, institution_id=each, recorded_by=by, recorded_at=at)
            for each in new
        ],
        batch_size=CHUNK,
    )
    reason = _("Institutions invited: %(count)d") % {"count": len(new)}
    _record(event, act="invite", source=event.state, by=by, at=at, reason=reason)
    members = User.objects.filter(is_active=True, membership__institution__in=new).order_by("pk")
    notifications.training_announced(event, members, at=at)
    return len(new)


@transaction.atomic
def hold_training(*, event_id: int, by: User, at: datetime) -> TrainingEvent:
    """Record that the training has been held; from then on attendance is recorded."""
    event = TrainingEvent.objects.locked(event_id)
    refuse_if(holding_obstacles(event, by, on=timezone.localdate(at)))
    source = event.state
    event.hold()
    event.save(update_fields=["state"])
    _record(event, act="hold", source=source, by=by, at=at)
    return event


def holding_obstacles(event: TrainingEvent, user: User, *, on: date) -> list[Obstacle]:
    obstacles = planned_obstacles(event, user)
    if event.held_on > on:
        text = _("The training is planned for %(day)s; that day has not come.")
        remedy = _("Wait for that day, or change the day of the training.")
        obstacles.append(Obstacle("training_to_come", text % {"day": event.held_on}, remedy=remedy))
    return obstacles


@transaction.atomic
def cancel_training(*, event_id: int, by: User, at: datetime, reason: str) -> TrainingEvent:
    event = TrainingEvent.objects.locked(event_id)
    obstacle = Obstacle("not_entitled", _("Trainings are kept by an agreement officer."))
    refuse_if(planned_obstacles(event, by) + ([] if CANCEL_TRAINING.allows(by) else [obstacle]))
    source = event.state
    event.cancel()
    event.save(update_fields=["state"])
    _record(event, act="cancel", source=source, by=by, at=at, reason=reason)
    invited = event.attendances.values("institution")
    members = User.objects.filter(is_active=True, membership__institution__in=invited)
    notifications.training_cancelled(event, members.order_by("pk"), at=at)
    return event


@transaction.atomic
def record_attendance(
    *, event_id: int, rows: Sequence[Attended], by: User, at: datetime, reason: str = ""
) -> int:
    """Record who came, a whole list at once: four statements. What stood there is replaced, an
    institution that was not invited is added. Return how many rows there are.
    """
    event = TrainingEvent.objects.locked(event_id)
    refuse_if(attendance_obstacles(event, by) + _rows_obstacles(rows))
    existing = {
        each.institution_id: each
        for each in event.attendances.filter(
            institution__in=[each.institution_id for each in rows]
        ).select_for_update()
    }
    changed: list[TrainingAttendance] = []
    new: list[TrainingAttendance] = []
    for row in rows:
        known = existing.get(row.institution_id)
        attendance = known or TrainingAttendance(event=event, institution_id=row.institution_id)
        attendance.presence, attendance.attendees = row.presence, row.attendees
        attendance.recorded_by, attendance.recorded_at = by, at
        (changed if known else new).append(attendance)
    TrainingAttendance.objects.bulk_create(new, batch_size=CHUNK)
    TrainingAttendance.objects.bulk_update(
        changed, ["presence", "attendees", "recorded_by", "recorded_at"], batch_size=CHUNK
    )
    came = sum(row.presence == Presence.ATTENDED for row in rows)
    words = _("Attendance recorded: %(came)d of %(rows)d came. %(reason)s") % {
        "came": came,
        "rows": len(rows),
        "reason": reason,
    }
    _record(event, act="attendance", source=event.state, by=by, at=at, reason=words.strip())
    return len(rows)


def _rows_obstacles(rows: Sequence[Attended]) -> list[Obstacle]:
    checks = {
        Obstacle(
            "nobody_recorded",
            _("The list names no institution."),
            remedy=_("Enter at least one."),
        ): not rows,
        Obstacle("institution_twice", _("The list names an institution twice.")): len(
            {each.institution_id for each in rows}
        )
        < len(rows),
        Obstacle("attendees_of_absent", _("Who did not come has no attendees.")): any(
            each.attendees and each.presence != Presence.ATTENDED for each in rows
        ),
        Obstacle(
            "attendees_too_long",
            _("The names of an institution take %(limit)d characters at most.")
            % {"limit": LONGEST_ATTENDEES},
        ): any(len(each.attendees) > LONGEST_ATTENDEES for each in rows),
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


@transaction.atomic
def confirm_attendance(
    *, attendance_id: int, attendees: str, by: User, at: datetime
) -> TrainingAttendance:
    """The institution confirms that it came, and who; the agency may correct it."""
    rows = TrainingAttendance.objects.visible_to(by).select_related(
        "event__created_by", "institution"
    )
    attendance = rows.locked(attendance_id)
    attendees = attendees.strip()
    names_missing = Obstacle(
        "attendees_missing", _("Nobody is named."), remedy=_("Name who came for the institution.")
    )
    refuse_if(confirmation_obstacles(attendance, by) + ([] if attendees else [names_missing]))
    attendance.presence, attendance.attendees = Presence.ATTENDED, attendees
    attendance.confirmed_by, attendance.confirmed_at = by, at
    attendance.save(update_fields=["presence", "attendees", "confirmed_by", "confirmed_at"])
    _record(
        attendance.event,
        act="confirm",
        source=attendance.event.state,
        by=by,
        at=at,
        reason=attendance.institution.name,
    )
    notifications.attendance_confirmed(attendance, at=at)
    return attendance


def _record(
    event: TrainingEvent, *, act: str, source: str, by: User, at: datetime, reason: str = ""
) -> None:
    TrainingTransition.objects.create(
        subject=event,
        act=act,
        source=source,
        target=event.state,
        on=timezone.localdate(at),
        at=at,
        by=by,
        reason=reason,
        rule=RULE,
    )
