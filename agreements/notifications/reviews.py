"""Who is told what about changes found unfiled. Decides nothing."""

from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.services.notices import holders, tell
from agency.topics import Topic, topic
from agreements.enums.life import ReviewState
from agreements.models import DissolutionReview
from institutions.notifications.members import members_of

REVIEWS = topic(Topic("reviews", _("Changes found unfiled"), prefixes=("dissolution_review.",)))

_DECISIONS = {
    ReviewState.DISMISSED: _("Review {number} was dismissed: nothing further is done."),
    ReviewState.PROPOSED: _("Review {number}: the dissolution of the agreement is proposed."),
}


def review_opened(review: DissolutionReview, *, at: datetime) -> None:
    tell(
        members_of(review.agreement.institution_id),
        key=f"dissolution_review.opened:{review.number}",
        subject=format_lazy(
            _("A change found unfiled is reviewed: {field}, {number}."),
            field=review.get_field_display(),
            number=review.number,
        ),
        body=format_lazy(_("You may explain it until {day}."), day=review.explain_due_on),
        at=at,
        url=review.get_portal_url(),
    )


def review_explained(review: DissolutionReview, *, at: datetime) -> None:
    tell(
        holders(Role.AGENCY_HEAD, Role.AGREEMENT_OFFICER),
        key=f"dissolution_review.explained:{review.number}",
        subject=format_lazy(
            _("{institution} has explained review {number}."),
            institution=review.agreement.institution.name,
            number=review.number,
        ),
        at=at,
        url=review.get_absolute_url(),
    )


def review_decided(review: DissolutionReview, *, at: datetime) -> None:
    subject = format_lazy(_DECISIONS[ReviewState(review.state)], number=review.number)
    key = f"dissolution_review.decided:{review.number}"
    body = review.decision_reason
    members = members_of(review.agreement.institution_id)
    tell(members, key=key, subject=subject, body=body, at=at, url=review.get_portal_url())
    officers = holders(Role.AGREEMENT_OFFICER)
    tell(officers, key=key, subject=subject, body=body, at=at, url=review.get_absolute_url())
