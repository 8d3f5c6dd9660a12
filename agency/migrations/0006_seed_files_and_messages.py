"""The first values of what limits files and mails; all decided here, the law being silent."""

import datetime

from django.db import migrations

# key, value, unit
PARAMETERS = [
    ("attachment_max_mb", "200", "megabytes"),
    ("attachment_form_mb", "20", "megabytes"),
    ("attachment_max_files", "10", "files"),
    ("archive_max_files", "1000", "files"),
    ("archive_max_ratio", "100", "times"),
    ("archive_max_unpacked_mb", "1000", "megabytes"),
    ("upload_max_open", "20", "files"),
    ("upload_expiry_hours", "24", "hours"),
    ("orphan_file_hours", "24", "hours"),
    ("preview_max_pages", "20", "times"),
    ("office_opens_hour", "9", "hour of day"),
    ("office_closes_hour", "17", "hour of day"),
    ("mail_digest_hour", "9", "hour of day"),
    ("mail_max_attempts", "8", "times"),
    ("mail_retry_first_minutes", "1", "minutes"),
    ("mail_retry_longest_minutes", "240", "minutes"),
    ("mail_lease_minutes", "10", "minutes"),
]


def seed_parameters(apps, schema_editor):
    parameter = apps.get_model("agency", "PolicyParameter")
    parameter.objects.bulk_create(
        parameter(
            key=key,
            profile="NATIONAL",
            value=value,
            unit=unit,
            evidence="DESIGN",
            effective_from=datetime.date(2019, 1, 1),
            state="approved",
        )
        for key, value, unit in PARAMETERS
    )


class Migration(migrations.Migration):
    dependencies = [("agency", "0005_administrators_apart")]

    operations = [migrations.RunPython(seed_parameters, migrations.RunPython.noop)]
