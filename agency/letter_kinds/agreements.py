"""Letters about an agreement's life."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.letter_kinds.base import CHINESE, ENGLISH, letter_kind

_OFFICER = (Role.AGREEMENT_OFFICER, Role.AGENCY_HEAD)

SUSPENSION_DECISION = letter_kind(
    "suspension_decision",
    _("Decision to suspend an agreement"),
    *_OFFICER,
    word="中止决",
    variables={
        "agreement": (_("Agreement number"), "360400-2026-0031"),
        "from_on": (_("Suspended from"), date(2026, 12, 1)),
        "to_on": (_("Suspended until"), "2027年3月1日"),
        "reason": (_("Reason"), "整改期间"),
        "articles": (_("Articles"), "第四十二条"),
    },
    languages=(CHINESE, ENGLISH),
    group="agreements",
)
RESUMPTION_DECISION = letter_kind(
    "resumption_decision",
    _("Decision to resume an agreement"),
    *_OFFICER,
    word="恢复决",
    variables={
        "agreement": (_("Agreement number"), "360400-2026-0031"),
        "from_on": (_("Resumed from"), date(2027, 3, 1)),
        "reason": (_("Reason"), "整改验收合格"),
    },
    languages=(CHINESE, ENGLISH),
    group="agreements",
)
DISSOLUTION_DECISION = letter_kind(
    "dissolution_decision",
    _("Decision to dissolve an agreement"),
    Role.AGENCY_HEAD,
    word="解除决",
    variables={
        "agreement": (_("Agreement number"), "360400-2026-0031"),
        "from_on": (_("Dissolved from"), date(2026, 12, 1)),
        "reason": (_("Reason"), "协议有效期内累计两次及以上被中止协议"),
        "articles": (_("Articles"), "第四十三条"),
    },
    languages=(CHINESE, ENGLISH),
    group="agreements",
)
