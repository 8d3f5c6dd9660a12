"""What the home region decides, carried to the institution's agreements in all other regions on
the same day (B-17, Order 2 art. 44): all of them, or the decision itself does not happen.

`steps.lock_family` has locked every follower in the order of their keys before anything is read.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agency.enums import RegionLevel
from agency.letter_kinds import CHINESE
from agency.models import OfficialLetter, User
from agency.services.calendar import office
from agreements.enums.cascade import CascadeKind, CascadeOutcome
from agreements.enums.life import AgreementState, SuspensionGround, SuspensionKind
from agreements.models import (
    Agreement,
    CascadeReceipt,
    Suspension,
)
from agreements.permissions.cascade import CASCADE
from agreements.rules import CascadeAct, CascadeQuestion, cascade
from agreements.rules.following import (
    DECIDING_LEVELS,
    Follower,
    Following,
    follows_dissolution,
    follows_suspension,
    is_followed,
    open_days,
)
from agreements.services.cascade_receipts import deliver
from agreements.services.signing import cancel_agreement
from agreements.services.steps import dissolve_one, spans_of, start_suspension, suspend_one

_CARRIED = (CascadeOutcome.FOLLOWED, CascadeOutcome.ALREADY)


def cascade_suspension(
    home: Agreement,
    suspension: Suspension,
    *,
    by: User | None,
    at: datetime,
    reason: str,
    decision: OfficialLetter,
) -> list[CascadeReceipt]:
    """Suspend what follows the home agreement from the same day; one receipt for each."""
    on = suspension.starts_on
    receipts = []
    for follower in others_of(home, CascadeAct.SUSPEND, on):
        verdict = follows_suspension(as_it_stands(follower), on)
        if verdict.outcome == CascadeOutcome.ENDED:
            continue
        receipt = deliver(
            home,
            follower,
            verdict,
            kind=CascadeKind.SUSPEND,
            cause=suspension,
            reason=reason,
            decision=decision,
            by=by,
            at=at,
        )
        if verdict.outcome == CascadeOutcome.FOLLOWED:
            suspend_follower(receipt, follower, verdict.on, at=at)
        receipts.append(receipt)
    return receipts


def cascade_dissolution(
    home: Agreement,
    *,
    by: User | None,
    at: datetime,
    on: date,
    ground: int,
    reason: str,
    decision: OfficialLetter,
) -> list[CascadeReceipt]:
    """Dissolve what follows the home agreement on the same day and give up what has not begun;
    one receipt for each.
    """
    receipts = []
    for follower in others_of(home, CascadeAct.DISSOLVE, on):
        verdict = follows_dissolution(as_it_stands(follower), on)
        # A renewal goes with the agreement it renews, which came before it.
        if verdict.outcome == CascadeOutcome.ENDED or _is_given_up(follower):
            continue
        receipt = deliver(
            home,
            follower,
            verdict,
            kind=CascadeKind.DISSOLVE,
            reason=reason,
            decision=decision,
            by=by,
            at=at,
        )
        text = _why(receipt)
        if verdict.outcome == CascadeOutcome.CANCELLED:
            cancel_agreement(agreement_id=follower.pk, by=None, at=at, reason=text)
        else:
            dissolve_one(
                follower,
                by=None,
                at=at,
                on=verdict.on,
                ground=ground,
                reason=text,
                rule=CASCADE,
                decision=decision,
                by_cascade=True,
            )
        receipts.append(receipt)
    return receipts


def propose_resumption(
    home: Agreement, suspension: Suspension, *, by: User | None, at: datetime
) -> list[CascadeReceipt]:
    """Ask the other regions to consider resuming what is still suspended: nothing resumes there
    by itself.
    """
    told = CascadeReceipt.objects.filter(
        cause=suspension, kind=CascadeKind.SUSPEND, outcome__in=_CARRIED, undone_on__isnull=True
    ).select_related("agreement__institution", "agreement__region")
    return [
        propose(home, suspension, each.agreement, by=by, at=at)
        for each in told.order_by("agreement_id")
        if each.agreement.state == AgreementState.SUSPENDED
    ]


def home_suspension(agreement: Agreement) -> CascadeReceipt | None:
    """Return the receipt of a suspension of the home region that still lasts and that the
    agreement follows: until it ends this one is not resumed. One query.
    """
    return (
        CascadeReceipt.objects.filter(
            agreement=agreement,
            kind=CascadeKind.SUSPEND,
            undone_on__isnull=True,
            cause__in=Suspension.objects.running(),
        )
        .select_related("home__region")
        .first()
    )


def others_of(home: Agreement, act: CascadeAct, on: date) -> list[Agreement]:
    """Lock and return the agreements that follow, in the order of their keys."""
    region = home.region
    if not is_followed(
        region=region.pk, level=RegionLevel(region.level), home=home.institution.region_id
    ):
        return []
    states = [AgreementState.SIGNED, AgreementState.EFFECTIVE, AgreementState.SUSPENDED]
    rows = list(
        Agreement.objects.filter(institution=home.institution_id, state__in=states)
        .exclude(region=home.region_id)
        .select_related("institution", "region")
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
    )
    return following(home, on, rows, act)


def following(
    home: Agreement, on: date, others: Iterable[Agreement], act: CascadeAct
) -> list[Agreement]:
    others = list(others)
    if not others:
        return []
    question = CascadeQuestion(
        home_region=home.institution.region_id,
        deciding_region=home.region_id,
        deciding_level=DECIDING_LEVELS[RegionLevel(home.region.level)],
        others=tuple(each.region_id for each in others),
        act=act,
    )
    answer = cascade(question, office(on=on, region=home.region))
    told = {*answer.cascades_to, *answer.proposed_to}
    return [each for each in others if each.region_id in told]


def as_it_stands(agreement: Agreement) -> Follower:
    return Follower(
        state=AgreementState(agreement.state),
        valid_from=agreement.valid_from,
        last_day=agreement.last_day,
        suspensions=spans_of(agreement),
    )


def _is_given_up(follower: Agreement) -> bool:
    """Tell whether it was cancelled meanwhile, with the agreement it renews."""
    if follower.renewal_of_id is None:
        return False
    states = Agreement.objects.filter(pk=follower.pk).values_list("state", flat=True)
    return states.get() == AgreementState.CANCELLED


def suspend_follower(
    receipt: CascadeReceipt, follower: Agreement, on: date, *, at: datetime
) -> None:
    """Suspend a follower on every day from `on` on which it is not suspended already."""
    cause = receipt.cause
    assert cause is not None, "the database has it for every suspension"  # noqa: S101
    for first, until in open_days(as_it_stands(follower), on):
        planned_to = cause.planned_to and max(cause.planned_to, first)
        suspension = start_suspension(
            follower,
            kind=SuspensionKind(cause.kind),
            ground=SuspensionGround(cause.ground),
            on=first,
            planned_to=planned_to,
            until=until,
            cascade=receipt,
        )
        suspend_one(
            follower,
            suspension,
            by=None,
            at=at,
            reason=_why(receipt),
            rule=CASCADE,
            decision=receipt.letter,
        )


def _why(receipt: CascadeReceipt) -> str:
    with translation.override(CHINESE):
        return _("%(number)s: it follows the decision of %(region)s (art. 44). %(reason)s") % {
            "number": receipt.number,
            "region": receipt.home.region.name,
            "reason": receipt.reason,
        }


def propose(
    home: Agreement, cause: Suspension, follower: Agreement, *, by: User | None, at: datetime
) -> CascadeReceipt:
    on = cause.resumed_on or timezone.localdate(at)
    verdict = Following(CascadeOutcome.PROPOSED, on)
    return deliver(home, follower, verdict, kind=CascadeKind.PROPOSAL, cause=cause, by=by, at=at)
