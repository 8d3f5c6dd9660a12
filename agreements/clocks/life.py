"""The deadlines of agreements and requests, entered in the office's register of clocks."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agency.clocks import Duty, Matter, Permit, Step, clock
from agency.enums import Role
from agency.models import User
from agency.services.notices import holders
from agreements.models import (
    AgreementRequest,
    AgreementRequestTransition,
    AgreementTransition,
    DissolutionReview,
    DissolutionReviewTransition,
    Suspension,
)
from agreements.permissions.agreements import VIEW_AGREEMENTS, VIEW_OWN_AGREEMENTS
from agreements.permissions.reviews import VIEW_REVIEWS
from agreements.rules import AUTO_TERMINATION_GRACE
from agreements.services.requests import DECISION_WORKDAYS
from agreements.services.reviews import EXPLANATION_WORKDAYS
from institutions.clocks.members import members_by_institution

CHUNK = 1000


def _record_requests(steps: Sequence[Step], on: date, at: datetime) -> None:
    AgreementRequestTransition.objects.bulk_create(
        [
            AgreementRequestTransition(
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


def _record_suspensions(steps: Sequence[Step], on: date, at: datetime) -> None:
    AgreementTransition.objects.bulk_create(
        [
            AgreementTransition(
                subject=each.row.agreement,
                act=each.act,
                source=each.row.agreement.state,
                target=each.row.agreement.state,
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


def _told(
    roles: tuple[Role, ...], rows: Sequence[AgreementRequest | Suspension | DissolutionReview]
) -> Mapping[int, list[User]]:
    officers = holders(*roles)
    members = members_by_institution(each.agreement.institution_id for each in rows)
    return {each.pk: [*officers, *members[each.agreement.institution_id]] for each in rows}


def _visible_suspensions(rows: QuerySet, user: User) -> QuerySet:
    if user.is_office_staff:
        return rows
    return rows.filter(
        agreement__institution__memberships__user=user, agreement__signed_on__isnull=False
    )


REQUESTS = Matter(
    model=AgreementRequest,
    key="agreement_request",
    record=_record_requests,
    told=lambda rows: _told((Role.AGREEMENT_OFFICER,), rows),
    desk_act=VIEW_AGREEMENTS,
    portal_act=VIEW_OWN_AGREEMENTS,
    visible=lambda rows, user: rows.visible_to(user),
    institution="agreement__institution",
    related=("agreement__institution",),
)

REQUEST_DECISION = clock(
    "agreements.request_decision",
    _("Decision on a request about an agreement"),
    REQUESTS,
    due="decision_due_on",
    basis="decision_due_basis",
    provisional="decision_due_provisional",
    open=AgreementRequest.objects.waiting,
    duty=Duty.OURS,
    owed=True,
    parameter=DECISION_WORKDAYS,
    pause=Permit("A-04", _("The time in which the institution supplements its request.")),
)

SUSPENSIONS = Matter(
    model=Suspension,
    key="suspension",
    record=_record_suspensions,
    told=lambda rows: _told((Role.AGREEMENT_OFFICER, Role.AGENCY_HEAD), rows),
    desk_act=VIEW_AGREEMENTS,
    portal_act=VIEW_OWN_AGREEMENTS,
    visible=_visible_suspensions,
    institution="agreement__institution",
    related=("agreement__institution",),
    name=lambda row: str(row.agreement),
    url=lambda row: row.agreement.get_absolute_url(),
    portal_url=lambda row: row.agreement.get_portal_url(),
)

SUSPENSION_LIMIT = clock(
    "agreements.suspension_limit",
    _("Limit of a suspension"),
    SUSPENSIONS,
    due="limit_on",
    basis="limit_basis",
    provisional="limit_provisional",
    open=Suspension.objects.running,
    duty=Duty.THEIRS,
)

TERMINATION_HOLD = clock(
    "agreements.termination_hold",
    _("Last day to hold an automatic termination"),
    SUSPENSIONS,
    due="termination_due_on",
    basis="termination_basis",
    provisional="termination_provisional",
    open=lambda: Suspension.objects.running().filter(
        termination_due_on__isnull=False, held_at__isnull=True
    ),
    duty=Duty.OURS,
    parameter=AUTO_TERMINATION_GRACE,
)


def _record_reviews(steps: Sequence[Step], on: date, at: datetime) -> None:
    DissolutionReviewTransition.objects.bulk_create(
        [
            DissolutionReviewTransition(
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


REVIEWS = Matter(
    model=DissolutionReview,
    key="dissolution_review",
    record=_record_reviews,
    told=lambda rows: _told((Role.AGREEMENT_OFFICER, Role.AGENCY_HEAD), rows),
    desk_act=VIEW_REVIEWS,
    portal_act=VIEW_OWN_AGREEMENTS,
    visible=lambda rows, user: rows.visible_to(user),
    institution="agreement__institution",
    related=("agreement__institution", "agreement__region"),
)

REVIEW_EXPLANATION = clock(
    "agreements.review_explanation",
    _("Explanation of a change found unfiled"),
    REVIEWS,
    due="explain_due_on",
    basis="explain_due_basis",
    open=DissolutionReview.objects.unexplained,
    duty=Duty.THEIRS,
    parameter=EXPLANATION_WORKDAYS,
)

# Passed by the time the review is opened: kept so that it explains itself.
REVIEWED_FILING = clock(
    "agreements.reviewed_filing",
    _("Filing of a change found unfiled"),
    REVIEWS,
    due="filing_due_on",
    basis="filing_due_basis",
    open=DissolutionReview.objects.waiting,
    duty=Duty.THEIRS,
    listed=False,
)
