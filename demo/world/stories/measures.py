"""What decisions leave: interviews to come, held and missed, money withheld, released, recovered
in part, settled and overdue, a doctor and a department whose charges reviews refuse.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

from agreements.enums.measures import ObligationKind
from demo.world.months import claim_months
from demo.world.script import Script
from demo.world.stories import measure_acts as acts
from demo.world.stories.measure_acts import Life
from supervision.enums.cases import Rung
from supervision.enums.interviews import MoneyAct


def lives(today: date) -> tuple[Life, ...]:
    """The first blocks begin with the last month of claims, so that its review meets them."""
    in_claims = (today - claim_months(today)[-1]).days - 4
    return (
        Life(
            "tcm",
            "重复收费并冒用医师编码",
            in_claims,
            (
                {"rung": Rung.INTERVIEW},
                {"rung": Rung.REFUSE, "amount": "18640.50", "money_act": MoneyAct.RECOVER},
                {"rung": Rung.DAMAGES, "amount": "1864.05"},
                {"rung": Rung.PERSON, "doctor": 3, "days": 91},
                {"rung": Rung.PERSON, "ward": "A07", "days": 12},
            ),
        ),
        Life(
            "lianxi",
            "拒不配合数据核对",
            34,
            (
                {"rung": Rung.INTERVIEW},
                {
                    "rung": Rung.WITHHOLD,
                    "amount": "52000.00",
                    "money_act": MoneyAct.WITHHOLD,
                    "release_when": "补报进销存数据并经核对一致",
                },
            ),
        ),
        Life(
            "pengze",
            "病历书写不规范",
            96,
            (
                {
                    "rung": Rung.WITHHOLD,
                    "amount": "7300.00",
                    "money_act": MoneyAct.WITHHOLD,
                    "release_when": "整改验收合格",
                },
                {"rung": Rung.WITHHOLD, "amount": "640.20", "money_act": MoneyAct.REFUSE_PAYMENT},
            ),
        ),
        Life(
            "ruichang",
            "超标准收取护理费",
            58,
            ({"rung": Rung.REFUSE, "amount": "9215.80", "money_act": MoneyAct.RECOVER},),
        ),
        Life(
            "dialysis",
            "透析耗材多计数量",
            4,
            (
                {"rung": Rung.INTERVIEW},
                {"rung": Rung.REFUSE, "amount": "3050.00", "money_act": MoneyAct.REFUSE_FEES},
            ),
            served=False,
        ),
    )


def enter(script: Script) -> None:
    world = script.world
    for life in lives(world.today):
        day = world.ago(life.decided)
        stages: list[tuple[int, int, Callable[..., Any]]] = [
            (-50, 9, acts.begin),
            (-49, 11, acts.demand),
            (-30, 10, acts.notice),
            (-29, 12, acts.notice_served),
            (-26, 13, acts.state),
        ]
        if life.is_grave:
            stages += [(-12, 10, acts.review), (-8, 11, acts.discuss)]
        stages.append((0, 14, acts.decide))
        if life.is_grave:
            stages.append((1, 9, acts.report))
        if life.served:
            stages.append((2, 15, acts.decision_served))
        for days, hour, act in stages:
            label = f"measures of {life.key}: {act.__name__}"
            script.on(day + timedelta(days), partial(act, world, life), hour=hour, label=label)
    _enter_later(script)


def _enter_later(script: Script) -> None:
    world = script.world
    first = claim_months(world.today)[-1] + timedelta(4)
    later: tuple[tuple[date, Callable[..., Any]], ...] = (
        (first + timedelta(3), partial(acts.call, world, "tcm", 8)),
        (first + timedelta(11), partial(acts.hold, world, "tcm")),
        (first + timedelta(16), partial(acts.pay, world, "tcm", ObligationKind.DAMAGES, "1864.05")),
        (
            first + timedelta(18),
            partial(acts.pay, world, "tcm", ObligationKind.RECOVERY, "8000.00"),
        ),
        (first + timedelta(20), partial(acts.check_off, world)),
        (world.ago(30), partial(acts.call, world, "lianxi", 8)),
        (world.ago(21), partial(acts.miss, world, "lianxi")),
        (world.ago(3), partial(acts.call, world, "lianxi", 9)),
        (world.ago(15), partial(acts.let_go, world)),
        (world.ago(2), partial(acts.end_early, world)),
    )
    for day, act in later:
        script.on(day, act, hour=16, label=f"measures: {act.func.__name__}")  # type: ignore[attr-defined]
