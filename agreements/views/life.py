"""An agreement's life as pages show it: its bar, its days, what comes next."""

from collections.abc import Iterator, Sequence
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
class NextStep:
    label: str | Promise
    on: date
    provisional: bool = False
    basis: dict | None = None


def life(agreement: Agreement, suspensions: Sequence[Suspension], on: date) -> dict[str, Any]:
    """Return what `agreements/life.html` draws."""
    first, last = agreement.valid_from, agreement.valid_to
    total = (last - first).days + 1

    def stretch(
        tone: str, label: str | Promise, begin: date, end: date, opacity: float
    ) -> Iterator[Stretch]:
        if begin <= end:
            x = round((begin - first).days / total * WIDTH)
            width = max(2, round(((end - first).days + 1) / total * WIDTH) - x)
            yield Stretch(tone, label, begin, end, x, width, opacity)

    def past_and_future(
        tone: str, label: str | Promise, begin: date, end: date
    ) -> Iterator[Stretch]:
        """What has not come yet is drawn paler: it may still change."""
        yield from stretch(tone, label, begin, min(end, on), 1)
        yield from stretch(tone, label, max(begin, on + ONE_DAY), end, FUTURE)

    pieces = [*stretch("plain", _("Term"), first, last, EMPTY)]
    if agreement.state not in _NEVER_IN_FORCE:
        begin = first
        for each in suspensions:
            pieces += past_and_future("good", _("In force"), begin, each.starts_on - ONE_DAY)
            begin = each.resumed_on or date.max
        if begin <= agreement.last_day:
            pieces += past_and_future("good", _("In force"), begin, agreement.last_day)
    for each in suspensions:
        end = each.resumed_on - ONE_DAY if each.resumed_on else agreement.last_day
        end = min(end, agreement.last_day)
        pieces += past_and_future("warn", _("Suspended"), each.starts_on, end)
    today_x = round(((on - first).days + 0.5) / total * WIDTH) if first <= on <= last else None
    return {
        "agreement": agreement,
        "pieces": pieces,
        "today_x": today_x,
        "today": on,
        "suspended": suspended_days(agreement, suspensions, on),
        "days_left": (agreement.valid_to - on).days if agreement.is_running else None,
    }


_NEVER_IN_FORCE = (AgreementState.DRAFT, AgreementState.SIGNED, AgreementState.CANCELLED)


def suspended_days(
    agreement: Agreement, suspensions: Sequence[Suspension], on: date
) -> dict[str, Any] | None:
    """Return the days of the suspension that lasts, its limit, and its place in the term."""
    if agreement.state != AgreementState.SUSPENDED or not suspensions:
        return None
    current = suspensions[-1]
    return {
        "days": current.days_on(on),
        "of": MAX_VOLUNTARY_SUSPENSION_DAYS,
        "place": len(suspensions),
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
