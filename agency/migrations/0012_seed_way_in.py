"""The group of assessment experts, and the numbers of the way in."""

import datetime

from django.db import migrations

ROLES = ["public.expert"]

# key, value, unit, evidence
PARAMETERS = [
    ("supplement_delivery_wd", "15", "working days", "DESIGN"),
    ("designation_accept_at_once", "1", "times", "DESIGN"),
    ("application_draft_days", "180", "days", "DESIGN"),
    ("assessment_experts", "5", "persons", "DESIGN"),
    ("result_filing_wd", "5", "working days", "DESIGN"),
    ("objection_decision_wd", "10", "working days", "DESIGN"),
    ("guidance_months", "6", "months", "MEM"),
    ("account_change_wait_days", "3", "days", "DESIGN"),
    ("commitment_check_days", "60", "days", "DESIGN"),
    ("review_explanation_wd", "10", "working days", "DESIGN"),
    ("account_request_wd", "3", "working days", "DESIGN"),
    ("inquiry_answer_wd", "5", "working days", "DESIGN"),
    ("inquiry_reply_wd", "10", "working days", "DESIGN"),
    ("training_exempt_from_month", "10", "month of year", "DESIGN"),
    ("licence_warning_days", "90", "days", "DESIGN"),
    ("roster_ahead_months", "12", "months", "DESIGN"),
    ("roster_import_rows", "50000", "times", "DESIGN"),
    ("list_update_wd", "1", "working days", "DESIGN"),
    ("stranger_filings_per_hour", "20", "times", "DESIGN"),
    ("status_queries_per_hour", "60", "times", "DESIGN"),
    ("figures_min_cases", "5", "times", "DESIGN"),
]


def create_roles(apps, schema_editor):
    group = apps.get_model("auth", "Group")
    group.objects.bulk_create([group(name=code) for code in ROLES], ignore_conflicts=True)


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
    dependencies = [("agency", "0011_way_in")]

    operations = [
        migrations.RunPython(create_roles, migrations.RunPython.noop),
        migrations.RunPython(seed_parameters, migrations.RunPython.noop),
    ]
