"""What the region has decided: the local rules it follows, and a number changed by two people."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import partial

from agency.enums import Profile, RuleSet
from agency.services.parameters import approve_parameter, propose_parameter
from agency.services.rule_sets import approve_choice, propose_choice, reject_choice
from demo.world.script import Script, World

# The sets that the city's eighteen measures fill.
LOCAL = (
    RuleSet.INSPECTION,
    RuleSet.DOUBTS,
    RuleSet.ENFORCEMENT,
    RuleSet.SERVICE,
    RuleSet.CHANGES,
    RuleSet.ENTERPRISES,
    RuleSet.PROCUREMENT,
    RuleSet.PARTICIPATION,
)
MEASURES = "九江市优化医保领域营商环境十八条措施（2025年3月20日）"
SWITCHED, REFUSED, CHANGED, WAITING, AHEAD = 600, 240, 200, 3, 25


def enter(script: Script) -> None:
    world = script.world
    script.on(world.ago(SWITCHED), partial(_switch, world), hour=9, label="local rules switched on")
    script.on(world.ago(REFUSED), partial(_refuse, world), hour=9, label="a profile is rejected")
    script.on(world.ago(CHANGED), partial(_change, world), hour=9, label="a number is changed")
    script.on(world.ago(WAITING), partial(_wait, world), hour=9, label="a number waits")


def _switch(world: World, on: date, at: datetime) -> None:
    for rule_set in LOCAL:
        choice = propose_choice(
            region_code=world.region.pk,
            rule_set=rule_set,
            profile=Profile.JIUJIANG,
            effective_from=on,
            document=MEASURES,
            reason="落实市级措施",
            by=world.users["agreement"],
            at=at,
        )
        approve_choice(choice_id=choice.pk, by=world.users["head"], at=at, reason="同意")


def _refuse(world: World, on: date, at: datetime) -> None:
    choice = propose_choice(
        region_code=world.region.pk,
        rule_set=RuleSet.CREDIT,
        profile=Profile.JIAXING,
        effective_from=on,
        document="借鉴嘉兴市“无骗保城市”建设意见的建议",
        reason="建议先行试点信用积分",
        by=world.users["settlement"],
        at=at,
    )
    reject_choice(
        choice_id=choice.pk,
        by=world.users["head"],
        at=at,
        reason="信用管理以江西省办法为准，暂不采用外地规则。",
    )


def _change(world: World, on: date, at: datetime) -> None:
    """Suspicions are answered within ten working days here, not seven."""
    parameter = propose_parameter(
        key="appeal_wd",
        profile=Profile.JIUJIANG,
        value=Decimal(10),
        effective_from=on,
        document="局务会纪要〔2026〕第3号",
        reason="机构反映七个工作日不足以调取病案",
        by=world.users["settlement"],
        at=at,
    )
    approve_parameter(parameter_id=parameter.pk, by=world.users["head"], at=at, reason="同意")


def _wait(world: World, on: date, at: datetime) -> None:
    propose_parameter(
        key="change_decision_wd",
        profile=Profile.NATIONAL,
        value=Decimal(8),
        effective_from=world.ago(-AHEAD),
        reason="变更审核提速：十个工作日压缩为八个工作日",
        by=world.users["agreement"],
        at=at,
    )
