"""Who may record a change found unfiled, explain it, and decide what follows (B-13a)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.permissions import ADMINISTRATION_STAFF, AGENCY_STAFF, act
from agency.rules import Obstacle
from agreements.enums.life import ReviewState

if TYPE_CHECKING:
    from agency.models import User
    from agreements.models import Agreement, DissolutionReview
    from institutions.enums.changes import ChangeField

RULE = "B-13a"

VIEW_REVIEWS = act(
    "agreements.reviews.view",
    _("See reviews of unfiled changes"),
    *AGENCY_STAFF,
    *ADMINISTRATION_STAFF,
)
RECORD_UNFILED = act(
    "agreements.record_unfiled", _("Record an unfiled change"), Role.AGREEMENT_OFFICER
)
EXPLAIN_UNFILED = act(
    "agreements.explain_unfiled", _("Explain the change"), Role.INSTITUTION_ADMINISTRATOR
)
DISMISS_REVIEW = act("agreements.dismiss_review", _("Dismiss the review"), Role.AGENCY_HEAD)
PROPOSE_DISSOLUTION = act(
    "agreements.propose_dissolution", _("Propose the dissolution"), Role.AGENCY_HEAD
)


def _applying(checks: Mapping[Obstacle, bool]) -> list[Obstacle]:
    return [obstacle for obstacle, applies in checks.items() if applies]


def finding_obstacles(
    agreement: Agreement | None,
    field: ChangeField,
    *,
    is_major: bool,
    approved_on: date,
    due_on: date,
    discovered_on: date,
    filed: str,
    open_review: str,
    on: date,
) -> list[Obstacle]:
    """Return why the finding opens no review. `filed` and `open_review` are numbers, if any."""
    label = {"field": field.label}
    return _applying(
        {
            Obstacle(
                "no_running_agreement",
                _("The institution has no agreement in force that could be dissolved."),
                rule=RULE,
            ): agreement is None,
            Obstacle(
                "field_not_major",
                gettext("%(field)s is general information: not filing it is no ground.") % label,
                rule=RULE,
                remedy=_("Ask the institution to file the change."),
            ): not is_major,
            Obstacle(
                "approved_in_future",
                gettext("%(field)s: %(day)s has not come yet.") % {**label, "day": approved_on},
                rule=RULE,
            ): approved_on > on,
            Obstacle(
                "discovered_in_future",
                gettext("%(day)s has not come yet.") % {"day": discovered_on},
                rule=RULE,
                remedy=_("Name the day on which it was discovered."),
            ): discovered_on > on,
            Obstacle(
                "still_in_time",
                gettext("%(field)s, approved on %(approved)s, can be filed until %(due)s.")
                % {**label, "approved": approved_on, "due": due_on},
                rule=RULE,
                remedy=_("It is unfiled from the day after; until then nothing is late."),
            ): discovered_on <= due_on,
            Obstacle(
                "filed_already",
                gettext("%(field)s: that change was filed under %(number)s.")
                % {**label, "number": filed},
                rule=RULE,
                remedy=_("A late filing is accepted with a warning; it opens no review."),
            ): bool(filed),
            Obstacle(
                "review_open",
                gettext("%(field)s: review %(number)s of it is open.")
                % {**label, "number": open_review},
                rule=RULE,
                remedy=_("Add what you found to that review's decision."),
            ): bool(open_review),
        }
    )


def explaining_obstacles(review: DissolutionReview, user: User) -> list[Obstacle]:
    """Return why the institution cannot explain itself."""
    return _applying(
        {
            _decided(): review.state != ReviewState.OPEN,
            Obstacle(
                "explained_already",
                _("Your institution has explained itself already."),
                rule=RULE,
            ): review.explained_at is not None,
            Obstacle(
                "not_entitled", _("Only an administrator of the institution may do this.")
            ): not EXPLAIN_UNFILED.allows(user),
        }
    )


def review_obstacles(review: DissolutionReview, user: User, *, on: date) -> list[Obstacle]:
    """Return why the user cannot decide the review, whichever way."""
    return _applying(
        {
            _decided(): review.state != ReviewState.OPEN,
            Obstacle(
                "decided_by_recorder",
                _("Whoever recorded the finding may not decide it."),
                rule="B-02",
                remedy=_("Ask a colleague to decide."),
            ): user.is_one_with(review.recorded_by_id, review.recorded_at),
            Obstacle(
                "explanation_awaited",
                gettext("The institution may explain itself until the end of %(day)s.")
                % {"day": review.explain_due_on},
                rule=RULE,
                remedy=_("Decide once it has, or on the day after."),
            ): review.explained_at is None and on <= review.explain_due_on,
            Obstacle(
                "not_entitled",
                gettext("This is done by: %(role)s.") % {"role": Role.AGENCY_HEAD.label},
            ): not DISMISS_REVIEW.allows(user),
        }
    )


def _decided() -> Obstacle:
    return Obstacle(
        "review_decided",
        _("This review has been decided already."),
        remedy=_("Look at its history."),
    )
