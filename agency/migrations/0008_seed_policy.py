"""The numbers of the rule catalogue that had no value yet, as the catalogue gives them."""

import datetime

from django.db import migrations

# key, value, unit, evidence
PARAMETERS = [
    ("closing_days_count", "0", "times", "DESIGN"),
    ("portal_service_wd", "5", "working days", "DESIGN"),
    ("fraud_ban_years", "3", "years", "MEM"),
    ("unlawful_dissolution_ban_years", "3", "years", "MEM"),
    ("breach_dissolution_ban_years", "1", "years", "MEM"),
    ("responsible_person_ban_years", "5", "years", "MEM"),
    ("defence_extension_max_wd", "10", "working days", "DESIGN"),
    ("notice_service_days", "30", "days", "DESIGN"),
    ("appeal_wd", "7", "working days", "DESIGN"),
    ("vbp_settlement_days", "30", "days", "DESIGN"),
    ("suspend_months_9_points", "2", "months", "DESIGN"),
    ("suspend_months_10_points", "4", "months", "DESIGN"),
    ("suspend_months_11_points", "6", "months", "DESIGN"),
    ("terminate_ban_years_accumulated", "1", "years", "CORR"),
    ("terminate_ban_years_single", "3", "years", "CORR"),
    ("repair_points_each", "1", "points", "LOCAL"),
    ("repair_points_max", "4", "points", "LOCAL"),
    ("points_appeal_wd", "10", "working days", "LOCAL"),
    ("inst_staff_ratio_suspend_pay", "0.20", "ratio", "LOCAL"),
    ("inst_staff_ratio_suspend_agreement", "0.50", "ratio", "LOCAL"),
    ("hearing_threshold_individual", "5000", "CNY", "LOCAL"),
    ("hearing_threshold_organisation", "100000", "CNY", "LOCAL"),
    ("penalty_filing_days", "15", "days", "DESIGN"),
    ("reward_min", "200", "CNY", "CORR"),
    ("reward_max", "200000", "CNY", "CORR"),
    ("reward_claim_months", "2", "months", "CORR"),
    ("clearing_objection_wd", "10", "working days", "DESIGN"),
    ("overspend_rate", "0.70", "ratio", "DESIGN"),
    ("drg_low_ratio", "0.4", "ratio", "MEM"),
    ("drg_small_group_points", "100", "points", "MEM"),
    ("drg_large_group_points", "300", "points", "MEM"),
    ("drg_high_ratio_small", "3.0", "ratio", "MEM"),
    ("drg_high_ratio_medium", "2.5", "ratio", "MEM"),
    ("drg_high_ratio_large", "2.0", "ratio", "MEM"),
    ("dip_low_ratio", "0.5", "ratio", "MEM"),
    ("dip_high_ratio", "2.0", "ratio", "MEM"),
    ("api_token_max_days", "365", "days", "DESIGN"),
    ("api_token_warning_days", "14", "days", "DESIGN"),
]


def seed_parameters(apps, schema_editor):
    parameter = apps.get_model("agency", "PolicyParameter")
    parameter.objects.bulk_create(
        parameter(
            key=key,
            profile="NATIONAL",
            value=value,
            unit=unit,
            evidence=evidence,
            effective_from=datetime.date(2019, 1, 1),
            state="approved",
        )
        for key, value, unit, evidence in PARAMETERS
    )


class Migration(migrations.Migration):
    dependencies = [("agency", "0007_rule_set_of_the_office")]

    operations = [migrations.RunPython(seed_parameters, migrations.RunPython.noop)]
