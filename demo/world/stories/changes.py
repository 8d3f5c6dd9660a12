"""Changes of information: decided ones, one late, several waiting at the desk (B-13a)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from demo.world.accounts import account_of
from demo.world.institutions import BY_KEY
from demo.world.papers import paper
from demo.world.script import Script, World
from institutions.enums.changes import ChangeField
from institutions.models import ChangeRequest
from institutions.services.changes import approve_change, reject_change
from institutions.services.filing import FieldChange, file_change, withdraw_change


@dataclass(frozen=True, slots=True)
class Filing:
    """One filing: when it was approved elsewhere, filed and decided, in days before today."""

    key: str
    changes: tuple[tuple[ChangeField, str], ...]
    approved: int
    filed: int
    decided: int = 0
    decision: str = ""
    by: str = "intake"
    reason: str = ""


_FIELD = ChangeField
FILINGS = (
    Filing(
        "central",
        (
            (_FIELD.BANK_NAME, "演示银行庐山南路支行"),
            (_FIELD.BANK_ACCOUNT, "620088000000031"),
        ),
        approved=100,
        filed=96,
        decided=94,
        decision="approve",
        by="head",
        reason="开户许可已核对",
    ),
    Filing(
        "renhe",
        ((_FIELD.PHONE, "0792-8200002"),),
        approved=62,
        filed=60,
        decided=58,
        decision="approve",
        reason="材料齐全",
    ),
    Filing(
        "lushan",
        ((_FIELD.SUBJECTS, "内科、外科、妇产科、儿科、中医科、急诊医学科"),),
        approved=50,
        filed=38,
        decided=33,
        decision="approve",
        reason="执业许可证副本已核对",
    ),
    Filing(
        "eyes",
        ((_FIELD.SCALE, "160"),),
        approved=35,
        filed=28,
        decided=20,
        decision="reject",
        reason="批准文件未载明床位数",
    ),
    Filing(
        "rehab",
        ((_FIELD.PRINCIPAL, "徐文静(演示)"),),
        approved=30,
        filed=15,
        decided=14,
        decision="withdraw",
    ),
    # Filed long after its thirty working days.
    Filing("tcm", ((_FIELD.LEGAL_REPRESENTATIVE, "高雅琴(演示)"),), approved=90, filed=3),
    # Its decision is overdue.
    Filing("outpatient", ((_FIELD.REGISTERED_ADDRESS, "示范路88号(演示)"),), approved=60, filed=55),
    Filing(
        "lianxi",
        (
            (_FIELD.BANK_NAME, "样本商业银行濂溪支行"),
            (_FIELD.BANK_ACCOUNT, "620088000000402"),
        ),
        approved=6,
        filed=2,
    ),
    Filing(
        "skin",
        ((_FIELD.NAME, "柴桑长名称皮肤与过敏性疾病综合诊疗康复专科医院南院(演示)"),),
        approved=12,
        filed=1,
    ),
)


def enter(script: Script) -> None:
    for filing in FILINGS:
        script.on(
            script.world.ago(filing.filed),
            partial(file, script.world, filing),
            hour=9,
            label=f"change of {filing.key}",
        )
        if filing.decision:
            script.on(
                script.world.ago(filing.decided),
                partial(decide, script.world, filing),
                hour=15,
                label=f"decision on the change of {filing.key}",
            )


def file(world: World, filing: Filing, on: date, at: datetime) -> None:
    invented = BY_KEY[filing.key]
    approved_on = on - timedelta(filing.approved - filing.filed)
    world.made[f"change.{filing.key}"] = file_change(
        institution_id=world.of(invented).pk,
        changes=[FieldChange(field, value, approved_on) for field, value in filing.changes],
        by=world.users[account_of(invented)],
        at=at,
        evidence=[paper("信息变更批准文件", invented.name, f"批准日期 {approved_on}")],
        explanation="按规定备案,批准文件附后。",
    )


def decide(world: World, filing: Filing, on: date, at: datetime) -> None:
    change: ChangeRequest = world.made[f"change.{filing.key}"]
    if filing.decision == "withdraw":
        own = world.users[account_of(BY_KEY[filing.key])]
        withdraw_change(change_id=change.pk, by=own, at=at, reason="填报有误,另行提交")
    else:
        act = {"approve": approve_change, "reject": reject_change}[filing.decision]
        act(change_id=change.pk, by=world.users[filing.by], at=at, reason=filing.reason)
