"""The result of an assessment: by the head, on what the group or the third party found (A-06)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle, refuse_if
from institutions.enums.assessment import BasicCondition, FindingResult, Verdict
from institutions.models import (
    Assessment,
    AssessmentOpinion,
    ChangeRequest,
    DesignationApplication,
    OpinionFinding,
)
from institutions.notifications import assessment as notifications
from institutions.permissions.assessment import DECIDE_RESULT, step_obstacles
from institutions.rules import ConditionFinding, failed_conditions, majority
from institutions.services.assessment.history import RULE, record_step
from institutions.services.assessment.letters import result_letter
from institutions.services.assessment.results import tell_result

DECISION = [
    "state",
    "result",
    "reasons",
    "advice",
    "deviation_reason",
    "decided_by",
    "decided_at",
    "result_letter",
]


@dataclass(frozen=True, slots=True)
class Tally:
    """What the opinions come to. It is shown to the head, who decides; no scores are counted."""

    qualified: int = 0
    not_qualified: int = 0
    proposed: Verdict | None = None
    failed: tuple[BasicCondition, ...] = ()


def tally_of(assessment: Assessment) -> Tally:
    """Return what the signed opinions, or the third party's report, come to. Two queries; nothing
    while they are sealed.
    """
    if not assessment.is_unsealed:
        return Tally()
    if not assessment.is_by_group:
        engagement = assessment.engagement
        failed = tuple(BasicCondition(each) for each in engagement.failed_conditions)
        return Tally(proposed=Verdict(engagement.proposal), failed=failed)
    verdicts = [
        Verdict(each)
        for each in AssessmentOpinion.objects.unsealed()
        .filter(member__assessment=assessment)
        .values_list("verdict", flat=True)
    ]
    findings = OpinionFinding.objects.filter(
        opinion__member__assessment=assessment,
        opinion__member__excused_at__isnull=True,
        opinion__signed_at__isnull=False,
        result=FindingResult.NOT_MET,
    ).exclude(item__condition="")
    failed = failed_conditions(
        ConditionFinding(BasicCondition(condition), FindingResult.NOT_MET)
        for condition in findings.values_list("item__condition", flat=True)
    )
    return Tally(
        qualified=verdicts.count(Verdict.QUALIFIED),
        not_qualified=verdicts.count(Verdict.NOT_QUALIFIED),
        proposed=majority(verdicts),
        failed=failed,
    )


@transaction.atomic
def decide_result(
    *,
    assessment_id: int,
    result: Verdict,
    reasons: str,
    by: User,
    at: datetime,
    advice: str = "",
    deviation_reason: str = "",
) -> Assessment:
    """Decide the result. The matter moves on with it, and the institution gets its letter.

    Refuses whoever organised the assessment or sat in the group; “qualified” while a basic
    condition is not met; a result against the majority without its reason.
    """
    matter = Assessment.objects.values("application", "change").get(pk=assessment_id)
    # The matter first, then its assessment: so do all acts that need both.
    if matter["application"]:
        DesignationApplication.objects.select_for_update(of=("self",)).get(pk=matter["application"])
    else:
        ChangeRequest.objects.locked(matter["change"])
    assessment = Assessment.objects.locked(assessment_id)
    result = Verdict(result)
    refuse_if(decision_obstacles(assessment, by))
    refuse_if(
        result_obstacles(
            tally_of(assessment),
            result,
            reasons=reasons,
            advice=advice,
            deviation_reason=deviation_reason,
        )
    )
    source, on = assessment.state, timezone.localdate(at)
    assessment.conclude(
        result=result,
        reasons=reasons.strip(),
        advice=advice.strip(),
        deviation_reason=deviation_reason.strip(),
        by=by,
        at=at,
    )
    letter = result_letter(assessment, by=by, at=at) if assessment.application_id else None
    assessment.result_letter = letter
    assessment.save(update_fields=DECISION)
    record_step(
        assessment,
        act="decide",
        source=source,
        on=on,
        at=at,
        by=by,
        reason=assessment.reasons,
        letter=letter,
    )
    tell_result(assessment, by=by, at=at)
    notifications.result_decided(assessment, at=at)
    return assessment


def decision_obstacles(assessment: Assessment, by: User) -> list[Obstacle]:
    """Return why the person cannot decide the result now. Three queries at most."""
    obstacles = step_obstacles(assessment, DECIDE_RESULT, by)
    organisers = {(assessment.opened_by_id, assessment.opened_at)}
    organisers |= set(assessment.draws.values_list("drawn_by", "drawn_at"))
    if any(by.is_one_with(person, then) for person, then in organisers):
        text = _("Whoever organised the assessment does not decide its result.")
        remedy = _("Leave it to another head, or to the stand-in.")
        obstacles.append(Obstacle("decided_by_organiser", text, "B-02", remedy))
    experts = assessment.members.values_list("expert__account", flat=True)
    if any(by.is_one_with(person, None) for person in experts):
        text = _("Whoever assessed does not decide the result.")
        obstacles.append(Obstacle("decided_by_expert", text, "B-02"))
    return obstacles


def result_obstacles(
    tally: Tally, result: Verdict, *, reasons: str, advice: str, deviation_reason: str
) -> list[Obstacle]:
    """Return what speaks against deciding so."""
    obstacles = []
    if not reasons.strip():
        obstacles.append(Obstacle("reasons_missing", _("The result needs its reasons."), RULE))
    if result == Verdict.NOT_QUALIFIED and not advice.strip():
        text = _("A result “not qualified” says what to rectify.")
        obstacles.append(Obstacle("advice_missing", text, RULE))
    if result == Verdict.QUALIFIED:
        obstacles += [_condition_obstacle(each) for each in tally.failed]
    deviates = result != tally.proposed
    if deviates and not deviation_reason.strip():
        text = _("The result differs from what most experts hold, or they are divided.")
        remedy = _("Say why you decide so.")
        obstacles.append(Obstacle("deviation_reason_missing", text, RULE, remedy))
    return obstacles


def _condition_obstacle(condition: BasicCondition) -> Obstacle:
    text = _("Basic condition %(code)s, %(label)s, was found not met: not qualified.")
    shown = {"code": condition.value, "label": condition.label}
    remedy = _("Decide “not qualified”, with advice to rectify.")
    return Obstacle("condition_not_met", text % shown, condition.value, remedy)
