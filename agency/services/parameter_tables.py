"""What the pages and the API show of the parameters: bounded queries over the whole catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from agency.enums import Profile, ProposalState
from agency.models import PolicyParameter
from agency.parameters import DEFINITIONS, Definition
from agency.services.in_force import approved_on


@dataclass(frozen=True, slots=True)
class Row:
    """A parameter as in force for a profile on a day; `stored` is empty for a number of law."""

    definition: Definition
    value: Decimal | None
    stored: PolicyParameter | None
    waiting: PolicyParameter | None = None
    coming: PolicyParameter | None = None

    @property
    def is_inherited(self) -> bool:
        """Whether a local profile reads the national value."""
        return self.stored is not None and self.stored.profile == Profile.NATIONAL


def rows_of_profile(profile: Profile, on: date) -> list[Row]:
    """Return every parameter as the profile reads it on the day, with what is proposed and what
    is already approved for later. Three queries.
    """
    both = {profile, Profile.NATIONAL}
    stored: dict[tuple[str, str], PolicyParameter] = {
        (each.key, each.profile): each for each in approved_on(on).filter(profile__in=both)
    }
    own = PolicyParameter.objects.filter(profile=profile)
    waiting = {each.key: each for each in own.filter(state=ProposalState.PROPOSED)}
    coming: dict[str, PolicyParameter] = {}
    later = own.filter(state=ProposalState.APPROVED, effective_from__gt=on)
    for each in later.order_by("effective_from"):
        coming.setdefault(each.key, each)
    return [_row(each, profile, stored, waiting, coming) for each in DEFINITIONS.values()]


def _row(
    definition: Definition,
    profile: Profile,
    stored: Mapping[tuple[str, str], PolicyParameter],
    waiting: Mapping[str, PolicyParameter],
    coming: Mapping[str, PolicyParameter],
) -> Row:
    key = definition.key
    if definition.is_law:
        return Row(definition, definition.default, None)
    found = stored.get((key, profile)) or stored.get((key, Profile.NATIONAL))
    value = found.value if found else None
    return Row(definition, value, found, waiting.get(key), coming.get(key))


@dataclass(frozen=True, slots=True)
class Span:
    """A value of a profile and the days on which it is in force, both included."""

    parameter: PolicyParameter
    last_day: date | None

    def holds(self, on: date) -> bool:
        return self.parameter.effective_from <= on and (
            self.last_day is None or on <= self.last_day
        )


def spans(key: str) -> dict[Profile, list[Span]]:
    """Return the values of each profile through time, the newest first. One query."""
    rows = (
        PolicyParameter.objects.filter(key=key, state=ProposalState.APPROVED)
        .select_related("proposed_by", "decided_by")
        .order_by("profile", "effective_from")
    )
    return {
        Profile(profile): list(_spans(list(each)))[::-1]
        for profile, each in groupby(rows, key=lambda row: row.profile)
    }


def _spans(rows: list[PolicyParameter]) -> Iterator[Span]:
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        yield Span(row, following.effective_from - timedelta(1) if following else None)
