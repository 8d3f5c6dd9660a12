"""Renewing an agreement (B-15, Order 2 art. 41)."""

from datetime import date, datetime

from django.db import transaction

from agency.models import User
from agency.periods import ONE_DAY
from agency.rules import refuse_if
from agreements.enums.life import AgreementState
from agreements.models import Agreement, Suspension
from agreements.permissions.agreements import renewing_obstacles
from agreements.services.signing import draft_agreement


@transaction.atomic
def renew_agreement(
    *, agreement_id: int, by: User, at: datetime, months: int | None = None
) -> Agreement:
    """Draw up the agreement that follows on the day after the validity of this one, and return
    it. Signed, it makes this one end as renewed.
    """
    agreement = Agreement.objects.locked(agreement_id)
    suspension = Suspension.objects.current(agreement)
    refuse_if(
        renewing_obstacles(
            agreement, suspension, by, is_renewed=open_renewal(agreement) is not None
        )
    )
    return draft_agreement(
        institution_id=agreement.institution_id,
        region_code=agreement.region_id,
        valid_from=first_day_after(agreement),
        by=by,
        at=at,
        months=months,
        renewal_of=_freed(agreement),
    )


def first_day_after(agreement: Agreement) -> date:
    return agreement.valid_to + ONE_DAY


def open_renewal(agreement: Agreement) -> Agreement | None:
    """Return the renewal that was drawn up and not given up."""
    return (
        Agreement.objects.filter(renewal_of=agreement)
        .exclude(state=AgreementState.CANCELLED)
        .first()
    )


def _freed(agreement: Agreement) -> Agreement:
    """Let go of renewals that were cancelled: an agreement has at most one."""
    Agreement.objects.filter(renewal_of=agreement, state=AgreementState.CANCELLED).update(
        renewal_of=None
    )
    return agreement
