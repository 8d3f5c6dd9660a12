"""What is in force on a day: the profiles regions follow, the parameters they read. It imports no
other service but is asked by most.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import QuerySet

from agency.enums import Profile, ProposalState, RuleSet
from agency.models import PolicyParameter, Region, RuleSetChoice
from agency.parameters import DEFINITIONS


@dataclass(frozen=True, slots=True)
class Followed:
    """The profile in force and where it comes from: a choice of the region itself or of its
    coordination region, or, without one, the region's own default.
    """

    profile: Profile
    choice: RuleSetChoice | None = None

    @property
    def is_default(self) -> bool:
        return self.choice is None


def choices_on(on: date) -> QuerySet[RuleSetChoice]:
    """Return the choices in force on the day: the newest of each region and rule set."""
    return (
        RuleSetChoice.objects.filter(state=ProposalState.APPROVED, effective_from__lte=on)
        .order_by("region_id", "rule_set", "-effective_from")
        .distinct("region_id", "rule_set")
    )


def followed_by(
    found: Iterable[Region], choices: Iterable[RuleSetChoice]
) -> dict[str, dict[RuleSet, Followed]]:
    """Return what each region follows, given the choices in force. A region's own choice goes
    before that of its coordination region, and both before the default.
    """
    made: dict[str, dict[RuleSet, RuleSetChoice]] = defaultdict(dict)
    for choice in choices:
        made[choice.region_id][RuleSet(choice.rule_set)] = choice
    followed = {}
    for region in found:
        own, above = made.get(region.pk, {}), made.get(region.coordination_id or "", {})
        default = Profile(region.profile)
        followed[region.pk] = {
            each: Followed(Profile(choice.profile), choice) if choice else Followed(default)
            for each in RuleSet
            for choice in [own.get(each) or above.get(each)]
        }
    return followed


def profiles_on(on: date, region: Region | None) -> Mapping[RuleSet, Profile]:
    """Return the profile of every rule set. One query; none without a region."""
    if region is None:
        return {}
    choices = choices_on(on).filter(region__in={region.pk, region.coordination_id or region.pk})
    followed = followed_by([region], choices)[region.pk]
    return {rule_set: each.profile for rule_set, each in followed.items()}


class Policy(NamedTuple):
    """What a region has decided, as in force on a day."""

    parameters: Mapping[str, Decimal]
    profiles: Mapping[RuleSet, Profile]


def policy_on(on: date, region: str | Region | None = None) -> Policy:
    """Return every parameter and every profile as in force on the day.

    Of each parameter the profile counts that the region follows in the parameter's rule set; the
    national profile fills the gaps. One query; two with a region, three where it is only named.
    """
    if isinstance(region, str):
        region = Region.objects.get(code=region)
    profiles = profiles_on(on, region)
    rows = approved_on(on).filter(profile__in={Profile.NATIONAL, *profiles.values()})
    national, local = {}, {}
    for key, profile, value in rows.values_list("key", "profile", "value"):
        if profile == Profile.NATIONAL:
            national[key] = value
        elif key in DEFINITIONS and profile == profiles.get(DEFINITIONS[key].rule_set):
            local[key] = value
    return Policy(national | local, profiles)


def parameters_on(on: date, region: str | Region | None = None) -> Mapping[str, Decimal]:
    """Return every parameter as in force on the day for a region, nationally without one."""
    return policy_on(on, region).parameters


def approved_on(on: date) -> QuerySet[PolicyParameter]:
    """Return the rows in force on the day: the newest of each key and profile."""
    return (
        PolicyParameter.objects.filter(state=ProposalState.APPROVED, effective_from__lte=on)
        .order_by("key", "profile", "-effective_from")
        .distinct("key", "profile")
    )
