"""Numbers that neither repeat nor leave gaps."""

from django.db import connection


def next_number(key: str) -> int:
    """Return the next number under the key, starting with 1.

    Must be called inside the transaction that stores the numbered object: the counter's row
    stays locked until it commits, and a rollback gives the number back.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO agency_counter (key, value) VALUES (%s, 1)"
            " ON CONFLICT (key) DO UPDATE SET value = agency_counter.value + 1 RETURNING value",
            [key],
        )
        return cursor.fetchone()[0]


def next_numbers(key: str, count: int) -> range:
    """Return the next `count` numbers under the key, as `next_number` would one by one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO agency_counter (key, value) VALUES (%s, %s) ON CONFLICT (key)"
            " DO UPDATE SET value = agency_counter.value + EXCLUDED.value RETURNING value",
            [key, count],
        )
        last = cursor.fetchone()[0]
    return range(last - count + 1, last + 1)
