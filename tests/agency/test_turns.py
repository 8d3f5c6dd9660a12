"""Whose days a matter has used, and the figures made of them: against a slow count of days."""

import itertools
import random
from datetime import date, datetime, timedelta

import pytest

from agency.clocks import Duty
from agency.models import ServiceBundle, ServiceBundleTransition, ServiceFigure
from agency.receipts import RECEIPT_KINDS
from agency.services.calendar import office_calendar
from agency.services.published import as_rows, published
from agency.services.status import used_of
from agency.services.turns import compute_figures, days_used_of, figures_of
from agency.turns import DaysUsed, days_used
from agency.workdays import Unit
from tests.agency.calendars import official_calendar
from tests.agency.factories import SHANGHAI
from tests.agency.factories_bundles import bundle

CALENDAR = official_calendar()
OURS, THEIRS = Duty.OURS, Duty.THEIRS


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("moves", "pauses", "until", "expected"),
    [
        pytest.param([("2025-09-22", OURS)], [], "2025-09-22", (0, 0), id="day of receipt"),
        pytest.param([("2025-09-22", OURS)], [], "2025-09-23", (1, 0), id="day after"),
        # 28 September is a make-up Sunday; 1 to 8 October are off; 11 October makes up.
        pytest.param([("2025-09-22", OURS)], [], "2025-10-11", (10, 0), id="long holiday"),
        pytest.param(
            [("2025-09-22", OURS), ("2025-09-24", THEIRS), ("2025-09-26", OURS)],
            [],
            "2025-09-28",
            (3, 2),
            id="supplement",
        ),
        pytest.param(
            [("2025-09-22", OURS), ("2025-09-24", None)], [], "2025-12-31", (2, 0), id="ended"
        ),
        pytest.param(
            [("2025-09-22", OURS), ("2025-09-22", None)], [], "2025-12-31", (0, 0), id="at once"
        ),
        pytest.param(
            [("2025-09-22", OURS), ("2025-09-24", None), ("2025-09-26", OURS)],
            [],
            "2025-09-26",
            (3, 0),
            id="reopened",
        ),
        pytest.param(
            [("2025-09-22", OURS)],
            [("2025-09-24", "2025-09-26")],
            "2025-09-26",
            (2, 2),
            id="clock stood still",
        ),
        pytest.param(
            [("2025-09-22", OURS), ("2025-09-26", THEIRS), ("2025-09-24", OURS)],
            [],
            "2025-09-28",
            (5, 0),
            id="a step dated back counts from the one before",
        ),
        pytest.param([("2026-12-30", OURS)], [], "2027-01-04", (3, 0), id="year without calendar"),
    ],
)
def test_days_of_each_side(moves, pauses, until, expected):
    used = days_used(
        day(moves[0][0]),
        [(day(on), duty) for on, duty in moves],
        pauses=[(day(first), day(after)) for first, after in pauses],
        until=day(until),
        calendar=CALENDAR,
    )
    assert used == DaysUsed(*expected)


def test_a_pause_takes_what_it_puts_off():
    """Ours never exceed the promise while the promised day, pauses included, is kept."""
    start = day("2025-03-03")
    pauses = [(day("2025-03-10"), day("2025-03-22"))]
    due = CALENDAR.deadline(start, Unit.WORKDAY, 10, pauses).on
    used = days_used(start, [(start, OURS)], pauses=pauses, until=due, calendar=CALENDAR)
    assert used.theirs == 10  # 10 to 21 March, two weeks
    assert used.ours <= 11


# --- the same in one query ----------------------------------------------------------------------

STATES = ["filed", "supplement_required", "completed", "withdrawn"]


def scenario(seed: int) -> ServiceBundle:
    """A matter with a made-up history, written past the services."""
    dice = random.Random(seed)
    filed_at = datetime(2025, dice.randint(1, 12), dice.randint(1, 28), 23, 30, tzinfo=SHANGHAI)
    matter = bundle(at=filed_at)
    on, source = filed_at.date(), "filed"
    for step in range(dice.randint(0, 5)):
        on += timedelta(days=dice.randint(-1, 25))
        target = dice.choice(STATES)
        ServiceBundleTransition.objects.create(
            subject=matter,
            act="x",
            source=source,
            target=target,
            on=on,
            at=filed_at + timedelta(days=400, hours=step),
        )
        source = target
    return matter


