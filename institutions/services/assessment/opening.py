"""Opening an assessment, and breaking one off (A-06, A-07)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import Region, User
from agency.rules import Obstacle, refuse_if
from agency.services.calendar import office
from agency.services.numbers import next_number
from institutions.enums.assessment import AssessmentKind, AssessmentState, SiteMode, Verdict
from institutions.enums.changes import ChangeState
from institutions.enums.designation import ApplicationState
from institutions.models import (
    ApplicationTransition,
    Assessment,
    ChangeRequest,
    Checklist,
    DesignationApplication,
    Institution,
)
from institutions.notifications import assessment as notifications
from institutions.permissions.assessment import (
    BREAK_OFF,
    OPEN_ASSESSMENT,
    not_entitled,
    step_obstacles,
)
from institutions.rules import FailureCount, PastResult, failures_counted
from institutions.services.assessment.history import RULE, record_step
from institutions.services.designation import history

TO_ASSESS = (
    ApplicationState.ACCEPTED,
    ApplicationState.ASSESSING,
    ApplicationState.REASSESSING,
)
# The step by which an objection upheld in the public notice undoes a result.
OVERTURNED = "fail_by_objection"


@transaction.atomic
def open_assessment(
    *,
    by: User,
    at: datetime,
    application_id: int | None = None,
    change_id: int | None = None,
    kind: AssessmentKind = AssessmentKind.ON_SITE,
    site_mode: SiteMode = SiteMode.VISIT,
) -> Assessment:
    """Open the assessment of an accepted application, or of a change that needs one.

    Refuses a matter in another state, one that is being assessed already, and before the day from
    which a failed institution may be assessed again.
    """
    on = timezone.localdate(at)
    if application_id is not None:
        application = DesignationApplication.objects.select_for_update(of=("self",)).get(
            pk=application_id
        )
        count = past_failures(application.institution_id, region=application.region, on=on)
        refuse_if(opening_obstacles(application, by, on=on, count=count))
        return _open_for_application(application, kind, site_mode, count, by=by, at=at)
    change = ChangeRequest.objects.locked(change_id or 0)
    refuse_if(change_obstacles(change, by))
    region = Institution.objects.select_related("region").get(pk=change.institution_id).region
    return _create(kind, site_mode, region, change.institution_id, by=by, at=at, change=change)


def _open_for_application(
    application: DesignationApplication,
    kind: AssessmentKind,
    site_mode: SiteMode,
    count: FailureCount,
    *,
    by: User,
    at: datetime,
) -> Assessment:
    source, on = application.state, timezone.localdate(at)
    assessment = _create(
        kind,
        site_mode,
        application.region,
        application.institution_id,
        by=by,
        at=at,
        application=application,
        number_of_round=count.round,
    )
    if application.state == ApplicationState.ACCEPTED:
        application.begin_assessment()
        application.failures = count.failures
        application.save(update_fields=["state", "failures"])
        history.record_step(
            application,
            act="begin_assessment",
            source=source,
            on=on,
            at=at,
            by=by,
            reason=assessment.number,
            rule=RULE,
        )
    return assessment


def _create(
    kind: AssessmentKind,
    site_mode: SiteMode,
    region: Region,
    institution_id: int,
    *,
    by: User,
    at: datetime,
    application: DesignationApplication | None = None,
    change: ChangeRequest | None = None,
    number_of_round: int = 1,
) -> Assessment:
    on = timezone.localdate(at)
    checklist = Checklist.objects.in_force_on(on)
    if checklist is None:
        text = _("No checklist is in force on %(day)s.") % {"day": on}
        remedy = _("The agency head publishes one.")
        refuse_if([Obstacle("checklist_missing", text, RULE, remedy)])
    key = f"{region.pk}-{on.year}"
    kind = AssessmentKind(kind)
    assessment = Assessment.objects.create(
        number=f"ASM-{key}-{next_number(f'assessment:{key}'):04}",
        application=application,
        change=change,
        institution_id=institution_id,
        region=region,
        kind=kind,
        site_mode=site_mode if kind is AssessmentKind.ON_SITE else "",
        round=number_of_round,
        checklist=checklist,
        opened_at=at,
        opened_by=by,
    )
    record_step(assessment, act="open", source="", on=on, at=at, by=by)
    notifications.assessment_opened(assessment, at=at)
    return assessment


def opening_obstacles(
    application: DesignationApplication, by: User, *, on: date, count: FailureCount | None = None
) -> list[Obstacle]:
    """Return why no assessment of the application can be opened now."""
    obstacles = not_entitled(OPEN_ASSESSMENT, by)
    if application.state not in TO_ASSESS:
        state = ApplicationState(application.state).label
        text = _("The application is “%(state)s”: that does not allow an assessment.")
        obstacles.append(Obstacle("wrong_state", text % {"state": state}, RULE))
    elif application.assessments.open().exists():
        text = _("An assessment of this application is open already.")
        remedy = _("Continue it, or break it off first.")
        obstacles.append(Obstacle("assessment_open", text, RULE, remedy))
    if count is None:
        count = past_failures(application.institution_id, region=application.region, on=on)
    return obstacles + waiting_obstacles(count, on=on)


def waiting_obstacles(count: FailureCount, *, on: date) -> list[Obstacle]:
    """Return why a failed institution cannot be assessed yet on a day (A-07)."""
    if not count.failures:
        return []
    if count.failures > 1:
        text = _("The institution has failed twice: no application through %(day)s.")
        shown = {"day": count.banned_through or _("a year after the service of the result")}
        return [Obstacle("failed_twice", text % shown, "A-07")]
    if count.assess_from is None:
        text = _("The failed result has not been served yet.")
        remedy = _("Serve the letter; the waiting time runs from its service.")
        return [Obstacle("failure_not_served", text, "A-07", remedy)]
    if on < count.assess_from:
        text = _("Assessed again from %(day)s on; today is %(on)s.")
        remedy = _("Wait for that day; use the time to rectify.")
        shown = {"day": count.assess_from, "on": on}
        return [Obstacle("too_early_to_reassess", text % shown, "A-07", remedy)]
    return []


def change_obstacles(change: ChangeRequest, by: User) -> list[Obstacle]:
    """Return why no assessment of the change can be opened now."""
    obstacles = not_entitled(OPEN_ASSESSMENT, by)
    if not change.awaits_assessment:
        state = ChangeState(change.state).label
        text = _("The change is “%(state)s” and waits for no assessment.")
        obstacles.append(Obstacle("wrong_state", text % {"state": state}, "C-09"))
    elif change.assessments.open().exists():
        text = _("An assessment of this change is open already.")
        obstacles.append(Obstacle("assessment_open", text, RULE))
    return obstacles


def past_failures(institution_id: int, *, region: Region, on: date) -> FailureCount:
    """Return the failures of an institution's applications that count on a day: those of its
    assessments, and results an objection has overturned. Two queries beside what the office needs.
    """
    results = [
        PastResult(
            passed=each.result == Verdict.QUALIFIED,
            decided_on=timezone.localdate(each.decided_at),
            served_on=each.result_served_on,
        )
        for each in Assessment.objects.filter(
            institution=institution_id,
            application__isnull=False,
            state=AssessmentState.CONCLUDED,
        )
    ]
    overturned = ApplicationTransition.objects.filter(
        subject__institution=institution_id, act=OVERTURNED
    ).select_related("letter")
    results += [
        PastResult(
            passed=False,
            decided_on=each.on,
            served_on=each.letter.served_on if each.letter else None,
        )
        for each in overturned
    ]
    return failures_counted(results, on=on, office=office(on=on, region=region))


@transaction.atomic
def break_off(*, assessment_id: int, reason: str, by: User, at: datetime) -> Assessment:
    """End an assessment without a result; another one may be opened in its place."""
    assessment = Assessment.objects.locked(assessment_id)
    obstacles = step_obstacles(assessment, BREAK_OFF, by)
    if not reason.strip():
        obstacles.append(Obstacle("reason_missing", _("Breaking off needs its reason."), RULE))
    refuse_if(obstacles)
    return end_without_result(assessment, reason=reason, by=by, at=at)


def end_without_result(
    assessment: Assessment, *, reason: str, by: User | None, at: datetime
) -> Assessment:
    """Break off an assessment whose matter has ended; the caller holds its lock."""
    source = assessment.state
    assessment.break_off()
    assessment.save(update_fields=["state"])
    on = timezone.localdate(at)
    record_step(assessment, act="break_off", source=source, on=on, at=at, by=by, reason=reason)
    notifications.broken_off(assessment, reason=reason, at=at)
    return assessment
