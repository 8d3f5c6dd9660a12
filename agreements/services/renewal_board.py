"""The rows of the board of readiness, on the page and in a file (B-15)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from agreements.enums.renewals import RenewalState
from agreements.models import Agreement
from agreements.readiness import Level, Light, columns, lights_of
from agreements.services import renewal_columns
from agreements.services.renewal import states_of

# Importing the own columns enters them.
__all__ = ["board_rows", "cells_of", "file_rows", "renewal_columns"]

CHUNK = 500


def board_rows(agreements: Sequence[Agreement], on: date, clear: Light) -> list[dict[str, Any]]:
    """Return each agreement with its state and a light for every column; `clear` where a column
    has nothing to say.
    """
    states, lights = states_of(agreements, on=on), lights_of(agreements, on)
    return [
        {
            "agreement": each,
            "state": RenewalState(states[each.pk]),
            "cells": [
                {"column": column, "light": lights[each.pk].get(column.key, clear)}
                for column in columns()
            ],
        }
        for each in agreements
    ]


def cells_of(
    agreement: Agreement, on: date, keys: Iterable[str] | None = None
) -> list[dict[str, Any]]:
    """Return the columns that have something to say about the agreement."""
    lights = lights_of([agreement], on, keys)[agreement.pk]
    return [
        {"column": column, "light": lights[column.key]}
        for column in columns()
        if column.key in lights and lights[column.key].level != Level.GREEN
    ]


def file_rows(agreements: Iterable[Agreement], on: date) -> Iterator[dict[str, Any]]:
    """Yield the rows of a file, some twenty queries for each five hundred."""
    source = iter(agreements)
    while chunk := list(islice(source, CHUNK)):
        states, lights = states_of(chunk, on=on), lights_of(chunk, on)
        for each in chunk:
            yield {
                "number": each.number,
                "code": each.institution.code,
                "name": each.institution.name,
                "region": str(each.region),
                "valid_to": each.valid_to,
                "apply_by": each.renewal_apply_by,
                "state": each.state,
                "renewal": states[each.pk].value,
                **{key: str(light.text) for key, light in lights[each.pk].items()},
            }
