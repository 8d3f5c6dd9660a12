"""The deadlines of applications, entered in the office's register of clocks."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from agency.clocks import Duty, Matter, Step, clock
from agency.enums import Role
from agency.models import User
from agency.services.notices import holders
from institutions.clocks.members import CHUNK, members_by_institution
from institutions.models import ApplicationTransition, DesignationApplication
from institutions.permissions.designation import VIEW_APPLICATIONS, VIEW_OWN_APPLICATIONS
from institutions.rules.admission import ASSESSMENT, DELIVERY, NOTICE


def _record(steps: Sequence[Step], on: date, at: datetime) -> None:
    ApplicationTransition.objects.bulk_create(
        [
            ApplicationTransition(
                subject=each.row,
                act=each.act,
                source=each.row.state,
                target=each.row.state,
                on=on,
                at=at,
                by=each.by,
                reason=each.reason,
                rule=each.rule,
            )
            for each in steps
        ],
        batch_size=CHUNK,
    )


def _told(applications: Sequence[Any]) -> Mapping[int, list[User]]:
    """Who works on the application at the agency, and the applicant."""
    door, later = holders(Role.INTAKE_CLERK), holders(Role.AGREEMENT_OFFICER)
    members = members_by_institution(each.institution_id for each in applications)
    return {
        each.pk: [
            *(door if each.accepted_on is None else later),
            *members[each.institution_id],
        ]
        for each in applications
    }


APPLICATIONS = Matter(
    model=DesignationApplication,
    key="application",
    record=_record,
    told=_told,
    desk_act=VIEW_APPLICATIONS,
    portal_act=VIEW_OWN_APPLICATIONS,
    visible=lambda rows, user: rows.visible_to(user),
    institution="institution",
    related=("institution__region",),
)

NOTICE_DUE = clock(
    "institutions.application_notice",
    _("Acceptance of an application, or notice of what is missing"),
    APPLICATIONS,
    due="notice_due_on",
    basis="notice_due_basis",
    open=DesignationApplication.objects.waiting_for_notice,
    duty=Duty.OURS,
    owed=True,
    parameter=NOTICE,
)

SUPPLEMENT_DUE = clock(
    "institutions.application_supplement",
    _("Delivery of missing material"),
    APPLICATIONS,
    due="supplement_due_on",
    basis="supplement_due_basis",
    open=DesignationApplication.objects.waiting_for_supplement,
    duty=Duty.THEIRS,
    parameter=DELIVERY,
)

ASSESSMENT_DUE = clock(
    "institutions.application_assessment",
    _("Assessment of an application"),
    APPLICATIONS,
    due="assessment_due_on",
    basis="assessment_due_basis",
    open=DesignationApplication.objects.to_be_assessed,
    duty=Duty.OURS,
    owed=True,
    parameter=ASSESSMENT,
)
