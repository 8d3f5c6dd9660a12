"""Results published, corrected afterwards, disclosed to the public; and their letters (B-09)."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agency.letter_kinds import CHINESE
from agency.models import User
from agency.rules import Obstacle, refuse_if
from agency.services.calendar import office
from agency.services.numbers import next_number
from agreements.enums.performance import PUBLISHABLE, Grade, PerformanceState
from agreements.models import (
    IndicatorScore,
    PerformanceAssessment,
    PerformanceRound,
    PerformanceUse,
)
from agreements.notifications import performance as notifications
from agreements.permissions.performance import (
    PUBLISH_ALL,
    correcting_obstacles,
    disclosing_obstacles,
    publishing_obstacles,
    round_obstacles,
)
from agreements.rules.performance import (
    APPEAL_WORKDAYS,
    RULE,
    deadline,
    deposit_share_of,
    grade_of,
)
from agreements.services.performance.history import record, record_all
from agreements.services.performance.rounds import close_if_done
from agreements.services.performance.scoring import final_total, scores_by_assessment
from institutions.services.letters.issuing import issue_to_institution

LETTER = "performance_result"
LETTERS_A_RUN = 200
_PUBLISHED = ["state", "published_by", "published_on"]


@transaction.atomic
def publish(*, assessment_id: int, by: User, at: datetime) -> PerformanceAssessment:
    """Publish a result: from now on clearing, deposit and renewal read it. A corrected one
    replaces the old, and makes stale what was decided with that.
    """
    assessment = PerformanceAssessment.objects.locked(assessment_id)
    round_ = PerformanceRound.objects.locked(assessment.round_id)
    refuse_if(publishing_obstacles(assessment, by))
    on = timezone.localdate(at)
    source = assessment.state
    if assessment.corrects_id:
        _replace(assessment, by=by, on=on, at=at)
    assessment.publish(by=by, on=on)
    assessment.save(update_fields=_PUBLISHED)
    record(assessment, act="publish", source=source, on=on, at=at, by=by)
    notifications.results_published([assessment], at=at)
    close_if_done(round_, on=on, at=at, by=by)
    return assessment


@transaction.atomic
def publish_all(*, round_id: int, by: User, at: datetime) -> int:
    """Publish all results of a round that are confirmed or whose appeals are decided; return
    how many. Corrected ones are published one by one.
    """
    round_ = PerformanceRound.objects.locked(round_id)
    obstacles = round_obstacles(round_, by)
    if not PUBLISH_ALL.allows(by):
        obstacles.append(Obstacle("not_entitled", _("The head of the agency publishes.")))
    refuse_if(obstacles)
    on = timezone.localdate(at)
    rows = [
        each
        for each in PerformanceAssessment.objects.filter(
            round=round_, state__in=PUBLISHABLE, corrects__isnull=True
        )
        .select_for_update(of=("self",), no_key=True, skip_locked=True)
        .select_related("institution")
        .order_by("pk")
        if not publishing_obstacles(each, by)
    ]
    steps = []
    for each in rows:
        source = each.state
        each.publish(by=by, on=on)
        steps.append((each, source))
    PerformanceAssessment.objects.bulk_update(rows, _PUBLISHED, batch_size=1000)
    record_all(steps, act="publish", on=on, at=at, by=by)
    notifications.results_published(rows, at=at)
    close_if_done(round_, on=on, at=at, by=by)
    return len(rows)


def _replace(corrected: PerformanceAssessment, *, by: User, on: date, at: datetime) -> None:
    """Supersede the result that is corrected; what was decided with it is to be done again."""
    old = PerformanceAssessment.objects.locked(corrected.corrects_id or 0)
    source = old.state
    old.supersede()
    old.save(update_fields=["state"])
    record(
        old,
        act="supersede",
        source=source,
        on=on,
        at=at,
        by=by,
        reason=corrected.correction_reason,
    )
    uses = PerformanceUse.objects.filter(assessment=old, stale_at__isnull=True)
    stale = list(uses.select_for_update())
    uses.update(stale_at=at)
    notifications.uses_stale(corrected, stale, at=at)


@transaction.atomic
def correct(
    *,
    assessment_id: int,
    points: Mapping[int, Decimal],
    reason: str,
    by: User,
    at: datetime,
) -> PerformanceAssessment:
    """Correct a published result: a new version with other points, by the keys of the old
    scores, which the institution may confirm or appeal against. The old one holds until the new
    one is published.
    """
    old = PerformanceAssessment.objects.locked(assessment_id)
    round_ = PerformanceRound.objects.locked(old.round_id)
    open_ = PerformanceAssessment.objects.under_way().filter(
        round=round_, institution=old.institution_id
    )
    obstacles = correcting_obstacles(
        old, by, under_way=open_.values_list("number", flat=True).first() or ""
    )
    scores = scores_by_assessment([old])[old.pk]
    if not reason.strip():
        obstacles.append(Obstacle("reason_missing", _("Say what is corrected, and why."), RULE))
    changed = {
        each.pk: points[each.pk]
        for each in scores
        if each.pk in points and points[each.pk] != each.final_points
    }
    if not changed:
        text = _("No points change.")
        obstacles.append(Obstacle("nothing_changes", text, RULE, _("Enter other points.")))
    for each in scores:
        if each.pk in changed and not 0 <= changed[each.pk] <= each.weight:
            text = _("%(indicator)s: there are 0 to %(weight)s points.")
            shown = {"indicator": each.indicator.name, "weight": each.weight}
            obstacles.append(Obstacle("points_out_of_bounds", text % shown, RULE))
    refuse_if(obstacles)
    made = _new_version(old, scores, changed, reason=reason.strip(), by=by, at=at)
    on = timezone.localdate(at)
    record(made, act="correct", source="", on=on, at=at, by=by, reason=made.correction_reason)
    notifications.results_proposed([made], at=at)
    close_if_done(round_, on=on, at=at, by=by)
    return made


def _new_version(
    old: PerformanceAssessment,
    scores: list[IndicatorScore],
    changed: Mapping[int, Decimal],
    *,
    reason: str,
    by: User,
    at: datetime,
) -> PerformanceAssessment:
    on = timezone.localdate(at)
    region_office = office(on=on, region=old.round.region)
    due, basis = deadline(on, APPEAL_WORKDAYS, region_office)
    copies = [
        IndicatorScore(
            indicator=each.indicator,
            weight=each.weight,
            figures=each.figures,
            value=each.value,
            computed_points=each.computed_points,
            self_points=each.self_points,
            self_text=each.self_text,
            proposed_points=changed.get(each.pk, each.final_points),
            evidence=reason if each.pk in changed else each.evidence,
            remark=each.remark,
            final_points=changed.get(each.pk, each.final_points),
        )
        for each in scores
    ]
    total = final_total(copies)
    key = f"{old.round.region_id}-{on.year}"
    made = PerformanceAssessment.objects.create(
        number=f"PFA-{key}-{next_number(f'performance:{key}'):04}",
        round=old.round,
        institution=old.institution,
        agreement=old.agreement,
        indicator_set=old.indicator_set,
        state=PerformanceState.PROPOSED,
        version=old.version + 1,
        corrects=old,
        correction_reason=reason,
        self_score=old.self_score,
        self_assessed_at=old.self_assessed_at,
        self_assessed_by=old.self_assessed_by,
        assessed_by=by,
        assessed_at=at,
        proposed_on=on,
        proposed_score=total,
        score=total,
        grade=grade_of(total, region_office),
        appeal_due_on=due.on,
        appeal_due_basis=basis.to_json(),
    )
    for copy in copies:
        copy.assessment = made
    IndicatorScore.objects.bulk_create(copies)
    return made


@transaction.atomic
def disclose(*, round_id: int, by: User, at: datetime) -> PerformanceRound:
    """Make the grades of a round's published results public."""
    round_ = PerformanceRound.objects.locked(round_id)
    published = PerformanceAssessment.objects.published().filter(round=round_).exists()
    refuse_if(disclosing_obstacles(round_, by, published=published))
    round_.disclose(by=by, at=at)
    round_.save(update_fields=["disclosed_at", "disclosed_by"])
    on = timezone.localdate(at)
    record(round_, act="disclose", source=round_.state, on=on, at=at, by=by)
    return round_


