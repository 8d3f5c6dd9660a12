"""What the administration sees of applications, acceptance, assessment and changes (art. 47)."""

from typing import Any

from django.db.models import F, IntegerField, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.enums import Profile
from agency.overview import Asked, Line, flag, measure
from agency.services.in_force import approved_on
from agency.services.overview import day_of
from institutions.enums.assessment import AssessmentState
from institutions.enums.changes import OPEN_STATES, ChangeState
from institutions.enums.designation import AT_THE_DOOR, ApplicationState
from institutions.enums.notices import FilingState, ObjectionState
from institutions.models import (
    Assessment,
    AssessmentDelay,
    ChangeRequest,
    DesignationApplication,
    Objection,
    PublicNotice,
    ResultFiling,
    ResultToFile,
)

NOTICE_WORKDAYS = "public_notice_days"
_APPLICATION_REGION = "region__code"


def _of_application(row: DesignationApplication) -> Line:
    return Line(
        row.number or "",
        row.get_absolute_url(),
        row.institution,
        row.notice_due_on,
        row.get_state_display(),
    )


def _decided_late(asked: Asked) -> QuerySet[DesignationApplication]:
    return DesignationApplication.objects.annotate(decided=day_of("decided_at")).filter(
        decided__range=(asked.first, asked.last), decided__gt=F("notice_due_on")
    )


def _not_accepted(asked: Asked) -> QuerySet[DesignationApplication]:
    return DesignationApplication.objects.annotate(decided=day_of("decided_at")).filter(
        decided__range=(asked.first, asked.last), state=ApplicationState.NOT_ACCEPTED
    )


measure(
    area="acceptance",
    key="acceptance",
    label=_("Acceptance decided"),
    rows=lambda: DesignationApplication.objects.filter(submitted_at__isnull=False),
    started=day_of("submitted_at"),
    done=day_of("decided_at"),
    due="notice_due_on",
    open=Q(state__in=AT_THE_DOOR),
    region=_APPLICATION_REGION,
    line=_of_application,
    related=("institution",),
)
flag(
    area="acceptance",
    key="late_acceptance",
    label=_("Accepted or refused after the deadline"),
    rows=_decided_late,
    region=_APPLICATION_REGION,
    line=_of_application,
    related=("institution",),
)
flag(
    area="application",
    key="not_accepted",
    label=_("Not accepted in the period"),
    rows=_not_accepted,
    region=_APPLICATION_REGION,
    line=_of_application,
    related=("institution",),
)


# --- assessment -----------------------------------------------------------------------------------


def _of_assessment(row: Assessment) -> Line:
    return Line(
        row.number,
        row.get_absolute_url(),
        row.institution,
        row.application.assessment_due_on if row.application else None,
        row.get_state_display(),
    )


measure(
    area="assessment",
    key="assessment",
    label=_("Assessments decided"),
    rows=lambda: Assessment.objects.exclude(state=AssessmentState.REPLACED),
    started=day_of("opened_at"),
    done=day_of("decided_at"),
    due="application__assessment_due_on",
    open=Q(decided_at__isnull=True),
    region="region__code",
    line=_of_assessment,
    related=("institution", "application"),
)
measure(
    area="assessment",
    key="objections",
    label=_("Objections decided"),
    rows=Objection.objects.all,
    started="received_on",
    done=day_of("decided_at"),
    due="decision_due_on",
    open=Q(state=ObjectionState.UNDECIDED),
    region="entry__application__region__code",
    line=lambda row: Line(
        row.number,
        row.get_absolute_url(),
        row.entry.application.institution,
        row.decision_due_on,
        row.get_state_display(),
    ),
    related=("entry__application__institution",),
)
flag(
    area="assessment",
    key="delays",
    label=_("Not assessed in time, entered in the list"),
    rows=lambda asked: AssessmentDelay.objects.filter(entered_on__range=(asked.first, asked.last)),
    region="application__region__code",
    line=lambda row: Line(
        row.application.number or "",
        row.application.get_absolute_url(),
        row.application.institution,
        row.due_on,
        row.application.get_state_display(),
    ),
    related=("application__institution",),
)
flag(
    area="assessment",
    key="results_unfiled",
    label=_("Results not filed in time"),
    rows=lambda asked: ResultToFile.objects.filter(filing__isnull=True, due_on__lt=asked.on),
    region="application__region__code",
    line=lambda row: Line(
        row.application.number or "",
        row.application.get_absolute_url(),
        row.application.institution,
        row.due_on,
        row.get_result_display(),
    ),
    related=("application__institution",),
)
flag(
    area="assessment",
    key="filings_unacknowledged",
    label=_("Filed results that wait for your acknowledgement"),
    rows=lambda _asked: ResultFiling.objects.filter(state=FilingState.FILED),
    region="region__code",
    line=lambda row: Line(
        row.number, row.get_absolute_url(), None, timezone.localdate(row.filed_at)
    ),
)


def _short_notices(asked: Asked) -> QuerySet[PublicNotice]:
    """Notices that were, or are, open for fewer working days than the nation asks today."""
    wanted = approved_on(asked.on).filter(key=NOTICE_WORKDAYS, profile=Profile.NATIONAL)
    return PublicNotice.objects.annotate(
        open_for=Cast(KeyTextTransform("n", "ends_basis"), IntegerField())
    ).filter(
        posted_on__range=(asked.first, asked.last), open_for__lt=Subquery(wanted.values("value"))
    )


flag(
    area="assessment",
    key="notices_short",
    label=_("Public notices short of days"),
    rows=_short_notices,
    region="region__code",
    line=lambda row: Line(row.number, row.get_absolute_url(), None, row.ends_on),
)


# --- changes --------------------------------------------------------------------------------------


def _of_change(row: Any) -> Line:
    return Line(
        row.number,
        row.get_absolute_url(),
        row.institution,
        row.decision_due_on,
        row.get_state_display(),
    )


measure(
    area="performance",
    key="changes",
    label=_("Changes of information decided"),
    rows=lambda: ChangeRequest.objects.exclude(state=ChangeState.WITHDRAWN),
    started=day_of("filed_at"),
    done=day_of("decided_at"),
    due="decision_due_on",
    open=Q(state__in=OPEN_STATES),
    region="institution__region__code",
    line=_of_change,
    related=("institution",),
)
