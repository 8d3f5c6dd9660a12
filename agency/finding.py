"""The one search field of the desk: apps enter what it finds from `views/finders.py`; this module
knows none of them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules

from agency.models import User
from agency.permissions import Act

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Found:
    """A matter that was found: what leads to it, and what it is about."""

    title: str
    url: str
    about: str = ""


Find = Callable[[str, User], Iterable[Found]]


@dataclass(frozen=True, slots=True)
class Finder:
    label: str | Promise
    act: Act
    order: int
    find: Find


_FINDERS: list[Finder] = []


def finder(label: str | Promise, act: Act, *, order: int) -> Callable[[Find], Find]:
    """Enter what finds matters of one kind for those the act allows: at most `SHOWN`, by an
    index, in two queries.
    """

    def enter(find: Find) -> Find:
        _FINDERS.append(Finder(label, act, order, find))
        return find

    return enter


def by_number(rows: QuerySet, text: str, about: Callable[[Any], str]) -> Iterator[Found]:
    """Yield the rows whose number begins with the text."""
    for row in rows.filter(number__startswith=text).order_by("number")[:SHOWN]:
        yield Found(str(row.number), row.get_absolute_url(), about(row))


def find_all(text: str, user: User) -> list[tuple[str | Promise, list[Found]]]:
    """Return what is found for a person, kind by kind."""
    found = [
        (each.label, list(each.find(text, user)))
        for each in _all_finders()
        if each.act.allows(user)
    ]
    return [(label, rows) for label, rows in found if rows]


@cache
def _all_finders() -> tuple[Finder, ...]:
    autodiscover_modules("views.finders")
    return tuple(sorted(_FINDERS, key=lambda each: each.order))
