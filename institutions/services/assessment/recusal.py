"""The institution's objection to an expert, and the organiser's answer (A-06)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle, refuse_if
from institutions.enums.assessment import ExcuseKind
from institutions.models import Assessment, Expert, RecusalRequest
from institutions.notifications import assessment as notifications
from institutions.permissions.assessment import (
    GRANT_RECUSAL,
    OBJECT_TO_EXPERT,
    REFUSE_RECUSAL,
    not_entitled,
    recusal_obstacles,
)
from institutions.services.assessment.drawing import replace_member
from institutions.services.assessment.history import RULE, record_step

DECISION = ["state", "expert", "decided_by", "decided_at", "decision_reason"]


@transaction.atomic
def object_to_expert(
    *, assessment_id: int, person_name: str, reason: str, by: User, at: datetime, unit: str = ""
) -> RecusalRequest:
    """File an objection to a person as assessor. The institution need not know who was drawn, and
    does not learn it by asking.
    """
    assessment = Assessment.objects.visible_to(by).locked(assessment_id)
    obstacles = objection_obstacles(assessment, by)
    if not person_name.strip():
        text = _("Name the person you object to.")
        obstacles.append(Obstacle("name_missing", text, RULE))
    if not reason.strip():
        text = _("An objection needs its reason: what ties the person to the matter.")
        obstacles.append(Obstacle("reason_missing", text, RULE))
    refuse_if(obstacles)
    request = RecusalRequest.objects.create(
        assessment=assessment,
        person_name=person_name.strip(),
        unit=unit.strip(),
        reason=reason.strip(),
        filed_at=at,
        filed_by=by,
    )
    _record(request, "object_to_expert", by=by, at=at, reason=reason)
    notifications.expert_objected_to(request, at=at)
    return request


def objection_obstacles(assessment: Assessment, by: User) -> list[Obstacle]:
    """Return why nobody can be objected to now."""
    obstacles = not_entitled(OBJECT_TO_EXPERT, by)
    if not assessment.is_by_group:
        text = _("This assessment is made by a third party.")
        obstacles.append(Obstacle("not_by_group", text, RULE))
    elif not assessment.is_before_work:
        text = _("The work has begun: experts can be objected to before only.")
        remedy = _("Tell the agency of a conflict of interest at once all the same.")
        obstacles.append(Obstacle("work_begun", text, RULE, remedy))
    return obstacles


@transaction.atomic
def grant_recusal(
    *, request_id: int, expert_id: int | None, reason: str, by: User, at: datetime
) -> RecusalRequest:
    """Grant an objection: the expert stays out; if they were drawn, another takes their place.

    `expert_id` is empty where nobody of that name is in the pool.
    """
    request, assessment = _locked(request_id)
    refuse_if(recusal_obstacles(request, GRANT_RECUSAL, by) + _reason_obstacles(reason))
    expert = Expert.objects.locked(expert_id) if expert_id else None
    request.grant(expert=expert, by=by, at=at, reason=reason)
    request.save(update_fields=DECISION)
    _record(request, "grant_recusal", by=by, at=at, reason=reason)
    member = assessment.members.active().filter(expert=expert).first() if expert else None
    if member is not None:
        replace_member(
            assessment,
            member,
            kind=ExcuseKind.OBJECTION,
            reason=reason,
            by=by,
            at=at,
            on=timezone.localdate(at),
        )
    notifications.objection_decided(request, at=at)
    return request


@transaction.atomic
def refuse_recusal(*, request_id: int, reason: str, by: User, at: datetime) -> RecusalRequest:
    """Refuse an objection with its reason."""
    request, _assessment = _locked(request_id)
    refuse_if(recusal_obstacles(request, REFUSE_RECUSAL, by) + _reason_obstacles(reason))
    request.refuse(by=by, at=at, reason=reason)
    request.save(update_fields=DECISION)
    _record(request, "refuse_recusal", by=by, at=at, reason=reason)
    notifications.objection_decided(request, at=at)
    return request


def _locked(request_id: int) -> tuple[RecusalRequest, Assessment]:
    key = RecusalRequest.objects.values_list("assessment", flat=True).get(pk=request_id)
    assessment = Assessment.objects.locked(key)
    return RecusalRequest.objects.locked(request_id), assessment


def _reason_obstacles(reason: str) -> list[Obstacle]:
    if reason.strip():
        return []
    return [Obstacle("reason_missing", _("The decision needs its reason."), RULE)]


def _record(request: RecusalRequest, act: str, *, by: User, at: datetime, reason: str) -> None:
    record_step(
        request.assessment,
        act=act,
        source=request.assessment.state,
        on=timezone.localdate(at),
        at=at,
        by=by,
        reason=f"{request.person_name}：{reason}",
    )
