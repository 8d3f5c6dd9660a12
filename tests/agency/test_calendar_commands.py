"""The seeded calendar, taking in later notices, and counting from the command line."""

import json
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from agency.models import CalendarDay, CalendarYear
from agency.services.calendar import calendar_version, office_calendar
from tests.agency.calendars import YEARS, official_calendar

HOLIDAY_FILES = Path(__file__).resolve().parents[3] / "shared" / "data" / "holidays"
needs_files = pytest.mark.skipif(
    not HOLIDAY_FILES.is_dir(), reason="the official holiday files are not here"
)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


def run(*args) -> str:
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue().strip()


def write(path: Path, year: int, days: dict[str, bool], **more) -> str:
    rows = [{"name": "元旦", "date": on, "isOffDay": is_off} for on, is_off in days.items()]
    content = {"year": year, "papers": ["https://example.invalid/notice"], "days": rows, **more}
    path.write_text(json.dumps(content), encoding="utf-8")
    return str(path)


def declared() -> dict[date, bool]:
    return dict(CalendarDay.objects.values_list("on", "is_off"))


def test_the_seeded_calendar_is_the_official_one():
    seeded, official = office_calendar(), official_calendar()
    assert seeded.known_years == frozenset(YEARS)
    day = date(2019, 1, 1)
    while day.year in YEARS:
        assert seeded.kind_of(day) is official.kind_of(day) or day.weekday() >= 5, day
        assert seeded.is_workday(day) == official.is_workday(day), day
        day += timedelta(days=1)


def test_a_seeded_day_carries_the_name_of_its_holiday():
    names = dict(CalendarDay.objects.filter(on__year=2025).values_list("on", "name"))
    assert names[date(2025, 1, 26)] == "春节"
    assert names[date(2025, 4, 4)] == "清明节"
    assert CalendarDay.objects.get(on=date(2022, 12, 31)).year_id == 2023


@needs_files
def test_the_seeded_years_equal_the_official_files_row_for_row():
    for year in YEARS:
        content = json.loads((HOLIDAY_FILES / f"{year}.json").read_text(encoding="utf-8"))
        official = {date.fromisoformat(row["date"]): row["isOffDay"] for row in content["days"]}
        stored = CalendarDay.objects.filter(year=year).values_list("on", "is_off")
        assert dict(stored) == official, year


@needs_files
def test_the_official_files_change_no_deadline_and_are_idempotent():
    files = [str(HOLIDAY_FILES / f"{year}.json") for year in YEARS]
    before, version = declared(), calendar_version()
    first = run("import_holidays", *files)
    assert "calendar version" not in first
    assert "notices recorded" in first
    assert (declared(), calendar_version()) == (before, version)
    assert len(CalendarYear.objects.get(pk=2020).papers) == 2
    again = run("import_holidays", *files)
    assert again.splitlines() == [f"{year}: unchanged" for year in YEARS]


@needs_files
def test_an_official_file_without_days_is_refused_as_not_published():
    with pytest.raises(CommandError) as error:
        run("import_holidays", str(HOLIDAY_FILES / "2027.json"))
    assert "it is not published yet" in str(error.value)
    assert error.value.returncode == 1
    assert not CalendarYear.objects.filter(pk=2027).exists()


def test_a_new_year_ends_what_was_provisional(tmp_path):
    assert run("workdays", "add", "2026-11-30", "30") == "2027-01-11 provisional"
    version = calendar_version()
    file = write(tmp_path / "2027.json", 2027, {"2027-01-01": True, "2026-12-26": False})
    assert run("import_holidays", file) == (
        f"2027: newly published, 2 days added, calendar version {version + 1}"
    )
    assert run("workdays", "add", "2026-11-30", "30") == "2027-01-11"
    assert office_calendar().version == version + 1
    assert CalendarYear.objects.get(pk=2027).papers == ["https://example.invalid/notice"]
    assert run("import_holidays", file) == "2027: unchanged"
    assert calendar_version() == version + 1