def write_letters(*, at: datetime, limit: int = LETTERS_A_RUN) -> int:
    """Write the letters of published results that have none, each in its own transaction."""
    waiting = (
        PerformanceAssessment.objects.published()
        .filter(letter__isnull=True)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return sum(write_letter(key, at=at) for key in list(waiting[:limit]))


@transaction.atomic
def write_letter(assessment_id: int, *, at: datetime) -> bool:
    """Tell an institution its published result by letter; nothing if it was told already."""
    assessment = PerformanceAssessment.objects.locked(assessment_id)
    if assessment.letter_id or assessment.state != PerformanceState.PUBLISHED:
        return False
    on = timezone.localdate(at)
    score = assessment.score or Decimal(0)
    share = deposit_share_of(score, office(on=on, region=assessment.round.region))
    with translation.override(CHINESE):
        assessment.letter = issue_to_institution(
            kind=LETTER,
            institution=assessment.institution,
            context={
                "assessment": assessment.number,
                "agreement": assessment.agreement.number or "",
                "year": assessment.round.year,
                "score": str(score),
                "grade": str(Grade(assessment.grade).label),
                "share": f"{(share * 100).normalize():f}",
                "published_on": assessment.published_on or on,
            },
            matter=assessment.number,
            url=assessment.get_absolute_url(),
            portal_url=assessment.get_portal_url(),
            by=assessment.published_by,
            at=at,
            region=assessment.round.region,
        )
    assessment.save(update_fields=["letter"])
    record(
        assessment,
        act="letter",
        source=assessment.state,
        on=on,
        at=at,
        by=None,
        letter=assessment.letter,
    )
    return True
