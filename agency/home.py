"""What the home pages gather from all apps: work waiting at the desk, panels in the portal.

Apps enter their parts from their `views`; this module knows none of them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agency.models import User
from agency.permissions import Act


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that waits for somebody. `plain` is the title without anything somebody typed
    freely: it goes where the office does not see, into calendar feeds.
    """

    title: str | Promise
    institution: str
    state: Any  # a TextChoices member, drawn as a badge
    url: str
    act: str | Promise
    due_on: date | None = None
    provisional: bool = False
    plain: str = ""


Queue = Callable[[User, date], Iterable[Matter]]
Panel = Callable[[Any, date], dict[str, Any] | None]

DESK_QUEUES: list[Queue] = []
PORTAL_QUEUES: list[Queue] = []
PORTAL_PANELS: list[tuple[str, Panel]] = []


def desk_queue(queue: Queue) -> Queue:
    """Enter a queue of the desk's “waiting for me”: at most fifty matters, a bounded number of
    queries, nothing for a user whose role has no act in it.
    """
    DESK_QUEUES.append(queue)
    return queue


def portal_queue(queue: Queue) -> Queue:
    """Enter a queue of what the agency waits for from the user's institution."""
    PORTAL_QUEUES.append(queue)
    return queue


def portal_panel(template: str) -> Callable[[Panel], Panel]:
    """Enter a panel of the portal's home: the function gets (institution, on) and returns the
    context of its template, or None to stay away.
    """

    def enter(panel: Panel) -> Panel:
        PORTAL_PANELS.append((template, panel))
        return panel

    return enter


def gather(queues: Iterable[Queue], user: User, on: date) -> list[Matter]:
    """Return everything that waits for the user, the nearest deadline first."""
    matters = [matter for queue in queues for matter in queue(user, on)]
    return sorted(matters, key=lambda each: (each.due_on is None, each.due_on or on))


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the main navigation."""

    label: str | Promise
    url_name: str
    act: Act
    order: int
    rules: tuple[str, ...] = ()


NAVIGATION: dict[str, list[Entry]] = {"desk": [], "portal": []}

# By the first `order` of each: the entries up to the next stand under this name.
SECTIONS: dict[str, dict[int, str | Promise]] = {
    "desk": {
        10: _("Institutions"),
        20: _("Agreements"),
        30: _("Claims and payment"),
        50: _("Supervision"),
        60: _("Service and guidance"),
        70: _("Papers and deadlines"),
        80: _("Rules and system"),
    },
    "portal": {
        10: _("Our institution"),
        20: _("Our agreement"),
        30: _("Claims and payment"),
        50: _("Supervision"),
        60: _("Service and guidance"),
        80: _("Access"),
    },
}


def section_of(area: str, order: int) -> int:
    """Return the first order of the section an entry belongs to; 0 for those before all."""
    return max((first for first in SECTIONS[area] if first <= order), default=0)


def navigation(
    area: str,
    label: str | Promise,
    url_name: str,
    act: Act,
    *,
    order: int,
    rules: tuple[str, ...] = (),
) -> None:
    """Enter a page in the navigation of `desk` or `portal`, in the section its order falls into;
    shown to those the act allows.

    `rules` are the ids of the rules at work there: the lawbook links them to the page.
    """
    NAVIGATION[area].append(Entry(label, url_name, act, order, rules))
    NAVIGATION[area].sort(key=lambda each: each.order)
