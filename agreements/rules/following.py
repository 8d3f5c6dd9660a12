"""How an agreement of another region follows the home region's decision (B-17), and what an
agreement is again once a decision is annulled (B-19). Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from agency.enums import RegionLevel
from agreements.enums.cascade import CascadeOutcome
from agreements.enums.life import AgreementState
from agreements.rules.cascade import DecidingLevel, holds_region

ACKNOWLEDGEMENT = "cascade_acknowledgement_wd"
PROPOSAL = "cascade_proposal_wd"

ONE_DAY = timedelta(days=1)
DECIDING_LEVELS = {
    RegionLevel.COUNTY: DecidingLevel.COUNTY,
    RegionLevel.PREFECTURE: DecidingLevel.PREFECTURE,
    RegionLevel.PROVINCE: DecidingLevel.PROVINCE,
    RegionLevel.NATION: DecidingLevel.PROVINCE,
}

# First suspended day and first day in force again, None while it lasts.
Span = tuple[date, date | None]


def is_followed(*, region: str, level: RegionLevel, home: str) -> bool:
    """Tell whether what a region decides is followed elsewhere: it holds the place where the
    institution is located and is at least a prefecture.

    Law: B-17 (Order 2 art. 44).
    """
    return holds_region(region, home) and DECIDING_LEVELS[level] is not DecidingLevel.COUNTY


@dataclass(frozen=True, slots=True)
class Follower:
    """The agreement of another region as it stands when the home region decides."""

    state: AgreementState
    valid_from: date
    last_day: date
    suspensions: Sequence[Span] = ()


@dataclass(frozen=True, slots=True)
class Following:
    """What becomes of a follower; `on` is its own first day of the measure."""

    outcome: CascadeOutcome
    on: date


def follows_suspension(follower: Follower, on: date) -> Following:
    """Return what a suspension of the home agreement from `on` does to a follower: the same day,
    or the first of its term if that is later. Who is suspended over all these days stays so.

    Law: B-17 (Order 2 art. 44).
    """
    day = max(on, follower.valid_from)
    if follower.state == AgreementState.SIGNED:
        return Following(CascadeOutcome.TO_COME, day)
    if not is_alive(follower) or day > follower.last_day:
        return Following(CascadeOutcome.ENDED, day)
    if not open_days(follower, day):
        return Following(CascadeOutcome.ALREADY, day)
    return Following(CascadeOutcome.FOLLOWED, day)


def follows_dissolution(follower: Follower, on: date) -> Following:
    """Return what a dissolution of the home agreement from `on` does to a follower: suspended or
    not it ends on the same day; one that has not begun is given up.

    Law: B-17 (Order 2 art. 44).
    """
    day = max(on, follower.valid_from)
    if follower.state == AgreementState.SIGNED:
        return Following(CascadeOutcome.CANCELLED, day)
    if not is_alive(follower) or day > follower.last_day:
        return Following(CascadeOutcome.ENDED, day)
    return Following(CascadeOutcome.FOLLOWED, day)


def is_alive(follower: Follower) -> bool:
    return follower.state in (AgreementState.EFFECTIVE, AgreementState.SUSPENDED)


def open_days(follower: Follower, on: date) -> list[Span]:
    """Return the stretches from `on` to the end of the term in which a follower is not suspended
    yet, the last one without an end: they are what a suspension from `on` adds.
    """
    stretches: list[Span] = []
    day: date | None = on
    for start, until in sorted(follower.suspensions, key=lambda each: each[0]):
        if day is None:
            break
        if until is not None and until <= day:
            continue
        if start > day:
            stretches.append((day, start))
        day = until
    if day is not None and day <= follower.last_day:
        stretches.append((day, None))
    return stretches


def lasted_on(span: Span, last_day: date, day: date) -> bool:
    """Tell whether a suspension lasted on the day; it ends with its agreement at the latest."""
    start, until = span
    return start <= day <= last_day and (until is None or day < until)


def restored_state(
    *, valid_to: date, on: date, suspended: bool, renewal_alive: bool
) -> AgreementState:
    """Return the state of an agreement on the day when the act that ended or suspended it counts
    no more: within its term it runs, suspended or not; else it has ended with its term.

    Law: B-19 (Order 2 art. 46).
    """
    if on <= valid_to:
        return AgreementState.SUSPENDED if suspended else AgreementState.EFFECTIVE
    if renewal_alive and not suspended:
        return AgreementState.RENEWED
    return AgreementState.EXPIRED


def payable_again(
    *, first: date, last: date, suspensions: Iterable[Span]
) -> tuple[tuple[date, date], ...]:
    """Return the stretches of `first` to `last`, both included, that no suspension covers: what
    was provided in them is payable again.

    Law: B-19 (Order 2 art. 46).
    """
    stretches = []
    day: date | None = first
    for start, until in sorted(suspensions, key=lambda each: each[0]):
        if day is None or start > last:
            break
        if until is not None and until <= day:
            continue
        if start > day:
            stretches.append((day, start - ONE_DAY))
        day = until
    if day is not None and day <= last:
        stretches.append((day, last))
    return tuple(stretches)
