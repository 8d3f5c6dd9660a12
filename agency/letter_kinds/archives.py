"""Lists and reports of the archives (H-12, H-21 to H-23)."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.letter_kinds.base import letter_kind

_STAFF = (Role.ARCHIVIST, Role.AGENCY_HEAD)

letter_kind(
    "filing_handover",
    _("Filing hand-over list"),
    *_STAFF,
    word="档移",
    variables={
        "department": (_("Department in charge"), "基金结算科"),
        "archives": (_("Receiving archives"), "综合科（档案）"),
        "year": (_("Year"), 2026),
        "listing": (_("List"), "J001-WS·2025-D30-0001至J001-WS·2025-D30-0042，共42件，目录附后"),
        "count": (_("Number of pieces"), 42),
        "check": (_("Result of the four-property check"), "全部通过"),
        "handed_by": (_("Handed over by"), "王经办"),
        "received_by": (_("Taken over by"), "孙档案"),
        "handed_on": (_("Handed over on"), date(2026, 6, 30)),
    },
    served=False,
    group="archives",
)
letter_kind(
    "appraisal_report",
    _("Appraisal report"),
    *_STAFF,
    word="档鉴",
    variables={
        "scope": (_("Scope"), "2015年度定期10年档案"),
        "members": (_("Members"), "孙档案、王经办、李法务"),
        "count": (_("Number of pieces"), 312),
        "kept": (_("Kept"), 32),
        "destroyed": (_("Destroyed"), 280),
        "extended": (_("New periods"), "32件延长为定期30年，至2045年12月31日"),
        "opinion": (_("Opinion"), "同意。"),
    },
    served=False,
    group="archives",
)
letter_kind(
    "destruction_list",
    _("Destruction list"),
    *_STAFF,
    word="档销",
    variables={
        "report": (_("Report"), "2026年第1号鉴定报告"),
        "listing": (_("List"), "J001-WS·2015-D10-0001至J001-WS·2015-D10-0280，共280件，目录附后"),
        "count": (_("Number of pieces"), 312),
        "approved_by": (_("Approved by"), "赵领导"),
        "approved_on": (_("Approved on"), date(2026, 5, 20)),
        "destroyed_at": (_("Time and place of destruction"), "2026年6月10日，市保密销毁中心"),
        "supervisors": (_("Supervisors of the destruction"), "孙档案、周稽核"),
    },
    served=False,
    group="archives",
)
letter_kind(
    "transfer_list",
    _("List of a transfer to the state archives"),
    *_STAFF,
    word="档馆",
    variables={
        "office": (_("Office handing over"), "九江市医疗保障事业管理中心（演示）"),
        "archives": (_("Receiving archives"), "九江市档案馆"),
        "listing": (_("List"), "J001-WS·2005-Y-0001至J001-WS·2005-Y-0312，共312件，目录附后"),
        "count": (_("Number of pieces"), 312),
        "years": (_("Years formed"), "2005年度"),
        "check": (_("Result of the four-property check"), "全部通过"),
        "handed_on": (_("Handed over on"), date(2026, 6, 30)),
    },
    group="archives",
)
letter_kind(
    "archivist_handover",
    _("Archivist hand-over list"),
    *_STAFF,
    word="档交",
    variables={
        "handed_by": (_("Handed over by"), "王经办"),
        "received_by": (_("Taken over by"), "孙档案"),
        "witness": (_("Witness"), "李主任"),
        "reason": (_("Reason"), "退休"),
        "listing": (_("List"), "2015年至2025年各类档案，目录附后"),
        "count": (_("Number of pieces"), 1204),
        "handed": (_("Pieces handed over"), 1204),
        "difference": (_("Difference"), "无"),
        "handed_on": (_("Handed over on"), date(2026, 6, 30)),
    },
    served=False,
    group="archives",
)
letter_kind(
    "archives_report",
    _("Yearly archives report"),
    *_STAFF,
    word="档报",
    variables={
        "year": (_("Year"), 2026),
        "stock_begin": (_("Stock at the beginning"), 10000),
        "received": (_("Number received"), 1200),
        "transferred": (_("Transferred"), 300),
        "destroyed": (_("Destroyed"), 280),
        "lost": (_("Lost"), 0),
        "stock_end": (_("Stock at the end"), 10620),
        "use": (_("Use"), "查阅126人次、借阅318件，无逾期未还。"),
        "resources": (
            _("Staff, rooms and equipment"),
            "专职档案人员2名，库房48平方米，温湿度自动监测。",
        ),
        "plans": (_("Problems and plans"), "完成2010年度以前纸质档案数字化。"),
    },
    group="archives",
)
