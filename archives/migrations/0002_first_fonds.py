"""The fonds of the agency that runs the program; others may be added for regions of their own."""

from django.db import migrations

CODE = "J001"


def create_fonds(apps, schema_editor):
    apps.get_model("archives", "Fonds").objects.create(code=CODE, name="医疗保障事务中心")


class Migration(migrations.Migration):
    dependencies = [("archives", "0001_records")]

    operations = [migrations.RunPython(create_fonds, migrations.RunPython.noop)]
