"""The register of stored deadlines. Apps enter theirs in their `clocks.py`; the recomputation, the
pages of deadlines and the preview of parameters read it. This module knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agency.models import User
from agency.workdays import Deadline, DeadlineBasis, WorkdayCalendar

if TYPE_CHECKING:
    from agency.permissions import Act

Text = str | Promise
Computed = Mapping[int, tuple[Deadline, DeadlineBasis]]


class Duty(models.TextChoices):
    """Whom a clock runs against."""

    OURS = "ours", _("ours: the agency must act")
    THEIRS = "theirs", _("theirs: the institution must act")
    BOTH = "both", _("both sides must act")
    ADMINISTRATION = "administration", _("the administration must act")


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a clock, to be written into its matter's history."""

    row: Any
    act: str
    reason: str
    rule: str = "T-12"
    by: User | None = None


@dataclass(frozen=True, slots=True)
class Permit:
    """What allows a clock to be stopped, or a period to be made longer: the rule, and for an
    extension the policy parameter that bounds it.
    """

    rule: str
    reason: Text
    bound: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Matter:
    """The kind of thing a deadline belongs to.

    `record` writes steps into the matter's own history; `told` names the people of both sides,
    by primary key, in a bounded number of queries; `settle` sets the columns `columns` that depend
    on the deadlines of the rows and returns what to say of it, by primary key; `settled` does what
    must follow once rows are written. `institution` is the path to the institution, if any.
    """

    model: type[models.Model]
    key: str
    record: Callable[[Sequence[Step], date, datetime], None]
    told: Callable[[Sequence[Any]], Mapping[int, Iterable[User]]]
    desk_act: Act
    portal_act: Act | None = None
    visible: Callable[[Any, User], QuerySet] | None = None
    institution: str = ""
    related: tuple[str, ...] = ()
    prefetch: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    settle: Callable[[Sequence[Any], WorkdayCalendar, date], Mapping[int, str]] | None = None
    settled: Callable[[Sequence[Any], date, datetime], None] | None = None
    name: Callable[[Any], Text] = str
    url: Callable[[Any], str] = lambda row: row.get_absolute_url()
    portal_url: Callable[[Any], str] = lambda row: row.get_portal_url()

    def institution_of(self, row: Any) -> Any:
        for part in self.institution.split("__") if self.institution else ():
            row = getattr(row, part)
        return row if self.institution else None

    def url_for(self, user: User, row: Any) -> str:
        return self.url(row) if user.is_office_staff else self.portal_url(row)

    def rows(self) -> QuerySet:
        return self.model._default_manager.select_related(*self.related).prefetch_related(
            *self.prefetch
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """One stored deadline of a kind of matter.

    `open` gives the rows whose deadline still matters and is computed anew with a new calendar;
    `listed` is false where the duty is done by the time the deadline is stored. `parameter` is the
    policy parameter that gives its length, empty where the law does. `compute` replaces the plain
    recomputation of the bases where the deadline is chosen among several. `owed` says that the
    agency owes it to the institution: passed, it is a breach of its own (Order 2 art. 39).
    """

    name: str
    label: Text
    matter: Matter
    due: str
    basis: str
    open: Callable[[], QuerySet]
    duty: Duty
    provisional: str = ""
    parameter: str = ""
    listed: bool = True
    owed: bool = False
    pause: Permit | None = None
    extension: Permit | None = None
    compute: Callable[[Sequence[Any], WorkdayCalendar], Computed] | None = None

    @property
    def model(self) -> type[models.Model]:
        return self.matter.model

    @property
    def duty_label(self) -> Text:
        return self.duty.label

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns a recomputation writes."""
        own = (self.due, self.basis, self.provisional)
        return tuple(each for each in own if each)

    def due_of(self, row: Any) -> date | None:
        return getattr(row, self.due)

    def basis_of(self, row: Any) -> DeadlineBasis | None:
        """What the deadline was computed from; None for a day that somebody set."""
        stored = getattr(row, self.basis)
        return DeadlineBasis.from_json(stored) if stored else None

    def store(self, row: Any, deadline: Deadline, basis: DeadlineBasis) -> None:
        setattr(row, self.due, deadline.on)
        setattr(row, self.basis, basis.to_json())
        if self.provisional:
            setattr(row, self.provisional, deadline.provisional)

    def computed(self, rows: Sequence[Any], official: WorkdayCalendar) -> Computed:
        """The deadlines of the rows under a calendar, by primary key; none for a day that
        somebody set.
        """
        used = self.calendar(official)
        if self.compute:
            return self.compute(rows, used)
        bases = {row.pk: self.basis_of(row) for row in rows}
        return {pk: used.renewed(basis) for pk, basis in bases.items() if basis}

    def calendar(self, official: WorkdayCalendar) -> WorkdayCalendar:
        """The calendar the clock is counted with: closing days are off for our own alone."""
        return official.own if self.duty is Duty.OURS else official

    def provisional_rows(self) -> Q:
        return Q(**{self.provisional or f"{self.basis}__provisional": True})

    def computed_before(self, version: int) -> Q:
        """Rows whose deadline rests on an older calendar (T-12)."""
        return Q(**{f"{self.basis}__calendar_version__lt": version})

    def visible_to(self, user: User) -> QuerySet:
        """Every row the user may see, done or not: nobody else's, and none without the act."""
        rows = self.matter.rows()
        act = self.matter.desk_act if user.is_office_staff else self.matter.portal_act
        if act is None or not act.allows(user):
            return rows.none()
        return self.matter.visible(rows, user) if self.matter.visible else rows

    def open_to(self, user: User) -> QuerySet:
        """The open rows the user may see."""
        seen = self.visible_to(user)
        return seen.filter(pk__in=self.open().values("pk")).exclude(**{self.due: None})


CLOCKS: dict[str, Clock] = {}


def clock(name: str, label: Text, matter: Matter, **fields: Any) -> Clock:
    """Enter a stored deadline of a matter."""
    if name in CLOCKS:
        raise ValueError(f"clock {name} entered twice")
    CLOCKS[name] = Clock(name=name, label=label, matter=matter, **fields)
    return CLOCKS[name]


def by_matter() -> dict[str, list[Clock]]:
    """Return the clocks of each kind of matter: those of one row are computed together."""
    groups: dict[str, list[Clock]] = {}
    for each in CLOCKS.values():
        groups.setdefault(each.matter.key, []).append(each)
    return groups


def ends_on(due_on: date | None, basis: Mapping[str, Any]) -> date | None:
    """The day a running clock ends on; none while it stands still, whatever is stored."""
    return None if basis.get("paused_from") else due_on
