"""Which profile a region follows in which set of rules, on which day, and who decided it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from agency import regions
from agency.enums import Profile, ProposalState, RuleSet
from agency.models import Region, RuleSetChoice, User
from agency.policy import schedule_obstacles
from agency.rules import Obstacle, refuse_if
from agency.services import policy
from agency.services.in_force import choices_on, followed_by, profiles_on


def followers(rule: str, on: date) -> list[Region] | None:
    """Return the regions in which a rule of one place is in force; None for a rule of all. Two
    queries.
    """
    home, rule_set = regions.home_of(rule), regions.rule_set_of(rule)
    if home is None or rule_set is None:
        return None
    every = list(Region.objects.order_by("code"))
    followed = followed_by(every, choices_on(on).filter(rule_set=rule_set))
    return [each for each in every if followed[each.pk][rule_set].profile == home]


def _approved(region_id: str, rule_set: str) -> QuerySet[RuleSetChoice]:
    return RuleSetChoice.objects.filter(
        region=region_id, rule_set=rule_set, state=ProposalState.APPROVED
    )


def proposal_obstacles(
    region: Region,
    *,
    rule_set: RuleSet,
    profile: Profile,
    effective_from: date,
    document: str,
    on: date,
) -> list[Obstacle]:
    """Return why the region's change of profile cannot be proposed."""
    waiting = RuleSetChoice.objects.filter(
        region=region, rule_set=rule_set, state=ProposalState.PROPOSED
    )
    taken = _approved(region.pk, rule_set).filter(effective_from=effective_from)
    return schedule_obstacles(
        effective_from=effective_from, on=on, waiting=waiting.exists(), taken=taken.exists()
    ) + regions.choice_obstacles(
        profile=profile,
        followed=profiles_on(effective_from, region)[rule_set],
        document=document,
    )


@transaction.atomic
def propose_choice(
    *,
    region_code: str,
    rule_set: RuleSet,
    profile: Profile,
    effective_from: date,
    document: str,
    reason: str,
    by: User,
    at: datetime,
) -> RuleSetChoice:
    """Propose that the region follow a profile in a rule set from a day on."""
    region = Region.objects.select_for_update().get(pk=region_code)
    on = timezone.localdate(at)
    refuse_if(
        proposal_obstacles(
            region,
            rule_set=rule_set,
            profile=profile,
            effective_from=effective_from,
            document=document,
            on=on,
        )
    )
    choice = RuleSetChoice(
        region=region,
        rule_set=rule_set,
        profile=profile,
        state=ProposalState.PROPOSED,
        effective_from=effective_from,
        document=document.strip(),
        reason=reason,
    )
    policy.propose(choice, by=by, at=at)
    policy.tell_deciders(
        key=f"rule_set_choice.{choice.pk}.proposed",
        subject=format_lazy(
            _("Decide: {region} is to follow {profile} in “{rule_set}”"), **_said(choice)
        ),
        body=format_lazy(
            _("From {day}, on the basis of {document}. Proposed by {who}: {why}"), **_said(choice)
        ),
        url=choice.get_absolute_url(),
        at=at,
    )
    return choice


@transaction.atomic
def approve_choice(*, choice_id: int, by: User, at: datetime, reason: str = "") -> RuleSetChoice:
    """Put a proposed choice into force from its day on; another person than the proposer does."""
    choice = _locked(choice_id)
    refuse_if(choice_approval_obstacles(choice, by, on=timezone.localdate(at)))
    policy.decide(choice, approve=True, by=by, at=at, reason=reason)
    _tell_decision(choice, _("Approved: {region} follows {profile} in “{rule_set}”"), at=at)
    return choice


@transaction.atomic
def reject_choice(*, choice_id: int, by: User, at: datetime, reason: str) -> RuleSetChoice:
    choice = _locked(choice_id)
    refuse_if(policy.decision_obstacles(choice, by, on=timezone.localdate(at)))
    policy.decide(choice, approve=False, by=by, at=at, reason=reason)
    _tell_decision(choice, _("Rejected: {region} does not follow {profile} in “{rule_set}”"), at=at)
    return choice


@transaction.atomic
def withdraw_choice(*, choice_id: int, by: User, at: datetime, reason: str = "") -> RuleSetChoice:
    choice = _locked(choice_id)
    policy.withdraw(choice, by=by, at=at, reason=reason)
    return choice


def choice_approval_obstacles(choice: RuleSetChoice, by: User, *, on: date) -> list[Obstacle]:
    """Return why the person cannot approve the choice on the day."""
    approved = _approved(choice.region_id, choice.rule_set)
    return policy.approval_obstacles(choice, by, on=on, approved=approved)


def _locked(choice_id: int) -> RuleSetChoice:
    rows = RuleSetChoice.objects.select_for_update(of=["self"])
    return rows.select_related("region", "proposed_by").get(pk=choice_id)


def _tell_decision(choice: RuleSetChoice, subject: Any, *, at: datetime) -> None:
    policy.tell_proposer(
        choice,
        key=f"rule_set_choice.{choice.pk}.{choice.state}",
        subject=format_lazy(subject, **_said(choice)),
        body=choice.decision_reason,
        url=choice.get_absolute_url(),
        at=at,
    )


def _said(choice: RuleSetChoice) -> dict[str, Any]:
    return {
        "region": choice.region.name,
        "profile": Profile(choice.profile).label,
        "rule_set": RuleSet(choice.rule_set).label,
        "day": choice.effective_from,
        "document": choice.document,
        "who": choice.proposed_by,
        "why": choice.reason,
    }
