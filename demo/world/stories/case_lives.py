"""The lives of the cases: what for, how far, and on which days."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from agreements.enums.life import DissolutionGround, SuspensionGround
from demo.world.months import claim_months
from demo.world.script import World
from supervision.enums.cases import AgreementAct, Rung

SUSPENDED_FROM_DAY = 20


@dataclass(frozen=True, slots=True)
class Story:
    """The life of a case; each stage is so many days before `anchor`, None for not reached."""

    key: str
    title: str
    clue: str
    clue_at: int
    measure: dict[str, Any] = field(default_factory=dict)
    opened: int | None = None
    noticed: int | None = None
    notice_served: int | None = None
    stated: int | None = None
    demanded: int | None = None
    submitted: int | None = None
    reviewed: int | None = None
    discussed: int | None = None
    acknowledged: int | None = None
    filed: int | None = None
    filing_answered: int | None = None
    decided: int | None = None
    reported: int | None = None
    decision_served: int | None = None
    performed: int | None = None
    closed: int | None = None
    dismissed: int | None = None
    noted: int | None = None
    ordered: int | None = None
    answered: int | None = None
    returned: int | None = None
    of_finding: bool = False
    review_returned: bool = False
    to_correct: bool = False
    # The day from which the stages count back; today where not given.
    anchor: Callable[[World], date] | None = None


def suspension_day(today: date) -> date:
    """The first day of the suspension that a case imposes, in the last claim month."""
    return claim_months(today)[-1].replace(day=SUSPENDED_FROM_DAY)


def _on_suspension(world: World) -> date:
    return suspension_day(world.today)


def _clause(article: str) -> dict[str, Any]:
    return {"clause": article, "evidence": "现场核查笔录、费用清单与病历核对表"}


STORIES = (
    Story(
        *("clinic", "疑似串换诊疗项目", "群众来信反映收费项目与实际不符", 2),
    ),
    Story(
        *("eyes", "住院指征把握不严", "日常核查发现多例低指征住院", 8),
        {"rung": Rung.INTERVIEW, **_clause("协议第十二条")},
        opened=6,
        noted=4,
    ),
    Story(
        *("rehab", "康复项目超频次收费", "智能审核提示同日重复计费", 12),
        {"rung": Rung.WITHHOLD, "amount": "8620.00", **_clause("协议第三十一条")},
        opened=10,
        noticed=1,
    ),
    Story(
        *("renhe", "重复收费", "已认定疑点", 9),
        {"rung": Rung.REFUSE, "amount": "1260.40", **_clause("协议第三十二条")},
        opened=7,
        noticed=3,
        notice_served=2,
        of_finding=True,
    ),
    Story(
        *("integrated", "上传数据不完整", "连续两月中药饮片明细缺失", 26),
        {"rung": Rung.DAMAGES, "amount": "5000.00", **_clause("协议第四十条")},
        opened=24,
        noticed=20,
        notice_served=19,
        stated=18,
        demanded=19,
    ),
    Story(
        *("xiushui_private", "冒用医师编码", "开单医师与排班记录不符", 48),
        {
            "rung": Rung.PERSON,
            "doctor": 1,
            **_clause("协议第二十五条"),
        },
        opened=45,
        noticed=40,
        notice_served=38,
        submitted=9,
        reviewed=7,
        discussed=5,
    ),
    Story(
        *("gongqing", "外科超范围开展服务", "现场核查发现未登记的诊疗科目", 44),
        {
            "rung": Rung.PERSON,
            "ward": "A04",
            **_clause("协议第二十五条"),
        },
        opened=42,
        noticed=38,
        notice_served=36,
        submitted=12,
        reviewed=11,
        discussed=10,
        decided=9,
        reported=8,
        decision_served=7,
        filed=6,
        filing_answered=2,
        to_correct=True,
    ),
    Story(
        *("hukou", "拒不提供数据", "两次书面通知后仍未报送进销存数据", 30),
        {
            "rung": Rung.AGREEMENT,
            "agreement_act": AgreementAct.SUSPEND,
            "suspension_ground": SuspensionGround.DATA,
            **_clause("协议第四十四条"),
        },
        opened=28,
        noticed=14,
        notice_served=13,
        stated=11,
        submitted=4,
        reviewed=3,
        discussed=1,
        decided=0,
        reported=-1,
        decision_served=-2,
        filed=-4,
        anchor=_on_suspension,
    ),
    Story(
        *("bones", "为非定点机构结算费用", "核查发现代刷门诊部费用", 75),
        {
            "rung": Rung.AGREEMENT,
            "agreement_act": AgreementAct.DISSOLVE,
            "dissolution_ground": DissolutionGround.SETTLED_FOR_OTHERS,
            **_clause("协议第四十五条"),
        },
        opened=70,
        noticed=60,
        notice_served=58,
        submitted=40,
        reviewed=37,
        discussed=34,
        decided=30,
        reported=29,
        acknowledged=26,
        filed=20,
        filing_answered=14,
        decision_served=28,
        performed=21,
        ordered=20,
        answered=16,
    ),
    Story(
        *("yongxiu", "分解收费", "住院清单同一操作拆分计费", 82),
        {"rung": Rung.REFUSE, "amount": "2318.75", **_clause("协议第三十二条")},
        opened=80,
        noticed=76,
        notice_served=74,
        stated=72,
        decided=62,
        decision_served=60,
        performed=50,
        closed=48,
    ),
    Story(
        *("dean", "疑似虚记耗材", "智能审核提示耗材数量异常", 36),
        {},
        opened=34,
        dismissed=29,
    ),
    Story(
        *("skin", "价格公示与收费不一致", "社会监督员反映", 16),
        {"rung": Rung.INTERVIEW, **_clause("协议第十八条")},
        opened=14,
        returned=3,
    ),
    Story(
        *("ruichang", "伪造病历骗取结算", "现场核查发现病历与影像资料不符", 33),
        {
            "rung": Rung.AGREEMENT,
            "agreement_act": AgreementAct.SUSPEND,
            "suspension_ground": SuspensionGround.RISK,
            **_clause("协议第四十四条"),
        },
        opened=31,
        noticed=27,
        notice_served=26,
        stated=22,
        submitted=2,
    ),
    Story(
        *("lushan", "拒绝配合现场检查", "检查人员两次被拒于门外", 40),
        {
            "rung": Rung.AGREEMENT,
            "agreement_act": AgreementAct.SUSPEND,
            "suspension_ground": SuspensionGround.AGREEMENT,
            **_clause("协议第四十四条"),
        },
        opened=38,
        noticed=34,
        notice_served=33,
        submitted=6,
        reviewed=4,
        review_returned=True,
    ),
)
