"""Letters about changes of information (B-13a, C-09)."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.letter_kinds.base import CHINESE, ENGLISH, letter_kind

_STAFF = (Role.INTAKE_CLERK, Role.AGREEMENT_OFFICER, Role.AGENCY_HEAD)

letter_kind(
    "change_accepted",
    _("Change of information accepted"),
    *_STAFF,
    word="变受",
    variables={
        "filed_on": (_("Filed on"), date(2026, 9, 26)),
        "change": (_("Number of the change"), "CHG-360403-2026-0012"),
        "fields": (
            _("Changed fields"),
            "法定代表人：张示范 → 李示范\n银行账户：****1234 → ****5678",
        ),
        "decision_due_on": (_("Decision due on"), date(2026, 10, 15)),
        "lateness": (_("Remark on lateness"), "本次申报在规定期限内。"),
    },
    languages=(CHINESE, ENGLISH),
    group="changes",
)
letter_kind(
    "change_approved",
    _("Change of information approved"),
    *_STAFF,
    word="变告",
    variables={
        "change": (_("Number of the change"), "CHG-360403-2026-0012"),
        "fields": (
            _("Changed fields"),
            "法定代表人：张示范 → 李示范\n银行账户：****1234 → ****5678",
        ),
        "effective_on": (_("Effective on"), date(2026, 10, 12)),
        "reason": (_("Reason"), "材料齐全，予以通过。"),
    },
    languages=(CHINESE, ENGLISH),
    group="changes",
)
letter_kind(
    "change_rejected",
    _("Change of information rejected"),
    *_STAFF,
    word="变告",
    variables={
        "change": (_("Number of the change"), "CHG-360403-2026-0012"),
        "fields": (
            _("Changed fields"),
            "法定代表人：张示范 → 李示范\n银行账户：****1234 → ****5678",
        ),
        "reason": (_("Reason"), "未提交新法定代表人的任职证明。"),
    },
    starts="B-19",
    languages=(CHINESE, ENGLISH),
    group="changes",
)
letter_kind(
    "change_reassessment",
    _("New assessment because of a change"),
    *_STAFF,
    word="变评",
    variables={
        "change": (_("Number of the change"), "CHG-360403-2026-0012"),
        "fields": (_("Changed fields"), "法定代表人：张示范 → 李示范"),
        "row": (_("Row of the table"), "R8"),
        "reasons": (
            _("Reasons"),
            "变更：法定代表人。\n与定点资格有关：法定代表人。\nR8：不属于其他情形，重新评估。",
        ),
    },
    languages=(CHINESE, ENGLISH),
    group="changes",
)
letter_kind(
    "address_commitment",
    _("Commitment for a new address"),
    *_STAFF,
    word="承诺",
    variables={
        "institution": (_("Institution"), "浔阳仁和医院（演示）"),
        "old_address": (_("Old address"), "九江市浔阳区示范路1号"),
        "new_address": (_("New address"), "九江市八里湖新区示范大道2号"),
        "change": (_("Number of the change"), "CHG-360403-2026-0012"),
        "representative": (_("Legal representative"), "张示范"),
        "committed_on": (_("Day of the commitment"), date(2026, 10, 8)),
    },
    served=False,
    group="changes",
)
