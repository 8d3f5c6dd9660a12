"""The supervision view's register: what the administration sees of every area of the agency's work
(Order 2 art. 47). Apps enter theirs in their `overview.py`; this module knows none of them.

A measure is work with a beginning, an end and a deadline: it answers for open, overdue and done
in one query. A flag is an exception that somebody should look at; all flags of an area are
counted in one query. An area has at most two measures, so three queries.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
MOST_MEASURES = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """What the view is asked for: a period, both days included, and a region with all in it."""

    first: date
    last: date
    on: date
    region: str = ""

    def within(self, path: str) -> Q:
        """The condition that a row belongs to the region; none without one."""
        if not self.region or not path:
            return Q()
        prefix = self.region
        while prefix.endswith("00"):
            prefix = prefix[:-2]
        return Q(**{f"{path}__startswith": prefix})


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a list that a figure leads to."""

    matter: Text
    url: str = ""
    institution: Any = None
    day: date | None = None
    note: Text = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """`started`, `done` and `due` are fields or expressions of days; `open` says which rows wait,
    `finished` which of those with a last day count as done.
    """

    area: str
    key: str
    label: Text
    rows: Callable[[], QuerySet]
    started: Any
    done: Any
    due: Any = None
    open: Q
    finished: Q = field(default_factory=Q)
    region: str
    line: Callable[[Any], Line]
    related: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Flag:
    """An exception: `rows` gives those there are, for what is asked."""

    area: str
    key: str
    label: Text
    rows: Callable[[Asked], QuerySet]
    region: str
    line: Callable[[Any], Line]
    related: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Area:
    key: str
    label: Text
    rules: tuple[str, ...] = ()


# In the order of article 47, then what it says of the agency's own control.
AREAS: dict[str, Area] = {
    each.key: each
    for each in (
        Area("application", _("Application for designation"), ("A-04",)),
        Area("acceptance", _("Acceptance of applications"), ("A-04",)),
        Area("assessment", _("Assessment and public notice"), ("A-06", "A-08")),
        Area("signing", _("Signing, filing and renewal"), ("A-09", "B-15")),
        Area("performance", _("Performance of agreements"), ("B-09", "B-16")),
        Area("dissolution", _("Suspension and dissolution"), ("B-13", "B-14", "B-17")),
        Area("handling", _("Cases, reports and orders"), ("B-11", "B-20")),
        Area("control", _("Internal control"), ("B-02",)),
        Area("audit", _("Review of fees"), ("B-03",)),
        Area("payment", _("Settlement and payment"), ("B-04",)),
    )
}
MEASURES: dict[str, list[Measure]] = {key: [] for key in AREAS}
FLAGS: dict[str, list[Flag]] = {key: [] for key in AREAS}


def measure(**fields: Any) -> Measure:
    """Enter a measure; refuses a third one of an area, and a key twice."""
    made = Measure(**fields)
    entered = MEASURES[made.area]
    if len(entered) >= MOST_MEASURES or made.key in _keys(made.area):
        raise ValueError(f"measure {made.area}.{made.key}: one too many, or entered twice")
    entered.append(made)
    return made


def flag(**fields: Any) -> Flag:
    """Enter an exception of an area; refuses a key twice."""
    made = Flag(**fields)
    if made.key in _keys(made.area):
        raise ValueError(f"flag {made.area}.{made.key} entered twice")
    FLAGS[made.area].append(made)
    return made


def _keys(area: str) -> set[str]:
    return {each.key for each in MEASURES[area]} | {each.key for each in FLAGS[area]}


def found(area: str, key: str) -> Measure | Flag | None:
    entered: Sequence[Measure | Flag] = [*MEASURES.get(area, []), *FLAGS.get(area, [])]
    return next((each for each in entered if each.key == key), None)
