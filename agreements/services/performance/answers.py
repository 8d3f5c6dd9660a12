"""The institution's answer to a proposed result: confirmed, confirmed by silence, or appealed
against per indicator; and the decision of appeals (B-09).
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle, refuse_if
from agency.services.attachments import store_files
from agency.services.calendar import office
from agreements.enums.performance import AppealOutcome, ConfirmedBy, PerformanceState
from agreements.models import PerformanceAppeal, PerformanceAssessment
from agreements.notifications import performance as notifications
from agreements.permissions.performance import (
    answering_obstacles,
    appeal_obstacles,
    silence_obstacles,
)
from agreements.rules.performance import (
    DECISION_WORKDAYS,
    RULE,
    SILENCE_CONFIRMS,
    deadline,
    grade_of,
)
from agreements.services.performance.assessing import Entry
from agreements.services.performance.history import record, record_all
from agreements.services.performance.scoring import final_total, scores_by_assessment

_CONFIRMED = ["state", "confirmed_how", "confirmed_by", "confirmed_at"]
_DECIDED = ["outcome", "decided_points", "decision_reason", "decided_by", "decided_at"]


@transaction.atomic
def confirm(*, assessment_id: int, by: User, at: datetime) -> PerformanceAssessment:
    """Confirm the proposed result for the institution."""
    assessment = PerformanceAssessment.objects.visible_to(by).locked(assessment_id)
    on = timezone.localdate(at)
    refuse_if(answering_obstacles(assessment, by, on=on))
    source = assessment.state
    assessment.confirm(how=ConfirmedBy.INSTITUTION, by=by, at=at)
    assessment.save(update_fields=_CONFIRMED)
    record(assessment, act="confirm", source=source, on=on, at=at, by=by)
    return assessment


@transaction.atomic
def record_silence(
    *, assessment_id: int, reason: str, by: User, at: datetime
) -> PerformanceAssessment:
    """Take silence for a confirmation, by an officer: where the office does not do so itself."""
    assessment = PerformanceAssessment.objects.locked(assessment_id)
    on = timezone.localdate(at)
    obstacles = silence_obstacles(assessment, by, on=on)
    if not reason.strip():
        text = _("Say how the institution was reached and that it did not answer.")
        obstacles.append(Obstacle("reason_missing", text, RULE))
    refuse_if(obstacles)
    source = assessment.state
    assessment.confirm(how=ConfirmedBy.SILENCE, by=by, at=at)
    assessment.save(update_fields=_CONFIRMED)
    record(assessment, act="confirm", source=source, on=on, at=at, by=by, reason=reason.strip())
    return assessment


@transaction.atomic
def confirm_by_silence(*, on: date, at: datetime) -> int:
    """Confirm what nobody answered in time, in the regions whose rule says so; what a person
    holds locked is left for the next night.
    """
    rows = list(
        PerformanceAssessment.objects.proposed()
        .filter(appeal_due_on__lt=on)
        .select_for_update(of=("self",), no_key=True, skip_locked=True)
        .select_related("round")
        .order_by("pk")
    )
    regions = {each.round.region_id for each in rows}
    silent = {region for region in regions if office(on=on, region=region).number(SILENCE_CONFIRMS)}
    rows = [each for each in rows if each.round.region_id in silent]
    for each in rows:
        each.confirm(how=ConfirmedBy.SILENCE, by=None, at=at)
    PerformanceAssessment.objects.bulk_update(rows, _CONFIRMED, batch_size=1000)
    steps = [(each, PerformanceState.PROPOSED.value) for each in rows]
    record_all(steps, act="confirm", on=on, at=at, by=None)
    return len(rows)


@transaction.atomic
def file_appeals(
    *, assessment_id: int, entries: Mapping[int, Entry], by: User, at: datetime
) -> PerformanceAssessment:
    """Appeal against indicators, by the keys of their scores; the rest counts as confirmed."""
    assessment = PerformanceAssessment.objects.visible_to(by).locked(assessment_id)
    on = timezone.localdate(at)
    scores = {each.pk: each for each in scores_by_assessment([assessment])[assessment.pk]}
    obstacles = answering_obstacles(assessment, by, on=on)
    if not entries:
        text = _("No indicator is appealed against.")
        remedy = _("Give a reason for at least one, or confirm the result.")
        obstacles.append(Obstacle("nothing_appealed", text, RULE, remedy))
    for key, entry in entries.items():
        obstacles += _filing_obstacles(scores[key].indicator.name, scores[key].weight, entry)
    refuse_if(obstacles)
    for key, entry in entries.items():
        appeal = PerformanceAppeal.objects.create(
            assessment=assessment,
            score=scores[key],
            wanted_points=entry.points,
            reason=entry.text.strip(),
            filed_at=at,
            filed_by=by,
            assessor_id=assessment.assessed_by_id,
        )
        appeal.files.set(store_files(entry.files, by=by, at=at))
    source = assessment.state
    assessment.appeal(at=at)
    due, basis = deadline(on, DECISION_WORKDAYS, office(on=on, region=assessment.round.region))
    assessment.decision_due_on, assessment.decision_due_basis = due.on, basis.to_json()
    assessment.save(update_fields=["state", "appealed_at", "decision_due_on", "decision_due_basis"])
    record(assessment, act="appeal", source=source, on=on, at=at, by=by)
    notifications.appealed(assessment, at=at)
    return assessment


def _filing_obstacles(name: str, weight: Decimal, entry: Entry) -> list[Obstacle]:
    checks = {
        Obstacle(
            "reason_missing",
            _("%(indicator)s: the reason of the appeal is missing.") % {"indicator": name},
            RULE,
        ): not entry.text.strip(),
        Obstacle(
            "points_out_of_bounds",
            _("%(indicator)s: there are 0 to %(weight)s points.")
            % {"indicator": name, "weight": weight},
            RULE,
        ): entry.points is not None and not 0 <= entry.points <= weight,
    }
    return [each for each, applies in checks.items() if applies]


@transaction.atomic
def decide_appeal(
    *,
    appeal_id: int,
    outcome: AppealOutcome,
    points: Decimal | None,
    reason: str,
    by: User,
    at: datetime,
) -> PerformanceAppeal:
    """Decide the appeal against one indicator; with the last one the score is final. Decided by
    another than the assessor (B-02). Granted, it needs points other than those proposed.
    """
    # The assessment first, always: whoever decides another appeal of it waits here.
    key = PerformanceAppeal.objects.values_list("assessment", flat=True).get(pk=appeal_id)
    assessment = PerformanceAssessment.objects.locked(key)
    appeal = PerformanceAppeal.objects.locked(appeal_id)
    score = appeal.score
    granted = AppealOutcome(outcome) == AppealOutcome.GRANTED
    obstacles = appeal_obstacles(appeal, assessment, by)
    if not reason.strip():
        text = _("The decision needs its reason.")
        obstacles.append(Obstacle("reason_missing", text, RULE, _("Write it down.")))
    if granted and (points is None or not 0 <= points <= score.weight):
        text = _("%(indicator)s: there are 0 to %(weight)s points.") % {
            "indicator": score.indicator.name,
            "weight": score.weight,
        }
        obstacles.append(Obstacle("points_out_of_bounds", text, RULE))
    elif granted and points is not None and points <= (score.proposed_points or Decimal(0)):
        text = _("An appeal that is granted raises the points.")
        remedy = _("Enter more points, or refuse the appeal.")
        obstacles.append(Obstacle("points_not_raised", text, RULE, remedy))
    refuse_if(obstacles)
    final = points if granted and points is not None else score.proposed_points or Decimal(0)
    move = appeal.grant if granted else appeal.refuse
    move(points=final, by=by, at=at, reason=reason.strip())
    appeal.save(update_fields=_DECIDED)
    score.final_points = final
    score.save(update_fields=["final_points"])
    _end_appeals(assessment, by=by, at=at)
    return appeal


def _end_appeals(assessment: PerformanceAssessment, *, by: User, at: datetime) -> None:
    """Make the score final once the last appeal is decided."""
    on, source = timezone.localdate(at), assessment.state
    if not PerformanceAppeal.objects.open().filter(assessment=assessment).exists():
        region_office = office(on=on, region=assessment.round.region)
        points = final_total(scores_by_assessment([assessment])[assessment.pk])
        assessment.end_appeals(score=points, grade=grade_of(points, region_office))
        assessment.save(update_fields=["state", "score", "grade"])
        notifications.appeals_decided(assessment, at=at)
    record(assessment, act="decide_appeal", source=source, on=on, at=at, by=by)
