"""Every number of the rule catalogue: what it is, who fixed it, and within which bounds the
office may change it. The values in force stand in the database. Pure.
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from agency.enums import Evidence, ParameterUnit
from agency.parameters.definition import Definition
from agency.parameters.wording import ARTICLES, LABELS, NOTES

# Key, default, unit, evidence, bounds (low..high, or that the law fixed it), rules that read it.
TABLE = """
closing_days_count                   0        TIMES         DESIGN  0..1               T-01
portal_service_wd                    5        WORKDAYS      DESIGN  1..15              T-09

supplement_notice_wd                 5        WORKDAYS      CORR    1..10              A-04
supplement_delivery_wd               15       WORKDAYS      DESIGN  5..60              A-04
designation_accept_at_once           1        TIMES         DESIGN  0..1               A-04
application_draft_days               180      DAYS          DESIGN  30..730            C-08
assessment_months                    3        MONTHS        MEM     1..6               A-06
assessment_experts                   5        PERSONS       DESIGN  5..15              A-06
reassess_after_months                3        MONTHS        MEM     1..12              A-07
reapply_ban_after_second_fail_years  1        YEARS         MEM     1..3               A-07
public_notice_days                   7        WORKDAYS      DESIGN  3..30              A-08
result_filing_wd                     5        WORKDAYS      DESIGN  1..15              A-06
objection_decision_wd                10       WORKDAYS      DESIGN  1..30              A-08
agreement_filing_wd                  10       WORKDAYS      DESIGN  1..30              A-09
list_update_wd                       1        WORKDAYS      DESIGN  1..10              A-10
guidance_months                      6        MONTHS        MEM     0..12              A-11
fraud_ban_years                      3        YEARS         MEM     1..5                 A-05
unlawful_dissolution_ban_years       3        YEARS         MEM     1..5                 A-05
breach_dissolution_ban_years         1        YEARS         MEM     1..3                 A-05
responsible_person_ban_years         5        YEARS         MEM     1..10                A-05

term_months                          12       MONTHS        MEM     1..36              A-09
renewal_lead_months                  3        MONTHS        SEED    law                B-15
renewal_reminder_months              4        MONTHS        DESIGN  3..12              B-15
exit_notice_months                   3        MONTHS        SEED    law                B-16
max_voluntary_suspension_days        180      DAYS          SEED    law                B-13
suspension_first_warning_days        150      DAYS          DESIGN  30..179            B-13
suspension_second_warning_days       170      DAYS          DESIGN  31..180            B-13
auto_termination_grace_wd            5        WORKDAYS      DESIGN  1..20              B-13
mandatory_suspension_min_months      1        MONTHS        DESIGN  1..6               B-13
mandatory_suspension_max_months      6        MONTHS        DESIGN  1..12              B-13
dissolve_after_suspensions           2        TIMES         SEED    law                B-14
dissolution_publication_wd           5        WORKDAYS      DESIGN  1..20              B-14
dissolved_withdrawal_wd              3        WORKDAYS      DESIGN  1..10              B-14
inpatient_answer_wd                  3        WORKDAYS      DESIGN  1..15              B-13
cascade_acknowledgement_wd           3        WORKDAYS      DESIGN  1..15              B-17
cascade_proposal_wd                  10       WORKDAYS      DESIGN  3..30              B-17
request_decision_wd                  10       WORKDAYS      DESIGN  1..30              B-13,B-15
renewal_simplified_score             90       POINTS        DESIGN  60..100            B-15
not_renew_review_wd                  10       WORKDAYS      DESIGN  1..30              B-16
template_consultation_wd             15       WORKDAYS      DESIGN  5..60              B-22
template_urgent_consultation_wd      3        WORKDAYS      DESIGN  1..15              B-22
major_change_wd                      30       WORKDAYS      SEED    law                B-13a
general_change_wd                    5        WORKDAYS      DESIGN  1..30              B-13a
change_decision_wd                   10       WORKDAYS      DESIGN  1..30              B-13a
account_change_wait_days             3        DAYS          DESIGN  1..30              B-13a
commitment_check_days                60       DAYS          DESIGN  15..180            C-09
review_explanation_wd                10       WORKDAYS      DESIGN  3..30              B-13a
account_request_wd                   3        WORKDAYS      DESIGN  1..15              C-08
inquiry_answer_wd                    5        WORKDAYS      DESIGN  1..30              B-01
inquiry_reply_wd                     10       WORKDAYS      DESIGN  1..60              B-01
training_exempt_from_month           10       MONTH_OF_YEAR DESIGN  1..12              B-01
licence_warning_days                 90       DAYS          DESIGN  7..366             A-12
roster_ahead_months                  12       MONTHS        DESIGN  1..36              D-01
roster_import_rows                   50000    TIMES         DESIGN  100..200000        D-01

