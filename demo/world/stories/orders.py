"""Orders of the administration in every state: asked for more time, answered, sent back, accepted,
overdue; and notes on what its supervision view shows (B-20, Order 2 arts. 47, 49).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from demo.world.institutions import BY_KEY
from demo.world.papers import paper
from demo.world.script import Script, World
from supervision.enums.orders import OrderKind
from supervision.models import AdministrationOrder
from supervision.services import orders
from supervision.services.remarks import note_exception

OFFICER, SUPERVISOR = "audit", "supervisor"


@dataclass(frozen=True, slots=True)
class Told:
    """An order to supplement a lead, given so many days ago, and what came of it, by its day."""

    key: str
    lead: str
    text: str
    given: int
    asked: int | None = None
    granted: int | None = None
    answered: int | None = None
    more: int | None = None
    again: int | None = None
    accepted: int | None = None


STORIES = (
    Told("village", "虚记诊疗项目线索", "请补充询问笔录及处方原件。", 60, 55, 53, 45, 40, 36, 33),
    Told("outpatient", "挂床住院线索", "请补充护理记录和床位使用情况。", 26, answered=18, more=6),
    Told("elderly", "重复收费线索", "请补充收费清单和退费凭证。", 12, answered=3),
    Told("clinic", "串换药品线索", "请补充进销存台账。", 8, asked=2),
    Told("station", "冒名就医线索", "请补充参保人身份核验情况。", 40),
)


def enter(script: Script) -> None:
    world = script.world
    for story in STORIES:
        stages = (
            (story.given, 9, give),
            (story.asked, 10, ask),
            (story.granted, 10, grant),
            (story.answered, 11, answer),
            (story.more, 14, demand_more),
            (story.again, 11, answer),
            (story.accepted, 15, accept),
        )
        for before, hour, act in stages:
            if before is not None:
                label = f"order about {story.key}: {act.__name__}"
                script.on(world.ago(before), partial(act, world, story), hour=hour, label=label)
    script.on(world.ago(1), partial(note, world), hour=17, label="note of the supervision")


def give(world: World, story: Told, on: date, at: datetime) -> None:
    world.made[f"lead.{story.key}"] = orders.order_handling(
        institution=world.of(BY_KEY[story.key]),
        kind=OrderKind.SUPPLEMENT,
        lead=story.lead,
        text=story.text,
        by=world.users[SUPERVISOR],
        on=on,
        at=at,
    )


def _order(world: World, story: Told) -> AdministrationOrder:
    found: AdministrationOrder = world.made[f"lead.{story.key}"]
    return AdministrationOrder.objects.get(pk=found.pk)


def ask(world: World, story: Told, on: date, at: datetime) -> None:
    order = _order(world, story)
    orders.ask_extension(
        order_id=order.pk,
        wanted_on=order.due_on + timedelta(7),
        reason="当事人外出,需另约询问时间。",
        by=world.users[OFFICER],
        on=on,
        at=at,
    )


def grant(world: World, story: Told, on: date, at: datetime) -> None:
    order = _order(world, story)
    orders.grant_extension(
        order_id=order.pk,
        due_on=order.due_on + timedelta(7),
        by=world.users[SUPERVISOR],
        on=on,
        at=at,
    )


def answer(world: World, story: Told, on: date, at: datetime) -> None:
    orders.answer_order(
        order_id=_order(world, story).pk,
        answer="已补充核实,情况说明及证据材料附后。",
        files=[paper("补充材料")],
        by=world.users[OFFICER],
        on=on,
        at=at,
    )


def demand_more(world: World, story: Told, on: date, at: datetime) -> None:
    orders.demand_more(
        order_id=_order(world, story).pk,
        text="材料未附经办人签字,请补正并说明核查过程。",
        by=world.users[SUPERVISOR],
        on=on,
        at=at,
    )


def accept(world: World, story: Told, on: date, at: datetime) -> None:
    orders.accept_answer(order_id=_order(world, story).pk, by=world.users[SUPERVISOR], on=on, at=at)


def note(world: World, on: date, at: datetime) -> None:
    order = _order(world, STORIES[-1])
    note_exception(
        area="handling",
        exception="orders",
        matter=order.number,
        url=order.get_absolute_url(),
        institution=order.institution,
        text="逾期未报告,已约谈经办机构负责人。",
        by=world.users[SUPERVISOR],
        at=at,
    )
