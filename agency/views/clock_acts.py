"""Pages that stop a clock, let it run again, or make its period longer. Apps subclass them for the
clocks that allow it, and enter them here so that the buttons know where they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.clocks import Clock
from agency.forms.calendar import ExtendForm, PauseForm, ResumeForm
from agency.models import User
from agency.permissions import Act
from agency.rules import Obstacle
from agency.services import clocks
from agency.services.calendar import office_calendar
from agency.views.pages import ActPage

# Any reason will do to ask whether an act is possible at all.
SOME_REASON = "…"


@dataclass(frozen=True, slots=True)
class ClockAct:
    event: str
    act: Act
    url: Callable[[Any], str]


CLOCK_ACTS: dict[str, list[ClockAct]] = {}


def clock_act(clock: Clock, event: str, act: Act, url: Callable[[Any], str]) -> None:
    """Enter the page of an event of a clock."""
    CLOCK_ACTS.setdefault(clock.name, []).append(ClockAct(event, act, url))


def clock_buttons(clock: Clock, row: Any, user: User) -> list[dict[str, Any]]:
    """Return the acts on the clock that fit it now; none once the matter is done."""
    entries = [each for each in CLOCK_ACTS.get(clock.name, ()) if each.act.allows(user)]
    basis = clock.basis_of(row)
    if not entries or basis is None or not clocks.is_open(clock, row):
        return []
    wanted = {clocks.EXTEND, clocks.RESUME if basis.paused_from else clocks.PAUSE}
    return [
        {"act": each.act, "url": each.url(row), "obstacles": _obstacles(clock, row, each.event)}
        for each in entries
        if each.event in wanted
    ]


def _obstacles(clock: Clock, row: Any, event: str) -> list[Obstacle]:
    on = timezone.localdate()
    if event == clocks.PAUSE:
        return clocks.pausing_obstacles(clock, row, from_on=on, on=on, reason=SOME_REASON)
    if event == clocks.RESUME:
        return clocks.resuming_obstacles(clock, row, resumed_on=on, on=on)
    return clocks.extending_obstacles(clock, row, on=on, count=1, until=None, reason=SOME_REASON)


class ClockActPage(ActPage):
    """An act on a clock; subclasses give `clock`, `act` and `subject()`."""

    clock: Clock
    event: str

    def stamp(self) -> str:
        return f"{super().stamp()}.{self.clock.due_of(self.object)}"

    def obstacles(self) -> Sequence[Obstacle]:
        return _obstacles(self.clock, self.object, self.event)

    @property
    def common(self) -> dict[str, Any]:
        return {
            "clock": self.clock,
            "pk": self.object.pk,
            "by": self.user,
            "on": timezone.localdate(),
            "at": timezone.now(),
        }

    def facts(self) -> dict[str, Any]:
        return {"label": self.clock.label, "due": self.clock.due_of(self.object)}


class PauseClock(ClockActPage):
    form_class = PauseForm
    event = clocks.PAUSE

    def initial(self) -> dict[str, Any]:
        return {"from_on": timezone.localdate()}

    def consequences(self) -> Sequence[str | Promise]:
        lines: list[str | Promise] = [
            _("%(label)s, due on %(due)s: the days until the clock runs again do not count.")
            % self.facts(),
            gettext_lazy("Both sides are told; it stands in the history of the matter."),
        ]
        if self.clock.pause:
            lines.insert(0, self.clock.pause.reason)
        return lines

    def perform(self, form: PauseForm) -> Any:
        return clocks.pause_clock(**form.cleaned_data, **self.common)


class ResumeClock(ClockActPage):
    form_class = ResumeForm
    event = clocks.RESUME

    def initial(self) -> dict[str, Any]:
        return {"resumed_on": timezone.localdate()}

    def consequences(self) -> Sequence[str | Promise]:
        basis = self.clock.basis_of(self.object)
        since = basis.paused_from if basis else None
        text = _("The clock has stood still since %(since)s; the end is put off by those days.")
        return [
            text % {"since": since},
            gettext_lazy("Both sides are told; it stands in the history of the matter."),
        ]

    def perform(self, form: ResumeForm) -> Any:
        return clocks.resume_clock(**form.cleaned_data, **self.common)


class ExtendClock(ClockActPage):
    form_class = ExtendForm
    event = clocks.EXTEND

    def consequences(self) -> Sequence[str | Promise]:
        told = gettext_lazy("Both sides are told; it stands in the history of the matter.")
        if self.clock.due_of(self.object) is None:
            return [told]  # No period runs; the obstacles say so.
        bound = clocks.extension_bound(self.clock, self.object, on=timezone.localdate())
        basis = self.clock.basis_of(self.object)
        lines: list[str | Promise] = [_("%(label)s ends on %(due)s now.") % self.facts(), told]
        if bound is not None:
            so_far = sum(each.count for each in basis.extensions) if basis else 0
            text = _("At most %(bound)d days may be added in all; %(so_far)d have been added.")
            lines.insert(1, text % {"bound": bound, "so_far": so_far})
        longest = office_calendar().unknown_years(timezone.localdate(), self.facts()["due"])
        if longest:
            lines.append(gettext_lazy("The end is provisional: that calendar is not known yet."))
        return lines

    def perform(self, form: ExtendForm) -> Any:
        return clocks.extend_clock(**form.cleaned_data, **self.common)
