"""Letters about the points of practitioners (D-04 to D-07)."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.letter_kinds.base import letter_kind

_STAFF = (Role.AUDIT_OFFICER, Role.AGENCY_HEAD)

letter_kind(
    "points_notice",
    _("Notice of points"),
    *_STAFF,
    word="记通",
    variables={
        "person": (_("Person"), "赵示范"),
        "person_code": (_("Insurance code of the person"), "D360403000001"),
        "institution": (_("Institution"), "浔阳仁和医院（演示）"),
        "basis": (_("Basis"), "医保协决〔2026〕9号协议处理决定书"),
        "responsibility": (_("Responsibility"), "重要责任"),
        "facts": (_("Facts"), "2026年3月，对未到场参保人员开具处方。"),
        "points": (_("Points"), 5),
        "total": (_("Total of the year"), 9),
        "appeal_days": (_("Working days to appeal"), 10),
    },
    starts="D-07",
    group="points",
)
letter_kind(
    "points_suspension",
    _("Decision to suspend a qualification"),
    *_STAFF,
    word="暂决",
    variables={
        "person": (_("Person"), "赵示范"),
        "person_code": (_("Insurance code of the person"), "D360403000001"),
        "institution": (_("Institution"), "浔阳仁和医院（演示）"),
        "total": (_("Total of the year"), 9),
        "suspended_from": (_("Suspended from"), date(2026, 11, 15)),
        "suspended_to": (_("Suspended until"), date(2027, 1, 15)),
        "basis": (_("Basis"), "浔医保记〔2026〕12号记分通知书"),
    },
    starts="B-19",
    group="points",
)
letter_kind(
    "points_termination",
    _("Decision to terminate a qualification"),
    *_STAFF,
    word="终决",
    variables={
        "person": (_("Person"), "赵示范"),
        "person_code": (_("Insurance code of the person"), "D360403000001"),
        "institution": (_("Institution"), "浔阳仁和医院（演示）"),
        "facts": (_("Facts"), "你本年度累计记分已达12分。"),
        "terminated_from": (_("Terminated from"), date(2026, 11, 15)),
        "banned_to": (_("Banned until"), date(2027, 11, 15)),
        "basis": (_("Basis"), "浔医保记〔2026〕15号记分通知书"),
    },
    starts="B-19",
    group="points",
)
letter_kind(
    "points_repair",
    _("Decision on the repair of points"),
    *_STAFF,
    word="修决",
    variables={
        "person": (_("Person"), "赵示范"),
        "person_code": (_("Insurance code of the person"), "D360403000001"),
        "institution": (_("Institution"), "浔阳仁和医院（演示）"),
        "filed_on": (_("Filed on"), date(2026, 9, 26)),
        "activities": (
            _("Courses and activities"),
            "1. 医保政策培训（8学时，考核92分）\n2. 参加集中宣传月活动",
        ),
        "points": (_("Points"), 5),
        "before": (_("Total before"), 9),
        "total": (_("Total of the year"), 9),
        "effect": (_("Effect"), "累计记分低于9分，暂停决定自2026年12月1日起解除"),
    },
    group="points",
)