def test_a_corrected_notice_replaces_its_year(tmp_path):
    run("import_holidays", write(tmp_path / "a.json", 2027, {"2027-01-01": True}))
    version = calendar_version()
    corrected = {"2027-01-02": True, "2027-01-03": False}
    said = run("import_holidays", write(tmp_path / "b.json", 2027, corrected))
    assert said == f"2027: 2 days added, 1 days removed, calendar version {version + 1}"
    assert declared() | {date(2027, 1, 2): True, date(2027, 1, 3): False} == declared()
    assert date(2027, 1, 1) not in declared()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param('{"year": 2027, "papers": [], "days": []}', "not published yet", id="empty"),
        pytest.param("[]", "A JSON object", id="no-object"),
        pytest.param("{", "not JSON", id="no-json"),
        pytest.param('{"year": "2027", "days": []}', '"year" must be', id="year-as-text"),
        pytest.param('{"year": 27, "days": []}', '"year" must be', id="odd-year"),
        pytest.param('{"year": 2027, "days": {}}', '"days" must be', id="days-no-list"),
        pytest.param('{"year": 2027, "days": [{"name": "x"}]}', "Day 1 needs", id="half-a-day"),
        pytest.param(
            '{"year": 2027, "days": [{"name": "x", "date": "2027-02-30", "isOffDay": true}]}',
            "Day 1 needs",
            id="impossible-date",
        ),
        pytest.param(
            '{"year": 2027, "days": [{"name": "x", "date": "2027-02-03", "isOffDay": 1}]}',
            "Day 1 needs",
            id="number-for-boolean",
        ),
        pytest.param(
            '{"year": 2027, "days": [{"name": "x", "date": "2025-02-03", "isOffDay": true}]}',
            "does not belong to 2027",
            id="day-of-another-year",
        ),
        pytest.param(
            '{"year": 2027, "papers": "x", "days": '
            '[{"name": "x", "date": "2027-02-03", "isOffDay": true}]}',
            '"papers" must be',
            id="papers-no-list",
        ),
        pytest.param(
            '{"year": 2027, "days": [{"name": "x", "date": "2027-02-03", "isOffDay": true}, '
            '{"name": "x", "date": "2027-02-03", "isOffDay": false}]}',
            "named twice",
            id="day-twice",
        ),
    ],
)
def test_a_bad_file_is_refused_and_nothing_of_the_others_is_stored(tmp_path, content, said):
    bad = tmp_path / "bad.json"
    bad.write_text(content, encoding="utf-8")
    good = write(tmp_path / "2028.json", 2028, {"2028-01-01": True})
    before, version = declared(), calendar_version()
    with pytest.raises(CommandError) as error:
        run("import_holidays", good, str(bad))
    assert said in str(error.value)
    assert "Nothing was imported." in str(error.value)
    assert (declared(), calendar_version()) == (before, version)
    assert not CalendarYear.objects.filter(pk=2028).exists()


def test_files_that_cannot_be_read_are_all_named(tmp_path):
    binary = tmp_path / "gbk.json"
    binary.write_bytes("{节}".encode("gb18030"))
    with pytest.raises(CommandError) as error:
        run("import_holidays", str(tmp_path / "absent.json"), str(binary), str(tmp_path))
    assert str(error.value).count("\n") == 3


def test_one_year_from_two_files_is_refused(tmp_path):
    files = [write(tmp_path / name, 2027, {"2027-01-01": True}) for name in ("a", "b")]
    with pytest.raises(CommandError, match="more than one file"):
        run("import_holidays", *files)
    assert not CalendarYear.objects.filter(pk=2027).exists()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("add", "2025-01-10", "30"), "2025-02-27"),
        (("add", "2026-11-30", "30"), "2027-01-11 provisional"),
        (("add", "2025-01-10", "0"), "2025-01-10"),
        (("between", "2025-01-10", "2025-02-27"), "30"),
        (("between", "2025-02-27", "2025-01-10"), "-30"),
        (("between", "2026-12-30", "2027-01-04"), "3 provisional"),
    ],
)
def test_counting_from_the_command_line(args, said):
    assert run("workdays", *args) == said


@pytest.mark.parametrize(
    "args",
    [
        ("add", "2025-02-30", "30"),
        ("add", "yesterday", "30"),
        ("add", "2025-01-10", "many"),
        ("add", "2025-01-10", "-1"),
        ("add", "2025-01-10", "9999999999"),
        ("add", "2025-01-10", "³"),
        ("between", "2025-01-10", "10000-01-01"),
    ],
)
def test_what_cannot_be_counted_is_refused(args):
    with pytest.raises(CommandError) as error:
        run("workdays", *args)
    assert error.value.returncode == 2
    assert "expected" in str(error.value)
