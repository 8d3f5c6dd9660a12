"""Stopping a clock, letting it run again, making its period longer: the events of a deadline."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from agency.clock_rules import extension_obstacles, pause_obstacles, resume_obstacles
from agency.clocks import Clock, Step
from agency.models import User
from agency.parameters import DEFINITIONS
from agency.rules import Obstacle, refuse_if
from agency.services.calendar import office_calendar
from agency.services.in_force import parameters_on
from agency.services.notices import Message, tell_each
from agency.services.recomputation import write_back
from agency.topics import DEADLINES
from agency.workdays import DeadlineBasis, Extension, Unit

PAUSE, RESUME, EXTEND = "pause_clock", "resume_clock", "extend_clock"
_SUBJECTS = {
    PAUSE: gettext_lazy("The clock stands still: %s"),
    RESUME: gettext_lazy("The clock runs again: %s"),
    EXTEND: gettext_lazy("The period is longer: %s"),
}


@transaction.atomic
def pause_clock(
    *, clock: Clock, pk: int, from_on: date, reason: str, by: User, on: date, at: datetime
) -> Any:
    """Stop the clock from a day on, where a rule allows it: nothing counts until it resumes."""
    row, basis = _locked(clock, pk)
    refuse_if(pausing_obstacles(clock, row, from_on=from_on, on=on, reason=reason))
    with override("zh-hans"):
        words = _("%(label)s: the clock stands still from %(day)s. %(reason)s") % {
            "label": clock.label,
            "day": from_on,
            "reason": reason.strip(),
        }
    _store(clock, row, replace(basis, paused_from=from_on), on=on)
    rule = clock.pause.rule if clock.pause else ""
    _say(clock, row, PAUSE, words, rule=rule, by=by, on=on, at=at)
    return row


@transaction.atomic
def resume_clock(
    *, clock: Clock, pk: int, resumed_on: date, by: User, on: date, at: datetime, reason: str = ""
) -> Any:
    """Let the clock run again from a day on: the end is put off by the days it stood still."""
    row, basis = _locked(clock, pk)
    refuse_if(resuming_obstacles(clock, row, resumed_on=resumed_on, on=on))
    since = basis.paused_from or resumed_on
    pauses = basis.pauses if since == resumed_on else (*basis.pauses, (since, resumed_on))
    before = clock.due_of(row)
    _store(clock, row, replace(basis, pauses=pauses, paused_from=None), on=on)
    with override("zh-hans"):
        text = _("%(label)s: the clock runs again from %(day)s; now %(due)s, before %(before)s.")
        words = text % {
            "label": clock.label,
            "day": resumed_on,
            "due": clock.due_of(row),
            "before": before,
        }
    rule = clock.pause.rule if clock.pause else ""
    _say(clock, row, RESUME, f"{words} {reason}".strip(), rule=rule, by=by, on=on, at=at)
    return row


@transaction.atomic
def extend_clock(
    *,
    clock: Clock,
    pk: int,
    reason: str,
    by: User,
    on: date,
    at: datetime,
    count: int = 0,
    until: date | None = None,
) -> Any:
    """Make the period longer by units or to a day, where a rule allows it."""
    row, basis = _locked(clock, pk)
    refuse_if(extending_obstacles(clock, row, on=on, count=count, until=until, reason=reason))
    rule = clock.extension.rule if clock.extension else ""
    extension = Extension(rule, reason.strip(), by.name, at, count, until)
    before = clock.due_of(row)
    _store(clock, row, replace(basis, extensions=(*basis.extensions, extension)), on=on)
    with override("zh-hans"):
        text = _("%(label)s: extended to %(due)s, before %(before)s. %(reason)s")
        words = text % {
            "label": clock.label,
            "due": clock.due_of(row),
            "before": before,
            "reason": reason.strip(),
        }
    _say(clock, row, EXTEND, words, rule=rule, by=by, on=on, at=at)
    return row


# --- why not now; the pages show it before somebody tries ---------------------------------------


def pausing_obstacles(
    clock: Clock, row: Any, *, from_on: date, on: date, reason: str
) -> list[Obstacle]:
    return pause_obstacles(
        basis=clock.basis_of(row),
        due_on=clock.due_of(row),
        rule=clock.pause.rule if clock.pause else "",
        is_open=is_open(clock, row),
        from_on=from_on,
        on=on,
        reason=reason,
    )


def resuming_obstacles(clock: Clock, row: Any, *, resumed_on: date, on: date) -> list[Obstacle]:
    return resume_obstacles(
        basis=clock.basis_of(row),
        rule=clock.pause.rule if clock.pause else "",
        is_open=is_open(clock, row),
        resumed_on=resumed_on,
        on=on,
    )


def extending_obstacles(
    clock: Clock, row: Any, *, on: date, count: int, until: date | None, reason: str
) -> list[Obstacle]:
    return extension_obstacles(
        basis=clock.basis_of(row),
        due_on=clock.due_of(row),
        rule=clock.extension.rule if clock.extension else "",
        is_open=is_open(clock, row),
        on=on,
        count=count,
        until=until,
        reason=reason,
        bound=extension_bound(clock, row, on=on),
    )


def extension_bound(clock: Clock, row: Any, *, on: date) -> int | None:
    """The most units that may be added in all, by law or in the matter's region; None where
    nothing bounds it.
    """
    if clock.extension is None or not clock.extension.bound:
        return None
    fixed = DEFINITIONS.get(clock.extension.bound)
    if fixed is not None and fixed.is_law:
        return int(fixed.default)
    institution = clock.matter.institution_of(row)
    region = institution.region if institution else None
    return int(parameters_on(on, region).get(clock.extension.bound, 0))


def is_open(clock: Clock, row: Any) -> bool:
    return clock.open().filter(pk=row.pk).exists()


# --- what the three have in common --------------------------------------------------------------


def _locked(clock: Clock, pk: int) -> tuple[Any, DeadlineBasis]:
    row = clock.matter.rows().select_for_update(of=("self",), no_key=True).get(pk=pk)
    empty = DeadlineBasis("", date.min, Unit.DAY, 0)
    return row, clock.basis_of(row) or empty


def _store(clock: Clock, row: Any, basis: DeadlineBasis, *, on: date) -> None:
    calendar = office_calendar()
    deadline, renewed = clock.calendar(calendar).renewed(basis)
    clock.store(row, deadline, renewed)
    if clock.matter.settle:
        clock.matter.settle([row], calendar, on)
    write_back(clock.matter, [clock], [row])


def _say(
    clock: Clock, row: Any, act: str, words: str, *, rule: str, by: User, on: date, at: datetime
) -> None:
    """Write it into the matter's history and tell both sides."""
    matter = clock.matter
    matter.record([Step(row, act, words, rule, by)], on, at)
    if matter.settled:
        matter.settled([row], on, at)
    people = {each.pk: each for each in matter.told([row]).get(row.pk, ()) if each.pk != by.pk}
    with override("zh-hans"):
        subject = str(_SUBJECTS[act]) % matter.name(row)
    tell_each(
        [
            Message(
                recipient=user,
                key=f"{matter.key}.{act}:{row.pk}:{clock.name}:{at:%Y%m%d%H%M%S}",
                subject=subject,
                body=words,
                url=matter.url_for(user, row),
            )
            for user in people.values()
        ],
        at=at,
        topic=DEADLINES.code,
    )
