"""Dissolving an agreement (B-14, Order 2 art. 43). Ends without anybody's act: `deadlines`."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import OfficialLetter, User
from agency.rules import Obstacle, refuse_if
from agency.services.calendar import office
from agreements.enums.life import DissolutionGround, SuspensionKind
from agreements.models import Agreement
from agreements.permissions.agreements import dissolving_obstacles, effective_day_obstacles
from agreements.rules import RepeatedSuspensionQuestion, SuspensionFact, repeated_suspension
from agreements.services.cascade import cascade_dissolution
from agreements.services.signing import reason_obstacles
from agreements.services.steps import dissolve_one, lock_family


@transaction.atomic
def dissolve_agreement(
    *,
    agreement_id: int,
    by: User,
    at: datetime,
    on: date,
    ground: int,
    reason: str,
    rule: str = "",
    basis_case: str = "",
    decision: OfficialLetter | None = None,
) -> Agreement:
    """End an agreement early on one of the fourteen grounds; `on` is the first day without it.
    `decision` is the letter that imposes it, if that of a case does; else one is issued.

    Refuses ground 1 when rule B-14.1 does not find it met and no mandatory suspension is
    running, and ground 12, which needs the institution's accepted request.
    """
    agreement = lock_family(agreement_id)
    refuse_if(
        dissolving_obstacles(agreement, by)
        + effective_day_obstacles(agreement, day=on, on=timezone.localdate(at))
        + ground_obstacles(agreement, ground, on=on)
        + reason_obstacles(reason)
    )
    dissolve(
        agreement,
        by=by,
        at=at,
        on=on,
        ground=ground,
        reason=reason,
        rule=rule or f"B-14.{ground}",
        basis_case=basis_case,
        decision=decision,
    )
    return agreement


def dissolve(
    agreement: Agreement,
    *,
    by: User | None,
    at: datetime,
    on: date,
    ground: int,
    reason: str,
    rule: str,
    basis_case: str = "",
    decision: OfficialLetter | None = None,
) -> None:
    """Dissolve an agreement, here and in the regions that follow; the caller holds the locks
    (`steps.lock_family`).
    """
    letter = dissolve_one(
        agreement,
        by=by,
        at=at,
        on=on,
        ground=ground,
        reason=reason,
        rule=rule,
        basis_case=basis_case,
        decision=decision,
    )
    cascade_dissolution(
        agreement, by=by, at=at, on=on, ground=ground, reason=reason, decision=letter
    )


def ground_obstacles(agreement: Agreement, ground: int, *, on: date) -> list[Obstacle]:
    """Return why the ground cannot be used. One query for ground 1."""
    if ground not in DissolutionGround.values:
        text = _("There are fourteen grounds; number %(n)s is none of them.") % {"n": ground}
        return [Obstacle("ground_unknown", text, "B-14")]
    if ground == DissolutionGround.REQUEST:
        text = _("The agency dissolves at the institution's wish only upon its request.")
        remedy = _("Accept the institution's request instead.")
        return [Obstacle("ground_needs_request", text, "B-14.12", remedy)]
    if ground == DissolutionGround.REPEATED_SUSPENSION and not suspended_repeatedly(
        agreement, on=on
    ):
        text = _("There are not two mandatory suspensions in the term, nor is one running.")
        return [Obstacle("ground_not_met", text, "B-14.1")]
    return []


def suspended_repeatedly(agreement: Agreement, *, on: date) -> bool:
    """Tell whether ground 1 can be used: two mandatory suspensions in the term, or one that runs
    (in which the institution did not rectify).
    """
    suspensions = list(agreement.suspensions.standing().filter(starts_on__lte=on))
    if any(each.kind == SuspensionKind.MANDATORY and not each.resumed_on for each in suspensions):
        return True
    question = RepeatedSuspensionQuestion(
        valid_from=agreement.valid_from,
        valid_to=agreement.valid_to,
        suspensions=tuple(
            SuspensionFact(start=each.starts_on, kind=SuspensionKind(each.kind))
            for each in suspensions
        ),
    )
    return repeated_suspension(question, office(on=on, region=agreement.region)).ground is not None
