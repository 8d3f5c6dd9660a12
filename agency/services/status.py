"""Where a matter stands, as anybody may know who holds its receipt: no names, no reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from agency.clocks import Clock, Duty
from agency.explanations import DayLine, told
from agency.receipts import ReceiptKind, Text, code_fits, kind_of_number, tidy
from agency.rules import Obstacle
from agency.services.calendar import office_calendar
from agency.services.clocks import PAUSE, RESUME
from agency.turns import DaysUsed, Move, days_used
from agency.workdays import DeadlineBasis


@dataclass(frozen=True, slots=True)
class PublicStep:
    """A step of a matter without who took it and why."""

    on: date
    state: str
    label: Text
    act: str = ""


@dataclass(frozen=True, slots=True)
class PublicPart:
    """A part of a matter with a promise of its own."""

    label: Text
    state: Any
    due_on: date | None
    answer: Text = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicStatus:
    number: str
    kind: ReceiptKind
    label: Text
    received_at: datetime
    state: str
    state_label: Text
    turn: Duty | None
    used: DaysUsed
    steps: Sequence[PublicStep]
    parts: Sequence[PublicPart]
    acts: Sequence[tuple[Text, str]]
    clock: Clock | None
    due_on: date | None
    basis: DeadlineBasis | None
    ended_on: date | None

    @property
    def is_open(self) -> bool:
        return self.turn is not None

    @property
    def stands_still(self) -> bool:
        return bool(self.is_open and self.basis and self.basis.paused_from)


def matter_of(number: str, code: str) -> tuple[ReceiptKind, Any] | None:
    """Return the matter of a receipt; nothing for a number that is none of ours as for a code that
    does not fit. The code is looked at first and in any case: what the database knows cannot be
    told from how long the answer takes.
    """
    if not code_fits(number, code):
        return None
    kind = kind_of_number(number)
    row = kind.find(tidy(number)) if kind else None
    return (kind, row) if kind and row is not None else None


def public_status(number: str, code: str, *, on: date) -> PublicStatus | None:
    """Return where the matter stands on the day: at most six queries."""
    found = matter_of(number, code)
    return status_of(*found, on=on) if found else None


def status_of(kind: ReceiptKind, row: Any, *, on: date) -> PublicStatus:
    steps = list(getattr(row, kind.transitions).order_by("at", "pk"))
    clock = kind.promised(row)
    turn = kind.turn_of(row)
    received_at = getattr(row, kind.received)
    public = _public_steps(kind, row, steps)
    return PublicStatus(
        number=kind.number_of(row),
        kind=kind,
        label=kind.label_of(row),
        received_at=received_at,
        state=row.state,
        state_label=row.get_state_display(),
        turn=turn,
        used=_used(kind, row, steps, clock, on=on),
        steps=public,
        parts=[PublicPart(*each) for each in kind.parts(row)] if kind.parts else [],
        acts=list(kind.acts(row)) if kind.acts else [],
        clock=clock,
        due_on=clock.due_of(row) if clock else None,
        basis=clock.basis_of(row) if clock else None,
        ended_on=public[-1].on if public and turn is None else None,
    )


def used_of(kind: ReceiptKind, row: Any, *, on: date) -> DaysUsed:
    """Return the days each side has used of one matter. Two queries at most."""
    steps = list(getattr(row, kind.transitions).order_by("at", "pk"))
    return _used(kind, row, steps, kind.promised(row), on=on)


def _used(
    kind: ReceiptKind, row: Any, steps: Sequence[Any], clock: Clock | None, *, on: date
) -> DaysUsed:
    moves: list[Move] = [(step.on, kind.turns.get(step.target)) for step in steps]
    basis = clock.basis_of(row) if clock and kind.counts_pauses else None
    pauses = list(basis.pauses) if basis else []
    if basis and basis.paused_from:
        pauses.append((basis.paused_from, date.max))
    received_on = timezone.localdate(getattr(row, kind.received))
    return days_used(received_on, moves, pauses=pauses, until=on, calendar=office_calendar())


def _public_steps(kind: ReceiptKind, row: Any, steps: Sequence[Any]) -> list[PublicStep]:
    """The changes of state and of the clock since the matter was received, oldest first."""
    labels = dict(row._meta.get_field("state").flatchoices)
    received_at = getattr(row, kind.received)
    return [
        PublicStep(step.on, step.target, labels.get(step.target, step.target), step.act)
        for step in steps
        if step.at >= received_at and (step.source != step.target or step.act in (PAUSE, RESUME))
    ]


def days_of(status: PublicStatus) -> list[DayLine]:
    """Return the promised day explained day by day; nothing for a day that somebody set."""
    if status.basis is None or status.clock is None:
        return []
    return list(told(status.basis, status.clock.calendar(office_calendar())))


def unknown_receipt() -> Obstacle:
    """The one answer to every pair that does not fit, whatever is wrong with it."""
    return Obstacle(
        "receipt_unknown",
        _("No matter has this number and check code."),
        remedy=_("Compare both with the receipt; ask the agency if they are the same."),
    )
