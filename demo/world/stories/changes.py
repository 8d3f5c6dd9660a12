"""Changes of information in every state: one late, one account that waits for its day, one under a
new assessment, two commitments for a new address (B-13a, C-09).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

from demo.world.accounts import PASSWORD, account_of
from demo.world.institutions import BY_KEY
from demo.world.papers import paper
from demo.world.people import Someone
from demo.world.script import Script, World
from institutions.enums.changes import PERSON_FIELDS, ChangeField
from institutions.models import AddressCommitment, ChangeRequest
from institutions.rules.reevaluation import AddressCase
from institutions.services.assessment.opening import open_assessment
from institutions.services.change_effects import stop_change
from institutions.services.change_values import FieldChange
from institutions.services.changes import approve_change, check_change, reject_change
from institutions.services.commitments import Signature, record_visit
from institutions.services.filing import file_change, withdraw_change
from institutions.services.routes import NO_CONTEXT, RouteContext

_FIELD = ChangeField
_RENUMBERED = RouteContext(address_case=AddressCase.RENUMBERED)
_MOVE = RouteContext(
    address_case=AddressCase.RELOCATION, from_district="浔阳区", to_district="八里湖新区"
)
# Serial numbers of invented persons that nobody else in the demo has.
_REPRESENTATIVE, _CONTROLLER, _PRINCIPAL = 901, 902, 903


@dataclass(frozen=True, slots=True)
class Filing:
    """One filing: when it was approved elsewhere, filed, checked and decided, in days before
    today; 0 for what has not happened.
    """

    key: str
    changes: tuple[tuple[ChangeField, str | int], ...]
    approved: int
    filed: int
    checked: int = 0
    decided: int = 0
    decision: str = ""
    by: str = "intake"
    reason: str = ""
    context: RouteContext = NO_CONTEXT
    name: str = ""

    @property
    def label(self) -> str:
        return f"change.{self.name or self.key}"


FILINGS = (
    Filing(
        "central",
        (
            (_FIELD.BANK_NAME, "演示银行庐山南路支行"),
            (_FIELD.BANK_ACCOUNT, "620088000000031"),
        ),
        approved=100,
        filed=96,
        checked=95,
        decided=94,
        decision="approve",
        by="head",
        reason="开户许可已核对",
    ),
    Filing(
        "renhe",
        ((_FIELD.PHONE, "0792-8200002"), (_FIELD.OPENING_HOURS, "每日7:30–18:00，急诊24小时")),
        approved=62,
        filed=60,
        checked=59,
        decided=58,
        decision="approve",
        reason="材料齐全",
    ),
    Filing(
        "lushan",
        ((_FIELD.SUBJECTS, "内科、外科、妇产科、儿科、中医科、急诊医学科"),),
        approved=50,
        filed=38,
        checked=35,
        decided=33,
        decision="approve",
        reason="执业许可证副本已核对",
    ),
    Filing(
        "eyes",
        ((_FIELD.SCALE, "160"),),
        approved=35,
        filed=28,
        checked=22,
        decided=20,
        decision="reject",
        reason="批准文件未载明床位数",
    ),
    Filing(
        "rehab",
        ((_FIELD.PRINCIPAL, _PRINCIPAL),),
        approved=30,
        filed=15,
        decided=14,
        decision="withdraw",
    ),
    # Filed long after its thirty working days.
    Filing("tcm", ((_FIELD.LEGAL_REPRESENTATIVE, _REPRESENTATIVE),), approved=90, filed=3),
    # Its decision is overdue.
    Filing(
        "outpatient",
        ((_FIELD.REGISTERED_ADDRESS, "示范路88号(演示)"),),
        approved=60,
        filed=55,
        context=_RENUMBERED,
    ),
    # Waits for the head: checked, of money.
    Filing(
        "lianxi",
        (
            (_FIELD.BANK_NAME, "样本商业银行濂溪支行"),
            (_FIELD.BANK_ACCOUNT, "620088000000402"),
        ),
        approved=6,
        filed=2,
        checked=1,
    ),
    Filing(
        "skin",
        ((_FIELD.NAME, "柴桑长名称皮肤与过敏性疾病综合诊疗康复专科医院南院(演示)"),),
        approved=12,
        filed=1,
    ),
    # Approved yesterday: the name holds already, the account waits.
    Filing(
        "bones",
        (
            (_FIELD.NAME, "德安正骨康复医院(演示)"),
            (_FIELD.BANK_ACCOUNT, "620088000000602"),
        ),
        approved=14,
        filed=8,
        checked=4,
        decided=1,
        decision="approve",
        by="head",
        reason="开户许可和更名批复已核对",
    ),
    # Approved, then stopped by the institution the day after.
    Filing(
        "hukou",
        ((_FIELD.BANK_ACCOUNT, "620088000000901"),),
        approved=48,
        filed=45,
        checked=43,
        decided=41,
        decision="approve",
        by="head",
        reason="开户许可已核对",
    ),
    # Two moves within the city under a commitment: one to be visited, one visited.
    Filing(
        "hospice",
        ((_FIELD.REGISTERED_ADDRESS, "八里湖新区示范大道9号(演示)"),),
        approved=30,
        filed=26,
        checked=24,
        decided=22,
        decision="approve",
        by="head",
        reason="搬迁备案材料齐全",
        context=_MOVE,
    ),
    Filing(
        "nursing",
        ((_FIELD.REGISTERED_ADDRESS, "濂溪区示范大道12号(演示)"),),
        approved=80,
        filed=75,
        checked=73,
        decided=71,
        decision="approve",
        by="head",
        reason="搬迁备案材料齐全",
        context=replace(_MOVE, to_district="濂溪区"),
    ),
    # Assessed anew because of the controller.
    Filing(
        "ruichang",
        ((_FIELD.ACTUAL_CONTROLLER, _CONTROLLER),),
        approved=33,
        filed=25,
        checked=21,
    ),
    # Left to the head: renumbered, and more beds.
    Filing(
        "township",
        (
            (_FIELD.REGISTERED_ADDRESS, "示范路118号(演示)"),
            (_FIELD.SCALE, "75"),
        ),
        approved=16,
        filed=7,
        checked=5,
        context=_RENUMBERED,
    ),
)


def enter(script: Script) -> None:
    for filing in FILINGS:
        steps = [(filing.filed, 9, file), (filing.checked, 11, check)]
        if filing.decision:
            steps.append((filing.decided, 15, decide))
        for days, hour, step in steps:
            if days:
                script.on(
                    script.world.ago(days),
                    partial(step, script.world, filing),
                    hour=hour,
                    label=f"{step.__name__} {filing.label}",
                )
    script.on(script.world.ago(40), partial(stop, script.world), hour=10, label="stop an account")
    script.on(script.world.ago(20), partial(assess, script.world), hour=10, label="assess a change")
    script.on(script.world.ago(50), partial(visit, script.world), hour=14, label="visit an address")


def file(world: World, filing: Filing, on: date, at: datetime) -> None:
    invented = BY_KEY[filing.key]
    approved_on = on - timedelta(filing.approved - filing.filed)
    own = world.users[account_of(invented)]
    world.made[filing.label] = file_change(
        institution_id=world.of(invented).pk,
        changes=[_changed(field, value, approved_on) for field, value in filing.changes],
        by=own,
        at=at,
        evidence=[paper("信息变更批准文件", invented.name, f"批准日期 {approved_on}")],
        explanation="按规定备案,批准文件附后。",
        context=filing.context,
        signature=Signature(str(own), PASSWORD),
    )


def _changed(field: ChangeField, value: str | int, approved_on: date) -> FieldChange:
    if field in PERSON_FIELDS:
        person = Someone(int(value))
        return FieldChange(field, person.name, approved_on, id_number=person.id_number)
    return FieldChange(field, str(value), approved_on)


def check(world: World, filing: Filing, on: date, at: datetime) -> None:
    change: ChangeRequest = world.made[filing.label]
    check_change(change_id=change.pk, by=world.users["intake"], at=at, reason="与批准文件一致")


def decide(world: World, filing: Filing, on: date, at: datetime) -> None:
    change: ChangeRequest = world.made[filing.label]
    if filing.decision == "withdraw":
        own = world.users[account_of(BY_KEY[filing.key])]
        withdraw_change(change_id=change.pk, by=own, at=at, reason="填报有误,另行提交")
    else:
        act = {"approve": approve_change, "reject": reject_change}[filing.decision]
        act(change_id=change.pk, by=world.users[filing.by], at=at, reason=filing.reason)


def stop(world: World, on: date, at: datetime) -> None:
    own = world.users[account_of(BY_KEY["hukou"])]
    change: ChangeRequest = world.made["change.hukou"]
    stop_change(change_id=change.pk, by=own, at=at, reason="账号末位填写有误,重新申报")


def assess(world: World, on: date, at: datetime) -> None:
    change: ChangeRequest = world.made["change.ruichang"]
    open_assessment(change_id=change.pk, by=world.users["agreement"], at=at)


def visit(world: World, on: date, at: datetime) -> None:
    change: ChangeRequest = world.made["change.nursing"]
    record_visit(
        commitment_id=AddressCommitment.objects.get(change=change).pk,
        holds=True,
        visited_on=on,
        findings="新址科室、设备和接口与承诺一致。",
        by=world.users["agreement"],
        at=at,
        evidence=[paper("新址现场核查记录", BY_KEY["nursing"].name, f"核查日期 {on}")],
    )
