"""Letters about money (B-04 to B-06, J-07, J-09)."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.letter_kinds.base import CHINESE, ENGLISH, letter_kind

_STAFF = (Role.SETTLEMENT_OFFICER, Role.PAYMENT_OFFICER, Role.AGENCY_HEAD)

letter_kind(
    "payment_notice",
    _("Payment notice with deductions"),
    *_STAFF,
    word="拨",
    variables={
        "month": (_("Month"), "2026年9月"),
        "statement": (_("Number of the statement"), "STM-360403-2026-00042"),
        "declared_on": (_("Declared on"), date(2026, 10, 8)),
        "order": (_("Number of the order"), "PAY-360403-2026-00018"),
        "declared": (_("Declared amount"), Decimal("412680.00")),
        "deducted": (_("Refused amount"), Decimal("6500.00")),
        "payable": (_("Payable amount"), Decimal("404920.00")),
        "payee": (_("Payee"), "浔阳仁和医院（演示）"),
        "bank": (_("Bank"), "演示银行九江分行"),
        "account": (_("Account, masked"), "**** 5678"),
        "due_on": (_("Due on"), date(2026, 11, 23)),
        "deductions": (
            _("Deductions"),
            "1. 重复收费：12笔，5,240.00元\n2. 超限定支付范围：3笔，1,260.00元",
        ),
    },
    languages=(CHINESE, ENGLISH),
    group="money",
)
letter_kind(
    "deduction_notice",
    _("Notice of deductions"),
    *_STAFF,
    word="扣告",
    variables={
        "month": (_("Month"), "2026年9月"),
        "statement": (_("Number of the statement"), "STM-360403-2026-00042"),
        "deductions": (
            _("Deductions"),
            "1. 重复收费：12笔，5,240.00元\n2. 超限定支付范围：3笔，1,260.00元",
        ),
        "deducted": (_("Refused amount"), Decimal("6500.00")),
    },
    starts="B-19",
    languages=(CHINESE, ENGLISH),
    group="money",
)
letter_kind(
    "prepayment_approval",
    _("Approval of a prepayment"),
    *_STAFF,
    word="预付",
    variables={
        "institution": (_("Institution"), "浔阳仁和医院（演示）"),
        "year": (_("Year"), 2026),
        "request": (_("Number of the request"), "REQ-360400-2026-0004"),
        "average": (_("Monthly average"), Decimal("1200000.00")),
        "months": (_("Payable months"), Decimal("7.20")),
        "amount": (_("Amount"), Decimal("1200000.00")),
        "opinion": (_("Opinion"), "同意。"),
    },
    group="money",
)
letter_kind(
    "emergency_approval",
    _("Approval of an emergency allocation"),
    *_STAFF,
    word="预拨",
    variables={
        "institution": (_("Institution"), "浔阳仁和医院（演示）"),
        "emergency": (_("Emergency"), "突发疫情防控需要"),
        "document": (_("Document"), "九府办字〔2026〕12号文件"),
        "amount": (_("Amount"), Decimal("3000000.00")),
        "purpose": (_("Purpose"), "新冠患者救治"),
        "opinion": (_("Opinion"), "同意。"),
    },
    group="money",
)
letter_kind(
    "clearing_statement",
    _("Yearly clearing statement"),
    *_STAFF,
    word="清算",
    variables={
        "year": (_("Year"), 2026),
        "due": (_("Due of the year"), Decimal("20526315.79")),
        "deductions": (_("Deductions"), Decimal("6500.00")),
        "compensation": (_("Compensation of overspend"), Decimal("560000.00")),
        "prepaid": (_("Prepaid"), Decimal("19500000.00")),
        "deposit": (_("Quality deposit"), Decimal("1026315.79")),
        "advance": (_("Advance offset"), Decimal("0.00")),
        "final": (_("Due after clearing"), Decimal("553500.00")),
        "computation": (
            _("Computation"),
            "应付20,526,315.79元，减去扣减、已预拨和质量保证金，加上补偿，得553,500.00元",
        ),
        "objection_days": (_("Working days to object"), 10),
    },
    starts="J-07",
    group="money",
)
letter_kind(
    "deposit_refund",
    _("Refund of the quality deposit"),
    *_STAFF,
    word="保退",
    variables={
        "year": (_("Year"), 2026),
        "deposit": (_("Quality deposit"), Decimal("1026315.79")),
        "score": (_("Score and grade"), "92.5分，优秀"),
        "ratio": (_("Share"), "100%"),
        "amount": (_("Amount"), Decimal("1026315.79")),
        "reason": (_("Reason"), "无"),
    },
    starts="B-19",
    group="money",
)
