"""The calendar: a year drawn, the notices that were taken in, the closing days."""

from __future__ import annotations

from calendar import Calendar as Weeks
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.generic import TemplateView

from agency import permissions
from agency.enums import ImportState
from agency.home import navigation
from agency.models import CalendarDay, CalendarImport, CalendarYear, ClosingDay
from agency.services import calendar_imports, closing, recomputation
from agency.services.calendar import office_calendar
from agency.services.holidays import FIRST_YEAR, LAST_YEAR, calendar_with, difference
from agency.views.pages import ActRequired, KeysetList
from agency.workdays import DayKind, WorkdayCalendar

navigation(
    "desk",
    gettext_lazy("Calendar"),
    "agency_desk:calendar",
    permissions.SEE_CALENDAR,
    order=80,
    rules=("T-01", "T-12"),
)


# As narrow as a column: Django's own abbreviations are as long as the names in Chinese.
WEEK_DAYS = [
    pgettext_lazy("weekday", "Mo"),
    pgettext_lazy("weekday", "Tu"),
    pgettext_lazy("weekday", "We"),
    pgettext_lazy("weekday", "Th"),
    pgettext_lazy("weekday", "Fr"),
    pgettext_lazy("weekday", "Sa"),
    pgettext_lazy("weekday", "Su"),
]


@dataclass(frozen=True, slots=True)
class Cell:
    """A day as it is drawn; outside its month it is None."""

    day: date
    kind: DayKind
    name: str
    is_today: bool
    is_closed: bool

    @property
    def label(self) -> str:
        parts = [date_format(self.day, "Y-m-d"), str(self.kind.label), self.name]
        return " · ".join(part for part in parts if part)


class Calendar(ActRequired, TemplateView):
    act = permissions.SEE_CALENDAR
    template_name = "agency/calendar/year.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        year = int(self.kwargs.get("year", today.year))
        if not FIRST_YEAR < year < LAST_YEAR:
            raise Http404
        calendar = office_calendar()
        first, last = date(year, 1, 1), date(year, 12, 31)
        named = CalendarDay.objects.filter(on__range=(first, last)).values_list("on", "name")
        closings = {
            each.on: each
            for each in ClosingDay.objects.filter(on__range=(first, last), revoked_at=None)
        }
        known = CalendarYear.objects.select_related("imported_by").filter(pk=year).first()
        names = dict(named) | {on: each.name for on, each in closings.items()}
        return super().get_context_data(**kwargs) | {
            "year": year,
            "today": today,
            "known": known,
            "version": calendar.version,
            "week_days": WEEK_DAYS,
            "months": [
                month_of(year, month, calendar, names, set(closings), today)
                for month in range(1, 13)
            ],
            "workdays": sum(calendar.is_workday(day) for day in _days(year)) if known else None,
            "closings": closings.values(),
            "closing_counts": any(each.counts for each in closings.values()),
            "proposed": CalendarImport.objects.filter(
                year=year, state=ImportState.PROPOSED
            ).first(),
            "missing": calendar_imports.missing_year(today),
            "may_upload": permissions.UPLOAD_CALENDAR.allows(self.user),
            "may_close": permissions.ADD_CLOSING_DAY.allows(self.user),
        }


def _days(year: int) -> Iterator[date]:
    for ordinal in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()):
        yield date.fromordinal(ordinal)


def month_of(
    year: int,
    month: int,
    calendar: WorkdayCalendar,
    names: Mapping[date, str],
    closings: set[date],
    today: date,
) -> dict[str, Any]:
    """Return a month as weeks of cells, and its named days in runs."""
    weeks = [
        [
            Cell(day, calendar.kind_of(day), names.get(day, ""), day == today, day in closings)
            if day.month == month
            else None
            for day in week
        ]
        for week in Weeks().monthdatescalendar(year, month)
    ]
    cells = [cell for week in weeks for cell in week if cell]
    return {
        "first": date(year, month, 1),
        "weeks": weeks,
        "workdays": sum(cell.kind.is_worked for cell in cells),
        "runs": _runs(cells),
    }


def _runs(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    """Named days that follow each other and are of one kind, told in one line."""
    runs: list[dict[str, Any]] = []
    for cell in cells:
        if not cell.name:
            continue
        last = runs[-1] if runs else None
        same = last and (last["name"], last["kind"], last["closed"]) == (
            cell.name,
            cell.kind,
            cell.is_closed,
        )
        if last and same and (cell.day - last["last"]).days == 1:
            last["last"] = cell.day
            continue
        runs.append(
            {
                "first": cell.day,
                "last": cell.day,
                "name": cell.name,
                "kind": cell.kind,
                "closed": cell.is_closed,
            }
        )
    return runs


# --- notices and closing days -------------------------------------------------------------------


class ImportList(ActRequired, KeysetList):
    """Every notice that was ever taken in."""

    act = permissions.SEE_CALENDAR
    template_name = "agency/calendar/imports.html"
    order_field = "-uploaded_at"

    def get_queryset(self) -> Any:
        return CalendarImport.objects.select_related("uploaded_by", "decided_by").defer("content")


class ImportPage(ActRequired, TemplateView):
    """What a notice would change: its days, and the deadlines that would move."""

    act = permissions.SEE_CALENDAR
    template_name = "agency/calendar/import.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = get_object_or_404(
            CalendarImport.objects.select_related("uploaded_by", "decided_by"),
            pk=self.kwargs["pk"],
        )
        context: dict[str, Any] = {"row": row, "notice": calendar_imports.notice_of(row)}
        if row.state == ImportState.PROPOSED:
            context |= preview_of(row)
            obstacles = calendar_imports.publishing_obstacles(row)
            context["buttons"] = [
                {"act": act, "url": reverse(f"agency_desk:{name}", args=[row.pk]), "obstacles": why}
                for act, name, why in (
                    (permissions.PUBLISH_CALENDAR, "calendar_publish", obstacles),
                    (permissions.DISCARD_CALENDAR, "calendar_discard", []),
                )
                if act.allows(self.user)
            ]
        return super().get_context_data(**context, **kwargs)


def preview_of(row: CalendarImport) -> dict[str, Any]:
    notice = calendar_imports.notice_of(row)
    change = difference(notice)
    stored = dict(
        CalendarDay.objects.filter(on__in=[*change.removed, *change.changed, *change.renamed])
        .order_by("on")
        .values_list("on", "name")
    )
    context: dict[str, Any] = {
        "change": change,
        "differences": [
            (gettext_lazy("added"), _told(change.added, notice.days)),
            (gettext_lazy("removed"), [(on, stored.get(on, ""), None) for on in change.removed]),
            (gettext_lazy("changed"), _told(change.changed, notice.days)),
            (gettext_lazy("renamed"), _told(change.renamed, notice.days)),
        ],
        "foreseen": None,
    }
    if change.moves_deadlines:
        context["foreseen"] = recomputation.preview(calendar_with(notice), since=change.first_day)
    return context


def _told(
    days: Sequence[date], notice: Mapping[date, tuple[str, bool]]
) -> list[tuple[date, str, bool | None]]:
    return [(on, *notice[on]) for on in days]


class ClosingDays(ActRequired, KeysetList):
    act = permissions.SEE_CALENDAR
    template_name = "agency/calendar/closing_days.html"
    order_field = "-on"

    def get_queryset(self) -> Any:
        return ClosingDay.objects.select_related("entered_by", "revoked_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        return super().get_context_data(
            today=today,
            counting=closing.closing_days_count(today),
            may_close=permissions.ADD_CLOSING_DAY.allows(self.user),
            **kwargs,
        )
