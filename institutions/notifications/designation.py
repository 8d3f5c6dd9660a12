"""Who is told what about applications for designation. Decides nothing."""

from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from agency.enums import Actor, Role
from agency.services.notices import holders, tell
from agency.topics import Topic, topic
from institutions.models import DesignationApplication, SupplementRequest
from institutions.notifications.members import members_of

APPLICATIONS = topic(
    Topic(
        "applications",
        _("Applications for designation"),
        prefixes=("application.",),
        actors=(Actor.AGENCY, Actor.ADMINISTRATION, Actor.INSTITUTION),
    )
)


def application_submitted(application: DesignationApplication, *, at: datetime) -> None:
    """Tell the desk of an application that waits for it."""
    tell(
        holders(Role.INTAKE_CLERK),
        key=f"application.submitted:{application.number}",
        subject=format_lazy(
            _("{institution} has submitted application {number}."),
            institution=application.institution.name,
            number=application.number,
        ),
        body=format_lazy(
            _("To be accepted, refused or answered with what is missing by {day}."),
            day=application.notice_due_on,
        ),
        at=at,
        url=application.get_absolute_url(),
    )


def application_accepted(application: DesignationApplication, *, at: datetime) -> None:
    """Tell the applicant, and those who organise the assessment."""
    subject = format_lazy(
        _("Application {number} has been accepted as of {day}."),
        number=application.number,
        day=application.accepted_on,
    )
    body = format_lazy(_("To be assessed by {day}."), day=application.assessment_due_on)
    key = f"application.accepted:{application.number}"
    tell(
        members_of(application.institution_id),
        key=key,
        subject=subject,
        body=body,
        at=at,
        url=application.get_portal_url(),
    )
    tell(
        holders(Role.AGREEMENT_OFFICER),
        key=key,
        subject=subject,
        body=body,
        at=at,
        url=application.get_absolute_url(),
    )


def acceptance_deemed(application: DesignationApplication, *, at: datetime) -> None:
    """Tell those who let the period pass."""
    tell(
        holders(Role.INTAKE_CLERK, Role.AGENCY_HEAD),
        key=f"application.deemed:{application.number}",
        subject=format_lazy(
            _("Application {number} counts as accepted: nothing was said in time."),
            number=application.number,
        ),
        body=format_lazy(
            _("The period ended on {day} (Order 2, art. 8)."), day=application.notice_due_on
        ),
        at=at,
        url=application.get_absolute_url(),
    )


def application_refused(application: DesignationApplication, *, at: datetime) -> None:
    tell(
        members_of(application.institution_id),
        key=f"application.refused:{application.number}",
        subject=format_lazy(
            _("Application {number} has not been accepted."), number=application.number
        ),
        body=application.decision_reason,
        at=at,
        url=application.get_portal_url(),
    )


def supplement_requested(request: SupplementRequest, *, at: datetime) -> None:
    application = request.application
    tell(
        members_of(application.institution_id),
        key=f"application.supplement:{request.pk}",
        subject=format_lazy(
            _("Application {number}: material is missing."), number=application.number
        ),
        body=format_lazy(_("Deliver everything asked for by {day}."), day=request.due_on),
        at=at,
        url=application.get_portal_url(),
    )


def supplement_delivered(request: SupplementRequest, *, at: datetime) -> None:
    application = request.application
    roles = (
        [Role.INTAKE_CLERK]
        if application.accepted_on is None
        else [Role.AGREEMENT_OFFICER, Role.INTAKE_CLERK]
    )
    tell(
        holders(*roles),
        key=f"application.delivered:{request.pk}",
        subject=format_lazy(
            _("{institution} has delivered the supplement to application {number}."),
            institution=application.institution.name,
            number=application.number,
        ),
        at=at,
        url=application.get_absolute_url(),
    )


def supplement_overdue(application: DesignationApplication, *, at: datetime) -> None:
    """Tell both sides, once, that nothing came in time."""
    subject = format_lazy(
        _("Application {number}: the supplement was not delivered in time."),
        number=application.number,
    )
    requested = application.supplement_requested_at
    key = f"application.unsupplied:{application.number}:{requested:%Y%m%d%H%M%S}"
    tell(
        members_of(application.institution_id),
        key=key,
        subject=subject,
        body=_("Deliver it now, or withdraw: the agency may close the application."),
        at=at,
        url=application.get_portal_url(),
    )
    tell(
        holders(Role.INTAKE_CLERK),
        key=key,
        subject=subject,
        at=at,
        url=application.get_absolute_url(),
    )


def application_withdrawn(application: DesignationApplication, *, at: datetime) -> None:
    tell(
        holders(Role.INTAKE_CLERK, Role.AGREEMENT_OFFICER),
        key=f"application.withdrawn:{application.number}",
        subject=format_lazy(
            _("{institution} has withdrawn application {number}."),
            institution=application.institution.name,
            number=application.number,
        ),
        at=at,
        url=application.get_absolute_url(),
    )


def application_closed(application: DesignationApplication, *, at: datetime) -> None:
    tell(
        members_of(application.institution_id),
        key=f"application.closed:{application.number}",
        subject=format_lazy(
            _("Application {number} has been closed: nothing was supplied."),
            number=application.number,
        ),
        at=at,
        url=application.get_portal_url(),
    )
