"""When the office is open, for mails that wait until then. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from agency.workdays import WorkdayCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """From the hour `opens` until before the hour `closes`, on the days of the calendar."""

    opens: int
    closes: int
    calendar: WorkdayCalendar

    def is_open(self, at: datetime) -> bool:
        local = at.astimezone(SHANGHAI)
        return self.opens <= local.hour < self.closes and self.calendar.is_workday(local.date())

    def next_opening(self, at: datetime) -> datetime:
        """Return the instant itself while the office is open, or else the next opening."""
        local = at.astimezone(SHANGHAI)
        if self.is_open(local):
            return at
        day = local.date()
        if local.hour >= self.opens:
            day += timedelta(days=1)
        while not self.calendar.is_workday(day):
            day += timedelta(days=1)
        return datetime.combine(day, time(self.opens), tzinfo=SHANGHAI)


def retry_after(attempts: int, *, base: timedelta, longest: timedelta, chance: float) -> timedelta:
    """Return how long to wait after the attempt: doubled each time up to `longest`, and up to a
    quarter more by `chance` (0 to 1), so that what failed together does not come back together.
    """
    doubled = min(base * 2 ** min(attempts - 1, 20), longest)
    return doubled * (1 + chance / 4)
