"""Lists of facts that pages of the desk and of the portal show about a case."""

from typing import Any

from django.utils.translation import gettext as _

from supervision.models import Case, CaseMeasure

Facts = list[tuple[str, Any]]


def overview(case: Case) -> Facts:
    return [
        (_("Institution"), f"{case.institution.name} ({case.institution.code})"),
        (_("Agreement"), case.agreement),
        (_("Origin"), case.get_origin_display()),
        (_("Ground"), f"{case.ground} {case.get_ground_display()}" if case.ground else ""),
        (_("Case officer"), case.opened_by),
        (_("Opened on"), case.opened_on),
        (_("Verified by"), case.verified_by),
        (_("Verified on"), case.verified_on),
        (_("Visited on"), case.visited_on),
        (_("Notice issued on"), case.noticed_on),
        (_("Notice served on"), case.notice_served_on),
        (_("Proof of service"), case.notice_proof),
    ]


def decision(case: Case) -> Facts:
    return [
        (_("Day of the decision"), case.decided_on),
        (_("Decided by"), case.decided_by),
        (_("How the statement was considered"), case.consideration),
        (_("Legal review"), case.legal_review),
        (_("Proof of service"), case.decision_proof),
        *remedies(case),
        (_("Performed on"), case.performed_on),
        (_("Performance of the decision"), case.performance),
        (_("Closed on"), case.closed_on),
    ]


def remedies(case: Case) -> Facts:
    """Return until when the decision may be disputed: the periods run from its service."""
    return [
        (_("Decision served on"), case.decision_served_on),
        (_("Administrative reconsideration until"), case.reconsideration_until),
        (_("Administrative litigation until"), case.litigation_until),
    ]


def measures_as_served(case: Case) -> list[CaseMeasure]:
    """Return the measures as the institution knows them: intended, until the decision is served."""
    measures = list(case.measures.all())
    if case.decision_served_on is None:
        for measure in measures:
            measure.imposed = None
    return measures
