"""Service matters of insured persons and units (C-07) in every state; one part is overdue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial

from agency.bundles import BundleKind, ReturnGround
from agency.codes import check_character
from agency.models import BundlePart, Region, ServiceBundle
from agency.services.bundle_parts import ask_supplement, finish_part, return_part
from agency.services.bundles import Applicant, deliver_supplement, file_bundle, withdraw_bundle
from agency.services.calendar import office_calendar
from demo.world.papers import paper
from demo.world.people import Someone
from demo.world.regions import COUNTIES
from demo.world.script import Script, World

LEAVES, DEATH, IDENTITY = BundleKind
FIRST_SERIAL = 700
# Completed ones: the first so many days ago, then one every few days, each after some days.
COMPLETED, NEWEST, APART = 36, 14, 4
LASTED = (1, 2, 2, 3, 4, 4, 5, 6, 7, 9)
# How many days ago the others were filed: each shows another state.
WAITING, NEW, OVERDUE, SUPPLEMENT, HALF, WITHDRAWN, RETURNED = 1, 0, 25, 6, 4, 12, 30
WHAT = {
    LEAVES: "员工离职(演示)",
    DEATH: "个人身后一次性支取(演示)",
    IDENTITY: "姓名由曾用名变更为现用名(演示)",
}
PAPERS = {LEAVES: "解除劳动关系证明", DEATH: "死亡证明", IDENTITY: "变更后的身份证件"}


def enter(script: Script) -> None:
    world = script.world
    for number in range(COMPLETED):
        days = NEWEST + number * APART
        lasted = LASTED[number % len(LASTED)]
        kind = (LEAVES, DEATH, IDENTITY)[number % 3]
        name = f"service.{number}"
        _file(script, name, kind, days, number)
        if number % 9 == 4 and kind != IDENTITY:
            _on(script, days - 1, partial(ask, world, name, "请补充盖章的证明原件照片"), 11)
            _on(script, days - 5, partial(supply, world, name), 14)
            lasted = max(lasted, 7)
        after = 0 if kind == IDENTITY else lasted
        _on(script, days - after, partial(finish, world, name, 9), 16)
    for number, (name, kind, days) in enumerate(
        (
            ("waiting", LEAVES, WAITING),
            ("new", IDENTITY, NEW),
            ("overdue", DEATH, OVERDUE),
            ("supplement", DEATH, SUPPLEMENT),
            ("half", LEAVES, HALF),
            ("withdrawn", LEAVES, WITHDRAWN),
            ("returned", DEATH, RETURNED),
        )
    ):
        _file(script, f"service.{name}", kind, days, COMPLETED + number)
    _on(script, OVERDUE - 2, partial(finish, world, "service.overdue", 1), 15)
    _on(script, SUPPLEMENT - 1, partial(finish, world, "service.supplement", 1), 10)
    _on(script, SUPPLEMENT - 1, partial(ask, world, "service.supplement", "请补充继承公证书"), 11)
    _on(script, HALF - 2, partial(finish, world, "service.half", 1), 15)
    _on(script, WITHDRAWN - 2, partial(withdraw, world, "service.withdrawn"), 10)
    _on(script, RETURNED - 3, partial(send_back, world, "service.returned"), 10)


def _on(script: Script, days: int, act: partial[None], hour: int) -> None:
    day = _worked(script.world, days)
    script.on(day, act, hour=hour, label=f"service matter: {act.func.__name__} {act.args[1]}")


def _worked(world: World, days: int) -> date:
    """The day so many days ago, or the last one worked before it."""
    calendar, day = office_calendar(), world.ago(max(days, 0))
    while not calendar.is_workday(day):
        day -= timedelta(1)
    return day


def _file(script: Script, name: str, kind: BundleKind, days: int, number: int) -> None:
    _on(script, days, partial(file, script.world, name, kind, number), 9)


def credit_code(number: int) -> str:
    first_17 = f"91360499MA3{number:06}"
    return first_17 + check_character(first_17)


def file(world: World, name: str, kind: BundleKind, number: int, on: date, at: datetime) -> None:
    person, contact = Someone(FIRST_SERIAL + number), Someone(FIRST_SERIAL + 100 + number)
    code, _county = COUNTIES[number % len(COUNTIES)]
    bundle = file_bundle(
        kind=kind,
        region=Region.objects.get(pk=code),
        applicant=Applicant(
            person_name=person.name,
            id_number=person.id_number,
            contact_name=contact.name,
            phone=f"1390000{number:04}",
            credit_code=credit_code(number) if kind == LEAVES else "",
            details=WHAT[kind],
        ),
        files=[paper(PAPERS[kind], person.name)],
        by=world.users["intake"] if number % 3 == 1 else None,
        at=at,
    )
    world.made[name] = bundle.pk


def _open(world: World, name: str) -> Sequence[BundlePart]:
    return list(BundlePart.objects.waiting().filter(bundle=world.made[name]).order_by("pk"))


def finish(world: World, name: str, parts: int, on: date, at: datetime) -> None:
    for part in _open(world, name)[:parts]:
        finish_part(part_id=part.pk, by=world.users["intake"], at=at)


def ask(world: World, name: str, missing: str, on: date, at: datetime) -> None:
    part = _open(world, name)[0]
    ask_supplement(part_id=part.pk, missing=missing, by=world.users["intake"], at=at)


def supply(world: World, name: str, on: date, at: datetime) -> None:
    bundle = ServiceBundle.objects.get(pk=world.made[name])
    deliver_supplement(bundle_id=bundle.pk, at=at, files=[paper("补充材料", bundle.number)])


def withdraw(world: World, name: str, on: date, at: datetime) -> None:
    withdraw_bundle(bundle_id=world.made[name], at=at)


def send_back(world: World, name: str, on: date, at: datetime) -> None:
    first, *others = _open(world, name)
    clerk = world.users["intake"]
    return_part(part_id=first.pk, ground=ReturnGround.NOTHING_TO_PAY, by=clerk, at=at)
    for part in others:
        finish_part(part_id=part.pk, by=clerk, at=at)
