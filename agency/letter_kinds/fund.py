"""Reports about the fund (G-06)."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.letter_kinds.base import letter_kind

_HEAD = (Role.AGENCY_HEAD,)

letter_kind(
    "fund_warning",
    _("Written report of a fund warning"),
    *_HEAD,
    word="基报",
    variables={
        "quarter": (_("Quarter"), "2026年第三季度"),
        "fund": (_("Fund"), "城乡居民基本医疗保险基金"),
        "balance": (_("Balance"), Decimal("182000000.00")),
        "average": (_("Monthly average"), Decimal("32500000.00")),
        "months": (_("Payable months"), Decimal("5.60")),
        "threshold": (_("Threshold in months"), 6),
        "analysis": (_("Analysis"), "住院人次同比增长8%，次均费用同比增长3%。"),
        "actions": (_("Actions intended"), "1. 加强总额预算管理\n2. 开展重点费用稽核"),
    },
    group="fund",
)
