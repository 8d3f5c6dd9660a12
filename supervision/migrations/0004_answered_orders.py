"""Orders that were answered before there were states: their report waits to be accepted, or was,
where the case is closed.
"""

from django.db import migrations


def answered(apps, schema_editor):
    orders = apps.get_model("supervision", "AdministrationOrder").objects
    answers = apps.get_model("supervision", "OrderAnswer")
    rows = list(orders.filter(state="ordered", answered_at__isnull=False).select_related("case"))
    answers.objects.bulk_create(
        [
            answers(
                order=each,
                text=each.answer,
                given_at=each.answered_at,
                given_by_id=each.answered_by_id,
            )
            for each in rows
        ]
    )
    pks = [each.pk for each in rows]
    orders.filter(pk__in=pks).update(state="answered")
    closed = [each for each in rows if each.case and each.case.state == "closed"]
    for each in closed:
        answers.objects.filter(order=each).update(
            outcome="accepted", judged_at=each.answered_at, judged_by_id=each.ordered_by_id
        )
    orders.filter(pk__in=[each.pk for each in closed]).update(state="accepted")


class Migration(migrations.Migration):
    dependencies = [("supervision", "0003_whole_life")]
    operations = [migrations.RunPython(answered, migrations.RunPython.noop)]
