"""The official calendar of 2019 to 2026 and an office with the parameters of rules.md §2."""

from datetime import date
from decimal import Decimal
from functools import cache

import chinese_calendar

from agency.lawbook import Office
from agency.workdays import WorkdayCalendar

YEARS = range(2019, 2027)

PARAMETERS = {
    "general_change_wd": Decimal(5),
    "auto_termination_grace_wd": Decimal(5),
    "mandatory_suspension_min_months": Decimal(1),
    "mandatory_suspension_max_months": Decimal(6),
    "renewal_reminder_months": Decimal(4),
    "suspension_first_warning_days": Decimal(150),
    "suspension_second_warning_days": Decimal(170),
    "payout_first_alarm_wd": Decimal(20),
    "payout_second_alarm_wd": Decimal(27),
    "defence_wd": Decimal(5),
    "obligation_payment_workdays": Decimal(15),
    "interview_notice_wd": Decimal(3),
    "interview_agency_people": Decimal(2),
    "interview_calls": Decimal(2),
    "adm_report_wd": Decimal(2),
    "adm_order_wd": Decimal(10),
    "reassess_after_months": Decimal(3),
    "reapply_ban_after_second_fail_years": Decimal(1),
    "public_notice_days": Decimal(7),
    "fraud_ban_years": Decimal(3),
    "unlawful_dissolution_ban_years": Decimal(3),
    "breach_dissolution_ban_years": Decimal(1),
    "responsible_person_ban_years": Decimal(5),
    "overspend_rate": Decimal("0.70"),
    "appeal_wd": Decimal(7),
    "supplement_notice_wd": Decimal(5),
    "supplement_delivery_wd": Decimal(15),
    "assessment_months": Decimal(3),
    "office_closes_hour": Decimal(17),
    "performance_self_wd": Decimal(15),
    "performance_appeal_wd": Decimal(10),
    "performance_excellent": Decimal(90),
    "performance_good": Decimal(80),
    "performance_pass": Decimal(60),
    "deposit_full_score": Decimal(90),
    "deposit_high_score": Decimal(80),
    "deposit_middle_score": Decimal(70),
    "deposit_low_score": Decimal(60),
    "deposit_full_share": Decimal(1),
    "deposit_high_share": Decimal("0.90"),
    "deposit_middle_share": Decimal("0.70"),
    "deposit_low_share": Decimal("0.50"),
    "deposit_rest_share": Decimal(0),
    "renewal_simplified_score": Decimal(90),
    "template_consultation_wd": Decimal(15),
    "template_urgent_consultation_wd": Decimal(3),
}


@cache
def official_calendar() -> WorkdayCalendar:
    declared = {
        **dict.fromkeys(chinese_calendar.holidays, False),
        **dict.fromkeys(chinese_calendar.workdays, True),
    }
    return WorkdayCalendar(
        declared={day: worked for day, worked in declared.items() if day.year in YEARS},
        known_years=frozenset(YEARS),
        version=1,
    )


def office_on(on: date = date(2026, 11, 22)) -> Office:
    return Office(calendar=official_calendar(), parameters=PARAMETERS, on=on)


def office_for(*, on: date | None, region: str | None) -> Office:
    return office_on(on or date(2026, 11, 22))
