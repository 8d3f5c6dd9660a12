"""Which histories tell who decided what. Apps enter theirs in their `reports.py`; the report of
decisions draws them together. This module knows none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agency.models import TransitionRecord
from agency.reports import Text


@dataclass(frozen=True, slots=True)
class DecisionSource:
    """A history, and how a matter of it is named: the paths to its number and institution."""

    model: type[TransitionRecord]
    number: str
    institution: str

    @property
    def code(self) -> str:
        return self.subject._meta.label_lower

    @property
    def subject(self) -> Any:
        model: Any = self.model
        return model._meta.get_field("subject").related_model

    @property
    def label(self) -> Text:
        return self.subject._meta.verbose_name

    @property
    def states(self) -> Mapping[Any, Text]:
        return choice_labels_of(self.subject)


def choice_labels_of(model: Any) -> Mapping[Any, Text]:
    return dict(model._meta.get_field("state").flatchoices)


DECISION_SOURCES: dict[str, DecisionSource] = {}


def decision_source(
    model: type[TransitionRecord], *, number: str = "subject__number", institution: str = ""
) -> DecisionSource:
    """Enter a history; refuses a second entry of it."""
    source = DecisionSource(model, number, institution)
    if source.code in DECISION_SOURCES:
        raise ValueError(f"decisions of {source.code} entered twice")
    DECISION_SOURCES[source.code] = source
    return source
