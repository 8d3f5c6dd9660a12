"""What the three service matters of C-07 consist of, as the office begins; it may set them
otherwise at any time.
"""

from django.db import migrations

# Kind, code, name, name in English, material, promised working days (0: the same day).
PARTS = (
    (
        "employee_leaves",
        "decrease",
        "单位减员申报",
        "Decrease declaration of the unit",
        "解除或者终止劳动关系证明",
        10,
    ),
    (
        "employee_leaves",
        "increase",
        "新参保关系增员申报",
        "Increase declaration of the new insurance",
        "新单位证明或者灵活就业参保登记表",
        10,
    ),
    (
        "after_death",
        "account_withdrawal",
        "个人账户余额一次性支取",
        "One-off withdrawal of the personal account",
        "死亡证明、继承人身份证件和银行账户",
        10,
    ),
    (
        "after_death",
        "registration_end",
        "参保登记注销",
        "End of the registration",
        "死亡证明",
        10,
    ),
    (
        "identity_change",
        "identity",
        "身份信息变更",
        "Change of identity information",
        "变更后的身份证件",
        0,
    ),
)


def seed(apps, schema_editor):
    part = apps.get_model("agency", "BundlePartType")
    places = {}
    rows = []
    for bundle, code, name, name_en, material, promise in PARTS:
        places[bundle] = places.get(bundle, 0) + 1
        rows.append(
            part(
                bundle=bundle,
                code=code,
                name=name,
                name_en=name_en,
                material=material,
                promise_wd=promise,
                position=places[bundle],
            )
        )
    part.objects.bulk_create(rows)


class Migration(migrations.Migration):
    dependencies = [("agency", "0012_seed_way_in")]
    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
