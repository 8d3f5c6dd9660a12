"""Letters about an agreement's life (B-13 to B-17). Its own text is no letter: it is negotiated and
signed by both sides (agreements, A-09).
"""

from datetime import date

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.letter_kinds.base import CHINESE, ENGLISH, letter_kind

_STAFF = (Role.AGREEMENT_OFFICER, Role.AGENCY_HEAD)

letter_kind(
    "renewal_notice",
    _("Notice of renewal"),
    *_STAFF,
    word="续通",
    variables={
        "agreement": (_("Agreement number"), "360400-2026-0031"),
        "valid_to": (_("Valid to"), date(2027, 12, 31)),
        "apply_by": (_("Renewal to be applied for by"), date(2027, 9, 30)),
    },
    languages=(CHINESE, ENGLISH),
    group="agreements",
)
letter_kind(
    "not_renewed",
    _("Notice of no renewal"),
    *_STAFF,
    word="不续",
    variables={
        "agreement": (_("Agreement number"), "360400-2026-0031"),
        "valid_to": (_("Valid to"), date(2027, 12, 31)),
        "ground": (_("Ground"), "未就协议条款达成一致"),
        "reason": (_("Reason"), "双方就年度总额控制指标经两轮协商未达成一致。"),
    },
    languages=(CHINESE, ENGLISH),
    group="agreements",
)
letter_kind(
    "request_accepted",
    _("Request granted"),
    *_STAFF,
    word="协复",
    variables={
        "filed_on": (_("Filed on"), date(2026, 9, 26)),
        "agreement": (_("Agreement number"), "360400-2026-0031"),
        "kind": (_("Kind of the request"), "自愿中止"),
        "request": (_("Number of the request"), "REQ-360400-2026-0004"),
        "wanted_on": (_("Wanted from"), date(2027, 1, 1)),
        "reason": (_("Reason"), "已核实在院参保人员安置方案。"),
    },
    languages=(CHINESE, ENGLISH),
    group="agreements",
)
letter_kind(
    "request_refused",
    _("Request refused"),
    *_STAFF,
    word="协复",
    variables={
        "filed_on": (_("Filed on"), date(2026, 9, 26)),
        "agreement": (_("Agreement number"), "360400-2026-0031"),
        "kind": (_("Kind of the request"), "自愿中止"),
        "request": (_("Number of the request"), "REQ-360400-2026-0004"),
        "reason": (_("Reason"), "提出申请的日期距离拟中止日期不足三个月。"),
    },
    starts="B-19",
    languages=(CHINESE, ENGLISH),
    group="agreements",
)
letter_kind(
    "suspension_decision",
    _("Decision to suspend an agreement"),
    *_STAFF,
    word="中止决",
    variables={
        "reason": (_("Reason"), "经核查，信息系统未按照约定上传全部诊疗数据。"),
        "articles": (
            _("Articles"),
            "《医疗机构医疗保障定点管理暂行办法》（国家医疗保障局令第2号）第四十二条",
        ),
        "agreement": (_("Agreement number"), "360400-2026-0031"),
        "from_on": (_("In effect from"), date(2026, 12, 1)),
        "to_on": (_("In effect until"), "2027年3月1日"),
    },
    starts="B-19",
    languages=(CHINESE, ENGLISH),
    group="agreements",
)
letter_kind(
    "resumption_decision",
    _("Decision to resume an agreement"),
    *_STAFF,
    word="恢复决",
    variables={
        "agreement": (_("Agreement number"), "360400-2026-0031"),
        "from_on": (_("In effect from"), date(2027, 3, 1)),
        "reason": (_("Reason"), "整改验收合格"),
    },
    languages=(CHINESE, ENGLISH),
    group="agreements",
)
letter_kind(
    "dissolution_decision",
    _("Decision to dissolve an agreement"),
    *_STAFF,
    word="解除决",
    variables={
        "reason": (_("Reason"), "协议有效期内累计两次以上被中止协议"),
        "articles": (
            _("Articles"),
            "《医疗机构医疗保障定点管理暂行办法》（国家医疗保障局令第2号）第四十三条第（一）项",
        ),
        "agreement": (_("Agreement number"), "360400-2026-0031"),
        "from_on": (_("In effect from"), date(2026, 12, 1)),
    },
    starts="B-19",
    languages=(CHINESE, ENGLISH),
    group="agreements",
)
letter_kind(
    "termination_notice",
    _("Notice of the end of an agreement"),
    *_STAFF,
    word="终告",
    variables={
        "agreement": (_("Agreement number"), "360400-2026-0031"),
        "ground": (_("Ground"), "有效期届满未续签"),
        "ended_on": (_("Ended on"), date(2026, 12, 31)),
    },
    languages=(CHINESE, ENGLISH),
    group="agreements",
)
letter_kind(
    "dissolved_list",
    _("List of dissolved agreements"),
    *_STAFF,
    word="公布",
    variables={
        "listing": (
            _("List"),
            "1. 浔阳仁和医院（演示）　H36040300001　2026年12月1日解除　第四十三条第（一）项",
        ),
    },
    served=False,
    group="agreements",
)
letter_kind(
    "cascade_notice",
    _("Notice to other regions"),
    *_STAFF,
    word="级联通",
    variables={
        "institution": (_("Institution"), "浔阳仁和医院（演示）"),
        "institution_code": (_("National code of the institution"), "H36040300001"),
        "agreement": (_("Agreement number"), "360400-2026-0031"),
        "effective_on": (_("Effective on"), date(2026, 10, 12)),
        "measure": (_("Measure"), "解除"),
        "reason": (_("Reason"), "经核查，信息系统未按照约定上传全部诊疗数据。"),
    },
    group="agreements",
)
letter_kind(
    "resumption_proposal",
    _("Proposal to other regions to resume"),
    *_STAFF,
    word="恢复建",
    variables={
        "institution": (_("Institution"), "浔阳仁和医院（演示）"),
        "institution_code": (_("National code of the institution"), "H36040300001"),
        "agreement": (_("Agreement number"), "360400-2026-0031"),
        "effective_on": (_("Effective on"), date(2026, 10, 12)),
        "measure": (_("Measure"), "恢复"),
        "reason": (_("Reason"), "整改验收合格"),
    },
    group="agreements",
)
letter_kind(
    "annulment_notice",
    _("Notice that a suspension or dissolution is annulled"),
    *_STAFF,
    word="撤决",
    variables={
        "agreement": (_("Agreement number"), "360400-2026-0031"),
        "measure": (_("Measure"), "中止"),
        "from_on": (_("In effect from"), date(2026, 10, 12)),
        "reason": (_("Reason"), "经行政复议，原决定认定事实不清，予以撤销。"),
        "state": (_("State of the agreement"), "有效"),
    },
    languages=(CHINESE, ENGLISH),
    group="agreements",
)
letter_kind(
    "performance_result",
    _("Result of the performance assessment"),
    *_STAFF,
    word="绩考",
    variables={
        "assessment": (_("Number of the performance assessment"), "PFA-360400-2026-0012"),
        "agreement": (_("Agreement number"), "360400-2026-0031"),
        "year": (_("Year"), 2026),
        "score": (_("Final score"), "86.50"),
        "grade": (_("Grade"), "良好"),
        "share": (_("Share of the quality deposit returned, in per cent"), "90"),
        "published_on": (_("Published on"), date(2027, 3, 10)),
    },
    group="agreements",
)
