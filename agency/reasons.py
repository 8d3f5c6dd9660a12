"""Why a rule answers what it answers, step by step, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of an answer: a message with its values, put into words only when it is read."""

    message: Text
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(self.message) % {name: worded(value) for name, value in self.values.items()}


def reason(message: Text, **values: Any) -> Reason:
    return Reason(message, values)


def worded(value: Any) -> Any:
    """Return a value as a sentence shows it: labels for enum members, ISO dates, joined lists."""
    if isinstance(value, Enum):
        return str(getattr(value, "label", value.value))
    if isinstance(value, tuple | list):
        if len(value) == 2 and all(isinstance(each, date) for each in value):
            first, last = value
            return f"{first}" if first == last else f"{first} – {last}"
        return str(_(", ")).join(str(worded(each)) for each in value)
    return value if isinstance(value, int) else str(value)
