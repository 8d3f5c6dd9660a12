"""Letters about applications for designation (A-04 to A-10)."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.letter_kinds.base import CHINESE, ENGLISH, letter_kind

_STAFF = (Role.INTAKE_CLERK, Role.AGREEMENT_OFFICER, Role.AGENCY_HEAD)

letter_kind(
    "acceptance",
    _("Notice of acceptance"),
    *_STAFF,
    word="受通",
    variables={
        "filed_on": (_("Filed on"), date(2026, 9, 26)),
        "application": (_("Number of the application"), "APP-360400-2026-0007"),
        "accepted_on": (_("Accepted on"), date(2026, 9, 26)),
        "assessment_due_on": (_("Assessment due on"), date(2026, 12, 28)),
    },
    languages=(CHINESE, ENGLISH),
    group="designation",
)
letter_kind(
    "supplement",
    _("Notice to supplement materials"),
    *_STAFF,
    word="补通",
    variables={
        "filed_on": (_("Filed on"), date(2026, 9, 26)),
        "application": (_("Number of the application"), "APP-360400-2026-0007"),
        "missing": (
            _("What is missing"),
            "1. 医疗机构执业许可证副本复印件\n2. 信息系统接口联调报告",
        ),
    },
    languages=(CHINESE, ENGLISH),
    group="designation",
)
letter_kind(
    "not_accepted",
    _("Decision not to accept"),
    *_STAFF,
    word="不受决",
    variables={
        "filed_on": (_("Filed on"), date(2026, 9, 26)),
        "application": (_("Number of the application"), "APP-360400-2026-0007"),
        "grounds": (
            _("Grounds of not accepting"),
            "1. 以医疗美容为主要执业范围\n2. 未全面履行行政处罚法律责任",
        ),
        "reapply_from": (_("New application possible"), "上述情形消除之后"),
    },
    starts="B-19",
    languages=(CHINESE, ENGLISH),
    group="designation",
)
letter_kind(
    "assessment_passed",
    _("Assessment result: passed"),
    *_STAFF,
    word="评告",
    variables={
        "application": (_("Number of the application"), "APP-360400-2026-0007"),
        "assessed_on": (_("Assessed on"), date(2026, 11, 10)),
    },
    group="designation",
)
letter_kind(
    "assessment_failed",
    _("Assessment result: failed"),
    *_STAFF,
    word="评告",
    variables={
        "application": (_("Number of the application"), "APP-360400-2026-0007"),
        "assessed_on": (_("Assessed on"), date(2026, 11, 10)),
        "reasons": (
            _("Reasons of the result"),
            "1. 无第一注册地在本机构的执业医师\n2. 信息系统未完成接口联调",
        ),
        "advice": (
            _("Advice to rectify"),
            "1. 办理执业医师注册变更\n2. 完成五项基础数据库建设并通过联调",
        ),
        "reassess_months": (_("Months until a new assessment"), 3),
    },
    starts="B-19",
    group="designation",
)
letter_kind(
    "assessment_failed_twice",
    _("Assessment result: failed again"),
    *_STAFF,
    word="评告",
    variables={
        "application": (_("Number of the application"), "APP-360400-2026-0007"),
        "assessed_on": (_("Assessed on"), date(2026, 11, 10)),
        "reasons": (
            _("Reasons of the result"),
            "1. 无第一注册地在本机构的执业医师",
        ),
        "advice": (_("Advice to rectify"), "1. 办理执业医师注册变更"),
        "ban_years": (_("Years without a new application"), 1),
    },
    starts="B-19",
    group="designation",
)
letter_kind(
    "assessment_public_notice",
    _("Public notice of assessment results"),
    *_STAFF,
    word="公示",
    variables={
        "listing": (
            _("List"),
            "1. 浔阳仁和医院（演示）　H36040300001\n2. 濂溪康宁诊所（演示）　H36040200002",
        ),
        "notice_from": (_("Public notice from"), date(2026, 11, 12)),
        "notice_to": (_("Public notice until"), date(2026, 11, 20)),
    },
    served=False,
    group="designation",
)
letter_kind(
    "designated_list",
    _("List of designated institutions"),
    *_STAFF,
    word="公布",
    variables={
        "as_on": (_("As at"), date(2026, 11, 22)),
        "listing": (
            _("List"),
            "1. 浔阳仁和医院（演示）　H36040300001\n2. 濂溪康宁诊所（演示）　H36040200002",
        ),
    },
    served=False,
    group="designation",
)
