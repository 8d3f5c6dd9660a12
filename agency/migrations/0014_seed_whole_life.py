"""The group of legal reviewers, and the numbers of an agreement's whole life."""

import datetime

from django.db import migrations

ROLES = ["agency.legal_reviewer"]

# key, value, unit, evidence
PARAMETERS = [
    ("agreement_filing_wd", "10", "working days", "DESIGN"),
    ("dissolved_withdrawal_wd", "3", "working days", "DESIGN"),
    ("inpatient_answer_wd", "3", "working days", "DESIGN"),
    ("cascade_acknowledgement_wd", "3", "working days", "DESIGN"),
    ("cascade_proposal_wd", "10", "working days", "DESIGN"),
    ("renewal_simplified_score", "90", "points", "DESIGN"),
    ("not_renew_review_wd", "10", "working days", "DESIGN"),
    ("template_consultation_wd", "15", "working days", "DESIGN"),
    ("template_urgent_consultation_wd", "3", "working days", "DESIGN"),
    ("obligation_payment_workdays", "15", "working days", "DESIGN"),
    ("interview_notice_wd", "3", "working days", "DESIGN"),
    ("interview_agency_people", "2", "persons", "DESIGN"),
    ("interview_calls", "2", "times", "DESIGN"),
    ("adm_report_ack_wd", "5", "working days", "DESIGN"),
    ("ground_verify_wd", "5", "working days", "DESIGN"),
    ("no_claims_days", "30", "days", "DESIGN"),
    ("formal_demand_wd", "10", "working days", "DESIGN"),
    ("legal_review_wd", "5", "working days", "DESIGN"),
    ("discussion_members", "3", "persons", "DESIGN"),
    ("decision_perform_days", "15", "days", "DESIGN"),
    ("correction_answer_wd", "10", "working days", "DESIGN"),
    ("agency_rectification_wd", "10", "working days", "DESIGN"),
    ("negotiation_answer_wd", "10", "working days", "DESIGN"),
    ("negotiation_wd", "20", "working days", "DESIGN"),
    ("coordination_accept_wd", "5", "working days", "DESIGN"),
    ("coordination_wd", "30", "working days", "DESIGN"),
    ("performance_self_wd", "15", "working days", "DESIGN"),
    ("performance_assess_wd", "30", "working days", "DESIGN"),
    ("performance_appeal_wd", "10", "working days", "DESIGN"),
    ("performance_decision_wd", "10", "working days", "DESIGN"),
    ("performance_silence_confirms", "1", "times", "DESIGN"),
    ("performance_excellent", "90", "points", "DESIGN"),
    ("performance_good", "80", "points", "DESIGN"),
    ("performance_pass", "60", "points", "DESIGN"),
    ("deposit_full_score", "90", "points", "DESIGN"),
    ("deposit_high_score", "80", "points", "DESIGN"),
    ("deposit_middle_score", "70", "points", "DESIGN"),
    ("deposit_low_score", "60", "points", "DESIGN"),
    ("deposit_full_share", "1", "ratio", "DESIGN"),
    ("deposit_high_share", "0.90", "ratio", "DESIGN"),
    ("deposit_middle_share", "0.70", "ratio", "DESIGN"),
    ("deposit_low_share", "0.50", "ratio", "DESIGN"),
    ("deposit_rest_share", "0", "ratio", "DESIGN"),
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
    dependencies = [("agency", "0013_parts_of_service_matters")]

    operations = [
        migrations.RunPython(create_roles, migrations.RunPython.noop),
        migrations.RunPython(seed_parameters, migrations.RunPython.noop),
    ]