payout_wd                            30       WORKDAYS      SEED    law                B-04
payout_first_alarm_wd                20       WORKDAYS      DESIGN  1..29              B-04
payout_second_alarm_wd               27       WORKDAYS      DESIGN  2..30              B-04

major_expense_threshold              5000000  CNY           DESIGN  10000..1000000000  B-02
stand_in_max_days                    90       DAYS          DESIGN  1..366             B-02
password_history                     5        TIMES         DESIGN  1..20              -
password_max_days                    180      DAYS          DESIGN  30..730            B-02
session_idle_minutes                 30       MINUTES       DESIGN  5..480             -
collective_decision_min_voters       3        PERSONS       DESIGN  3..15              B-02
defence_wd                           5        WORKDAYS      DESIGN  3..30              B-11
obligation_payment_workdays          15       WORKDAYS      DESIGN  3..60              B-11
interview_notice_wd                  3        WORKDAYS      DESIGN  0..15              B-11
interview_agency_people              2        PERSONS       DESIGN  1..5               B-11
interview_calls                      2        TIMES         DESIGN  1..5               B-11
defence_extension_max_wd             10       WORKDAYS      DESIGN  1..30                B-11
adm_report_wd                        2        WORKDAYS      DESIGN  1..10              B-20
adm_report_ack_wd                    5        WORKDAYS      DESIGN  1..30              B-20
ground_verify_wd                     5        WORKDAYS      DESIGN  1..30              B-14
no_claims_days                       30       DAYS          DESIGN  15..180            B-14
formal_demand_wd                     10       WORKDAYS      DESIGN  3..30              B-11
legal_review_wd                      5        WORKDAYS      DESIGN  1..30              C-05
discussion_members                   3        PERSONS       DESIGN  3..15              C-05
decision_perform_days                15       DAYS          DESIGN  5..90              B-11
adm_order_wd                         10       WORKDAYS      DESIGN  1..30              B-20
correction_answer_wd                 10       WORKDAYS      DESIGN  1..30              B-12
agency_rectification_wd              10       WORKDAYS      DESIGN  1..60              B-12
negotiation_answer_wd                10       WORKDAYS      DESIGN  1..30              B-19
negotiation_wd                       20       WORKDAYS      DESIGN  5..90              B-19
coordination_accept_wd               5        WORKDAYS      DESIGN  1..15              B-19
coordination_wd                      30       WORKDAYS      DESIGN  5..90              B-19
reconsideration_extension_days       30       DAYS          FOUND   law                B-19
notice_service_days                  30       DAYS          DESIGN  15..90             B-11,T-09

quiet_from_day                       1        DAY_OF_MONTH  SEED    law                C-01
quiet_to_day                         20       DAY_OF_MONTH  SEED    law                C-01
appeal_wd                            7        WORKDAYS      DESIGN  3..30              C-03
onsite_reduction_target              0.10     RATIO         SEED    law                C-03
vbp_settlement_days                  30       DAYS          DESIGN  25..35             C-13

