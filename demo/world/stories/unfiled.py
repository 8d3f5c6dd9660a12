"""Changes nobody filed: one explained and waiting for the head, one dismissed (B-13a)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from agreements.enums.life import ReviewState
from agreements.services.reviews import (
    decide_review,
    explain_unfiled_change,
    record_unfiled_change,
)
from demo.world.accounts import account_of
from demo.world.institutions import BY_KEY
from demo.world.script import Script, World
from institutions.enums.changes import ChangeField


@dataclass(frozen=True, slots=True)
class Finding:
    """Days are those before today; 0 for what has not happened."""

    key: str
    field: ChangeField
    approved: int
    found: int
    explained: int
    source: str
    explanation: str
    dismissed: int = 0


FINDINGS = (
    Finding(
        "dental",
        ChangeField.PRINCIPAL,
        approved=160,
        found=80,
        explained=75,
        source="与卫生健康部门执业登记信息比对发现",
        explanation="主要负责人变更后经办人员离职,未及时申报,现已补办。",
        dismissed=70,
    ),
    Finding(
        "eyes",
        ChangeField.LEGAL_REPRESENTATIVE,
        approved=120,
        found=12,
        explained=4,
        source="与市场监督管理部门登记信息比对发现",
        explanation="法定代表人变更由上级公司办理,本院未收到通知,正在准备申报材料。",
    ),
)


def enter(script: Script) -> None:
    ago = script.world.ago
    for each in FINDINGS:
        label = f"unfiled.{each.key}"
        script.on(ago(each.found), partial(_record, script.world, each), hour=11, label=label)
        script.on(ago(each.explained), partial(_explain, script.world, each), label=label)
        if each.dismissed:
            script.on(ago(each.dismissed), partial(_dismiss, script.world, each), label=label)


def _record(world: World, finding: Finding, on: date, at: datetime) -> None:
    world.made[f"unfiled.{finding.key}"] = record_unfiled_change(
        institution_id=world.institutions[finding.key].pk,
        field=finding.field,
        approved_on=world.ago(finding.approved),
        discovered_on=on,
        source=finding.source,
        by=world.users["agreement"],
        at=at,
    )


def _explain(world: World, finding: Finding, on: date, at: datetime) -> None:
    explain_unfiled_change(
        review_id=world.made[f"unfiled.{finding.key}"].pk,
        text=finding.explanation,
        by=world.users[account_of(BY_KEY[finding.key])],
        at=at,
    )


def _dismiss(world: World, finding: Finding, on: date, at: datetime) -> None:
    decide_review(
        review_id=world.made[f"unfiled.{finding.key}"].pk,
        state=ReviewState.DISMISSED,
        reason="机构已说明原因并补办申报,未造成基金损失。",
        by=world.users["head"],
        at=at,
    )
