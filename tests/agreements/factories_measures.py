"""Persons, departments and decisions that obligations and blocks need."""

from datetime import date
from decimal import Decimal
from itertools import count

from agreements.enums.measures import ObligationKind
from agreements.models import Obligation, ServiceBlock
from agreements.services.blocks import block
from agreements.services.obligations import oblige
from institutions.enums.practitioners import Category, Employment, Qualification
from institutions.models import Department, Institution, Person, Practitioner, RosterEntry
from tests.agency.factories import RegionFactory
from tests.agreements.factories import at

DECIDED = date(2025, 5, 12)
CASE = "CASE-360400-2020-9999"
_numbers = count(1)


def department(institution: Institution, code: str = "A04", name: str = "骨科") -> Department:
    found, _new = Department.objects.get_or_create(
        institution=institution,
        code=code,
        defaults={"name": name, "opened_on": date(2015, 3, 1)},
    )
    return found


def practitioner(institution: Institution, code: str | None = "", name="张示范") -> Practitioner:
    """A person on the roster since 2020; `code` None for one without a national staff code."""
    number = next(_numbers)
    person = Person.objects.create(
        name=name, id_number=f"36040319700101{number:04}", id_digest=f"m{number:031}"
    )
    found = Practitioner.objects.create(
        person=person,
        staff_code=f"D36040399{number:04}" if code == "" else code,
        category=Category.MEDICAL,
        qualification=Qualification.PHYSICIAN,
    )
    RosterEntry.objects.create(
        practitioner=found,
        institution=institution,
        department=department(institution),
        employment=Employment.FULL_TIME,
        starts_on=date(2020, 1, 1),
        recorded_at=at("2020-01-01"),
    )
    return found


def owed(
    institution: Institution, kind=ObligationKind.RECOVERY, amount="8400.00", **facts
) -> Obligation:
    """An obligation without a letter: its period runs from the day it arose."""
    on = facts.pop("on", DECIDED)
    withheld = {"release_when": "整改验收合格"} if kind == ObligationKind.WITHHELD else {}
    given = {"by": None, "basis": CASE, "ground": "追回 · 第三十二条", **withheld, **facts}
    return oblige(
        institution=institution,
        region=given.pop("region", None) or RegionFactory(),
        kind=kind,
        amount=Decimal(amount),
        on=on,
        at=at(on),
        **given,
    )


def blocked(institution: Institution, by, *, first="2025-06-01", last="2025-08-31", **target):
    """A block; `last` None for good."""
    if not {"practitioner", "department"} & target.keys():
        target["department"] = department(institution)
    found: ServiceBlock = block(
        institution=institution,
        region=RegionFactory(),
        first_day=date.fromisoformat(first),
        last_day=date.fromisoformat(last) if last else None,
        ground="第二十五条",
        basis=CASE,
        by=by,
        at=at(DECIDED),
        **target,
    )
    return found
