"""The letters about a change found unfiled, in the office's language (B-13a)."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from agency.letter_kinds import CHINESE, Value
from agency.models import OfficialLetter, User
from agreements.enums.life import ReviewState
from agreements.models import DissolutionReview
from institutions.services.letters import issue_to_institution


def notice_letter(review: DissolutionReview, *, by: User, at: datetime) -> OfficialLetter:
    """Say what was found, and invite the institution to explain itself."""
    with translation.override(CHINESE):
        return _issue(
            review,
            "unfiled_change_notice",
            {
                "approved_on": review.approved_on,
                "due_on": review.filing_due_on,
                "discovered_on": review.discovered_on,
                "source": review.source,
                "explain_by": review.explain_due_on,
            },
            by=by,
            at=at,
        )


def result_letter(review: DissolutionReview, *, by: User, at: datetime) -> OfficialLetter:
    with translation.override(CHINESE):
        results = {
            ReviewState.DISMISSED: _("nothing further is done"),
            ReviewState.PROPOSED: _("dissolution of the agreement is proposed"),
        }
        return _issue(
            review,
            "unfiled_change_result",
            {"result": results[ReviewState(review.state)], "reason": review.decision_reason},
            by=by,
            at=at,
        )


def _issue(
    review: DissolutionReview,
    kind: str,
    context: dict[str, Value],
    *,
    by: User,
    at: datetime,
) -> OfficialLetter:
    agreement = review.agreement
    return issue_to_institution(
        kind=kind,
        institution=agreement.institution,
        context={
            "review": review.number,
            "agreement": agreement.number or "",
            "field": review.get_field_display(),
            **context,
        },
        matter=review.number,
        url=review.get_absolute_url(),
        portal_url=review.get_portal_url(),
        by=by,
        at=at,
        region=agreement.region,
    )
