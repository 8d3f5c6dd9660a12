"""Dates without a calendar: months, bans, backward periods, terms, pauses. Never moved."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
MONTHS_PER_YEAR = 12

DatePair = tuple[date, date]


def days_from(first: date, last: date) -> Iterator[date]:
    """Yield each day from `first` up to and including `last`."""
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)


def add_months(day: date, months: int) -> date:
    """Return the corresponding day `months` later (or earlier), else the last day of that month.

    Law: rules.md T-04 (Civil Code art. 202).
    """
    year, month = divmod(day.year * MONTHS_PER_YEAR + day.month - 1 + months, MONTHS_PER_YEAR)
    first_of_next = date(
        year + (month == MONTHS_PER_YEAR - 1), (month + 1) % MONTHS_PER_YEAR + 1, 1
    )
    last_of_month = first_of_next - ONE_DAY
    return last_of_month.replace(day=min(day.day, last_of_month.day))


def min_duration_met(start: date, months: int, on: date) -> bool:
    """Tell whether something has lasted `months` months on a day; never moved off a rest day.

    Law: rules.md T-05.
    """
    return on >= add_months(start, months)


def banned_through(event: date, years: int) -> date:
    """Return the last day of a ban: the anniversary itself.

    Law: rules.md T-05.
    """
    return add_months(event, MONTHS_PER_YEAR * years)


def ban_active(event: date, years: int, on: date) -> bool:
    """Tell whether a ban still holds on a day.

    Law: rules.md T-05.
    """
    return on <= banned_through(event, years)


def free_from(event: date, years: int) -> date:
    """Return the first day after a ban.

    Law: rules.md T-05.
    """
    return banned_through(event, years) + ONE_DAY


def latest_before(target: date, months: int) -> date:
    """Return the last day that is still `months` months before `target`; never moved.

    Law: rules.md T-06.
    """
    return add_months(target, -months)


def earliest_after(filed: date, months: int) -> date:
    """Return the first day for which `filed` was still early enough: the inverse of T-06.

    Law: rules.md T-06.
    """
    day = add_months(filed, months)
    while latest_before(day, months) < filed:
        day += ONE_DAY
    return day


def term_end(valid_from: date, months: int) -> date:
    """Return the last day of a term that is inclusive on both ends.

    Law: rules.md T-07.
    """
    return add_months(valid_from, months) - ONE_DAY


def in_any(day: date, periods: Iterable[DatePair]) -> bool:
    """Tell whether `day` lies in one of the periods, inclusive on both ends.

    Law: rules.md T-07.
    """
    return any(first <= day <= last for first, last in periods)


def paused_days(pauses: Iterable[DatePair]) -> int:
    """Return the days of the pauses `[from, resumed)`; a day in several pauses counts once.

    Law: rules.md T-10.
    """
    total, covered_until = 0, date.min
    for first, resumed in sorted(pauses):
        begin = max(first, covered_until)
        if resumed > begin:
            total += (resumed - begin).days
            covered_until = resumed
    return total
