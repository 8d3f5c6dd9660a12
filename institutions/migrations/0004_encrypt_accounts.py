from django.db import migrations

from agency.crypto import PREFIX, ring

TABLES = [
    ("institutions_institution", "id", ["bank_account"], ""),
    ("institutions_institutionevent", "pgh_id", ["bank_account"], ""),
    ("institutions_institutionfact", "id", ["value"], "field = 'bank_account'"),
    ("institutions_changeitem", "id", ["old_value", "new_value"], "field = 'bank_account'"),
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
    dependencies = [("institutions", "0003_search")]

    # Values in plain text stay readable, so nothing needs to be undone.
    operations = [migrations.RunPython(encrypt, migrations.RunPython.noop)]