points_talk                          6        POINTS        LOCAL   1..8               D-04
points_suspend                       9        POINTS        CORR    2..11              D-04
points_terminate                     12       POINTS        CORR    3..12              D-04
suspend_months_9_points              2        MONTHS        DESIGN  1..6               D-04
suspend_months_10_points             4        MONTHS        DESIGN  1..6               D-04
suspend_months_11_points             6        MONTHS        DESIGN  1..6               D-04
terminate_ban_years_accumulated      1        YEARS         CORR    1..3               D-04
terminate_ban_years_single           3        YEARS         CORR    1..5               D-04
repair_points_each                   1        POINTS        LOCAL   1..3               D-05
repair_points_max                    4        POINTS        LOCAL   1..8               D-05
points_appeal_wd                     10       WORKDAYS      LOCAL   5..30              D-07
inst_staff_ratio_suspend_pay         0.20     RATIO         LOCAL   0.05..1            D-08
inst_staff_ratio_suspend_agreement   0.50     RATIO         LOCAL   0.05..1            D-08

hearing_threshold_individual         5000     CNY           LOCAL   500..100000        E-06
hearing_threshold_organisation       100000   CNY           LOCAL   5000..1000000      E-06,C-05
penalty_filing_days                  15       DAYS          DESIGN  5..30              C-05
reward_min                           200      CNY           CORR    0..10000           E-08
reward_max                           200000   CNY           CORR    1000..1000000      E-08
reward_claim_months                  2        MONTHS        CORR    1..12              E-08

premium_due_day                      25       DAY_OF_MONTH  SEED    law                G-02
clearing_objection_wd                10       WORKDAYS      DESIGN  3..30              J-07
late_fee_rate                        0.0005   RATIO_A_DAY   FOUND   law                G-02
fund_warning_months                  6        MONTHS        SEED    law                G-06

quality_deposit_rate                 0.05     RATIO         MEM     0..0.1             J-09
monthly_prepay_rate                  0.95     RATIO         MEM     0.5..1             J-06
overspend_rate                       0.70     RATIO         DESIGN  0..1                 B-10
drg_low_ratio                        0.4      RATIO         MEM     0.1..0.9           J-04
drg_small_group_points               100      POINTS        MEM     10..1000           J-04
drg_large_group_points               300      POINTS        MEM     20..3000           J-04
drg_high_ratio_small                 3.0      RATIO         MEM     1.1..10            J-04
drg_high_ratio_medium                2.5      RATIO         MEM     1.1..10            J-04
drg_high_ratio_large                 2.0      RATIO         MEM     1.1..10            J-04
dip_low_ratio                        0.5      RATIO         MEM     0.1..0.9           J-10
dip_high_ratio                       2.0      RATIO         MEM     1.1..10            J-10

performance_self_wd                  15       WORKDAYS      DESIGN  5..60              B-09
performance_assess_wd                30       WORKDAYS      DESIGN  5..120             B-09
performance_appeal_wd                10       WORKDAYS      DESIGN  5..30              B-09
performance_decision_wd              10       WORKDAYS      DESIGN  3..60              B-09
performance_silence_confirms         1        TIMES         DESIGN  0..1               B-09
performance_excellent                90       POINTS        DESIGN  50..100            B-09,B-15
performance_good                     80       POINTS        DESIGN  40..100            B-09
performance_pass                     60       POINTS        DESIGN  20..100            B-09
deposit_full_score                   90       POINTS        DESIGN  0..100             J-09
deposit_high_score                   80       POINTS        DESIGN  0..100             J-09
deposit_middle_score                 70       POINTS        DESIGN  0..100             J-09
deposit_low_score                    60       POINTS        DESIGN  0..100             J-09
deposit_full_share                   1        RATIO         DESIGN  0..1               J-09
deposit_high_share                   0.90     RATIO         DESIGN  0..1               J-09
deposit_middle_share                 0.70     RATIO         DESIGN  0..1               J-09
deposit_low_share                    0.50     RATIO         DESIGN  0..1               J-09
deposit_rest_share                   0        RATIO         DESIGN  0..1               J-09

