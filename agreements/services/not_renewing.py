"""The decision not to renew, and the administration's review of a wish not to (B-15, B-16)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agency.letter_kinds import CHINESE
from agency.models import User
from agency.rules import refuse_if
from agency.services.calendar import office
from agency.workdays import Unit
from agreements.enums.life import RequestKind, RequestState
from agreements.enums.renewals import NotAgreedGround, ReviewOutcome
from agreements.models import Agreement, AgreementRequest, ExitReview, RenewalDecision
from agreements.notifications import renewals as notifications
from agreements.permissions.renewals import (
    not_renewing_obstacles,
    reviewing_obstacles,
)
from agreements.services.history import record_request_step, record_step
from agreements.services.letters import issue_about
from agreements.services.renewal import open_renewal, standing_decision
from agreements.services.signing import cancel_agreement, reason_obstacles

NOT_RENEWED = "not_renewed"
REVIEW_WORKDAYS = "not_renew_review_wd"
RULE = "B-15"


@transaction.atomic
def decide_not_to_renew(
    *,
    agreement_id: int,
    ground: NotAgreedGround,
    reason: str,
    by: User,
    at: datetime,
) -> RenewalDecision:
    """Decide that the parties did not agree: a draft of the renewal is given up, an application
    falls away, and the agreement expires at the end of its validity, which a letter says.
    """
    agreement = Agreement.objects.locked(agreement_id)
    renewal = open_renewal(agreement)
    refuse_if(
        not_renewing_obstacles(
            agreement, by, renewal=renewal, decision=standing_decision(agreement)
        )
        + reason_obstacles(reason)
    )
    on = timezone.localdate(at)
    if renewal is not None:
        cancel_agreement(agreement_id=renewal.pk, by=by, at=at, reason=reason)
    _lapse_applications(agreement, by=by, at=at, reason=reason)
    with translation.override(CHINESE):
        letter = issue_about(
            agreement,
            NOT_RENEWED,
            {
                "valid_to": agreement.valid_to,
                "ground": str(NotAgreedGround(ground).label),
                "reason": reason,
            },
            by=by,
            at=at,
        )
    decision = RenewalDecision.objects.create(
        agreement=agreement,
        ground=ground,
        reason=reason,
        decided_on=on,
        decided_at=at,
        decided_by=by,
        letter=letter,
    )
    record_step(
        agreement,
        act="not_renew",
        source=agreement.state,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=RULE,
        letter=letter,
    )
    notifications.not_renewed(agreement, reason=reason, at=at)
    return decision


@transaction.atomic
def revoke_decision(*, agreement_id: int, reason: str, by: User, at: datetime) -> Agreement:
    """Take the decision not to renew back: the agreement can be renewed again."""
    agreement = Agreement.objects.locked(agreement_id)
    decision = RenewalDecision.objects.standing().select_for_update().get(agreement=agreement)
    refuse_if(reason_obstacles(reason))
    decision.revoked_at, decision.revoked_by, decision.revoked_reason = at, by, reason
    decision.save(update_fields=["revoked_at", "revoked_by", "revoked_reason"])
    record_step(
        agreement,
        act="revoke_not_renew",
        source=agreement.state,
        on=timezone.localdate(at),
        at=at,
        by=by,
        reason=reason,
        rule=RULE,
    )
    notifications.decision_revoked(agreement, decision=decision.pk, at=at)
    return agreement


def _lapse_applications(agreement: Agreement, *, by: User, at: datetime, reason: str) -> None:
    rows = AgreementRequest.objects.select_for_update().filter(
        agreement=agreement,
        kind=RequestKind.RENEW,
        state__in=[RequestState.FILED, RequestState.ACCEPTED],
    )
    for request in rows:
        source = request.state
        request.lapse()
        request.save(update_fields=["state"])
        record_request_step(
            request,
            act="lapse",
            source=source,
            on=timezone.localdate(at),
            at=at,
            by=by,
            reason=reason,
            rule=RULE,
        )


# --- the administration's review (B-16) -----------------------------------------------------------


def ask_for_review(request: AgreementRequest, *, at: datetime) -> ExitReview:
    """Put a public institution's notice before the administration; the caller's transaction."""
    on = timezone.localdate(at)
    region_office = office(on=on, region=request.agreement.region)
    due, basis = region_office.calendar.deadline_with_basis(
        "B-16", on, Unit.WORKDAY, region_office.number(REVIEW_WORKDAYS)
    )
    review = ExitReview.objects.create(
        request=request,
        due_on=due.on,
        due_basis=basis.to_json(),
        due_provisional=due.provisional,
    )
    notifications.review_asked(request, due_on=due.on, at=at)
    return review


@transaction.atomic
def review_exit(
    *, request_id: int, outcome: ReviewOutcome, text: str, by: User, at: datetime
) -> AgreementRequest:
    """Answer, as the administration, a public institution's notice not to renew. Once."""
    request = AgreementRequest.objects.locked(request_id)
    review = ExitReview.objects.select_for_update().filter(request=request).first()
    refuse_if(reviewing_obstacles(request, review) + reason_obstacles(text))
    if review is not None:
        review.answer(outcome=ReviewOutcome(outcome), text=text, by=by, at=at)
        review.save(update_fields=["outcome", "text", "reviewed_by", "reviewed_at"])
    record_request_step(
        request,
        act="review_exit",
        source=request.state,
        on=timezone.localdate(at),
        at=at,
        by=by,
        reason=_("%(outcome)s: %(text)s") % {"outcome": ReviewOutcome(outcome).label, "text": text},
        rule="B-16",
    )
    notifications.exit_reviewed(request, outcome=ReviewOutcome(outcome), text=text, at=at)
    return request


def review_of(request: AgreementRequest) -> ExitReview | None:
    return ExitReview.objects.filter(request=request).first()
