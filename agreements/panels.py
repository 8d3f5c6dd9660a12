"""What the rooms and the upper apps show on an agreement's pages. They enter their parts from
their `views`; this module knows none of them. A panel is (agreement, user, on) -> context of its
template, or None to stay away; acts are (agreement, user, on) -> buttons as the tag `acts` draws.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from agency.models import User
from agreements.models import Agreement

Panel = Callable[[Agreement, User, date], dict[str, Any] | None]
Buttons = Callable[[Agreement, User, date], Iterable[dict[str, Any]]]

_PANELS: dict[str, list[tuple[int, str, Panel]]] = {"desk": [], "portal": []}
_BUTTONS: dict[str, list[Buttons]] = {"desk": [], "portal": []}


def agreement_panel(
    template: str, *, area: str = "desk", order: int = 50
) -> Callable[[Panel], Panel]:
    """Enter a panel of an agreement's page in an area, `desk` or `portal`."""

    def enter(panel: Panel) -> Panel:
        _PANELS[area].append((order, template, panel))
        _PANELS[area].sort(key=lambda each: each[0])
        return panel

    return enter


def agreement_buttons(*, area: str = "desk") -> Callable[[Buttons], Buttons]:
    """Enter the next acts on an agreement: {act, url, obstacles}, those of the user only."""

    def enter(buttons: Buttons) -> Buttons:
        _BUTTONS[area].append(buttons)
        return buttons

    return enter


def drawn(area: str, agreement: Agreement, on: date, request: HttpRequest) -> list[SafeString]:
    """Return the panels that have something to say, drawn."""
    user: Any = request.user
    return [
        render_to_string(template, {"agreement": agreement, "on": on, **context}, request)
        for _order, template, panel in _PANELS[area]
        if (context := panel(agreement, user, on)) is not None
    ]


def buttons_for(area: str, agreement: Agreement, user: User, on: date) -> list[dict[str, Any]]:
    """Return what the rooms and the upper apps offer to do next."""
    return [each for buttons in _BUTTONS[area] for each in buttons(agreement, user, on)]
