"""Letters to people who report, and to enterprises (C-12, E-08)."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.letter_kinds.base import letter_kind

_STAFF = (Role.SUPERVISOR, Role.LAW_OFFICER, Role.ADMINISTRATION_HEAD)

letter_kind(
    "report_accepted",
    _("Report accepted"),
    *_STAFF,
    word="举受",
    variables={
        "filed_on": (_("Filed on"), date(2026, 9, 26)),
        "report": (_("Report"), "RPT-2026-0011"),
        "accepted_on": (_("Accepted on"), date(2026, 9, 26)),
        "due_on": (_("Due on"), date(2026, 12, 22)),
    },
    group="complaints",
)
letter_kind(
    "report_refused",
    _("Report not accepted"),
    *_STAFF,
    word="举不受",
    variables={
        "filed_on": (_("Filed on"), date(2026, 9, 26)),
        "report": (_("Report"), "RPT-2026-0011"),
        "reason": (_("Reason"), "举报事项不属于医疗保障部门的职责范围。"),
        "competent": (_("Competent department"), "市市场监督管理局"),
    },
    group="complaints",
)
letter_kind(
    "report_result",
    _("Result of a report"),
    *_STAFF,
    word="举告",
    variables={
        "report": (_("Report"), "RPT-2026-0011"),
        "closed_on": (_("Dealt with on"), date(2026, 11, 18)),
        "outcome": (_("Outcome"), "举报事项部分属实"),
        "result": (_("How it was handled"), "已责令退回违规费用，并依法给予行政处罚。"),
    },
    group="complaints",
)
letter_kind(
    "reward_notice",
    _("Notice of a reward"),
    *_STAFF,
    word="奖通",
    variables={
        "report": (_("Report"), "RPT-2026-0011"),
        "amount": (_("Amount"), Decimal("30000.00")),
        "claim_months": (_("Months to claim"), 2),
        "manner": (_("Manner"), "公开举行"),
    },
    starts="E-08",
    group="complaints",
)
letter_kind(
    "appeal_accepted",
    _("Appeal of an enterprise accepted"),
    *_STAFF,
    word="诉受",
    variables={
        "filed_on": (_("Filed on"), date(2026, 9, 26)),
        "channel": (_("Channel"), "医保云厅"),
        "appeal": (_("Number of the appeal"), "REQ-C12-2026-0005"),
        "text": (_("Text"), "九月结算数据回传延迟，影响我单位对账。"),
        "department": (_("Department in charge"), "基金结算科"),
        "feedback_due_on": (_("Feedback due on"), date(2026, 12, 1)),
    },
    group="complaints",
)
letter_kind(
    "appeal_feedback",
    _("Feedback to an enterprise"),
    *_STAFF,
    word="诉复",
    variables={
        "appeal": (_("Number of the appeal"), "REQ-C12-2026-0005"),
        "department": (_("Department in charge"), "基金结算科"),
        "answer": (
            _("Answer"),
            "结算数据延迟系接口升级所致，已于11月20日恢复，补充拨付已列入下月计划。",
        ),
        "basis": (_("Basis"), "经办规程第十二条"),
    },
    group="complaints",
)
letter_kind(
    "appeal_rating",
    _("Invitation to rate"),
    *_STAFF,
    word="诉评",
    variables={
        "appeal": (_("Number of the appeal"), "REQ-C12-2026-0005"),
        "answered_on": (_("Answered on"), date(2026, 11, 24)),
        "rate_by": (_("Rating until"), date(2026, 12, 8)),
    },
    group="complaints",
)
