"""Rotating the keys of encrypted columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import pgtrigger
from django.apps import apps
from django.db import connection, models, transaction

from agency.crypto import PREFIX, ring
from agency.models import EncryptedCharField

BATCH = 1000


@dataclass(frozen=True, slots=True)
class EncryptedColumn:
    """A column of encrypted values. `secret` is the SQL condition of the rows that hold one."""

    table: str
    key: str
    column: str
    secret: str
    values: tuple[str, ...]


def encrypted_columns() -> list[EncryptedColumn]:
    """Return every encrypted column there is, those of event tables included."""
    return sorted(
        (
            _column(model, field)
            for model in apps.get_models()
            if model._meta.managed and not model._meta.proxy
            for field in model._meta.concrete_fields
            if isinstance(field, EncryptedCharField)
        ),
        key=lambda each: (each.table, each.column),
    )


def rotate(column: EncryptedColumn) -> int:
    """Encrypt with the first key what is under another key or in plain text; return how many.

    A thousand rows a transaction, so that the office goes on meanwhile. No value changes, so no
    history is written, and what is protected from changes is not protected from this.
    """
    done = 0
    for batch in _batches(column):
        with transaction.atomic(), pgtrigger.ignore(), connection.cursor() as cursor:
            # Who has changed the value since it was read has used the first key.
            cursor.execute(
                f'UPDATE "{column.table}" AS stored SET "{column.column}" = anew.value'  # noqa: S608
                " FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS anew (pk, before, value)"
                f' WHERE stored."{column.key}" = anew.pk'
                f' AND stored."{column.column}" = anew.before',
                [
                    [pk for pk, _stored in batch],
                    [stored for _pk, stored in batch],
                    [ring().encrypt(ring().decrypt(stored)) for _pk, stored in batch],
                ],
            )
        done += len(batch)
    return done


def remaining(column: EncryptedColumn) -> int:
    """Return how many values are not under the first key."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT count(*) FROM "{column.table}" WHERE {_outdated(column)}',  # noqa: S608
            _values(column),
        )
        return cursor.fetchone()[0]


def _batches(column: EncryptedColumn) -> Iterator[list[tuple[int, str]]]:
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT "{column.key}", "{column.column}" FROM "{column.table}"'  # noqa: S608
                f' WHERE {_outdated(column)} AND "{column.key}" > %s'
                f' ORDER BY "{column.key}" LIMIT {BATCH}',
                [*_values(column), last],
            )
            batch = cursor.fetchall()
        if not batch:
            return
        yield batch
        last = batch[-1][0]


def _outdated(column: EncryptedColumn) -> str:
    name = f'"{column.column}"'
    return f"{name} <> '' AND {name} NOT LIKE %s AND {column.secret}"


def _values(column: EncryptedColumn) -> list[str | list[str]]:
    return [f"{PREFIX}{ring().current}:%", *([list(column.values)] if column.values else [])]


def _column(model: type[models.Model], field: EncryptedCharField) -> EncryptedColumn:
    options = model._meta
    holding = "TRUE"
    values: tuple[str, ...] = ()
    if field.when:
        holding, values = f'"{field.when[0]}" = ANY(%s)', field.when[1]
    key, column = cast("str", options.pk.column), cast("str", field.column)
    return EncryptedColumn(options.db_table, key, column, holding, values)
