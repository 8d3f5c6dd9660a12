"""What a new value of a parameter would change: the deadlines that run now, counted with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from agency.clocks import CLOCKS, Clock
from agency.enums import Profile
from agency.models import Region
from agency.parameters import DEFINITIONS
from agency.reasons import Text
from agency.services.calendar import office_calendar
from agency.services.in_force import approved_on, choices_on, followed_by
from agency.workdays import DeadlineBasis, WorkdayCalendar

ROWS_SHOWN = 10
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Moved:
    """One open deadline, and where it would fall."""

    name: Text
    url: str
    start: date
    due_on: date
    new_on: date

    @property
    def days(self) -> int:
        return (self.new_on - self.due_on).days


@dataclass(slots=True)
class ClockPreview:
    """The open deadlines of one kind: how many there are, how many would fall elsewhere, and the
    first of these.
    """

    label: Text
    open: int = 0
    moved: int = 0
    rows: list[Moved] = field(default_factory=list)


def preview(
    *, key: str, profile: Profile, value: Decimal, effective_from: date
) -> list[ClockPreview]:
    """Return, for each kind of deadline whose length the parameter gives, what would differ in the
    regions the change concerns. Reads the open rows; changes nothing.
    """
    clocks = [each for each in CLOCKS.values() if each.parameter == key]
    if not clocks or value != int(value):
        return []
    regions = regions_concerned(key, profile, effective_from)
    official = office_calendar()
    return [_of(each, int(value), regions, each.calendar(official)) for each in clocks]


def regions_concerned(key: str, profile: Profile, on: date) -> frozenset[str]:
    """Return the regions that read the profile's value of the key on the day: those that follow
    it, and for a national value also those whose own profile has none. Three queries.
    """
    rule_set = DEFINITIONS[key].rule_set
    every = list(Region.objects.all())
    followed = followed_by(every, choices_on(on).filter(rule_set=rule_set))
    own = set(approved_on(on).filter(key=key).values_list("profile", flat=True))
    wanted = {profile}
    if profile == Profile.NATIONAL:
        wanted |= {each for each in Profile if each not in own}
    return frozenset(each.pk for each in every if followed[each.pk][rule_set].profile in wanted)


def _of(
    clock: Clock, count: int, regions: Collection[str], calendar: WorkdayCalendar
) -> ClockPreview:
    found = ClockPreview(clock.label)
    for row, basis, due_on in _open(clock, regions):
        found.open += 1
        new_on = calendar.recompute(replace(basis, count=count)).on
        if new_on == due_on:
            continue
        found.moved += 1
        if len(found.rows) < ROWS_SHOWN:
            matter = clock.matter
            found.rows.append(Moved(matter.name(row), matter.url(row), basis.start, due_on, new_on))
    return found


def _open(clock: Clock, regions: Collection[str]) -> Iterator[tuple[Any, DeadlineBasis, date]]:
    rows = clock.open().select_related(*clock.matter.related).order_by(clock.due, "pk")
    for row in rows.iterator(chunk_size=CHUNK):
        basis, due_on = clock.basis_of(row), clock.due_of(row)
        if basis and due_on and _region_of(clock, row) in regions:
            yield row, basis, due_on


def _region_of(clock: Clock, row: Any) -> str | None:
    own = getattr(row, "region_id", None)
    return own or getattr(clock.matter.institution_of(row), "region_id", None)
