"""The pool of experts from which assessment groups are drawn: four of a field, all invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from demo.world.people import Someone
from demo.world.script import World
from institutions.enums.assessment import ExpertField
from institutions.models import Expert
from institutions.services.assessment.pool import ExpertFacts, add_expert

_UNITS = {
    ExpertField.INSURANCE: ("九江市医保研究会(演示)", "正高级经济师"),
    ExpertField.MEDICINE: ("九江市医学会(演示)", "主任医师"),
    ExpertField.FINANCE: ("九江市会计学会(演示)", "高级会计师"),
    ExpertField.INFORMATION: ("九江市信息化协会(演示)", "高级工程师"),
}
OF_EACH_FIELD = 4


@dataclass(frozen=True, slots=True)
class Invited:
    """An expert of the pool, with the account they sign with."""

    number: int
    field: ExpertField

    @property
    def username(self) -> str:
        return "expert" if self.number == 1 else f"expert{self.number}"

    @property
    def person(self) -> Someone:
        return Someone(800 + self.number)


INVITED = tuple(
    Invited(1 + place, list(ExpertField)[place % len(ExpertField)])
    for place in range(OF_EACH_FIELD * len(ExpertField))
)


def fill_pool(world: World, on: date, at: datetime) -> None:
    """Take every invited expert into the pool."""
    for each in INVITED:
        unit, title = _UNITS[each.field]
        add_expert(
            name=each.person.name,
            id_number=each.person.id_number,
            facts=ExpertFacts(
                field=each.field,
                unit=unit,
                region=world.region,
                title=title,
                phone=f"1380000{each.number:04}",
                account=world.users[each.username],
            ),
            by=world.users["agreement"],
            at=at,
            on=on,
        )


def account_of_expert(world: World, expert: Expert) -> str:
    """Return the user name of an expert of the pool."""
    names = {user.pk: name for name, user in world.users.items()}
    return names[expert.account_id or 0]
