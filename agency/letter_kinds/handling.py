"""Letters about breaches and how the agency handles them (B-11, B-20, C-03)."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.letter_kinds.base import CHINESE, ENGLISH, letter_kind

_STAFF = (Role.AUDIT_OFFICER, Role.AGENCY_HEAD)

letter_kind(
    "interview",
    _("Notice of an interview"),
    *_STAFF,
    word="约通",
    variables={
        "reason": (_("Reason"), "2026年第三季度住院次均费用同比增长32%"),
        "interview_at": (_("Time of the interview"), "2026年11月26日9时30分"),
        "place": (_("Place"), "市医疗保障事业管理中心三楼会议室（演示）"),
        "persons": (_("Persons concerned"), "主要负责人张示范、医保办主任李示范"),
        "topics": (
            _("Topics of the interview"),
            "1. 住院次均费用异常增长的原因\n2. 整改措施和期限",
        ),
    },
    group="handling",
)
letter_kind(
    "prior_notice",
    _("Prior notice of handling"),
    *_STAFF,
    word="协告",
    variables={
        "case": (_("Case number"), "CASE-360400-2026-0009"),
        "facts": (
            _("Facts"),
            "2026年1月至3月，你单位对12名住院参保人员重复收取床位费，涉及金额86,000.00元。",
        ),
        "measures": (
            _("Measures"),
            "1. 拒付或者追回违规费用：86,000.00元（协议第三十二条）\n2. 约谈主要负责人",
        ),
        "defence_days": (_("Working days to state and defend"), 5),
    },
    starts="B-11",
    languages=(CHINESE, ENGLISH),
    group="handling",
)
letter_kind(
    "handling_decision",
    _("Decision on handling"),
    *_STAFF,
    word="协决",
    variables={
        "case": (_("Case number"), "CASE-360400-2026-0009"),
        "noticed_on": (_("Notice issued on"), date(2026, 11, 2)),
        "facts": (
            _("Facts"),
            "2026年1月至3月，你单位对12名住院参保人员重复收取床位费，涉及金额86,000.00元。",
        ),
        "consideration": (
            _("How the statement was considered"),
            "你单位提出系统设置错误，经核查属实，但不影响违约事实的认定。",
        ),
        "measures": (
            _("Measures"),
            "1. 拒付或者追回违规费用：86,000.00元（协议第三十二条）\n2. 约谈主要负责人",
        ),
    },
    starts="B-19",
    languages=(CHINESE, ENGLISH),
    group="handling",
)
letter_kind(
    "administration_report",
    _("Report to the administration"),
    *_STAFF,
    word="协报",
    variables={
        "institution": (_("Institution"), "浔阳仁和医院（演示）"),
        "case": (_("Case number"), "CASE-360400-2026-0009"),
        "decided_on": (_("Decided on"), date(2026, 11, 18)),
        "measures": (
            _("Measures"),
            "1. 拒付或者追回违规费用：86,000.00元（协议第三十二条）\n2. 约谈主要负责人",
        ),
        "report": (_("Report"), "经现场核查，该机构存在重复收费行为，已听取其陈述申辩并送达决定。"),
    },
    group="handling",
)
letter_kind(
    "formal_demand",
    _("Formal demand to perform"),
    *_STAFF,
    word="协催",
    variables={
        "case": (_("Case number"), "CASE-360400-2026-0009"),
        "demand": (
            _("What is demanded"),
            "退回2026年1月至3月重复收取的床位费86,000.00元。",
        ),
        "demand_days": (_("Working days to perform"), 10),
    },
    group="handling",
)
letter_kind(
    "handling_filing",
    _("Filing of a decision for review"),
    *_STAFF,
    word="协备",
    variables={
        "institution": (_("Institution"), "浔阳仁和医院（演示）"),
        "case": (_("Case number"), "CASE-360400-2026-0009"),
        "decided_on": (_("Decided on"), date(2026, 11, 18)),
        "measures": (_("Measures"), "1. 解除医保协议，2026年11月18日起（协议第四十五条）"),
        "facts": (
            _("Facts"),
            "2026年1月至3月，你单位对12名住院参保人员重复收取床位费，涉及金额86,000.00元。",
        ),
        "review": (
            _("Review and discussion"),
            "2026年11月10日通过法制审核，11月12日经负责人集体讨论决定",
        ),
        "text": (_("Text"), "案卷材料一并报送。"),
    },
    served=False,
    group="handling",
)
letter_kind(
    "suspicion_push",
    _("Push of suspicions"),
    *_STAFF,
    word="疑推",
    variables={
        "push": (_("Number of the push"), "PUSH-360400-2026-0021"),
        "suspicions": (
            _("Suspicions"),
            "1. 同一住院重复收取床位费：3笔，1,260.00元\n2. 超限定支付范围用药：5笔，3,480.00元",
        ),
        "amount": (_("Amount"), Decimal("4740.00")),
        "appeal_days": (_("Working days to appeal"), 7),
    },
    starts="C-03",
    group="handling",
)
letter_kind(
    "suspicion_appeal",
    _("Appeal against suspicions"),
    *_STAFF,
    word="疑诉",
    variables={
        "institution": (_("Institution"), "浔阳仁和医院（演示）"),
        "push": (_("Number of the push"), "PUSH-360400-2026-0021"),
        "suspicions": (
            _("Suspicions"),
            "1. 同一住院重复收取床位费：3笔，1,260.00元\n2. 超限定支付范围用药：5笔，3,480.00元",
        ),
        "reason": (_("Reason"), "床位费系分两次入院，病历记载清楚。"),
        "evidence": (_("Evidence"), "住院病历3份、收费明细3份"),
        "filed_on": (_("Filed on"), date(2026, 9, 26)),
    },
    served=False,
    group="handling",
)
letter_kind(
    "suspicion_review",
    _("Result of the review of suspicions"),
    *_STAFF,
    word="疑认",
    variables={
        "push": (_("Number of the push"), "PUSH-360400-2026-0021"),
        "confirmed": (_("Findings confirmed"), "同一住院重复收取床位费：3笔，1,260.00元"),
        "cleared": (_("Findings cleared"), "超限定支付范围用药：5笔，3,480.00元"),
        "reason": (_("Reason"), "申诉材料证明用药符合限定支付范围。"),
        "amount": (_("Amount"), Decimal("1260.00")),
    },
    starts="B-19",
    group="handling",
)
