"""Letters about the filing of results, objections, negotiation, and changes found unfiled (A-06,
A-08, A-09, B-13a).
"""

from datetime import date

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.letter_kinds.base import letter_kind

_OFFICERS = (Role.AGREEMENT_OFFICER, Role.AGENCY_HEAD)

letter_kind(
    "result_filing",
    _("Filing of assessment results"),
    *_OFFICERS,
    word="评备",
    variables={
        "passed": (
            _("Qualified"),
            "1. 浔阳仁和医院（演示）　APP-360400-2026-0007　2026年11月10日评估",
        ),
        "failed": (_("Not qualified"), "无"),
        "count": (_("Number of results"), 1),
    },
    served=False,
    group="designation",
)
letter_kind(
    "objection_result",
    _("Answer to an objection"),
    *_OFFICERS,
    word="异复",
    variables={
        "objection": (_("Number of the objection"), "OBJ-360400-2026-0003"),
        "received_on": (_("Received on"), date(2026, 11, 16)),
        "institution": (_("Institution"), "浔阳仁和医院（演示）"),
        "result": (_("Result"), "异议不成立"),
        "reason": (_("Reason"), "经现场核实，该院执业医师第一注册地均为本机构。"),
    },
    group="designation",
)
letter_kind(
    "no_agreement",
    _("Notice that no agreement was reached"),
    *_OFFICERS,
    word="未协告",
    variables={
        "application": (_("Number of the application"), "APP-360400-2026-0007"),
        "reason": (_("Reason"), "双方对总额控制指标未能达成一致。"),
        "ended_on": (_("Ended on"), date(2026, 12, 20)),
    },
    starts="B-19",
    group="designation",
)
letter_kind(
    "unfiled_change_notice",
    _("Invitation to explain a change found unfiled"),
    *_OFFICERS,
    word="核通",
    variables={
        "review": (_("Number of the review"), "REV-360400-2026-0002"),
        "agreement": (_("Agreement number"), "360400-2026-0031"),
        "field": (_("Changed field"), "法定代表人"),
        "approved_on": (_("Approved on"), date(2026, 6, 30)),
        "due_on": (_("Was to be filed by"), date(2026, 8, 11)),
        "discovered_on": (_("Discovered on"), date(2026, 11, 2)),
        "source": (_("How it was discovered"), "与市场监督管理部门登记信息比对发现"),
        "explain_by": (_("To be explained by"), date(2026, 11, 16)),
    },
    group="changes",
)
letter_kind(
    "unfiled_change_result",
    _("Result of the review of an unfiled change"),
    *_OFFICERS,
    word="核告",
    variables={
        "review": (_("Number of the review"), "REV-360400-2026-0002"),
        "agreement": (_("Agreement number"), "360400-2026-0031"),
        "field": (_("Changed field"), "法定代表人"),
        "result": (_("Result"), "不作解除处理"),
        "reason": (_("Reason"), "已补办申报，未造成基金损失。"),
    },
    group="changes",
)
