"""The ledger of suspension days (B-13, B-14.1). Pure: what counts, how long, in which place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from agreements.enums.life import SuspensionKind
from agreements.rules.suspension import MAX_VOLUNTARY_SUSPENSION_DAYS, SUSPENSIONS_TO_DISSOLVE

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Suspended:
    """A suspension as the ledger counts it; `resumed_on` is the first day in force again."""

    kind: SuspensionKind
    start: date
    resumed_on: date | None
    limit_on: date
    annulled: bool = False


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """`used` counts the days up to today, the first one included; `left` those until the limit,
    None once it has ended; `place` is its place among those of its kind in the term, None for one
    that does not count.
    """

    used: int
    of: int
    left: int | None
    place: int | None
    last: date | None
    runs: bool


@dataclass(frozen=True, slots=True)
class Ledger:
    lines: tuple[LedgerLine, ...]
    voluntary: int
    voluntary_days: int
    mandatory: int
    mandatory_days: int

    @property
    def repeated(self) -> bool:
        return self.mandatory >= SUSPENSIONS_TO_DISSOLVE


def ledger(suspensions: Iterable[Suspended], *, last_day: date, on: date) -> Ledger:
    """Return the ledger of a term that ends on `last_day`, as it stands on the day.

    Law: B-13, B-14 ground 1 (Order 2 arts. 42, 43).
    """
    counts = dict.fromkeys(SuspensionKind, 0)
    days = dict.fromkeys(SuspensionKind, 0)
    lines = []
    for each in suspensions:
        end = each.resumed_on - ONE_DAY if each.resumed_on else None
        last = min(end or last_day, last_day)
        used = max(0, (min(last, on) - each.start).days + 1)
        runs = end is None and each.start <= on <= last_day and not each.annulled
        place = None
        if not each.annulled:
            counts[each.kind] += 1
            days[each.kind] += used
            place = counts[each.kind]
        lines.append(
            LedgerLine(
                used=0 if each.annulled else used,
                of=MAX_VOLUNTARY_SUSPENSION_DAYS,
                left=(each.limit_on - on).days if runs else None,
                place=place,
                last=last if end or last < on else None,
                runs=runs,
            )
        )
    return Ledger(
        lines=tuple(lines),
        voluntary=counts[SuspensionKind.VOLUNTARY],
        voluntary_days=days[SuspensionKind.VOLUNTARY],
        mandatory=counts[SuspensionKind.MANDATORY],
        mandatory_days=days[SuspensionKind.MANDATORY],
    )
