"""The groups of the two new administrators, how long passwords, sessions and stand-ins last, and
since when the passwords there are have been used.
"""

import datetime

from django.db import migrations
from django.utils import timezone

ROLES = ["agency.security_administrator", "agency.audit_administrator"]

# key, value, unit
PARAMETERS = [
    ("stand_in_max_days", "90", "days"),
    ("password_history", "5", "times"),
    ("password_max_days", "180", "days"),
    ("session_idle_minutes", "30", "minutes"),
]


def create_roles(apps, schema_editor):
    group = apps.get_model("auth", "Group")
    group.objects.bulk_create([group(name=code) for code in ROLES], ignore_conflicts=True)


def seed_parameters(apps, schema_editor):
    parameter = apps.get_model("agency", "PolicyParameter")
    parameter.objects.bulk_create(
        [
            parameter(
                key=key,
                profile="NATIONAL",
                value=value,
                unit=unit,
                evidence="DESIGN",
                effective_from=datetime.date(2019, 1, 1),
                state="approved",
                note="",
            )
            for key, value, unit in PARAMETERS
        ],
        ignore_conflicts=True,
    )


def start_the_age_of_passwords(apps, schema_editor):
    user = apps.get_model("agency", "User")
    user.objects.filter(password_changed_at=None).update(password_changed_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("agency", "0004_ground_floor")]

    operations = [
        migrations.RunPython(create_roles, migrations.RunPython.noop),
        migrations.RunPython(seed_parameters, migrations.RunPython.noop),
        migrations.RunPython(start_the_age_of_passwords, migrations.RunPython.noop),
    ]
