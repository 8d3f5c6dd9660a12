"""Letters of administrative penalties and transfers (C-05, C-18, E-06)."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.letter_kinds.base import letter_kind

_STAFF = (Role.SUPERVISOR, Role.LAW_OFFICER, Role.ADMINISTRATION_HEAD)

letter_kind(
    "penalty_prior_notice",
    _("Prior notice of a penalty"),
    *_STAFF,
    word="罚告",
    variables={
        "offence": (_("Offence"), "重复收费"),
        "case": (_("Case number"), "CASE-360400-2026-0009"),
        "facts": (
            _("Facts"),
            "2026年1月至3月，你单位对12名住院参保人员重复收取床位费，涉及金额86,000.00元。",
        ),
        "basis": (_("Basis"), "《医疗保障基金使用监督管理条例》第三十八条第（三）项"),
        "penalty": (
            _("Penalty"),
            "1. 责令退回医疗保障基金120,000.00元\n2. 处损失金额1.5倍罚款180,000.00元",
        ),
        "hearing": (
            _("Right to a hearing"),
            "你（单位）有权要求听证。要求听证的，应当自收到本告知书之日起五个工作日内向本机关提出；逾期未提出的，视为放弃。",
        ),
    },
    starts="E-06",
    group="penalties",
)
letter_kind(
    "hearing_notice",
    _("Notice of a hearing"),
    *_STAFF,
    word="听通",
    variables={
        "requested_on": (_("Requested on"), date(2026, 11, 6)),
        "offence": (_("Offence"), "重复收费"),
        "case": (_("Case number"), "CASE-360400-2026-0009"),
        "hearing_at": (_("Time of the hearing"), "2026年11月20日9时"),
        "place": (_("Place"), "市医疗保障事业管理中心三楼会议室（演示）"),
        "manner": (_("Manner"), "公开举行"),
        "chair": (_("Chair"), "刘听证"),
    },
    group="penalties",
)
letter_kind(
    "penalty_decision",
    _("Penalty decision"),
    *_STAFF,
    word="罚决",
    variables={
        "party": (_("Party"), "浔阳仁和医院（演示），统一社会信用代码12360403MB0000000X"),
        "offence": (_("Offence"), "重复收费"),
        "case": (_("Case number"), "CASE-360400-2026-0009"),
        "facts": (
            _("Facts"),
            "2026年1月至3月，你单位对12名住院参保人员重复收取床位费，涉及金额86,000.00元。",
        ),
        "consideration": (
            _("How the statement was considered"),
            "你单位提出系统设置错误，经核查属实，但不影响违约事实的认定。",
        ),
        "basis": (_("Basis"), "《医疗保障基金使用监督管理条例》第三十八条第（三）项"),
        "penalty": (
            _("Penalty"),
            "1. 责令退回医疗保障基金120,000.00元\n2. 处损失金额1.5倍罚款180,000.00元",
        ),
        "payment": (_("How to pay"), "凭缴款通知书到指定代收银行缴纳"),
    },
    starts="E-07",
    group="penalties",
)
letter_kind(
    "penalty_filing_report",
    _("Report of a major penalty"),
    *_STAFF,
    word="罚备",
    variables={
        "party": (_("Party"), "浔阳仁和医院（演示），统一社会信用代码12360403MB0000000X"),
        "case": (_("Case number"), "CASE-360400-2026-0009"),
        "decided_on": (_("Decided on"), date(2026, 11, 18)),
        "penalty": (
            _("Penalty"),
            "1. 责令退回医疗保障基金120,000.00元\n2. 处损失金额1.5倍罚款180,000.00元",
        ),
        "facts": (
            _("Facts"),
            "2026年1月至3月，你单位对12名住院参保人员重复收取床位费，涉及金额86,000.00元。",
        ),
        "review": (
            _("Review and discussion"),
            "2026年11月10日通过法制审核，11月12日经负责人集体讨论决定",
        ),
    },
    group="penalties",
)
letter_kind(
    "lead_transfer",
    _("Transfer of a lead"),
    *_STAFF,
    word="移函",
    variables={
        "source": (_("Source"), "对浔阳仁和医院（演示）的案件调查"),
        "lead": (_("Number of the lead"), "LEAD-360400-2026-0002"),
        "persons": (_("Persons concerned"), "浔阳仁和医院（演示），医师赵示范"),
        "facts": (
            _("Facts"),
            "2026年1月至3月，你单位对12名住院参保人员重复收取床位费，涉及金额86,000.00元。",
        ),
        "basis": (_("Basis"), "《医疗保障基金使用监督管理条例》第三十八条第（三）项"),
        "files": (_("Files handed over"), "1. 案件调查报告一份\n2. 询问笔录三份"),
    },
    group="penalties",
)
