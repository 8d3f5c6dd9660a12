"""What the administration sees of signing, performance and dissolution (art. 47)."""

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agency.overview import Line, flag, measure
from agency.services.overview import day_of
from agreements.enums.cascade import CascadeState, EntryState
from agreements.enums.life import AgreementState, RequestKind, RequestState
from agreements.enums.measures import ObligationState
from agreements.enums.performance import PerformanceState
from agreements.enums.renewals import RenewalState
from agreements.enums.texts import UNFILED
from agreements.forms.renewals import state_condition
from agreements.models import (
    Agreement,
    AgreementFiling,
    AgreementRequest,
    CascadeReceipt,
    DissolvedEntry,
    ExitReview,
    Obligation,
    PerformanceAssessment,
    Suspension,
)
from institutions.enums.designation import ENDED, ApplicationState
from institutions.models import DesignationApplication


def _of_agreement(row: Agreement) -> Line:
    return Line(
        str(row), row.get_absolute_url(), row.institution, row.valid_to, row.get_state_display()
    )


def _of_request(row: AgreementRequest) -> Line:
    return Line(
        row.number,
        row.get_absolute_url(),
        row.agreement.institution,
        row.decision_due_on,
        row.get_kind_display(),
    )


# --- application to agreement ---------------------------------------------------------------------

measure(
    area="application",
    key="to_agreement",
    label=_("From application to agreement"),
    rows=lambda: DesignationApplication.objects.filter(submitted_at__isnull=False),
    started=day_of("submitted_at"),
    done="agreement__signed_on",
    open=~Q(state__in=ENDED),
    finished=Q(state=ApplicationState.SIGNED),
    region="region__code",
    line=lambda row: Line(
        row.number or "",
        row.get_absolute_url(),
        row.institution,
        row.assessment_due_on,
        row.get_state_display(),
    ),
    related=("institution",),
)


# --- signing --------------------------------------------------------------------------------------

measure(
    area="signing",
    key="filings",
    label=_("Agreements filed with the administration"),
    rows=AgreementFiling.objects.all,
    started=day_of("created_at"),
    done=day_of("filed_at"),
    due="due_on",
    open=Q(state__in=UNFILED),
    region="agreement__region__code",
    line=lambda row: Line(
        row.number,
        row.get_absolute_url(),
        row.agreement.institution if row.agreement else None,
        row.due_on,
        row.get_state_display(),
    ),
    related=("agreement__institution",),
)
measure(
    area="signing",
    key="renewals",
    label=_("Applications for renewal decided"),
    rows=lambda: AgreementRequest.objects.filter(kind=RequestKind.RENEW),
    started=day_of("filed_at"),
    done=day_of("decided_at"),
    due="decision_due_on",
    open=Q(state=RequestState.FILED),
    region="agreement__region__code",
    line=_of_request,
    related=("agreement__institution",),
)
flag(
    area="signing",
    key="agreements_unfiled",
    label=_("Agreements not filed in time"),
    rows=lambda asked: AgreementFiling.objects.filter(state__in=UNFILED, due_on__lt=asked.on),
    region="agreement__region__code",
    line=lambda row: Line(
        row.number,
        row.get_absolute_url(),
        row.agreement.institution if row.agreement else None,
        row.due_on,
        row.get_state_display(),
    ),
    related=("agreement__institution",),
)
flag(
    area="signing",
    key="renewals_late",
    label=_("Renewals applied for late"),
    rows=lambda asked: AgreementRequest.objects.annotate(filed=day_of("filed_at")).filter(
        is_late=True, filed__range=(asked.first, asked.last)
    ),
    region="agreement__region__code",
    line=_of_request,
    related=("agreement__institution",),
)
flag(
    area="signing",
    key="not_renewed_yet",
    label=_("Last day to apply passed, and nobody renews"),
    rows=lambda asked: Agreement.objects.filter(
        state_condition(RenewalState.RENEWAL_DUE), renewal_apply_by__lt=asked.on
    ),
    region="region__code",
    line=_of_agreement,
    related=("institution",),
)
flag(
    area="signing",
    key="exit_reviews",
    label=_("Notices not to renew that wait for your review"),
    rows=lambda _asked: ExitReview.objects.waiting(),
    region="request__agreement__region__code",
    line=lambda row: Line(
        row.request.number,
        row.get_absolute_url(),
        row.request.agreement.institution,
        row.due_on,
        row.request.get_kind_display(),
    ),
    related=("request__agreement__institution",),
)


