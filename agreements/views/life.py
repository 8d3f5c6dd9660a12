"""An agreement's life as pages show it: its bar, its days, what comes next."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agency.periods import ONE_DAY
from agreements.enums.life import AgreementState, SuspensionKind
from agreements.models import Agreement, Suspension
from agreements.rules import MAX_VOLUNTARY_SUSPENSION_DAYS

WIDTH = 1000
EMPTY, FUTURE = 0.12, 0.4
BEFORE, AFTER = 2, 1
MOST_MONTHS = 60


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of the bar, in thousandths of its width."""

    tone: str
    label: str | Promise
    first: date
    last: date
    x: int
    width: int
    opacity: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A day on the line that matters; `x` is where it stands, None beside the line."""

    tone: str
    label: str | Promise
    on: date
    x: int | None
    number: str = ""


@dataclass(frozen=True, slots=True)
class NextStep:
    label: str | Promise
    on: date
    provisional: bool = False
    basis: dict | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """From days to thousandths of the width of the line."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def x(self, day: date) -> int:
        return round((day - self.first).days / self.days * WIDTH)

    def middle(self, day: date) -> int | None:
        """The middle of a day; None where the line does not reach it."""
        if not self.first <= day <= self.last:
            return None
        return round(((day - self.first).days + 0.5) / self.days * WIDTH)

    def stretch(
        self, tone: str, label: str | Promise, begin: date, end: date, opacity: float
    ) -> Iterator[Stretch]:
        if begin <= end:
            x = self.x(begin)
            width = max(2, self.x(end + ONE_DAY) - x)
            yield Stretch(tone, label, begin, end, x, width, opacity)


def neighbours(agreement: Agreement) -> list[Agreement]:
    """Return the agreements before and after it with the same region, their suspensions with
    them. Two queries, three where there are any.
    """
    rows = (
        Agreement.objects.filter(
            institution=agreement.institution_id,
            region=agreement.region_id,
            signed_on__isnull=False,
        )
        .exclude(pk=agreement.pk)
        .exclude(state=AgreementState.CANCELLED)
        .prefetch_related("suspensions")
    )
    before = rows.filter(valid_from__lt=agreement.valid_from).order_by("-valid_from")[:BEFORE]
    after = rows.filter(valid_from__gt=agreement.valid_from).order_by("valid_from")[:AFTER]
    return [*reversed(before), *after]


def life(
    agreement: Agreement,
    suspensions: Sequence[Suspension],
    on: date,
    others: Sequence[Agreement] = (),
) -> dict[str, Any]:
    """Return what `agreements/life.html` draws: the agreement, with `others` of the same region
    before and after it.
    """
    terms = sorted(
        [(agreement, suspensions), *((each, each.suspensions.all()) for each in others)],
        key=lambda each: each[0].valid_from,
    )
    scale = Scale(
        min(each.valid_from for each, _rows in terms), max(each.valid_to for each, _rows in terms)
    )
    pieces: list[Stretch] = []
    marks: list[Mark] = []
    for each, rows in terms:
        pieces += pieces_of(each, rows, scale, on)
        marks += marks_of(each, rows, scale)
    return {
        "agreement": agreement,
        "first": scale.first,
        "last": scale.last,
        "others": others,
        "pieces": pieces,
        "marks": sorted(marks, key=lambda each: each.on),
        "months": months_of(scale),
        "own_x": scale.x(agreement.valid_from),
        "own_width": scale.x(agreement.valid_to + ONE_DAY) - scale.x(agreement.valid_from),
        "today_x": scale.middle(on),
        "today": on,
        "suspended": suspended_days(agreement, suspensions, on),
        "days_left": (agreement.valid_to - on).days if agreement.is_running else None,
    }


def pieces_of(
    agreement: Agreement, suspensions: Iterable[Suspension], scale: Scale, on: date
) -> Iterator[Stretch]:
    def past_and_future(
        tone: str, label: str | Promise, begin: date, end: date
    ) -> Iterator[Stretch]:
        """What has not come yet is drawn paler: it may still change."""
        yield from scale.stretch(tone, label, begin, min(end, on), 1)
        yield from scale.stretch(tone, label, max(begin, on + ONE_DAY), end, FUTURE)

    yield from scale.stretch("plain", _("Term"), agreement.valid_from, agreement.valid_to, EMPTY)
    counting = sorted(
        (each for each in suspensions if each.annulled_on is None), key=lambda each: each.starts_on
    )
    if agreement.state not in _NEVER_IN_FORCE:
        begin = agreement.valid_from
        for each in counting:
            yield from past_and_future("good", _("In force"), begin, each.starts_on - ONE_DAY)
            begin = each.resumed_on or date.max
        if begin <= agreement.last_day:
            yield from past_and_future("good", _("In force"), begin, agreement.last_day)
    for each in counting:
        end = each.resumed_on - ONE_DAY if each.resumed_on else agreement.last_day
        mandatory = each.kind == SuspensionKind.MANDATORY
        yield from past_and_future(
            "bad" if mandatory else "warn",
            _("Suspended, mandatory") if mandatory else _("Suspended, voluntary"),
            each.starts_on,
            min(end, agreement.last_day),
        )