def slow_count(matter: ServiceBundle, until: date) -> DaysUsed:
    """Walk every day and ask who held the matter at its end: the rule said as plainly as can be."""
    calendar = office_calendar()
    received = matter.filed_at.astimezone(SHANGHAI).date()
    turns = RECEIPT_KINDS["BND"].turns
    steps, latest = [], received
    for step in matter.transitions.order_by("at", "pk"):
        latest = max(latest, step.on)
        steps.append((latest, turns[step.target]))
    ours = theirs = 0
    current = received + timedelta(days=1)
    while current <= until:
        duties = [duty for on, duty in steps if on <= current]
        holder = duties[-1] if duties else None
        if holder is None and steps:
            # The last day belongs to the side that ended it on that day.
            today = [number for number, (on, _duty) in enumerate(steps) if on == current]
            ending = [n for n in today if steps[n][1] is None and n and steps[n - 1][1]]
            holder = steps[ending[-1] - 1][1] if ending else None
        if calendar.is_workday(current):
            ours += holder is OURS
            theirs += holder is THEIRS
        current += timedelta(days=1)
    return DaysUsed(ours, theirs)


@pytest.mark.django_db
def test_one_query_counts_as_the_pure_function_and_as_a_walk_over_days(
    django_assert_num_queries,
):
    kind, until = RECEIPT_KINDS["BND"], date(2026, 3, 2)
    matters = [scenario(seed) for seed in range(40)]
    with django_assert_num_queries(1):
        found = days_used_of(kind, [each.pk for each in matters], on=until)
    for matter in matters:
        assert found[matter.pk] == used_of(kind, matter, on=until), matter.number
        if not reopened_the_same_day(matter):
            assert found[matter.pk] == slow_count(matter, until), matter.number


def reopened_the_same_day(matter) -> bool:
    """Ended and gone on again on one day: then the walk over days has no one answer."""
    rows = list(matter.transitions.order_by("at", "pk"))
    turns = RECEIPT_KINDS["BND"].turns
    return any(
        turns[before.target] is None and turns[after.target] and after.on <= before.on
        for before, after in itertools.pairwise(rows)
    )


@pytest.mark.django_db
def test_figures_by_month_and_year():
    """Four matters of May 2025 end after 1, 2, 3 and 10 working days, one of June after 5."""
    kind = RECEIPT_KINDS["BND"]
    ends = ["2025-05-07", "2025-05-08", "2025-05-09", "2025-05-20", "2025-06-10"]
    starts = ["2025-05-06"] * 4 + ["2025-06-03"]
    for begin, end in zip(starts, ends, strict=True):
        on = day(begin)
        matter = bundle(at=datetime(on.year, on.month, on.day, 10, tzinfo=SHANGHAI))
        matter.complete(at=matter.filed_at)
        matter.save(update_fields=["state", "ended_at"])
        ServiceBundleTransition.objects.create(
            subject=matter,
            act="finish_part",
            source="filed",
            target="completed",
            on=day(end),
            at=matter.filed_at + timedelta(hours=1),
        )
    found = {
        row[0]: row[1:]
        for row in figures_of(kind, since=day("2025-01-01"), until=day("2025-06-30"))
    }
    # 1, 2, 3, 10: the average is 4, the 90th percentile lies at 0.7 between 3 and 10.
    cases, average, p90, theirs, kept = found[day("2025-05-01")]
    assert (cases, average, round(p90, 2), theirs, kept) == (4, 4, 7.9, 0, 4)
    assert found[day("2025-06-01")][:2] == (1, 5)
    assert found[None][0] == 5

    at = datetime(2025, 6, 30, 5, tzinfo=SHANGHAI)
    assert compute_figures(on=day("2025-06-30"), at=at) == 3
    assert compute_figures(on=day("2025-06-30"), at=at) == 3  # again, and nothing twice
    assert ServiceFigure.objects.count() == 3
    compute_figures(on=day("2025-07-01"), at=at)
    assert ServiceFigure.objects.count() == 3

    [shown] = [each for each in published(day("2025-07-01")) if each.code == "BND"]
    assert (shown.promise, shown.year.cases, shown.year.share) == (10, 5, 100)
    # Four and one are fewer than five: nothing is said of those months.
    assert [(month.first, month.cases) for month in shown.months] == [
        (day("2025-05-01"), None),
        (day("2025-06-01"), None),
    ]
    rows = list(as_rows([shown]))
    assert rows[0][2:] == ("year", day("2024-07-01"), day("2025-07-01"), 10, 5, *rows[0][7:])
    assert len(rows) == 3
