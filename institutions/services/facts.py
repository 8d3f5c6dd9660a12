"""Writing values of institutions, each with effect from a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from institutions.models import ChangeRequest, Institution, InstitutionFact
from institutions.models.facts import FROM_THE_FIRST
from institutions.models.institution import field_of


@dataclass(frozen=True, slots=True)
class NewFact:
    institution_id: int
    column: str
    old: str
    new: str


def clean_value(column: str, text: str) -> Any:
    """Return the value a field of an institution takes from text; raises `ValidationError`."""
    return field_of(column).clean(text.strip(), None)


def as_text(value: object) -> str:
    """Return a value as facts and filings keep it."""
    return "" if value is None else str(value)


def record_facts(
    changes: Iterable[NewFact], *, on: date, change: ChangeRequest | None = None
) -> None:
    """Keep the new values with effect from `on`, and what held before if nothing was kept yet.

    Two statements, however many changes.
    """
    changes = list(changes)
    InstitutionFact.objects.bulk_create(
        [
            InstitutionFact(
                institution_id=each.institution_id,
                field=each.column,
                value=each.old,
                effective_from=FROM_THE_FIRST,
            )
            for each in changes
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )
    InstitutionFact.objects.bulk_create(
        [
            InstitutionFact(
                institution_id=each.institution_id,
                field=each.column,
                value=each.new,
                effective_from=on,
                change=change,
            )
            for each in changes
        ],
        update_conflicts=True,
        unique_fields=["institution", "field", "effective_from"],
        update_fields=["value", "change"],
        batch_size=1000,
    )


def value_on(institution: Institution, column: str, day: date) -> str:
    """Return the value of a field as it held on a day. One query."""
    fact = (
        InstitutionFact.objects.filter(
            institution=institution, field=column, effective_from__lte=day
        )
        .order_by("-effective_from")
        .first()
    )
    return fact.value if fact else as_text(getattr(institution, column))
