"""The figures of the supervision view: a query for each measure, one for the flags of an area."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Aggregate,
    Count,
    F,
    FloatField,
    Func,
    IntegerField,
    Max,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import TruncDate

from agency.overview import AREAS, FLAGS, MEASURES, Area, Asked, Flag, Line, Measure, found
from agency.reasons import Text

WHAT = ("open", "overdue", "done", "late")


class Days(Func):
    """The days from one day to another."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = IntegerField()


class Median(Aggregate):
    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def day_of(name: str) -> TruncDate:
    """The day of an instant, in the office's time."""
    return TruncDate(name)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a measure says of a period: `open` and `overdue` as at the day, the rest within it."""

    measure: Measure
    open: int
    overdue: int
    done: int
    late: int
    median: float | None
    longest: int | None


@dataclass(frozen=True, slots=True)
class Flagged:
    flag: Flag
    count: int


@dataclass(frozen=True, slots=True)
class AreaFigures:
    area: Area
    figures: Sequence[Figures]
    flags: Sequence[Flagged]

    @property
    def exceptions(self) -> int:
        return sum(each.count for each in self.flags) + sum(each.overdue for each in self.figures)


def overview(asked: Asked) -> list[AreaFigures]:
    """Return every area with its figures, at most three queries each."""
    return [
        AreaFigures(
            area,
            [figures_of(each, asked) for each in MEASURES[key]],
            flags_of(key, asked),
        )
        for key, area in AREAS.items()
        if MEASURES[key] or FLAGS[key]
    ]


def figures_of(measure: Measure, asked: Asked) -> Figures:
    """Return what a measure says. One query."""
    conditions = _conditions(measure, asked)
    took = Days(F("supervised_done"), F("supervised_from"))
    counted = _rows_of(measure, asked).aggregate(
        **{name: Count("pk", filter=condition) for name, condition in conditions.items()},
        median=Median(took, filter=conditions["done"]),
        longest=Max(took, filter=conditions["done"]),
    )
    return Figures(measure, **counted)


def flags_of(area: str, asked: Asked) -> list[Flagged]:
    """Count the exceptions of an area. One query."""
    flags = FLAGS[area]
    if not flags:
        return []
    counting = [
        _flagged(each, asked)
        .order_by()
        .annotate(flag=Value(each.key))
        .values("flag")
        .annotate(flagged=Count("pk", distinct=True))
        .values_list("flag", "flagged")
        for each in flags
    ]
    first, *others = counting
    counts = dict(first.union(*others, all=True) if others else first)
    return [Flagged(each, counts.get(each.key, 0)) for each in flags]


def rows_of(area: str, key: str, what: str, asked: Asked) -> QuerySet[Any] | None:
    """Return the rows behind a figure: of a measure those of `what`, of a flag all."""
    entry = found(area, key)
    if entry is None:
        return None
    if isinstance(entry, Flag):
        rows = _flagged(entry, asked)
    elif what in WHAT:
        rows = _rows_of(entry, asked).filter(_conditions(entry, asked)[what])
    else:
        return None
    return rows.select_related(*entry.related) if entry.related else rows


def lines_of(area: str, key: str, rows: Sequence[Any]) -> list[Line]:
    entry = found(area, key)
    return [entry.line(each) for each in rows] if entry else []


def label_of(area: str, key: str) -> Text:
    entry = found(area, key)
    return entry.label if entry else ""


def _rows_of(measure: Measure, asked: Asked) -> QuerySet[Any]:
    days = {
        "supervised_from": measure.started,
        "supervised_done": measure.done,
        **({"supervised_due": measure.due} if measure.due is not None else {}),
    }
    return (
        measure.rows()
        .filter(asked.within(measure.region))
        .annotate(**{name: F(day) if isinstance(day, str) else day for name, day in days.items()})
    )


def _conditions(measure: Measure, asked: Asked) -> dict[str, Q]:
    none = Q(pk__isnull=True)
    done = measure.finished & Q(supervised_done__range=(asked.first, asked.last))
    if measure.due is None:
        return {"open": measure.open, "overdue": none, "done": done, "late": none}
    return {
        "open": measure.open,
        "overdue": measure.open & Q(supervised_due__lt=asked.on),
        "done": done,
        "late": done & Q(supervised_done__gt=F("supervised_due")),
    }


def _flagged(each: Flag, asked: Asked) -> QuerySet[Any]:
    return each.rows(asked).filter(asked.within(each.region))
