"""The time rules T-01 to T-12 against every worked example of the rule catalogue, and beyond."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agency.workdays import (
    DayKind,
    Deadline,
    DeadlineBasis,
    Unit,
    WorkdayCalendar,
    add_months,
    ban_active,
    earliest_after,
    free_from,
    in_any,
    latest_before,
    min_duration_met,
    paused_days,
    term_end,
)
from tests.agency.calendars import YEARS, official_calendar

CALENDAR = official_calendar()
HOLIDAY_FILES = Path(__file__).resolve().parents[3] / "shared" / "data" / "holidays"

D = date.fromisoformat


def by_hand(calendar: WorkdayCalendar, event: date, count: int) -> date:
    day = event
    while count:
        day += timedelta(days=1)
        count -= calendar.is_workday(day)
    return day


# T-01


@pytest.mark.parametrize(
    ("year", "count"),
    [
        (2019, 250),
        (2020, 249),
        (2021, 250),
        (2022, 249),
        (2023, 249),
        (2024, 251),
        (2025, 248),
        (2026, 248),
    ],
)
def test_working_days_of_a_year(year, count):
    assert CALENDAR.workdays_between(date(year - 1, 12, 31), date(year, 12, 31)) == count


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2024, "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12"),
        (2025, "01-26 02-08 04-27 09-28 10-11"),
        (2026, "01-04 02-14 02-28 05-09 09-20 10-10"),
    ],
)
def test_make_up_working_days_of_a_year(year, days):
    first, last = date(year, 1, 1), date(year, 12, 31)
    made_up = [
        note.day
        for note in CALENDAR.explain(first - timedelta(days=1), last)
        if note.kind is DayKind.MAKE_UP
    ]
    assert made_up == [D(f"{year}-{day}") for day in days.split()]


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        pytest.param("2020-01-31", DayKind.HOLIDAY, id="emergency-extension-of-2020"),
        pytest.param("2020-02-03", DayKind.WORKDAY, id="first-day-after-it"),
        pytest.param("2022-12-31", DayKind.HOLIDAY, id="named-in-the-notice-of-the-next-year"),
        pytest.param("2025-10-11", DayKind.MAKE_UP, id="saturday-worked"),
        pytest.param("2025-10-12", DayKind.WEEKEND, id="sunday-after-it"),
    ],
)
def test_kind_of_a_day(day, kind):
    assert CALENDAR.kind_of(D(day)) is kind
    assert CALENDAR.is_workday(D(day)) is kind.is_worked


@pytest.mark.skipif(not HOLIDAY_FILES.is_dir(), reason="the official holiday files are not here")
@pytest.mark.parametrize("year", YEARS)
def test_the_seeded_years_equal_the_official_files_day_for_day(year):
    files = [HOLIDAY_FILES / f"{each}.json" for each in (year, year + 1)]
    official = {
        D(day["date"]): not day["isOffDay"]
        for file in files
        for day in json.loads(file.read_text(encoding="utf-8"))["days"]
    }
    day = date(year, 1, 1)
    while day.year == year:
        assert CALENDAR.is_workday(day) == official.get(day, day.weekday() < 5), day
        day += timedelta(days=1)


# T-02


@pytest.mark.parametrize(
    ("event", "count", "due"),
    [
        pytest.param("2025-01-10", 30, "2025-02-27", id="across-spring-festival"),
        pytest.param("2025-09-22", 30, "2025-11-07", id="across-national-day"),
        pytest.param("2026-01-30", 30, "2026-03-19", id="across-spring-festival-2026"),
        pytest.param("2025-03-03", 30, "2025-04-15", id="across-tomb-sweeping"),
        pytest.param("2025-09-26", 5, "2025-10-10", id="notice-of-missing-materials"),
        pytest.param("2025-01-24", 5, "2025-02-07", id="notice-across-spring-festival"),
        pytest.param("2026-02-12", 7, "2026-02-28", id="ends-on-make-up-saturday"),
        pytest.param("2025-09-26", 7, "2025-10-13", id="public-notice"),
        pytest.param("2025-04-29", 5, "2025-05-09", id="defence-across-labour-day"),
        pytest.param("2025-09-30", 30, "2025-11-18", id="payout-from-the-eve-of-national-day"),
        pytest.param("2026-04-30", 30, "2026-06-15", id="payout-from-the-eve-of-labour-day"),
        pytest.param("2025-06-30", 30, "2025-08-11", id="change-without-holiday"),
        pytest.param("2025-10-03", 1, "2025-10-09", id="event-inside-a-holiday"),
        pytest.param("2025-10-10", 1, "2025-10-11", id="next-day-is-a-make-up-saturday"),
        pytest.param("2025-10-11", 1, "2025-10-13", id="event-on-a-make-up-saturday"),
        pytest.param("2025-10-09", 0, "2025-10-09", id="no-days"),
    ],
)
def test_nth_working_day_after_the_event(event, count, due):
    deadline = CALENDAR.workdays_after(D(event), count)
    assert (deadline.on, deadline.provisional) == (D(due), False)


@pytest.mark.parametrize(
    ("event", "count", "due", "provisional"),
    [
        pytest.param("2026-11-30", 30, "2027-01-11", True, id="into-an-unknown-year"),
        pytest.param("2026-11-30", 23, "2026-12-31", False, id="last-day-of-the-last-known-year"),
        pytest.param("2026-11-30", 24, "2027-01-01", True, id="first-day-of-the-unknown-year"),
        pytest.param("2027-03-01", 5, "2027-03-08", True, id="inside-the-unknown-year"),
        pytest.param("2018-12-28", 1, "2018-12-31", True, id="before-the-first-known-year"),
        pytest.param("2018-12-31", 2, "2019-01-03", True, id="out-of-an-unknown-year"),
    ],
)
def test_a_year_without_notice_makes_the_deadline_provisional(event, count, due, provisional):
    assert CALENDAR.workdays_after(D(event), count) == Deadline(D(due), provisional)


def test_years_known_in_two_runs_are_answered_alike_inside_and_outside_the_table():
    gapped = WorkdayCalendar(CALENDAR.declared, frozenset({2019, 2020, 2021, 2025}))
    inside = gapped.workdays_after(date(2020, 1, 20), 30)
    outside = gapped.workdays_after(date(2025, 1, 10), 30)
    assert inside == Deadline(by_hand(CALENDAR, date(2020, 1, 20), 30))
    assert outside == Deadline(date(2025, 2, 27))
    assert gapped.workdays_after(date(2021, 12, 30), 5).provisional
    assert gapped.workdays_between(date(2025, 1, 10), date(2025, 2, 27)) == 30


def test_a_calendar_that_knows_nothing_still_answers_provisionally():
    empty = WorkdayCalendar({}, frozenset())
    assert empty.workdays_after(date(2025, 1, 10), 5) == Deadline(date(2025, 1, 17), True)
    assert empty.workdays_between(date(2025, 1, 10), date(2025, 1, 17)) == 5


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="at least 0"):
        CALENDAR.workdays_after(date(2025, 1, 10), -1)


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        ("2025-02-27", "2025-02-28", 1),
        ("2025-02-28", "2025-02-27", -1),
        ("2025-02-28", "2025-03-02", 0),
        ("2025-09-30", "2025-10-08", 0),
        ("2025-09-30", "2025-10-09", 1),
        ("2025-01-10", "2025-02-27", 30),
        ("2026-12-30", "2027-01-04", 3),
        ("2027-01-04", "2026-12-30", -3),
    ],
)
def test_working_days_between(start, end, count):
    assert CALENDAR.workdays_between(D(start), D(end)) == count


days = st.dates(date(2017, 1, 1), date(2028, 12, 31))
counts = st.integers(0, 90)


@given(days, counts)
def test_the_table_agrees_with_counting_by_hand(event, count):
    deadline = CALENDAR.workdays_after(event, count)
    assert deadline.on == by_hand(CALENDAR, event, count)
    assert deadline.provisional == CALENDAR.is_provisional(event, deadline.on)


@given(days, counts)
def test_counting_between_undoes_counting_after(event, count):
    assert CALENDAR.workdays_between(event, CALENDAR.workdays_after(event, count).on) == count


@given(days, st.integers(0, 400), counts)
def test_a_later_event_never_has_an_earlier_deadline(event, later, count):
    first = CALENDAR.workdays_after(event, count)
    second = CALENDAR.workdays_after(event + timedelta(days=later), count)
    assert first.on <= second.on


@given(days, st.integers(1, 90))
def test_a_deadline_in_working_days_is_a_working_day_after_the_event(event, count):
    deadline = CALENDAR.workdays_after(event, count)
    assert deadline.on > event
    assert CALENDAR.is_workday(deadline.on)
    assert CALENDAR.workdays_after(event, count + 1).on > deadline.on


@given(days, days, days)
def test_counts_add_up(first, second, third):
    between = CALENDAR.workdays_between
    assert between(first, second) + between(second, third) == between(first, third)


# T-03, T-04


@pytest.mark.parametrize(
    ("start", "count", "raw", "on"),
    [
        pytest.param("2025-08-05", 60, "2025-10-04", "2025-10-09", id="ends-in-national-day"),
        pytest.param("2025-03-01", 180, "2025-08-28", "2025-08-28", id="ends-on-a-working-day"),
        pytest.param("2025-04-06", 180, "2025-10-03", "2025-10-09", id="suspension-limit"),
        pytest.param("2025-10-20", 180, "2026-04-18", "2026-04-20", id="ends-on-a-saturday"),
        pytest.param("2025-10-01", 10, "2025-10-11", "2025-10-11", id="ends-on-make-up-saturday"),
        pytest.param("2025-10-01", 11, "2025-10-12", "2025-10-13", id="ends-on-the-sunday-after"),
        pytest.param("2025-10-04", 0, "2025-10-04", "2025-10-09", id="no-days"),
    ],
)
def test_a_period_of_days_moves_off_rest_days(start, count, raw, on):
    assert CALENDAR.days_after(D(start), count) == Deadline(D(on), False, D(raw))


@pytest.mark.parametrize(
    ("start", "months", "raw", "on"),
    [
        pytest.param("2025-07-04", 3, "2025-10-04", "2025-10-09", id="ends-in-national-day"),
        pytest.param("2025-11-30", 3, "2026-02-28", "2026-02-28", id="make-up-saturday"),
        pytest.param("2025-02-20", 3, "2025-05-20", "2025-05-20", id="assessment"),
        pytest.param("2024-01-31", 1, "2024-02-29", "2024-02-29", id="leap-month-end"),
    ],
)
def test_a_period_of_months_moves_off_rest_days(start, months, raw, on):
    assert CALENDAR.months_after(D(start), months) == Deadline(D(on), False, D(raw))


def test_a_period_of_days_is_provisional_when_its_end_is_in_an_unknown_year():
    assert CALENDAR.days_after(date(2026, 12, 1), 30) == Deadline(
        date(2026, 12, 31), False, date(2026, 12, 31)
    )
    assert CALENDAR.days_after(date(2026, 12, 1), 31).provisional


# T-05, T-06, T-07


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2024-02-29", 12, "2025-02-28"),
        ("2025-01-31", 1, "2025-02-28"),
        ("2025-12-15", 1, "2026-01-15"),
        ("2025-01-15", -1, "2024-12-15"),
        ("2025-03-31", -1, "2025-02-28"),
        ("2025-12-31", -12, "2024-12-31"),
        ("2025-05-05", 0, "2025-05-05"),
    ],
)
def test_months_end_on_the_corresponding_day_or_the_last(start, months, end):
    assert add_months(D(start), months) == D(end)


@pytest.mark.parametrize(("on", "met"), [("2025-04-14", False), ("2025-04-15", True)])
def test_a_minimum_duration_is_met_on_the_corresponding_day(on, met):
    assert min_duration_met(date(2025, 1, 15), 3, D(on)) is met


@pytest.mark.parametrize(
    ("event", "years", "on", "banned", "free"),
    [
        pytest.param("2024-02-29", 1, "2025-02-28", True, "2025-03-01", id="leap-day"),
        pytest.param("2024-02-29", 1, "2025-03-01", False, "2025-03-01", id="day-after"),
        pytest.param("2022-05-31", 3, "2025-05-31", True, "2025-06-01", id="anniversary"),
        pytest.param("2022-05-31", 3, "2025-06-01", False, "2025-06-01", id="free"),
        pytest.param("2020-07-15", 5, "2025-07-15", True, "2025-07-16", id="five-years"),
        pytest.param("2025-07-01", 1, "2026-07-01", True, "2026-07-02", id="second-failure"),
    ],
)
def test_a_ban_holds_through_its_anniversary(event, years, on, banned, free):
    assert ban_active(D(event), years, D(on)) is banned
    assert free_from(D(event), years) == D(free)


@pytest.mark.parametrize(
    ("target", "latest"),
    [("2025-12-31", "2025-09-30"), ("2026-06-30", "2026-03-30"), ("2026-01-01", "2025-10-01")],
)
def test_a_backward_period_is_not_moved(target, latest):
    assert latest_before(D(target), 3) == D(latest)


@given(days, st.integers(0, 24))
def test_the_earliest_day_is_the_first_that_was_filed_for_in_time(filed, months):
    earliest = earliest_after(filed, months)
    assert latest_before(earliest, months) >= filed
    assert latest_before(earliest - timedelta(days=1), months) < filed


@pytest.mark.parametrize(
    ("start", "end"), [("2025-01-01", "2025-12-31"), ("2025-11-01", "2026-10-31")]
)
def test_a_term_includes_both_ends(start, end):
    assert term_end(D(start), 12) == D(end)
    term = [(D(start), D(end))]
    assert in_any(D(start), term)
    assert in_any(D(end), term)
    assert not in_any(D(end) + timedelta(days=1), term)
    assert not in_any(D(start) - timedelta(days=1), term)


# T-10, T-12


def pairs(*texts: str) -> list[tuple[date, date]]:
    return [(D(first), D(resumed)) for first, resumed in (text.split("/") for text in texts)]


@pytest.mark.parametrize(
    ("pauses", "count"),
    [
        pytest.param(pairs(), 0, id="none"),
        pytest.param(pairs("2025-03-10/2025-03-22"), 12, id="resumption-day-counts"),
        pytest.param(pairs("2025-03-10/2025-03-10"), 0, id="resumed-at-once"),
        pytest.param(pairs("2025-03-10/2025-03-12", "2025-04-01/2025-04-04"), 5, id="added-up"),
        pytest.param(pairs("2025-03-10/2025-03-20", "2025-03-15/2025-03-22"), 12, id="overlap"),
        pytest.param(pairs("2025-03-10/2025-03-22", "2025-03-12/2025-03-13"), 12, id="within"),
        pytest.param(pairs("2025-04-01/2025-04-04", "2025-03-10/2025-03-12"), 5, id="any-order"),
        pytest.param(pairs("2025-03-10/2025-03-12", "2025-03-12/2025-03-14"), 4, id="adjoining"),
    ],
)
def test_a_day_in_several_pauses_counts_once(pauses, count):
    assert paused_days(pauses) == count


@given(st.lists(st.tuples(days, st.integers(0, 40)).map(lambda p: (p[0], p[0] + timedelta(p[1])))))
def test_paused_days_are_the_union_of_the_pauses(pauses):
    union = {
        first + timedelta(days=n)
        for first, resumed in pauses
        for n in range((resumed - first).days)
    }
    assert paused_days(pauses) == len(union)


def test_a_pause_puts_the_deadline_off_and_then_it_is_moved():
    deadline = CALENDAR.with_pauses(date(2025, 5, 20), pairs("2025-03-10/2025-03-22"))
    assert deadline == Deadline(date(2025, 6, 3), False, date(2025, 6, 1))


@pytest.mark.parametrize(
    ("unit", "count", "on"),
    [(Unit.WORKDAY, 30, "2025-02-27"), (Unit.DAY, 22, "2025-02-05"), (Unit.MONTH, 1, "2025-02-10")],
)
def test_a_stored_deadline_can_be_recomputed_from_its_basis(unit, count, on):
    deadline, basis = CALENDAR.deadline_with_basis("B-04", date(2025, 1, 10), unit, count)
    stored = DeadlineBasis.from_json(json.loads(json.dumps(basis.to_json())))
    assert deadline.on == D(on)
    assert stored == basis
    assert stored.calendar_version == 1
    assert CALENDAR.recompute(stored) == deadline


def test_a_provisional_deadline_is_recomputed_when_its_year_is_known():
    before, basis = CALENDAR.deadline_with_basis("B-04", date(2026, 11, 30), Unit.WORKDAY, 30)
    known = WorkdayCalendar(
        {**CALENDAR.declared, date(2027, 1, 1): False}, CALENDAR.known_years | {2027}, version=2
    )
    assert before == Deadline(date(2027, 1, 11), True)
    assert basis.provisional
    assert known.recompute(basis) == Deadline(date(2027, 1, 12), False)


def test_a_paused_working_day_period_is_put_off_and_moved():
    deadline = CALENDAR.deadline(date(2025, 9, 26), Unit.WORKDAY, 5, pairs("2025-09-27/2025-09-29"))
    assert deadline == Deadline(date(2025, 10, 13), False, date(2025, 10, 12))


def test_a_deadline_explains_itself_day_by_day():
    notes = list(CALENDAR.explain(date(2025, 9, 26), date(2025, 10, 10)))
    assert [note.day.day for note in notes if note.counted] == [28, 29, 30, 9, 10]
    assert notes[0].kind is DayKind.WEEKEND
    assert notes[1].kind is DayKind.MAKE_UP
    assert notes[-1].number == 5
    assert CALENDAR.rest_spans(date(2025, 9, 26), date(2025, 10, 10)) == [
        (date(2025, 9, 27), date(2025, 9, 27)),
        (date(2025, 10, 1), date(2025, 10, 8)),
    ]


def test_working_days_before_a_hearing():
    deadline = CALENDAR.workdays_before(date(2025, 10, 10), 7)
    assert deadline.on == date(2025, 9, 24)
    assert CALENDAR.workdays_between(deadline.on, date(2025, 10, 10)) == 7
    assert CALENDAR.workdays_between(deadline.on + timedelta(days=1), date(2025, 10, 10)) == 6
