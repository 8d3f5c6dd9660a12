"""Who has a batch or an institution in hand: advisory locks that end with the transaction, and so
also when the worker is killed.
"""

from django.db import connection

INTAKE = 0x5E773
INSTITUTION = 0x5E774
REVIEW = 0x5E775


def try_lock(kind: int, pk: int) -> bool:
    """Take the lock unless another transaction holds it; say whether it was taken."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [kind, pk % 2**31])
        return cursor.fetchone()[0]


def wait_for_lock(kind: int, pk: int) -> None:
    """Take the lock, after whoever holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [kind, pk % 2**31])
