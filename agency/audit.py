"""What counts as an audit event: found by walking the models, never listed by hand.

A table is sealed when its rows are written once: transitions, the event tables of tracked models,
and every model that the database protects from being changed and deleted.
"""

from __future__ import annotations

from dataclasses import dataclass

import pgtrigger
from django.apps import apps
from django.db import models

from agency.crypto import FINGERPRINT_PART, PREFIX
from agency.models import AuditHead, AuditSeal, EncryptedCharField, TransitionRecord

# The chain is not its own source.
CHAIN = (AuditHead, AuditSeal)
ENCRYPTED = "~"
WRITTEN_ONCE = {"UPDATE", "DELETE"}


@dataclass(frozen=True, slots=True)
class Source:
    """A table of audit events: its key, the column that says when, and what is digested, in
    order. Of an encrypted column (marked `~`) the fingerprint is, which no new key changes.
    """

    table: str
    key: str
    at: str
    columns: tuple[str, ...]


def audit_sources() -> list[Source]:
    """Return every table that is sealed, by name."""
    sources = (_source(model) for model in apps.get_models())
    return sorted((each for each in sources if each), key=lambda each: each.table)


def is_append_only(model: type[models.Model]) -> bool:
    """Whether the database refuses every change and deletion of the model's rows."""
    return any(
        isinstance(trigger, pgtrigger.Protect)
        and trigger.condition is None
        and {str(each) for each in _operations(trigger)} >= WRITTEN_ONCE
        for trigger in getattr(model._meta, "triggers", [])
    )


def instant_of(model: type[models.Model]) -> str | None:
    """Return the column that says when a row was written: the first that is never empty."""
    for field in model._meta.concrete_fields:
        if isinstance(field, models.DateTimeField) and not field.null:
            return field.column
    return None


def value_of(column: str) -> str:
    """Return the SQL of what is digested of a column."""
    if not column.startswith(ENCRYPTED):
        return f'"{column}"'
    name = f'"{column.removeprefix(ENCRYPTED)}"'
    return (
        f"CASE WHEN {name} LIKE '{PREFIX}%%' THEN split_part({name}, ':', {FINGERPRINT_PART})"
        f" ELSE {name} END"
    )


def _source(model: type[models.Model]) -> Source | None:
    options = model._meta
    if options.proxy or not options.managed or issubclass(model, CHAIN):
        return None
    is_event = issubclass(model, TransitionRecord) or hasattr(model, "pgh_tracked_model")
    at = instant_of(model)
    if at is None or not (is_event or is_append_only(model)):
        return None
    columns = tuple(
        f"{ENCRYPTED if isinstance(field, EncryptedCharField) else ''}{field.column}"
        for field in options.concrete_fields
    )
    return Source(options.db_table, str(options.pk.column), at, columns)


def _operations(trigger: pgtrigger.Protect) -> list[object]:
    operation = trigger.operation
    return list(getattr(operation, "operations", [operation]))
