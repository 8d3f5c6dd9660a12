"""What the office cannot open without: extensions, the groups of the roles, the wall between
agency and administration, and the first values of the policy parameters.
"""

import datetime

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations

ROLES = [
    "agency.intake_clerk",
    "agency.claim_reviewer",
    "agency.settlement_officer",
    "agency.payment_officer",
    "agency.audit_officer",
    "agency.agreement_officer",
    "agency.head",
    "agency.archivist",
    "agency.system_administrator",
    "administration.supervisor",
    "administration.law_officer",
    "administration.head",
    "institution.administrator",
    "institution.clerk",
    "public.social_supervisor",
]

# key, value, unit, evidence (rules.md section 2 and the rules that name a default)
PARAMETERS = [
    ("supplement_notice_wd", "5", "working days", "CORR"),
    ("assessment_months", "3", "months", "MEM"),
    ("reassess_after_months", "3", "months", "MEM"),
    ("reapply_ban_after_second_fail_years", "1", "years", "MEM"),
    ("public_notice_days", "7", "working days", "DESIGN"),
    ("term_months", "12", "months", "MEM"),
    ("auto_termination_grace_wd", "5", "working days", "DESIGN"),
    ("mandatory_suspension_min_months", "1", "months", "DESIGN"),
    ("mandatory_suspension_max_months", "6", "months", "DESIGN"),
    ("renewal_reminder_months", "4", "months", "DESIGN"),
    ("suspension_first_warning_days", "150", "days", "DESIGN"),
    ("suspension_second_warning_days", "170", "days", "DESIGN"),
    ("payout_first_alarm_wd", "20", "working days", "DESIGN"),
    ("payout_second_alarm_wd", "27", "working days", "DESIGN"),
    ("major_expense_threshold", "5000000", "CNY", "DESIGN"),
    ("collective_decision_min_voters", "3", "persons", "DESIGN"),
    ("change_decision_wd", "10", "working days", "DESIGN"),
    ("general_change_wd", "5", "working days", "DESIGN"),
    ("request_decision_wd", "10", "working days", "DESIGN"),
    ("defence_wd", "5", "working days", "DESIGN"),
    ("adm_report_wd", "2", "working days", "DESIGN"),
    ("adm_order_wd", "10", "working days", "DESIGN"),
    ("dissolution_publication_wd", "5", "working days", "DESIGN"),
    ("points_talk", "6", "points", "LOCAL"),
    ("points_suspend", "9", "points", "CORR"),
    ("points_terminate", "12", "points", "CORR"),
    ("quality_deposit_rate", "0.05", "ratio", "MEM"),
    ("monthly_prepay_rate", "0.95", "ratio", "MEM"),
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
            note="",
        )
        for key, value, unit, evidence in PARAMETERS
    )


# The prefix of a role's code is the actor whose acts it holds (agency.enums.Role).
WALL = """
CREATE FUNCTION agency_role_matches_actor() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whose text;
    code text;
BEGIN
    SELECT actor INTO whose FROM agency_user WHERE id = NEW.user_id;
    SELECT name INTO code FROM auth_group WHERE id = NEW.group_id;
    IF split_part(code, '.', 1) <> whose THEN
        RAISE EXCEPTION 'role % cannot be held by a user who acts for %', code, whose
            USING ERRCODE = 'check_violation', CONSTRAINT = 'user_role_matches_actor';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER user_role_matches_actor BEFORE INSERT OR UPDATE ON agency_user_groups
    FOR EACH ROW EXECUTE FUNCTION agency_role_matches_actor();
CREATE FUNCTION agency_actor_matches_roles() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM agency_user_groups membership JOIN auth_group ON auth_group.id = membership.group_id
        WHERE membership.user_id = NEW.id AND split_part(auth_group.name, '.', 1) <> NEW.actor
    ) THEN
        RAISE EXCEPTION 'user % holds roles of another actor', NEW.username
            USING ERRCODE = 'check_violation', CONSTRAINT = 'user_actor_matches_roles';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER user_actor_matches_roles BEFORE UPDATE OF actor ON agency_user
    FOR EACH ROW EXECUTE FUNCTION agency_actor_matches_roles();
"""
OPEN = """
DROP TRIGGER user_actor_matches_roles ON agency_user;
DROP FUNCTION agency_actor_matches_roles();
DROP TRIGGER user_role_matches_actor ON agency_user_groups;
DROP FUNCTION agency_role_matches_actor();
"""


class Migration(migrations.Migration):
    dependencies = [("agency", "0001_initial")]

    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        migrations.RunPython(create_roles, migrations.RunPython.noop),
        migrations.RunPython(seed_parameters, migrations.RunPython.noop),
        migrations.RunSQL(WALL, OPEN),
    ]
