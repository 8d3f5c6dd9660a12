"""What an upheld objection leads to once its letter is served: time to rectify (A-07)."""

from datetime import date, datetime

from agency.models import OfficialLetter
from agency.services.calendar import office
from agency.services.letters import on_service
from institutions.enums.designation import ApplicationState
from institutions.models import ApplicationTransition, DesignationApplication
from institutions.rules import FailureQuestion, failed_assessment
from institutions.services.designation.history import record_step

RULE = "A-07"


@on_service("assessment_failed")
def failure_served(letter: OfficialLetter, *, served_on: date, at: datetime) -> None:
    """Let the waiting time run from the service, as after a failed assessment (T-09)."""
    step = ApplicationTransition.objects.filter(
        letter=letter.original, act="fail_by_objection"
    ).first()
    if step is None:
        return
    application = DesignationApplication.objects.locked(step.subject_id)
    if application.state != ApplicationState.FAILED:
        return
    known = office(on=served_on, region=application.region)
    answer = failed_assessment(FailureQuestion(failed_on=served_on), known)
    source = application.state
    application.begin_rectification()
    application.reassess_from = answer.reassess_from
    application.save(update_fields=["state", "reassess_from"])
    record_step(
        application,
        act="begin_rectification",
        source=source,
        on=served_on,
        at=at,
        by=None,
        rule=RULE,
        letter=step.letter,
    )
