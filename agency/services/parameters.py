"""Changing policy parameters: one person proposes a value, another puts it into force."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pghistory
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from agency.enums import ParameterUnit, Profile, ProposalState
from agency.models import PolicyParameter, User
from agency.parameters import DEFINITIONS, Definition, definition_of, shown, value_obstacles
from agency.policy import schedule_obstacles
from agency.rules import Obstacle, refuse_if
from agency.services import policy
from agency.services.in_force import approved_on


def values_of_profile(on: date, profile: Profile) -> dict[str, Decimal]:
    """Return every value a profile has on the day, the national one where it has none of its own,
    and what the law fixed. One query.
    """
    values = {each.key: each.default for each in DEFINITIONS.values() if each.is_law}
    rows = list(
        approved_on(on)
        .filter(profile__in={profile, Profile.NATIONAL})
        .values_list("key", "profile", "value")
    )
    for wanted in (Profile.NATIONAL, profile):
        values |= {key: value for key, of, value in rows if of == wanted}
    return values


def _approved(key: str, profile: str) -> QuerySet[PolicyParameter]:
    return PolicyParameter.objects.filter(key=key, profile=profile, state=ProposalState.APPROVED)


def proposal_obstacles(
    definition: Definition, *, profile: Profile, value: Decimal, effective_from: date, on: date
) -> list[Obstacle]:
    """Return why the value cannot be proposed for the profile and day."""
    waiting = PolicyParameter.objects.filter(
        key=definition.key, profile=profile, state=ProposalState.PROPOSED
    )
    taken = _approved(definition.key, profile).filter(effective_from=effective_from)
    return schedule_obstacles(
        effective_from=effective_from, on=on, waiting=waiting.exists(), taken=taken.exists()
    ) + value_obstacles(definition, value, values_of_profile(effective_from, profile))


@transaction.atomic
def propose_parameter(
    *,
    key: str,
    profile: Profile,
    value: Decimal,
    effective_from: date,
    reason: str,
    by: User,
    at: datetime,
    document: str = "",
) -> PolicyParameter:
    """Propose a value for a profile from a day on.

    Refuses an unknown key, a number of the law, a value out of bounds or of the wrong kind, the
    value in force, a day in the past, and a second proposal for the same key and profile.
    """
    definition = definition_of(key)
    _lock(key)
    on = timezone.localdate(at)
    refuse_if(
        proposal_obstacles(
            definition, profile=profile, value=value, effective_from=effective_from, on=on
        )
    )
    parameter = PolicyParameter(
        key=key,
        profile=profile,
        state=ProposalState.PROPOSED,
        value=value,
        unit=definition.unit,
        evidence=definition.evidence,
        effective_from=effective_from,
        reason=reason,
        document=document.strip(),
    )
    with pghistory.context(act="agency.propose_parameter", user=by.pk):
        policy.propose(parameter, by=by, at=at)
    policy.tell_deciders(
        key=f"parameter.{parameter.pk}.proposed",
        subject=format_lazy(
            _("Decide: “{parameter}” is to be {value} {unit} from {day}"), **_said(parameter)
        ),
        body=format_lazy(_("Profile {profile}. Proposed by {who}: {why}"), **_said(parameter)),
        url=parameter.get_absolute_url(),
        at=at,
    )
    return parameter


@transaction.atomic
def approve_parameter(
    *, parameter_id: int, by: User, at: datetime, reason: str = ""
) -> PolicyParameter:
    """Put a proposed value into force from its day on; another person than the proposer does."""
    parameter = _locked(parameter_id)
    refuse_if(parameter_approval_obstacles(parameter, by, on=timezone.localdate(at)))
    with pghistory.context(act="agency.approve_parameter", user=by.pk):
        policy.decide(parameter, approve=True, by=by, at=at, reason=reason)
    _tell_decision(parameter, _("Approved: “{parameter}” is {value} {unit} from {day}"), at=at)
    return parameter


@transaction.atomic
def reject_parameter(*, parameter_id: int, by: User, at: datetime, reason: str) -> PolicyParameter:
    parameter = _locked(parameter_id)
    refuse_if(policy.decision_obstacles(parameter, by, on=timezone.localdate(at)))
    with pghistory.context(act="agency.reject_parameter", user=by.pk):
        policy.decide(parameter, approve=False, by=by, at=at, reason=reason)
    _tell_decision(
        parameter, _("Rejected: “{parameter}” will not be {value} {unit} from {day}"), at=at
    )
    return parameter


@transaction.atomic
def withdraw_parameter(
    *, parameter_id: int, by: User, at: datetime, reason: str = ""
) -> PolicyParameter:
    parameter = _locked(parameter_id)
    with pghistory.context(act="agency.withdraw_parameter", user=by.pk):
        policy.withdraw(parameter, by=by, at=at, reason=reason)
    return parameter


def parameter_approval_obstacles(
    parameter: PolicyParameter, by: User, *, on: date
) -> list[Obstacle]:
    """Return why the person cannot approve the value on the day: what was right when it was
    proposed may have been overtaken since.
    """
    obstacles = policy.approval_obstacles(
        parameter, by, on=on, approved=_approved(parameter.key, parameter.profile)
    )
    if obstacles:
        return obstacles
    values = values_of_profile(parameter.effective_from, Profile(parameter.profile))
    return value_obstacles(DEFINITIONS[parameter.key], parameter.value, values)


def _lock(key: str) -> None:
    """Let proposals and approvals of one key, in all profiles, wait for each other."""
    list(PolicyParameter.objects.select_for_update(of=["self"]).filter(key=key).order_by("pk"))


def _locked(parameter_id: int) -> PolicyParameter:
    _lock(PolicyParameter.objects.values_list("key", flat=True).get(pk=parameter_id))
    return PolicyParameter.objects.select_related("proposed_by").get(pk=parameter_id)


def _tell_decision(parameter: PolicyParameter, subject: Any, *, at: datetime) -> None:
    policy.tell_proposer(
        parameter,
        key=f"parameter.{parameter.pk}.{parameter.state}",
        subject=format_lazy(subject, **_said(parameter)),
        body=parameter.decision_reason,
        url=parameter.get_absolute_url(),
        at=at,
    )


def _said(parameter: PolicyParameter) -> dict[str, Any]:
    return {
        "parameter": DEFINITIONS[parameter.key].label,
        "value": shown(parameter.value),
        "unit": ParameterUnit(parameter.unit).label,
        "day": parameter.effective_from,
        "profile": Profile(parameter.profile).label,
        "who": parameter.proposed_by,
        "why": parameter.reason,
    }
