"""The register of reports. Apps enter theirs in their `reports.py`; the pages at the desk, the
downloads and the interface draw them. This module knows none of them.

A report's rows come from one query, cut off on the screen and read in pieces for a download;
what must be added to them is added for a whole piece at a time, never row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from agency.enums import ReadingPurpose

if TYPE_CHECKING:
    from agency.models import User
    from agency.permissions import Act

Text = str | Promise
Row = Mapping[str, Any]
Params = Mapping[str, Any]
# What a query gives of each row: (cleaned filters, who looks, the day) -> rows. A report of few
# rows, such as sums, may return a list.
Rows = Callable[[Params, "User", date], Iterable[Row]]
# Adds to the rows of a piece what the query cannot give.
Complete = Callable[[Sequence[Row], date], Iterable[Row]]

CHUNK = 1000
SHOWN = 200


class Kind(StrEnum):
    """What a column holds; it decides how it is written."""

    TEXT = "text"
    DAY = "day"
    INSTANT = "instant"
    MONEY = "money"
    NUMBER = "number"
    DECIMAL = "decimal"
    STATE = "state"

    @property
    def is_number(self) -> bool:
        return self in (Kind.MONEY, Kind.NUMBER, Kind.DECIMAL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """`labels` says what people call a stored value; `url` is the row's key of an address."""

    key: str
    label: Text
    kind: Kind = Kind.TEXT
    labels: Mapping[Any, Text] = field(default_factory=dict)
    url: str = ""

    def value(self, row: Row) -> Any:
        """The value as a machine reads it: an instant in the office's own time."""
        value = row.get(self.key)
        return timezone.localtime(value) if isinstance(value, datetime) else value

    def plain(self, row: Row) -> Any:
        """The value as a table keeps it: numbers and days as such, words as people say them."""
        value = self.value(row)
        if value is None:
            return None
        if self.kind is Kind.MONEY:
            return Decimal(value).quantize(Decimal("0.01"))
        if self.kind.is_number:
            return value
        if isinstance(value, datetime):
            return f"{value:%Y-%m-%d %H:%M}"
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, date):
            return value
        return str(self.labels.get(value, value))


def choice_labels(choices: Any) -> dict[Any, Text]:
    """Return the labels of an enum of choices, for `Column.labels`."""
    return dict(choices.choices)


class NoFilters(forms.Form):
    """A report that asks for nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """`personal` names the columns with data of persons: whoever takes them away is logged."""

    code: str
    label: Text
    description: Text
    act: Act
    columns: tuple[Column, ...]
    rows: Rows
    form_class: type[forms.Form] = NoFilters
    complete: Complete | None = None
    personal: tuple[str, ...] = ()
    purpose: ReadingPurpose = ReadingPurpose.AUDIT
    rules: tuple[str, ...] = ()
    group: Text = ""

    def first(self, params: Params, user: User, on: date, count: int = SHOWN) -> list[Row]:
        """Return the first rows, one more than `count` where there are more."""
        rows = self.rows(params, user, on)
        if isinstance(rows, QuerySet):
            found = list(rows[: count + 1])
        else:
            found = list(islice(rows, count + 1))
        return self._completed(found, on)

    def all(self, params: Params, user: User, on: date) -> Iterator[Row]:
        """Yield every row, in pieces."""
        rows = self.rows(params, user, on)
        source = iter(rows.iterator(chunk_size=CHUNK) if isinstance(rows, QuerySet) else rows)
        pieces = iter(lambda: list(islice(source, CHUNK)), [])
        return chain.from_iterable(self._completed(each, on) for each in pieces)

    def _completed(self, rows: list[Row], on: date) -> list[Row]:
        return list(self.complete(rows, on)) if self.complete and rows else rows


REPORTS: dict[str, Report] = {}


def report(code: str, label: Text, description: Text, act: Act, **fields: Any) -> Report:
    """Enter a report; refuses a second one of the same code."""
    if code in REPORTS:
        raise ValueError(f"report {code} entered twice")
    REPORTS[code] = Report(code=code, label=label, description=description, act=act, **fields)
    return REPORTS[code]


def reports_for(user: User) -> list[Report]:
    """Return the reports a person may see, in the order of their groups and names."""
    seen = [each for each in REPORTS.values() if each.act.allows(user)]
    return sorted(seen, key=lambda each: (str(each.group), str(each.label)))


def filters_of(report: Report, data: Any) -> forms.Form:
    """Return the filters as asked for; what is left out is as the form proposes."""
    empty = report.form_class()
    proposed = {
        name: empty.get_initial_for_field(field, name)
        for name, field in empty.fields.items()
        if name not in data
    }
    asked = {name: data.get(name) for name in empty.fields if name in data}
    return report.form_class({**proposed, **asked})
