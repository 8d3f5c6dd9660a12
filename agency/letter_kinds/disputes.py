"""Letters about breaches by the agency and about disputes (B-12, B-19)."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.letter_kinds.base import letter_kind

_AGENCY = (Role.AGREEMENT_OFFICER, Role.AUDIT_OFFICER, Role.AGENCY_HEAD)
_ADMINISTRATION = (Role.SUPERVISOR, Role.LAW_OFFICER, Role.ADMINISTRATION_HEAD)

letter_kind(
    "correction_answer",
    _("Answer to a demand for correction"),
    *_AGENCY,
    Role.SETTLEMENT_OFFICER,
    word="纠复",
    variables={
        "demand": (_("Number of the demand"), "DEM-360400-2026-0003"),
        "demanded": (_("What is demanded"), "请尽快拨付2026年6月医疗费用。"),
        "answer": (_("Answer"), "情况属实，本机构将于2026年12月5日前完成拨付。"),
        "outcome": (_("Outcome"), "接受，2026-12-05前纠正"),
    },
    starts="B-19",
    group="disputes",
)
letter_kind(
    "dispute_result",
    _("Notice of the execution of a result"),
    *_AGENCY,
    word="争执",
    variables={
        "dispute": (_("Number of the dispute"), "DSP-360400-2026-0005"),
        "body": (_("Body"), "市人民政府行政复议机构（演示）"),
        "result": (_("Result"), "撤销"),
        "decided_on": (_("Decided on"), date(2026, 11, 18)),
        "text": (_("What was decided"), "原中止决定认定事实不清，予以撤销。"),
        "effects": (
            _("What has been changed back"),
            "1. 协议中止自始无效\n2. 重新审核2026-06-01至2026-06-30的费用，应补付12,480.00元",
        ),
    },
    group="disputes",
)
letter_kind(
    "coordination_invitation",
    _("Invitation to a coordination"),
    *_ADMINISTRATION,
    word="协调",
    variables={
        "dispute": (_("Number of the dispute"), "DSP-360400-2026-0005"),
        "claim": (_("What is asked for"), "请求督促经办机构拨付费用。"),
        "meets_at": (_("Time of the meeting"), "2026年11月26日9时30分"),
        "place": (_("Place"), "市医疗保障局二楼会议室（演示）"),
        "text": (_("Text"), "请双方携带相关材料，各派代表参加。"),
    },
    group="disputes",
)
letter_kind(
    "coordination_result",
    _("Result of a coordination"),
    *_ADMINISTRATION,
    word="协意",
    variables={
        "dispute": (_("Number of the dispute"), "DSP-360400-2026-0005"),
        "claim": (_("What is asked for"), "请求督促经办机构拨付费用。"),
        "result": (_("Result"), "达成一致"),
        "text": (_("What was decided"), "经办机构于2026年12月5日前拨付，双方无其他争议。"),
    },
    group="disputes",
)
letter_kind(
    "agency_measure",
    _("Measure on the agency"),
    *_ADMINISTRATION,
    word="督办",
    variables={
        "measure": (_("Measure"), "限期整改"),
        "order": (_("Number of the measure"), "AGM-360400-2026-0002"),
        "breach": (_("Breach by the agency"), "BRE-360400-2026-0007"),
        "text": (_("Text"), "请查明逾期拨付原因，完成拨付并完善内部控制。"),
        "due": (_("To be reported by"), "2026-12-04"),
    },
    group="disputes",
)
