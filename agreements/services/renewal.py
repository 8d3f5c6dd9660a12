"""Renewing an agreement (B-15, Order 2 art. 41)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from agency.models import User
from agency.periods import ONE_DAY
from agency.rules import Refusal, refuse_if
from agency.services.calendar import office
from agreements.enums.life import AgreementState, RequestKind, RequestState
from agreements.enums.renewals import RenewalState, RoundState, SigningForm
from agreements.enums.templates import TextKind
from agreements.models import (
    Agreement,
    AgreementRequest,
    PerformanceAssessment,
    RenewalDecision,
    RenewalDraft,
    RenewalMember,
    Suspension,
)
from agreements.permissions.agreements import renewing_obstacles
from agreements.permissions.renewals import not_agreed_obstacles
from agreements.rules import SIMPLIFIED_SCORE, RenewalFacts, renewal_state, signing_form
from agreements.services.renewal_scores import scores_of
from agreements.services.signing import draft_agreement
from agreements.services.templates.published import version_for

SPOKEN = [RequestState.FILED, RequestState.ACCEPTED, RequestState.PERFORMED]


@transaction.atomic
def renew_agreement(
    *,
    agreement_id: int,
    by: User,
    at: datetime,
    months: int | None = None,
) -> Agreement:
    """Draw up the agreement that follows on the day after the validity of this one, and return
    it, in the form its performance allows. Signed, it makes this one end as renewed.
    """
    agreement = Agreement.objects.locked(agreement_id)
    suspension = Suspension.objects.current(agreement)
    refuse_if(
        renewing_obstacles(
            agreement, suspension, by, is_renewed=open_renewal(agreement) is not None
        )
        + not_agreed_obstacles(standing_decision(agreement))
    )
    form, result, threshold = form_of(agreement, on=timezone.localdate(at))
    # In the simplified form the fixed agreement goes on as it is; only the yearly one, drawn up
    # once it is signed, is negotiated.
    kind = TextKind.FIXED if form == SigningForm.SIMPLIFIED else TextKind.MAIN
    draft = draft_agreement(
        institution_id=agreement.institution_id,
        region_code=agreement.region_id,
        valid_from=first_day_after(agreement),
        by=by,
        at=at,
        months=months,
        renewal_of=_freed(agreement),
        kind=kind,
    )
    RenewalDraft.objects.create(
        agreement=draft,
        form=form,
        score=result.score if result else None,
        threshold=threshold,
        assessed_year=result.round.year if result else None,
        drawn_up_at=at,
    )
    return draft


def form_of(
    agreement: Agreement, *, on: date
) -> tuple[SigningForm, PerformanceAssessment | None, int]:
    """Return in which form the agreement's renewal is negotiated, on which result, and the score
    it takes. Three queries.
    """
    threshold = office(on=on, region=agreement.region).number(SIMPLIFIED_SCORE)
    result = scores_of([agreement.institution_id], on).get(agreement.institution_id)
    return (
        signing_form(
            result.score if result else None,
            threshold=threshold,
            has_fixed_text=version_for(TextKind.FIXED, agreement.region, on) is not None,
        ),
        result,
        threshold,
    )


@dataclass(frozen=True, slots=True)
class Drawn:
    """What came of drawing up many at once."""

    drafts: list[Agreement]
    refused: list[tuple[Agreement, Refusal]]


def renew_each(*, agreement_ids: Iterable[int], by: User, at: datetime) -> Drawn:
    """Draw up the renewals of many agreements, each by itself: a refused one stops no other."""
    drafts, refused = [], []
    chosen = Agreement.objects.filter(pk__in=list(agreement_ids)).select_related("institution")
    for agreement in chosen.order_by("pk"):
        try:
            drafts.append(renew_agreement(agreement_id=agreement.pk, by=by, at=at))
        except Refusal as refusal:
            refused.append((agreement, refusal))
    return Drawn(drafts, refused)


def first_day_after(agreement: Agreement) -> date:
    return agreement.valid_to + ONE_DAY


def open_renewal(agreement: Agreement) -> Agreement | None:
    """Return the renewal that was drawn up and not given up."""
    return (
        Agreement.objects.filter(renewal_of=agreement)
        .exclude(state=AgreementState.CANCELLED)
        .first()
    )


def standing_decision(agreement: Agreement) -> RenewalDecision | None:
    """Return the decision not to renew the agreement that stands."""
    return RenewalDecision.objects.standing().filter(agreement=agreement).first()


def facts_of(agreements: Sequence[Agreement]) -> dict[int, RenewalFacts]:
    """Return what is known of the renewal of each agreement. Four queries."""
    pks = [each.pk for each in agreements]
    drafts = dict(
        Agreement.objects.filter(renewal_of__in=pks)
        .exclude(state=AgreementState.CANCELLED)
        .values_list("renewal_of_id", "state")
    )
    wishes = set(
        AgreementRequest.objects.filter(
            agreement__in=pks,
            kind__in=[RequestKind.RENEW, RequestKind.NOT_RENEW],
            state__in=SPOKEN,
        ).values_list("agreement_id", "kind", "state")
    )
    central = set(
        RenewalMember.objects.filter(agreement__in=pks, round__state=RoundState.OPEN).values_list(
            "agreement_id", flat=True
        )
    )
    not_agreed = set(
        RenewalDecision.objects.standing()
        .filter(agreement__in=pks)
        .values_list("agreement_id", flat=True)
    )
    applied = {pk for pk, kind, _state in wishes if kind == RequestKind.RENEW}
    not_wished = {
        pk
        for pk, kind, state in wishes
        if kind == RequestKind.NOT_RENEW and state != RequestState.FILED
    }
    return {
        each.pk: RenewalFacts(
            state=each.state,
            remind_on=each.renewal_remind_on,
            draft_state=drafts.get(each.pk, ""),
            applied=each.pk in applied,
            not_wished=each.pk in not_wished,
            in_open_round=each.pk in central,
            not_agreed=each.pk in not_agreed,
        )
        for each in agreements
    }


def states_of(agreements: Sequence[Agreement], *, on: date) -> dict[int, RenewalState]:
    """Return where each agreement stands with its renewal on the day. Four queries."""
    return {pk: renewal_state(facts, on=on) for pk, facts in facts_of(agreements).items()}


def _freed(agreement: Agreement) -> Agreement:
    """Let go of renewals that were cancelled: an agreement has at most one."""
    Agreement.objects.filter(renewal_of=agreement, state=AgreementState.CANCELLED).update(
        renewal_of=None
    )
    return agreement
