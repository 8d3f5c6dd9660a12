"""What upper apps show on an institution's pages. They enter their parts from their `views`;
this module knows none of them. A panel is as in `agency.home`: (institution, on) -> context of
its template, or None to stay away.
"""

from collections.abc import Callable, Iterable
from datetime import date

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from agency.home import Panel, Queue
from institutions.models import Institution

Enter = Callable[[Panel], Panel]

DESK_PANELS: list[tuple[str, Panel]] = []
PUBLIC_PANELS: list[tuple[str, Panel]] = []
WAITING_QUEUES: list[Queue] = []


def institution_panel(template: str) -> Enter:
    """Enter a panel of the institution's page at the desk."""
    return _enter(DESK_PANELS, template)


def public_panel(template: str) -> Enter:
    """Enter a panel of the institution's public page: nothing but what everybody may know. It is
    asked for the day the reader chose.
    """
    return _enter(PUBLIC_PANELS, template)


def waiting_queue(queue: Queue) -> Queue:
    """Enter a queue of what the user's institution waits for from the agency."""
    WAITING_QUEUES.append(queue)
    return queue


def drawn(
    panels: Iterable[tuple[str, Panel]], institution: Institution, on: date, request: HttpRequest
) -> list[SafeString]:
    """Return the panels that have something to say, drawn."""
    return [
        render_to_string(template, {"institution": institution, "on": on, **context}, request)
        for template, panel in panels
        if (context := panel(institution, on)) is not None
    ]


def _enter(panels: list[tuple[str, Panel]], template: str) -> Enter:
    def enter(panel: Panel) -> Panel:
        panels.append((template, panel))
        return panel

    return enter
