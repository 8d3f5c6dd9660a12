"""Notices of public institutions that wait for a decision are reviewed by the administration."""

from django.db import migrations


def reviews(apps, schema_editor):
    requests = apps.get_model("agreements", "AgreementRequest").objects
    model = apps.get_model("agreements", "ExitReview")
    waiting = requests.filter(
        kind="not_renew", needs_review=True, state="filed", exit_review__isnull=True
    )
    model.objects.bulk_create(
        [model(request=each, due_on=each.decision_due_on) for each in waiting]
    )


class Migration(migrations.Migration):
    dependencies = [("agreements", "0005_whole_life")]
    operations = [migrations.RunPython(reviews, migrations.RunPython.noop)]
