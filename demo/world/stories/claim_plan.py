"""Which batches the world has, when they are handed in and how far they come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from agency.lawbook import Office
from agency.periods import ONE_DAY
from agency.services.calendar import office
from demo.world.institutions import BY_KEY, INSTITUTIONS, Invented
from demo.world.months import claim_months, following
from demo.world.script import World
from settlements.rules import PAYOUT_WORKDAYS, payout_basis


class Stage(IntEnum):
    """How far a batch comes, each stage with those before it."""

    REVIEWED = 1
    DECIDED = 2
    AUDITED = 3
    APPROVED = 4
    VERIFIED = 5
    ORDERED = 6
    PAID = 7


@dataclass(frozen=True, slots=True)
class Planned:
    """One batch of the world."""

    invented: Invented
    month: date
    submitted_on: date
    goal: Stage
    tag: str = ""

    @property
    def name(self) -> str:
        return f"batch.{self.invented.key}.{self.month}{self.tag}"


# The days after the submission on which a stage is reached, and the hour.
PACE: dict[Stage, tuple[int, int]] = {
    Stage.DECIDED: (4, 9),
    Stage.AUDITED: (6, 11),
    Stage.APPROVED: (9, 13),
    Stage.VERIFIED: (12, 15),
    Stage.ORDERED: (15, 16),
    Stage.PAID: (17, 17),
}
# Verified in time and then left lying: overdue, a potential breach of the agency.
OVERDUE = "xiushui"
# Paid after its deadline, the reason approved by the head.
PAID_LATE = "duchang"
LAST_MONTH_GOALS = tuple(Stage)[:-1]
MIDDLE_MONTH_GOALS = {
    "central": Stage.VERIFIED,
    "mother": Stage.APPROVED,
    "chaisang": Stage.ORDERED,
    "wuning": Stage.AUDITED,
    "gongqing": Stage.DECIDED,
}


# Supplementary batches that must be paid in so many days, and how far they have come.
URGENT = {
    "mother": (6, Stage.VERIFIED),
    "chaisang": (3, Stage.APPROVED),
    "wuning": (1, Stage.VERIFIED),
    "lushan": (0, Stage.ORDERED),
}


def claimants() -> list[Invented]:
    return [each for each in INSTITUTIONS if each.lines]


def goal_of(invented: Invented, age: int, position: int, *, is_due: bool) -> Stage:
    """Return the goal of a batch; `age` is 0 for the last month, 2 for the earliest. What is due
    by now is paid, but for the two that are meant to be late.
    """
    if age == 2 and invented.key in (OVERDUE, PAID_LATE):
        return Stage.VERIFIED
    if is_due:
        return Stage.PAID
    if age == 0:
        return LAST_MONTH_GOALS[position % len(LAST_MONTH_GOALS)]
    return MIDDLE_MONTH_GOALS.get(invented.key, Stage.PAID)


def plan(world: World) -> list[Planned]:
    """Return every batch of the world that is taken in."""
    batches = []
    today, rules = world.today, office(on=world.today, region=world.region)
    for age, month in enumerate(reversed(claim_months(today))):
        for position, invented in enumerate(claimants()):
            submitted_on = following(month) + timedelta(1 + position % 5)
            due = payout_basis(submitted_on, rules)[0].on
            goal = goal_of(invented, age, position, is_due=due < today)
            batches.append(Planned(invented, month, submitted_on, goal))
            if invented.key == "central" and age == 1:
                # Settlements that were forgotten come in a supplementary batch.
                later = submitted_on + timedelta(2)
                goal = Stage.PAID if due <= today else Stage.REVIEWED
                batches.append(Planned(invented, month, later, goal, tag="2"))
    for key, (days, goal) in URGENT.items():
        submitted_on = declared_for(rules, today + timedelta(days))
        batches.append(Planned(BY_KEY[key], claim_months(today)[0], submitted_on, goal, tag="9"))
    return batches


def declared_for(rules: Office, due_on: date) -> date:
    """Return the first day whose declarations need not be paid before `due_on`."""
    declared_on = due_on - timedelta(2 * PAYOUT_WORKDAYS)
    while payout_basis(declared_on, rules)[0].on < due_on:
        declared_on += ONE_DAY
    return declared_on
