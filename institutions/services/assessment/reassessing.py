"""A failed institution asks to be assessed again (A-07)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle, refuse_if
from agency.services.calendar import office
from institutions.enums.designation import ApplicationState
from institutions.models import DesignationApplication
from institutions.notifications import assessment as notifications
from institutions.permissions.assessment import ASK_REASSESSMENT, not_entitled
from institutions.rules.admission import assessment_basis
from institutions.services.designation import history

RULE = "A-07"


@transaction.atomic
def ask_reassessment(
    *, application_id: int, statement: str, by: User, at: datetime
) -> DesignationApplication:
    """Ask for the new assessment, saying what was rectified. The agency has as long for it as for
    the first one, from this day.

    Refuses before the day from which it is possible, naming the day.
    """
    application = (
        DesignationApplication.objects.select_related("region")
        .select_for_update(of=("self",))
        .get(pk=application_id)
    )
    on = timezone.localdate(at)
    obstacles = asking_obstacles(application, by, on=on)
    if not statement.strip():
        text = _("Say what has been rectified.")
        obstacles.append(Obstacle("statement_missing", text, RULE))
    refuse_if(obstacles)
    source = application.state
    due, basis = assessment_basis(on, office(on=on, region=application.region))
    application.begin_reassessment()
    application.assessment_due_on, application.assessment_due_basis = due.on, basis.to_json()
    application.save(update_fields=["state", "assessment_due_on", "assessment_due_basis"])
    history.record_step(
        application,
        act="ask_reassessment",
        source=source,
        on=on,
        at=at,
        by=by,
        reason=statement.strip(),
        rule=RULE,
    )
    notifications.reassessment_asked(application, at=at)
    return application


def asking_obstacles(application: DesignationApplication, by: User, *, on: date) -> list[Obstacle]:
    """Return why the institution cannot ask for the new assessment now."""
    obstacles = not_entitled(ASK_REASSESSMENT, by)
    member = application.institution.memberships.filter(user=by).exists()
    if not obstacles and not member:
        text = _("Only an administrator of the institution may do this.")
        obstacles.append(Obstacle("not_entitled", text))
    if application.state == ApplicationState.FAILED:
        text = _("The failed result has not been served yet.")
        remedy = _("Confirm the receipt of the letter; the waiting time runs from its service.")
        obstacles.append(Obstacle("failure_not_served", text, RULE, remedy))
    elif application.state != ApplicationState.RECTIFYING or application.reassess_from is None:
        state = ApplicationState(application.state).label
        text = _("The application is “%(state)s”: there is nothing to be assessed again.")
        obstacles.append(Obstacle("wrong_state", text % {"state": state}, RULE))
    elif on < application.reassess_from:
        text = _("A new assessment can be asked for from %(day)s on; today is %(on)s.")
        remedy = _("Ask on that day or later; use the time to rectify.")
        shown = {"day": application.reassess_from, "on": on}
        obstacles.append(Obstacle("too_early_to_reassess", text % shown, RULE, remedy))
    return obstacles
