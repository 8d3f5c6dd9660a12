"""From the institution's own assessment to the proposed result (B-09)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle, refuse_if
from agency.services.attachments import UploadRef, store_files
from agency.services.calendar import office
from agreements.enums.performance import IndicatorSource, PerformanceState
from agreements.models import IndicatorScore, PerformanceAssessment, PerformanceRound
from agreements.notifications import performance as notifications
from agreements.permissions.performance import (
    ASSESS_ALL,
    PROPOSE_ALL,
    assessing_obstacles,
    proposing_obstacles,
    round_obstacles,
    self_assessing_obstacles,
)
from agreements.rules.performance import APPEAL_WORKDAYS, RULE, deadline, grade_of
from agreements.services.performance.history import record, record_all
from agreements.services.performance.scoring import (
    own_total,
    proposed_total,
    refresh,
    scores_by_assessment,
)

Uploads = Sequence[UploadedFile | UploadRef]
_PROPOSED = [
    *("state", "proposed_on", "proposed_score", "score", "grade"),
    *("appeal_due_on", "appeal_due_basis"),
]


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody enters for one indicator."""

    points: Decimal | None = None
    text: str = ""
    remark: str = ""
    files: Uploads = field(default_factory=tuple)


@transaction.atomic
def self_assess(
    *, assessment_id: int, entries: Mapping[int, Entry], by: User, at: datetime
) -> PerformanceAssessment:
    """Enter what the institution gives itself, by the keys of its scores. Late, it still counts
    until the agency has assessed.
    """
    assessment = PerformanceAssessment.objects.visible_to(by).locked(assessment_id)
    scores = scores_by_assessment([assessment])[assessment.pk]
    obstacles = self_assessing_obstacles(assessment, by)
    for score in scores:
        entry = entries.get(score.pk, Entry())
        obstacles += _points_obstacles(score, entry.points)
        if score.indicator.source == IndicatorSource.EVIDENCE and entry.points is None:
            obstacles.append(_missing(score))
    refuse_if(obstacles)
    for score in scores:
        entry = entries.get(score.pk, Entry())
        score.self_points, score.self_text = entry.points, entry.text.strip()
        if entry.files:
            score.self_files.set(store_files(entry.files, by=by, at=at))
    IndicatorScore.objects.bulk_update(scores, ["self_points", "self_text"])
    source = assessment.state
    assessment.assess_self(by=by, at=at, score=own_total(scores))
    assessment.save(update_fields=["state", "self_assessed_by", "self_assessed_at", "self_score"])
    on = timezone.localdate(at)
    record(assessment, act="assess_self", source=source, on=on, at=at, by=by)
    notifications.self_assessed(assessment, at=at)
    return assessment


@transaction.atomic
def assess(
    *,
    assessment_id: int,
    entries: Mapping[int, Entry],
    opinion: str,
    by: User,
    at: datetime,
    report: Uploads = (),
    report_on: date | None = None,
) -> PerformanceAssessment:
    """Enter the points of every indicator, with the evidence; again until the result is
    proposed. What a third party found is entered with its report.
    """
    assessment = PerformanceAssessment.objects.locked(assessment_id)
    on = timezone.localdate(at)
    scores = scores_by_assessment([assessment])[assessment.pk]
    refuse_if(
        assessing_obstacles(assessment, by, on=on)
        + _report_obstacles(assessment, report, report_on, on=on)
        + [
            each
            for score in scores
            for each in _entry_obstacles(score, entries.get(score.pk, Entry()))
        ]
    )
    for score in scores:
        entry = entries.get(score.pk, Entry())
        if not _is_fixed(score):
            points = entry.points if entry.points is not None else score.computed_points
            score.proposed_points = points
        score.evidence, score.remark = entry.text.strip(), entry.remark.strip()
        if entry.files:
            score.evidence_files.set(store_files(entry.files, by=by, at=at))
    IndicatorScore.objects.bulk_update(scores, ["proposed_points", "evidence", "remark"])
    if assessment.entrustment_id and report:
        assessment.report.set(store_files(report, by=by, at=at))
        assessment.report_on = report_on
    source = assessment.state
    assessment.assess(by=by, at=at, opinion=opinion.strip())
    assessment.save(update_fields=["state", "assessed_by", "assessed_at", "opinion", "report_on"])
    record(assessment, act="assess", source=source, on=on, at=at, by=by)
    return assessment


def _is_fixed(score: IndicatorScore) -> bool:
    """The figures alone decide, and they gave a value."""
    computed = score.computed_points is not None
    return score.indicator.source == IndicatorSource.FIGURE and computed


def _missing(score: IndicatorScore) -> Obstacle:
    text = _("%(indicator)s: the points are missing.") % {"indicator": score.indicator}
    return Obstacle("points_missing", text, RULE, _("Enter points, zero included."))


def _points_obstacles(score: IndicatorScore, points: Decimal | None) -> list[Obstacle]:
    if points is None or 0 <= points <= score.weight:
        return []
    text = _("%(indicator)s: %(points)s points; there are 0 to %(weight)s.") % {
        "indicator": score.indicator,
        "points": points,
        "weight": score.weight,
    }
    return [Obstacle("points_out_of_bounds", text, RULE)]


