"""How a count is explained: the reasons every rule with a deadline gives."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_lazy as _

from agency.reasons import Reason, reason
from agency.workdays import DatePair, DayKind, Deadline, WorkdayCalendar, add_months

MAX_DAYS = 3660
MAX_MONTHS = 1200
MAX_YEARS = 100
SPANS_SHOWN = 12


def workday_reasons(
    calendar: WorkdayCalendar, start: date, count: int, deadline: Deadline
) -> Iterator[Reason]:
    """Explain how `count` working days were counted from `start` to the deadline."""
    if count == 0:
        yield reason(_("A period of no working days ends on its first day, %(on)s."), on=start)
        return
    yield reason(
        _("The day of the event, %(start)s, is not counted; the count begins on %(first)s."),
        start=start,
        first=calendar.workdays_after(start, 1).on,
    )
    if spans := calendar.rest_spans(start, deadline.on):
        yield reason(_("Rest days left out: %(spans)s."), spans=shortened(spans))
    notes = calendar.explain(start, deadline.on)
    if made_up := [note.day for note in notes if note.kind is DayKind.MAKE_UP]:
        yield reason(
            _("Make-up working days counted: %(days)s."),
            days=shortened([(day, day) for day in made_up]),
        )
    yield reason(
        _("Working day %(count)d is %(on)s (%(kind)s)."),
        count=count,
        on=deadline.on,
        kind=calendar.kind_of(deadline.on),
    )
    yield from provisional_reasons(calendar, start, deadline.on)


def rolled_reasons(calendar: WorkdayCalendar, deadline: Deadline) -> Iterator[Reason]:
    """Explain whether and why the end of a period to act was moved."""
    raw = deadline.raw or deadline.on
    if raw == deadline.on:
        yield reason(
            _("%(raw)s is worked (%(kind)s): the end is not moved."),
            raw=raw,
            kind=calendar.kind_of(raw),
        )
    else:
        yield reason(
            _("%(raw)s is not worked (%(kind)s): the end moves to the next working day, %(on)s."),
            raw=raw,
            kind=calendar.kind_of(raw),
            on=deadline.on,
        )
    yield from provisional_reasons(calendar, raw, deadline.on)


def provisional_reasons(calendar: WorkdayCalendar, first: date, last: date) -> Iterator[Reason]:
    if years := calendar.unknown_years(first, last):
        yield reason(
            _("The working-day notice of %(years)s is not known: the date is provisional."),
            years=[str(year) for year in years],
        )


def shortened(spans: list[DatePair]) -> list[DatePair | str]:
    shown: list[DatePair | str] = list(spans[:SPANS_SHOWN])
    return [*shown, "…"] if len(spans) > SPANS_SHOWN else shown


def months_reason(start: date, months: int) -> Reason:
    raw = add_months(start, months)
    if raw.day == start.day:
        message = _("The corresponding day %(months)d months after %(start)s is %(raw)s.")
    else:
        message = _(
            "%(months)d months after %(start)s there is no such day: the last day of the month, "
            "%(raw)s, takes its place."
        )
    return reason(message, months=months, start=start, raw=raw)
