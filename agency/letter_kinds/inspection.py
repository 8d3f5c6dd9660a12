"""Letters of the administration's inspections and flexible enforcement (C-02, C-06)."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.letter_kinds.base import letter_kind

_STAFF = (Role.SUPERVISOR, Role.LAW_OFFICER, Role.ADMINISTRATION_HEAD)

letter_kind(
    "inspection_notice",
    _("Notice of inspection"),
    *_STAFF,
    word="检通",
    variables={
        "plan": (_("Number of the plan"), "PLAN-360400-2026-0015"),
        "visit_from": (_("Visit from"), date(2026, 11, 24)),
        "visit_to": (_("Visit until"), date(2026, 11, 25)),
        "subject": (_("Subject of the inspection"), "1. 实名就医核验情况\n2. 药品和医用耗材进销存"),
        "inspectors": (_("Inspectors and certificates"), "陈检查（赣E0001）、周检查（赣E0002）"),
        "basis": (_("Basis"), "年度检查计划，双随机抽取"),
        "code": (_("Code of the visit"), "QR-7F3A-20261124"),
    },
    group="inspection",
)
letter_kind(
    "warning",
    _("Administrative warning"),
    *_STAFF,
    word="警示",
    variables={
        "facts": (_("Facts"), "2026年10月，三份门诊处方未填写诊断。"),
        "correct_by": (_("To be corrected by"), date(2026, 12, 10)),
        "correction": (_("What to correct"), "1. 退回多收费用\n2. 完善收费审核制度并提交整改报告"),
    },
    group="inspection",
)
letter_kind(
    "correction_order",
    _("Order to correct"),
    *_STAFF,
    word="责改",
    variables={
        "facts": (
            _("Facts"),
            "2026年1月至3月，你单位对12名住院参保人员重复收取床位费，涉及金额86,000.00元。",
        ),
        "violated": (_("What was violated"), "《医疗保障基金使用监督管理条例》第十六条"),
        "basis": (_("Basis"), "《医疗保障基金使用监督管理条例》第三十八条第（三）项"),
        "correct_by": (_("To be corrected by"), date(2026, 12, 10)),
        "correction": (_("What to correct"), "1. 退回多收费用\n2. 完善收费审核制度并提交整改报告"),
    },
    starts="B-19",
    group="inspection",
)
letter_kind(
    "filing_answer",
    _("Answer to a filing for review"),
    *_STAFF,
    word="备审",
    variables={
        "institution": (_("Institution"), "浔阳仁和医院（演示）"),
        "case": (_("Case number"), "CASE-360400-2026-0009"),
        "outcome": (_("Answer"), "经备案审查，未发现需要纠正的问题"),
        "reasons": (_("Reason"), "事实清楚，程序合法，处理适当。"),
    },
    served=False,
    group="inspection",
)
letter_kind(
    "handling_order",
    _("Order to handle a breach"),
    *_STAFF,
    word="责处",
    variables={
        "institution": (_("Institution"), "浔阳仁和医院（演示）"),
        "order": (_("Number of the order"), "ORD-360400-2026-0003"),
        "case": (_("Case number"), "CASE-360400-2026-0009"),
        "text": (_("Text"), "该机构2026年2月涉嫌分解住院，请核查并依照协议处理。"),
        "due_on": (_("Due on"), date(2026, 12, 4)),
    },
    group="inspection",
)