def _entry_obstacles(score: IndicatorScore, entry: Entry) -> list[Obstacle]:
    shown = {"indicator": score.indicator}
    if _is_fixed(score):
        if entry.points in (None, score.computed_points):
            return []
        text = _("%(indicator)s: its points follow from the figures alone.") % shown
        return [Obstacle("points_by_figures", text, RULE, _("Leave them as computed."))]
    obstacles = _points_obstacles(score, entry.points)
    if entry.points is None:
        return [] if score.computed_points is not None else [_missing(score)]
    if entry.points != score.computed_points and not entry.text.strip():
        text = _("%(indicator)s: points of one's own need their evidence.") % shown
        obstacles.append(Obstacle("evidence_missing", text, RULE, _("Write it down.")))
    return obstacles


def _report_obstacles(
    assessment: PerformanceAssessment, report: Uploads, report_on: date | None, *, on: date
) -> list[Obstacle]:
    if not assessment.entrustment_id:
        return []
    earliest = assessment.entrusted_on
    checks = {
        Obstacle(
            "report_missing",
            _("The report of the third party is missing."),
            RULE,
            _("Add the signed report as a file, and its day."),
        ): (not report or report_on is None) and assessment.report_on is None,
        Obstacle(
            "report_day_impossible",
            _("The report is of a day between the entrustment, %(from)s, and today.")
            % {"from": earliest},
            RULE,
        ): report_on is not None and earliest is not None and not earliest <= report_on <= on,
    }
    return [each for each, applies in checks.items() if applies]


@transaction.atomic
def assess_all(*, round_id: int, by: User, at: datetime) -> int:
    """Assess all who can be by what is entered and computed: self-assessed, or late with it, not
    entrusted, and with points for every indicator. Return how many.
    """
    round_ = PerformanceRound.objects.locked(round_id)
    obstacles = round_obstacles(round_, by)
    if not ASSESS_ALL.allows(by):
        obstacles.append(Obstacle("not_entitled", _("Agreement officers assess.")))
    refuse_if(obstacles)
    on = timezone.localdate(at)
    rows = [
        each
        for each in PerformanceAssessment.objects.filter(
            round=round_,
            state__in=[PerformanceState.OPEN, PerformanceState.SELF_ASSESSED],
            entrustment__isnull=True,
        )
        .select_for_update(of=("self",), no_key=True, skip_locked=True)
        .order_by("pk")
        if not assessing_obstacles(each, by, on=on)
    ]
    scores = scores_by_assessment(rows)
    ready = [each for each in rows if all(s.proposed_points is not None for s in scores[each.pk])]
    steps = []
    for each in ready:
        source = each.state
        each.assess(by=by, at=at, opinion="")
        steps.append((each, source))
    PerformanceAssessment.objects.bulk_update(
        ready, ["state", "assessed_by", "assessed_at", "opinion"], batch_size=1000
    )
    record_all(steps, act="assess", on=on, at=at, by=by, reason=_("by the figures"))
    return len(ready)


@transaction.atomic
def propose(*, assessment_id: int, by: User, at: datetime) -> PerformanceAssessment:
    """Give the institution the result, computed anew, to confirm or appeal against."""
    assessment = PerformanceAssessment.objects.locked(assessment_id)
    refuse_if(proposing_obstacles(assessment, by))
    [done] = _propose([assessment], assessment.round, by=by, at=at)
    return done


@transaction.atomic
def propose_all(*, round_id: int, by: User, at: datetime) -> int:
    """Propose all results that are assessed; return how many."""
    round_ = PerformanceRound.objects.locked(round_id)
    obstacles = round_obstacles(round_, by)
    if not PROPOSE_ALL.allows(by):
        obstacles.append(Obstacle("not_entitled", _("Agreement officers propose results.")))
    refuse_if(obstacles)
    rows = list(
        PerformanceAssessment.objects.filter(round=round_, state=PerformanceState.ASSESSED)
        .select_for_update(of=("self",), no_key=True, skip_locked=True)
        .select_related("institution")
        .order_by("pk")
    )
    return len(_propose(rows, round_, by=by, at=at))


def _propose(
    rows: Sequence[PerformanceAssessment], round_: PerformanceRound, *, by: User, at: datetime
) -> list[PerformanceAssessment]:
    refresh(rows, round_)
    on = timezone.localdate(at)
    region_office = office(on=on, region=round_.region)
    due, basis = deadline(on, APPEAL_WORKDAYS, region_office)
    by_assessment = scores_by_assessment(rows)
    refuse_if(
        [
            _missing(score)
            for scores in by_assessment.values()
            for score in scores
            if score.proposed_points is None
        ]
    )
    for each in rows:
        for score in by_assessment[each.pk]:
            score.final_points = score.proposed_points
        points = proposed_total(by_assessment[each.pk])
        each.propose(on=on, score=points, grade=grade_of(points, region_office))
        each.appeal_due_on, each.appeal_due_basis = due.on, basis.to_json()
    scores = [score for found in by_assessment.values() for score in found]
    IndicatorScore.objects.bulk_update(scores, ["final_points"], batch_size=1000)
    PerformanceAssessment.objects.bulk_update(rows, _PROPOSED, batch_size=1000)
    steps = [(each, PerformanceState.ASSESSED.value) for each in rows]
    record_all(steps, act="propose", on=on, at=at, by=by)
    notifications.results_proposed(rows, at=at)
    return list(rows)
