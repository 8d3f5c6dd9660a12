"""What a result does to its application: the state at once, the waiting time or the ban from the
service of the letter (A-07).
"""

from datetime import date, datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agency.letter_kinds import CHINESE
from agency.models import OfficialLetter, User
from agency.services.calendar import office
from agency.services.letters import on_service
from institutions.enums.designation import ApplicationState
from institutions.models import Assessment, DesignationApplication
from institutions.notifications import assessment as notifications
from institutions.rules import FailureQuestion, failed_assessment
from institutions.services.assessment.history import record_step
from institutions.services.assessment.letters import FAILED, FAILED_TWICE, PASSED
from institutions.services.assessment.opening import end_without_result
from institutions.services.assessment.results import APPLICATION, on_result
from institutions.services.designation import history
from institutions.services.designation.submitting import when_withdrawn

FAILURE_RULE = "A-07"


@on_result(APPLICATION)
def move_application(assessment: Assessment, *, by: User, at: datetime) -> None:
    """Let the application pass or fail with its assessment."""
    application = _locked(assessment)
    source = application.state
    if not assessment.has_failed:
        application.pass_assessment()
        act = "pass_assessment"
    elif assessment.round > 1:
        application.fail_finally()
        act = "fail_finally"
    else:
        application.fail_assessment()
        act = "fail_assessment"
    application.save(update_fields=["state", "failures"])
    history.record_step(
        application,
        act=act,
        source=source,
        on=timezone.localdate(at),
        at=at,
        by=by,
        reason=assessment.reasons,
        rule=FAILURE_RULE if assessment.has_failed else "A-06",
        letter=assessment.result_letter,
    )


@on_service(PASSED, FAILED, FAILED_TWICE)
def result_served(letter: OfficialLetter, *, served_on: date, at: datetime) -> None:
    """Let what a failure leads to run from the day its letter was served (T-09)."""
    key = (
        Assessment.objects.filter(result_letter=letter.original)
        .values_list("pk", flat=True)
        .first()
    )
    if key is None:
        return
    peek = Assessment.objects.get(pk=key)
    application = _locked(peek)
    assessment = Assessment.objects.locked(key)
    assessment.serve_result(on=served_on)
    assessment.save(update_fields=["result_served_on"])
    record_step(
        assessment,
        act="serve_result",
        source=assessment.state,
        on=served_on,
        at=at,
        by=None,
        rule="T-09",
        letter=letter,
    )
    if assessment.has_failed:
        _start_waiting(application, assessment, served_on=served_on, at=at)


def _start_waiting(
    application: DesignationApplication, assessment: Assessment, *, served_on: date, at: datetime
) -> None:
    source = application.state
    known = office(on=served_on, region=assessment.region)
    final = application.state == ApplicationState.FAILED_FINAL
    answer = failed_assessment(
        FailureQuestion(failed_on=served_on, second_failed_on=served_on if final else None), known
    )
    if final:
        application.banned_through = answer.banned_through
        act = "ban"
    elif application.state == ApplicationState.FAILED:
        application.begin_rectification()
        application.reassess_from = answer.reassess_from
        act = "begin_rectification"
    else:
        return  # withdrawn meanwhile
    application.save(update_fields=["state", "reassess_from", "banned_through"])
    history.record_step(
        application,
        act=act,
        source=source,
        on=served_on,
        at=at,
        by=None,
        rule=FAILURE_RULE,
        letter=assessment.result_letter,
    )
    notifications.waiting_begun(assessment, application, at=at)


@when_withdrawn
def end_open_assessment(application: DesignationApplication, by: User, at: datetime) -> None:
    """Break off what is still being assessed of a locked application that its applicant ends."""
    with translation.override(CHINESE):
        reason = _("The application has been withdrawn.")
    for pk in application.assessments.open().values_list("pk", flat=True):
        end_without_result(Assessment.objects.locked(pk), reason=reason, by=by, at=at)


def _locked(assessment: Assessment) -> DesignationApplication:
    return DesignationApplication.objects.select_for_update(of=("self",)).get(
        pk=assessment.application_id
    )
