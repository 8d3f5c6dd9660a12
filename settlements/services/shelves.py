"""Partitions of the claim and charge tables: the month's shared shelf, and shelves of one batch.

What each key is worth and why is in docs/decisions/0005-partitions.md.
"""

from datetime import date

from django.db import connection, transaction

from settlements.enums import ShelfKind
from settlements.models import Shelf

# First half of two-part advisory lock keys, so that they never meet others.
SHELF_LOCK = 0x5E771
# For the transaction only: indexes sorted in memory, the key checked by an uncompiled join.
_BUILD_SETTINGS = (
    "SELECT set_config('maintenance_work_mem', '256MB', true), set_config('jit', 'off', true)"
)


def claim_table(shelf_id: int) -> str:
    return f"settlements_claim_{int(shelf_id)}"


def charge_table(shelf_id: int) -> str:
    return f"settlements_charge_{int(shelf_id)}"


def live_shelf(on: date) -> Shelf:
    """Return the shelf that the small batches of the day's month share, made when first needed.

    Commits by itself: a partition made inside a long load would keep other loads waiting.
    """
    month = on.replace(day=1)
    found = Shelf.objects.filter(kind=ShelfKind.LIVE, month=month).first()
    if found:
        return found
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [SHELF_LOCK])
        shelf, is_new = Shelf.objects.get_or_create(kind=ShelfKind.LIVE, month=month)
        if is_new:
            cursor.execute(
                f"CREATE TABLE {claim_table(shelf.pk)} PARTITION OF settlements_claim"
                f" FOR VALUES IN ({shelf.pk});"
                f"CREATE TABLE {charge_table(shelf.pk)} PARTITION OF settlements_charge"
                f" FOR VALUES IN ({shelf.pk})"
            )
    return shelf


def open_own_shelf(on: date, batch_id: int) -> Shelf:
    """Create the two tables of one large batch, without indexes, outside the partitioned tables.

    Must run in the transaction that fills them: if it fails, nothing is left.
    """
    shelf = Shelf.objects.create(kind=ShelfKind.OWN, month=on.replace(day=1))
    with connection.cursor() as cursor:
        for parent, table in (
            ("settlements_claim", claim_table(shelf.pk)),
            ("settlements_charge", charge_table(shelf.pk)),
        ):
            # The second check is also what lets ATTACH believe the bounds without reading the rows.
            cursor.execute(
                f"CREATE TABLE {table} (LIKE {parent} INCLUDING DEFAULTS INCLUDING CONSTRAINTS);"
                f"ALTER TABLE {table}"
                f" ADD CONSTRAINT own_shelf_holds_one_batch CHECK (batch_id = {int(batch_id)}),"
                f" ADD CONSTRAINT own_shelf_is_its_partition CHECK (shelf_id = {shelf.pk})"
            )
    return shelf


def attach_own_shelf(shelf_id: int) -> None:
    """Build keys and indexes of a loaded shelf and attach it to the partitioned tables."""
    claim, charge = claim_table(shelf_id), charge_table(shelf_id)
    key, line_key = "shelf_id, batch_id, claim_no", "shelf_id, batch_id, bkkp_sn"
    claim_key = "charge_has_its_claim"
    statements = [
        f"ALTER TABLE {claim} ADD CONSTRAINT {claim}_pk PRIMARY KEY ({key})",
        f"ALTER TABLE {charge} ADD CONSTRAINT {charge}_pk PRIMARY KEY ({line_key})",
        f"CREATE INDEX {charge}_by_claim ON {charge} ({key})",
        f"ALTER TABLE {charge} ADD CONSTRAINT {claim_key} FOREIGN KEY ({key}) REFERENCES {claim}",
        f"ANALYZE {claim}",
        f"ANALYZE {charge}",
        f"ALTER TABLE settlements_claim ATTACH PARTITION {claim} FOR VALUES IN ({int(shelf_id)})",
        f"ALTER TABLE settlements_charge ATTACH PARTITION {charge} FOR VALUES IN ({int(shelf_id)})",
    ]
    with connection.cursor() as cursor:
        cursor.execute(_BUILD_SETTINGS)
        for statement in statements:
            cursor.execute(statement)
