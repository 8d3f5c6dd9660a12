"""Who renews, decides not to, and reviews a public institution's wish not to (B-15, B-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.permissions import act
from agency.rules import Obstacle
from agreements.enums.life import AgreementState, RequestKind
from agreements.enums.renewals import ReviewOutcome

if TYPE_CHECKING:
    from agency.models import User
    from agreements.models import (
        Agreement,
        AgreementRequest,
        ExitReview,
        RenewalDecision,
        RenewalRound,
    )

OPEN_ROUND = act("agreements.open_renewal_round", _("Open a round"), Role.AGREEMENT_OFFICER)
EXTEND_ROUND = act(
    "agreements.extend_renewal_round", _("Take into the round"), Role.AGREEMENT_OFFICER
)
CLOSE_ROUND = act("agreements.close_renewal_round", _("Close the round"), Role.AGREEMENT_OFFICER)
NOT_RENEW = act("agreements.not_renew", _("Decide not to renew"), Role.AGENCY_HEAD)
REVOKE_NOT_RENEW = act(
    "agreements.revoke_not_renew", _("Take back the decision not to renew"), Role.AGENCY_HEAD
)
REVIEW_EXIT = act(
    "agreements.review_exit",
    pgettext_lazy("exit", "Review the notice not to renew"),
    Role.SUPERVISOR,
    Role.ADMINISTRATION_HEAD,
)

_NOT_AGENCY = Obstacle(
    "not_entitled",
    _("Only the agency acts under the agreement."),
    remedy=_("Ask the agency's agreement officer."),
)


def not_agreed_obstacles(decision: RenewalDecision | None) -> list[Obstacle]:
    """Return that it was decided not to renew the agreement."""
    if decision is None:
        return []
    return [
        Obstacle(
            "not_agreed",
            gettext("On %(day)s it was decided not to renew it.") % {"day": decision.decided_on},
            rule="B-15",
            remedy=_("The head of the agency can take the decision back."),
        )
    ]


def not_renewing_obstacles(
    agreement: Agreement,
    user: User,
    *,
    renewal: Agreement | None,
    decision: RenewalDecision | None,
) -> list[Obstacle]:
    """Return why it cannot be decided not to renew the agreement."""
    signed = renewal is not None and renewal.state != AgreementState.DRAFT
    label = AgreementState(agreement.state).label
    checks = {
        Obstacle(
            "wrong_state",
            gettext("The agreement is “%(state)s”: that does not allow it.") % {"state": label},
        ): not agreement.is_running,
        Obstacle(
            "renewal_signed",
            _("Its renewal has been signed."),
            rule="B-15",
            remedy=_("Cancel the signed renewal first."),
        ): signed,
        Obstacle(
            "decided_already", _("It was already decided not to renew it."), rule="B-15"
        ): decision is not None,
        _NOT_AGENCY: not user.is_agency_staff,
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def closing_round_obstacles(round_: RenewalRound, user: User) -> list[Obstacle]:
    checks = {
        Obstacle("round_closed", _("The round is closed."), rule="B-15"): not round_.is_open,
        _NOT_AGENCY: not user.is_agency_staff,
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def reviewing_obstacles(request: AgreementRequest, review: ExitReview | None) -> list[Obstacle]:
    """Return why the administration cannot answer a notice not to renew now."""
    checks = {
        Obstacle(
            "no_review",
            _("This notice needs no review of the administration."),
            rule="B-16",
        ): review is None,
        Obstacle(
            "reviewed_already", _("The administration has answered already."), rule="B-16"
        ): review is not None and not review.is_open,
        Obstacle(
            "request_not_open",
            _("This request has already been decided or withdrawn."),
            remedy=_("Look at its history."),
        ): not request.is_open,
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def exit_obstacles(request: AgreementRequest, review: ExitReview | None) -> list[Obstacle]:
    """Return why the agency cannot accept a notice not to renew: the administration has not
    answered, or objects (B-16).
    """
    if request.kind != RequestKind.NOT_RENEW or not request.needs_review:
        return []
    checks = {
        Obstacle(
            "review_pending",
            _("The institution is public: the administration has not reviewed its notice yet."),
            rule="B-16",
            remedy=_("Wait for its answer."),
        ): review is None or review.is_open,
        Obstacle(
            "administration_objects",
            _("The administration objects to the notice."),
            rule="B-16",
            remedy=_("Refuse it, with the reasons of the administration."),
        ): review is not None and review.outcome == ReviewOutcome.OBJECTION,
    }
    return [obstacle for obstacle, applies in checks.items() if applies]
