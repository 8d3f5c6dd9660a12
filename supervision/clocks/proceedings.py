"""The deadlines of a proceeding, entered in the office's register of clocks."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from agency.clocks import Duty, Matter, Step, clock
from agency.enums import Role
from agency.models import User
from agency.services.notices import holders
from institutions.clocks.members import members_by_institution
from supervision.clocks.cases import CASES, REPORTS
from supervision.enums.cases import CaseState
from supervision.enums.proceedings import LegalOutcome
from supervision.models import (
    AdministrationReport,
    Case,
    CaseTransition,
    FilingReview,
    FormalDemand,
    LegalReview,
)
from supervision.permissions.cases import VIEW_CASES, VIEW_OWN_CASES
from supervision.rules import (
    ACKNOWLEDGE_WORKDAYS,
    DEMAND_WORKDAYS,
    FILING_DAYS,
    ORDER_WORKDAYS,
    PERFORM_DAYS,
    REVIEW_WORKDAYS,
    VERIFY_WORKDAYS,
)

CHUNK = 1000
BEFORE_DECISION = (
    CaseState.OPENED,
    CaseState.NOTICE,
    CaseState.DEFENCE,
    CaseState.LEGAL_REVIEW,
)


def _record(steps: Sequence[Step], on: date, at: datetime) -> None:
    """What belongs to a case has the history of the case."""
    CaseTransition.objects.bulk_create(
        [
            CaseTransition(
                subject=case,
                act=each.act,
                source=case.state,
                target=case.state,
                on=on,
                at=at,
                by=each.by,
                reason=each.reason,
                rule=each.rule,
            )
            for each in steps
            for case in [each.row if isinstance(each.row, Case) else each.row.case]
        ],
        batch_size=CHUNK,
    )


def _office(*roles: Role) -> Callable[[Sequence[Any]], Mapping[int, list[User]]]:
    def told(rows: Sequence[Any]) -> Mapping[int, list[User]]:
        people = holders(*roles)
        return {each.pk: people for each in rows}

    return told


def _told_of_demand(rows: Sequence[FormalDemand]) -> Mapping[int, list[User]]:
    officers = holders(Role.AUDIT_OFFICER)
    members = members_by_institution(each.case.institution_id for each in rows)
    return {each.pk: [*officers, *members[each.case.institution_id]] for each in rows}


def _in_review() -> QuerySet[Case]:
    """Cases before the legal reviewer: not found lawful yet, or not carried since."""
    lawful = LegalReview.objects.filter(case=OuterRef("pk"), outcome=LegalOutcome.APPROVED)
    waiting = lawful.exclude(Q(discussion__carried=False))
    return Case.objects.filter(state=CaseState.LEGAL_REVIEW).exclude(Exists(waiting))


# What the office does before the institution knows of it.
INNER = Matter(
    model=Case,
    key="case.inner",
    record=_record,
    told=_office(Role.AUDIT_OFFICER, Role.LEGAL_REVIEWER),
    desk_act=VIEW_CASES,
    institution="institution",
    related=("institution", "opened_by"),
)

VERIFICATION = clock(
    "supervision.verification",
    _("Verification of a ground"),
    INNER,
    due="verify_due_on",
    basis="verify_due_basis",
    provisional="verify_due_provisional",
    open=lambda: Case.objects.filter(state=CaseState.CLUE, verify_due_on__isnull=False),
    duty=Duty.OURS,
    parameter=VERIFY_WORKDAYS,
)

LEGAL_REVIEW = clock(
    "supervision.legal_review",
    _("Legal review"),
    INNER,
    due="review_due_on",
    basis="review_due_basis",
    provisional="review_due_provisional",
    open=_in_review,
    duty=Duty.OURS,
    parameter=REVIEW_WORKDAYS,
)

PERFORMANCE = clock(
    "supervision.performance",
    _("Performance of a decision on handling"),
    CASES,
    due="perform_due_on",
    basis="perform_due_basis",
    provisional="perform_due_provisional",
    open=lambda: Case.objects.filter(state=CaseState.SERVED, perform_due_on__isnull=False),
    duty=Duty.THEIRS,
    parameter=PERFORM_DAYS,
)

DEMANDS = Matter(
    model=FormalDemand,
    key="case.demand",
    record=_record,
    told=_told_of_demand,
    desk_act=VIEW_CASES,
    portal_act=VIEW_OWN_CASES,
    visible=lambda rows, user: rows.filter(case__in=Case.objects.visible_to(user)),
    institution="case__institution",
    related=("case__institution",),
    portal_url=lambda row: row.case.get_portal_url(),
)

DEMAND = clock(
    "supervision.demand",
    _("Performance after a formal demand"),
    DEMANDS,
    due="due_on",
    basis="due_basis",
    provisional="due_provisional",
    open=lambda: FormalDemand.objects.filter(
        due_on__isnull=False, performed_on__isnull=True, case__state__in=BEFORE_DECISION
    ),
    duty=Duty.THEIRS,
    parameter=DEMAND_WORKDAYS,
)

FILINGS = Matter(
    model=FilingReview,
    key="case.filing",
    record=_record,
    told=_office(Role.AUDIT_OFFICER, Role.AGENCY_HEAD, Role.LAW_OFFICER),
    desk_act=VIEW_CASES,
    institution="case__institution",
    related=("case__institution",),
)

FILING = clock(
    "supervision.filing",
    _("Filing of a grave decision for review"),
    FILINGS,
    due="due_on",
    basis="due_basis",
    provisional="due_provisional",
    open=FilingReview.objects.unfiled,
    duty=Duty.OURS,
    parameter=FILING_DAYS,
)

CORRECTION = clock(
    "supervision.correction",
    _("Correction of a decision"),
    FILINGS,
    due="correct_due_on",
    basis="correct_due_basis",
    provisional="correct_due_provisional",
    open=FilingReview.objects.uncorrected,
    duty=Duty.OURS,
    parameter=ORDER_WORKDAYS,
)

ACKNOWLEDGEMENT = clock(
    "supervision.acknowledgement",
    _("Acknowledgement of a report"),
    REPORTS,
    due="acknowledge_due_on",
    basis="acknowledge_due_basis",
    provisional="acknowledge_due_provisional",
    open=lambda: AdministrationReport.objects.filter(
        sent_at__isnull=False, acknowledged_at__isnull=True
    ),
    duty=Duty.OURS,
    parameter=ACKNOWLEDGE_WORKDAYS,
)