attachment_max_mb                    200      MEGABYTES     DESIGN  1..1000               -
attachment_form_mb                   20       MEGABYTES     DESIGN  1..100                -
attachment_max_files                 10       FILES         DESIGN  1..50                 -
archive_max_files                    1000     FILES         DESIGN  10..10000             -
archive_max_ratio                    100      TIMES         DESIGN  10..1000              -
archive_max_unpacked_mb              1000     MEGABYTES     DESIGN  10..4000              -
upload_max_open                      20       FILES         DESIGN  1..100                -
upload_expiry_hours                  24       HOURS         DESIGN  1..168                -
orphan_file_hours                    24       HOURS         DESIGN  24..720               -
preview_max_pages                    20       TIMES         DESIGN  1..100                -
office_opens_hour                    9        HOUR_OF_DAY   DESIGN  0..12                 -
office_closes_hour                   17       HOUR_OF_DAY   DESIGN  13..24                -
mail_digest_hour                     9        HOUR_OF_DAY   DESIGN  0..23                 -
mail_max_attempts                    8        TIMES         DESIGN  1..20                 -
mail_retry_first_minutes             1        MINUTES       DESIGN  1..60                 -
mail_retry_longest_minutes           240      MINUTES       DESIGN  1..1440               -
mail_lease_minutes                   10       MINUTES       DESIGN  2..120                -
stranger_filings_per_hour            20       TIMES         DESIGN  1..500                -
status_queries_per_hour              60       TIMES         DESIGN  5..2000               -
figures_min_cases                    5        TIMES         DESIGN  3..50                 -
registration_change_wd               10       WORKDAYS      FOUND   law                C-07
api_token_max_days                   365      DAYS          DESIGN  1..1095              B-08
api_token_warning_days               14       DAYS          DESIGN  1..90                B-08
"""
LAW, NONE = "law", "-"


def _definition(line: str) -> Definition:
    key, default, unit, evidence, bounds, rules = line.split()
    low, high = (default, default) if bounds == LAW else bounds.split("..")
    return Definition(
        rules=() if rules == NONE else tuple(rules.split(",")),
        key=key,
        default=Decimal(default),
        unit=ParameterUnit[unit],
        evidence=Evidence[evidence],
        minimum=Decimal(low),
        maximum=Decimal(high),
        label=LABELS[key],
        article=ARTICLES.get(key, ""),
        help=NOTES.get(key, ""),
    )


DEFINITIONS: Mapping[str, Definition] = MappingProxyType(
    {each.key: each for each in (_definition(line) for line in TABLE.splitlines() if line.strip())}
)

# Of each chain a value is never above the next one.
CHAINS: tuple[tuple[str, ...], ...] = (
    ("payout_first_alarm_wd", "payout_second_alarm_wd", "payout_wd"),
    (
        "suspension_first_warning_days",
        "suspension_second_warning_days",
        "max_voluntary_suspension_days",
    ),
    ("mandatory_suspension_min_months", "mandatory_suspension_max_months"),
    ("points_talk", "points_suspend", "points_terminate"),
    ("suspend_months_9_points", "suspend_months_10_points", "suspend_months_11_points"),
    ("terminate_ban_years_accumulated", "terminate_ban_years_single"),
    ("repair_points_each", "repair_points_max"),
    ("inst_staff_ratio_suspend_pay", "inst_staff_ratio_suspend_agreement"),
    ("reward_min", "reward_max"),
    ("drg_low_ratio", "drg_high_ratio_large", "drg_high_ratio_medium", "drg_high_ratio_small"),
    ("drg_small_group_points", "drg_large_group_points"),
    ("dip_low_ratio", "dip_high_ratio"),
    ("renewal_lead_months", "renewal_reminder_months"),
    ("performance_pass", "performance_good", "performance_excellent"),
    ("deposit_low_score", "deposit_middle_score", "deposit_high_score", "deposit_full_score"),
    (
        *("deposit_rest_share", "deposit_low_share", "deposit_middle_share"),
        *("deposit_high_share", "deposit_full_share"),
    ),
    ("attachment_form_mb", "attachment_max_mb"),
    ("mail_retry_first_minutes", "mail_retry_longest_minutes"),
)