# --- performance ----------------------------------------------------------------------------------

measure(
    area="performance",
    key="requests",
    label=_("Requests of institutions decided"),
    rows=lambda: AgreementRequest.objects.exclude(kind=RequestKind.RENEW),
    started=day_of("filed_at"),
    done=day_of("decided_at"),
    due="decision_due_on",
    open=Q(state=RequestState.FILED),
    region="agreement__region__code",
    line=_of_request,
    related=("agreement__institution",),
)
flag(
    area="performance",
    key="appeals_overdue",
    label=_("Appeals against performance results not decided in time"),
    rows=lambda asked: PerformanceAssessment.objects.filter(
        state=PerformanceState.APPEALED, decision_due_on__lt=asked.on
    ),
    region="round__region__code",
    line=lambda row: Line(
        row.number,
        row.get_absolute_url(),
        row.institution,
        row.decision_due_on,
        row.get_state_display(),
    ),
    related=("institution",),
)
flag(
    area="performance",
    key="obligations_overdue",
    label=_("Amounts owed under agreements overdue"),
    rows=lambda asked: Obligation.objects.filter(state=ObligationState.OPEN, due_on__lt=asked.on),
    region="region__code",
    line=lambda row: Line(
        row.number,
        row.get_absolute_url(),
        row.institution,
        row.due_on,
        f"{row.amount:,.2f}",
    ),
    related=("institution",),
)


# --- suspension and dissolution -------------------------------------------------------------------

measure(
    area="dissolution",
    key="publication",
    label=_("Dissolutions published"),
    rows=lambda: DissolvedEntry.objects.filter(served_on__isnull=False),
    started="served_on",
    done="published_on",
    due="publish_due_on",
    open=Q(state=EntryState.PENDING),
    region="region__code",
    line=lambda row: Line(
        row.name, row.get_absolute_url(), None, row.publish_due_on, row.get_state_display()
    ),
)
measure(
    area="dissolution",
    key="cascade",
    label=_("Cascades acknowledged by the other regions"),
    rows=lambda: CascadeReceipt.objects.exclude(state=CascadeState.WITHDRAWN),
    started=day_of("delivered_at"),
    done=day_of("acknowledged_at"),
    due="due_on",
    open=Q(state=CascadeState.DELIVERED),
    region="region__code",
    line=lambda row: Line(
        row.number,
        row.get_absolute_url(),
        row.agreement.institution,
        row.due_on,
        row.get_state_display(),
    ),
    related=("agreement__institution",),
)
flag(
    area="dissolution",
    key="unpublished",
    label=_("Dissolutions not published in time"),
    rows=lambda asked: DissolvedEntry.objects.filter(
        state=EntryState.PENDING, publish_due_on__lt=asked.on
    ),
    region="region__code",
    line=lambda row: Line(
        row.name, row.get_absolute_url(), None, row.publish_due_on, row.get_state_display()
    ),
)


def _of_suspension(row: Suspension) -> Line:
    return Line(
        str(row.agreement),
        row.agreement.get_absolute_url(),
        row.agreement.institution,
        row.planned_to or row.limit_on,
        row.get_ground_display(),
    )


flag(
    area="dissolution",
    key="suspended_beyond",
    label=_("Suspended beyond the planned end"),
    rows=lambda asked: Suspension.objects.running().filter(planned_to__lt=asked.on),
    region="agreement__region__code",
    line=_of_suspension,
    related=("agreement__institution",),
)
flag(
    area="dissolution",
    key="suspended_into_expiry",
    label=_("Expired while suspended"),
    rows=lambda asked: Suspension.objects.filter(
        resumed_on__isnull=True,
        agreement__state=AgreementState.EXPIRED,
        agreement__ended_on=F("agreement__valid_to"),
        agreement__ended_on__range=(asked.first, asked.last),
    ),
    region="agreement__region__code",
    line=_of_suspension,
    related=("agreement__institution",),
)
flag(
    area="control",
    key="terminations_held",
    label=_("Automatic terminations held by the head"),
    rows=lambda asked: Suspension.objects.annotate(held=day_of("held_at")).filter(
        held__gte=asked.first, held__lte=asked.last
    ),
    region="agreement__region__code",
    line=_of_suspension,
    related=("agreement__institution",),
)
