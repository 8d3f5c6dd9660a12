"""Grounds of suspension and dissolution: one the program has found and nobody has verified, one an
officer has named, one dismissed that does not come back, one opened by a review (B-14).
"""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

from agreements.models import Agreement
from demo.world.institutions import BY_KEY
from demo.world.papers import paper
from demo.world.script import Script, World
from institutions.models import Institution
from supervision.enums.proceedings import Ground
from supervision.models import Case
from supervision.services import decision, grounds

ENDED_LICENCE, NAMED, CLEARED = "duchang", "wuning", "chaisang"


def enter(script: Script) -> None:
    ago = script.world.ago
    script.on(ago(9), partial(end_licence, script.world, CLEARED, 10), label="licence of chaisang")
    script.on(ago(9), partial(detect, script.world), hour=12, label="grounds found")
    script.on(ago(7), partial(clear, script.world), label="ground cleared")
    script.on(ago(3), partial(end_licence, script.world, ENDED_LICENCE, 4), label="licence ended")
    script.on(ago(2), partial(name, script.world), label="ground named")
    script.on(ago(1), partial(detect, script.world), hour=12, label="grounds found again")


def _agreement(world: World, key: str) -> Agreement:
    running = Agreement.objects.running().filter(institution=world.of(BY_KEY[key]))
    return running.latest("valid_from")


def end_licence(world: World, key: str, days: int, on: date, at: datetime) -> None:
    """The register says that the licence has ended; its renewal was not filed."""
    Institution.objects.filter(pk=world.of(BY_KEY[key]).pk).update(licence_valid_to=world.ago(days))


def detect(world: World, on: date, at: datetime) -> None:
    grounds.detect_grounds(on=on, at=at)


def clear(world: World, on: date, at: datetime) -> None:
    """The licence had been renewed in time: the same facts do not come back."""
    case = Case.objects.get(agreement=_agreement(world, CLEARED), ground=Ground.LICENCE_REVOKED)
    decision.dismiss_case(
        case_id=case.pk,
        reason="经与卫生健康部门核对,该机构已按期换证,登记信息未及时更新。",
        by=world.users["audit2"],
        on=on,
        at=at,
    )


def name(world: World, on: date, at: datetime) -> None:
    grounds.name_ground(
        agreement_id=_agreement(world, NAMED).pk,
        ground=Ground.OBSTRUCTION,
        clue="现场检查时拒不提供进销存台账,并阻挠检查人员进入库房。",
        files=[paper("现场检查笔录", "拒绝提供台账")],
        by=world.users["audit"],
        on=on,
        at=at,
    )
