"""What a letter said, kept as JSON such that it can be read back as it was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise

_TYPES: dict[str, Any] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "decimal": Decimal,
}


def frozen(value: Any) -> Any:
    """Return the value as JSON knows it; days and amounts say what they are."""
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, Mapping):
        return {"row": {str(name): frozen(each) for name, each in value.items()}}
    if isinstance(value, list | tuple):
        return [frozen(each) for each in value]
    if isinstance(value, Promise):
        return str(value)
    if value is None or isinstance(value, str | int | bool):
        return value
    raise TypeError(f"a letter cannot say a {type(value).__name__}")


def thawed(value: Any) -> Any:
    """Return what `frozen` was given."""
    if isinstance(value, list):
        return [thawed(each) for each in value]
    if isinstance(value, dict):
        ((name, inner),) = value.items()
        if name == "row":
            return {key: thawed(each) for key, each in inner.items()}
        return _TYPES[name](inner)
    return value