def marks_of(
    agreement: Agreement, suspensions: Iterable[Suspension], scale: Scale
) -> Iterator[Mark]:
    """The days that matter of an agreement, oldest first for each kind."""
    number = str(agreement)

    def mark(tone: str, label: str | Promise, on: date | None) -> Iterator[Mark]:
        if on is not None:
            yield Mark(tone, label, on, scale.middle(on), number)

    yield from mark("plain", _("Term begins"), agreement.valid_from)
    for each in suspensions:
        if each.annulled_on:
            yield from mark("plain", _("Suspension from here annulled"), each.starts_on)
            continue
        mandatory = each.kind == SuspensionKind.MANDATORY
        label = _("Suspended, mandatory") if mandatory else _("Suspended, voluntary")
        yield from mark("bad" if mandatory else "warn", label, each.starts_on)
        yield from mark("warn", _("Planned end of the suspension"), each.planned_to)
        if not mandatory:
            yield from mark("bad", _("Limit of the suspension"), each.limit_on)
        yield from mark("good", _("In force again"), each.resumed_on)
    if agreement.state not in _NEVER_BOUND:
        yield from mark("wait", _("Reminder of renewal"), agreement.renewal_remind_on)
        yield from mark("wait", _("Renewal to be applied for by"), agreement.renewal_apply_by)
    if agreement.state in _ENDED_EARLY:
        yield from mark("bad", AgreementState(agreement.state).label, agreement.ended_on)
    yield from mark("plain", _("Term ends"), agreement.valid_to)


def months_of(scale: Scale) -> list[dict[str, Any]]:
    """The first days of the months on the line, January longer; years alone on a long one."""
    year, month = scale.first.year, scale.first.month
    ticks = []
    while (day := date(year, month, 1)) <= scale.last:
        if day >= scale.first and (month == 1 or scale.days <= MOST_MONTHS * 31):
            ticks.append({"x": scale.x(day), "on": day, "is_year": month == 1})
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return ticks


_ENDED_EARLY = (AgreementState.DISSOLVED, AgreementState.AUTO_TERMINATED)
_NEVER_IN_FORCE = (AgreementState.DRAFT, AgreementState.SIGNED, AgreementState.CANCELLED)
_NEVER_BOUND = (AgreementState.DRAFT, AgreementState.CANCELLED)


def suspended_days(
    agreement: Agreement, suspensions: Sequence[Suspension], on: date
) -> dict[str, Any] | None:
    """Return the days of the suspension that lasts, its limit, and its place in the term."""
    counting = [each for each in suspensions if each.annulled_on is None]
    if agreement.state != AgreementState.SUSPENDED or not counting:
        return None
    current = counting[-1]
    return {
        "days": current.days_on(on),
        "of": MAX_VOLUNTARY_SUSPENSION_DAYS,
        "place": len(counting),
        "suspension": current,
    }


def next_step(
    agreement: Agreement, suspension: Suspension | None, on: date, *, is_renewed: bool
) -> NextStep | None:
    """Return what must happen next and by when; None once the agreement has ended."""
    if agreement.state == AgreementState.SIGNED:
        return NextStep(_("Takes effect"), agreement.valid_from)
    if agreement.state == AgreementState.SUSPENDED and suspension is not None:
        return _next_of_suspension(agreement, suspension)
    if agreement.state != AgreementState.EFFECTIVE:
        return None
    apply_by = agreement.renewal_apply_by
    if not is_renewed and apply_by and on <= apply_by:
        return NextStep(_("Renewal to be applied for by"), apply_by)
    return NextStep(_("Last day of validity"), agreement.valid_to)


def _next_of_suspension(agreement: Agreement, suspension: Suspension) -> NextStep:
    if suspension.kind == SuspensionKind.MANDATORY and suspension.planned_to:
        return NextStep(_("Suspended to"), min(suspension.planned_to, agreement.valid_to))
    if suspension.held_at or suspension.limit_on >= agreement.valid_to:
        return NextStep(_("Last day of validity"), agreement.valid_to)
    if suspension.termination_due_on:
        return NextStep(
            _("Terminated automatically after"),
            suspension.termination_due_on,
            suspension.termination_provisional,
            suspension.termination_basis,
        )
    return NextStep(
        _("Resumption to be asked for by"),
        suspension.limit_on,
        suspension.limit_provisional,
        suspension.limit_basis,
    )
