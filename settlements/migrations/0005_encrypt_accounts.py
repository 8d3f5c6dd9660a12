from django.db import migrations

from agency.crypto import PREFIX, ring

TABLES = [
    ("settlements_paymentorder", "id", ["payee_account"], ""),
    ("settlements_paymentorderevent", "pgh_id", ["payee_account"], ""),
]
BATCH = 1000


def encrypt(apps, schema_editor):
    """Encrypt the accounts that stand in plain text. No history of it: no value changes."""
    keys = ring()
    with schema_editor.connection.cursor() as cursor:
        for table, key, columns, condition in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            for column in columns:
                plain = f"{column} <> '' AND {column} NOT LIKE '{PREFIX}%%'"
                where = f"{plain} AND {condition}" if condition else plain
                while True:
                    cursor.execute(
                        f"SELECT {key}, {column} FROM {table} WHERE {where} LIMIT {BATCH}", []
                    )
                    rows = cursor.fetchall()
                    if not rows:
                        break
                    cursor.executemany(
                        f"UPDATE {table} SET {column} = %s WHERE {key} = %s",
                        [(keys.encrypt(text), pk) for pk, text in rows],
                    )
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


class Migration(migrations.Migration):
    dependencies = [("settlements", "0004_ground_floor")]

    # Values in plain text stay readable, so nothing needs to be undone.
    operations = [migrations.RunPython(encrypt, migrations.RunPython.noop)]
