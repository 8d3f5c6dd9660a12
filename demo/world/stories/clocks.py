"""What happens to clocks: one stands still for a supplement, one period is longer (T-10, B-11)."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

from agency.services.clocks import extend_clock, pause_clock
from demo.world.institutions import BY_KEY
from demo.world.script import Script, World
from institutions.clocks.changes import CHANGE_DECISION
from institutions.models import ChangeRequest
from supervision.clocks.cases import DEFENCE
from supervision.models import Case

# The filing of "tcm" waits for a decision, the case of "renhe" for a statement.
PAUSED, EXTENDED = "tcm", "renhe"
DAYS_AGO = 1


def enter(script: Script) -> None:
    world = script.world
    day = world.ago(DAYS_AGO)
    script.on(day, partial(wait_for_supplement, world), hour=16, label="clock stopped")
    script.on(day, partial(grant_more_time, world), hour=17, label="defence extended")


def wait_for_supplement(world: World, on: date, at: datetime) -> None:
    change = ChangeRequest.objects.waiting().get(institution=world.of(BY_KEY[PAUSED]))
    pause_clock(
        clock=CHANGE_DECISION,
        pk=change.pk,
        from_on=on,
        reason="请补充新任法定代表人的任职文件(演示)",
        by=world.users["intake"],
        on=on,
        at=at,
    )


def grant_more_time(world: World, on: date, at: datetime) -> None:
    case: Case = world.made[f"case.{EXTENDED}"]
    extend_clock(
        clock=DEFENCE,
        pk=case.pk,
        count=3,
        reason="机构书面申请延期,需调取归档病案(演示)",
        by=world.users["audit"],
        on=on,
        at=at,
    )
