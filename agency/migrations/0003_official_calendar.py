"""The official calendar of 2019 to 2026, from the chinesecalendar package. Later years come by
the command import_holidays.
"""

from datetime import date
from importlib.metadata import version

import chinese_calendar
from chinese_calendar.constants import Holiday
from django.db import migrations
from django.utils import timezone

YEARS = range(2019, 2027)
NAMES = {
    holiday.value: holiday.chinese if holiday.chinese.endswith("节") else f"{holiday.chinese}节"
    for holiday in Holiday
} | {Holiday.new_years_day.value: "元旦"}

# Weekends next to a holiday of one day: free as ever, not named by the notices.
NOT_NAMED = {
    date(2019, 4, 6),
    date(2019, 4, 7),
    date(2019, 6, 8),
    date(2019, 6, 9),
    date(2019, 9, 14),
    date(2019, 9, 15),
    date(2023, 12, 30),
    date(2023, 12, 31),
}
# The emergency notice of 2020 says when work begins again; the package leaves it to the week.
BACK_TO_WORK = date(2020, 2, 3)


def year_of_the_notice(on, name):
    """The notice of a year may name days of the December before."""
    return on.year + (on.month == 12 and name == "元旦")


def seed_calendar(apps, schema_editor):
    calendar_year = apps.get_model("agency", "CalendarYear")
    calendar_day = apps.get_model("agency", "CalendarDay")
    calendar_year.objects.bulk_create(
        calendar_year(
            year=year,
            version=1,
            papers=[],
            source=f"chinesecalendar {version('chinesecalendar')}",
            imported_at=timezone.now(),
        )
        for year in YEARS
    )
    named = [(on, holiday, True) for on, holiday in chinese_calendar.holidays.items()]
    named += [(on, holiday, False) for on, holiday in chinese_calendar.workdays.items()]
    days = {on: (NAMES[holiday], is_off) for on, holiday, is_off in named if on not in NOT_NAMED}
    days[BACK_TO_WORK] = (NAMES[Holiday.spring_festival.value], False)
    calendar_day.objects.bulk_create(
        calendar_day(on=on, year_id=year, name=name, is_off=is_off)
        for on, (name, is_off) in sorted(days.items())
        if (year := year_of_the_notice(on, name)) in YEARS
    )


def clear_calendar(apps, schema_editor):
    apps.get_model("agency", "CalendarDay").objects.filter(year__in=YEARS).delete()
    apps.get_model("agency", "CalendarYear").objects.filter(year__in=YEARS).delete()


class Migration(migrations.Migration):
    dependencies = [("agency", "0002_extensions_roles_parameters")]

    operations = [migrations.RunPython(seed_calendar, clear_calendar, elidable=True)]
