"""Deadlines that explain themselves: a plain period for all, a matter's own for its people."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from agency import permissions
from agency.clocks import CLOCKS, Clock, Duty
from agency.explanations import DayLine, told
from agency.models import CalendarDay, ClosingDay
from agency.services.calendar import office_calendar
from agency.services.clocks import EXTEND, PAUSE, RESUME
from agency.services.recomputation import ACT as RECOMPUTE
from agency.views.clock_acts import clock_buttons
from agency.views.pages import ActRequired
from agency.workdays import DeadlineBasis, Unit, WorkdayCalendar

LONGEST_EXPLAINED = {Unit.WORKDAY: 260, Unit.DAY: 366, Unit.MONTH: 12}
SHOWN_OF_A_CLOCK = 8
WEEK_DAYS = 7


def explain_deadline(request: HttpRequest) -> HttpResponse:
    """Show the period that `rule`, `start`, `n` and `unit` of the query describe. It holds
    nothing that belongs to anybody, so it is open to all.
    """
    basis = _basis(request)
    calendar = office_calendar()
    return _explained(
        request,
        basis,
        calendar,
        {"due": calendar.recompute(basis), "layout": "agency/public.html"},
    )


def _explained(
    request: HttpRequest, basis: DeadlineBasis, calendar: WorkdayCalendar, context: dict[str, Any]
) -> HttpResponse:
    """Draw a period day by day: a page, or what fits into the page that asked for it."""
    days = _with_names(list(told(basis, calendar)))
    context |= {
        "basis": basis,
        "days": days,
        "unit": basis.unit.value,
        "version": calendar.version,
        "unknown_years": calendar.unknown_years(basis.start, context["due"].on),
        "rests": _rests(days),
        "address": request.get_full_path(),
    }
    is_part = getattr(request, "htmx", False)
    template = "agency/parts/deadline_days.html" if is_part else "agency/deadline.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _with_names(lines: list[DayLine]) -> list[dict[str, Any]]:
    if not lines:
        return []
    span = (lines[0].day, lines[-1].day)
    names = dict(CalendarDay.objects.filter(on__range=span).values_list("on", "name"))
    names |= dict(ClosingDay.objects.filter(on__range=span, counts=True).values_list("on", "name"))
    return [{"line": each, "name": names.get(each.day, "")} for each in lines]


def _rests(days: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The named rest days in runs: what a reader asks for first."""
    runs: list[dict[str, Any]] = []
    for each in days:
        day = each["line"].day
        if not each["name"] or not each["line"].is_rest:
            continue
        if runs and runs[-1]["name"] == each["name"] and (day - runs[-1]["last"]).days == 1:
            runs[-1]["last"] = day
        else:
            runs.append({"first": day, "last": day, "name": each["name"]})
    return runs


def _basis(request: HttpRequest) -> DeadlineBasis:
    query = request.GET
    try:
        unit = Unit(query.get("unit", Unit.WORKDAY))
        count = int(query.get("n", ""))
        start = date.fromisoformat(query.get("start", ""))
    except ValueError as error:
        raise Http404 from error
    if not 0 < count <= LONGEST_EXPLAINED[unit] or not 1990 <= start.year <= 2090:
        raise Http404
    return DeadlineBasis(rule=query.get("rule", "T-02")[:20], start=start, unit=unit, count=count)


# --- one matter's deadline ----------------------------------------------------------------------


def clock_named(name: str) -> Clock:
    try:
        return CLOCKS[name]
    except KeyError as error:
        raise Http404 from error


def waits(clock: Clock, basis: DeadlineBasis | None, *, is_open: bool) -> str | Promise:
    """Say who waits for whom."""
    if not is_open:
        return _("The matter is done: nobody waits any more.")
    if basis and basis.paused_from:
        return _("The clock stands still: the agency waits for the institution.")
    return {
        Duty.OURS: _("The agency must act; the other side waits."),
        Duty.THEIRS: _("The institution must act; the agency waits."),
        Duty.BOTH: _("Both sides must act."),
        Duty.ADMINISTRATION: _("The administration must act; the agency waits."),
    }[clock.duty]


class MatterDeadline(ActRequired, TemplateView):
    """Why the deadline of a matter falls where it does, with everything that happened to it."""

    act = permissions.SEE_DEADLINES
    area = "desk"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        clock = clock_named(kwargs["clock"])
        row = get_object_or_404(clock.visible_to(self.user), pk=kwargs["pk"])
        due_on = clock.due_of(row)
        if due_on is None:
            raise Http404
        basis = clock.basis_of(row)
        is_open = clock.listed and clock.open().filter(pk=row.pk).exists()
        institution = clock.matter.institution_of(row)
        context: dict[str, Any] = {
            "layout": f"agency/{self.area}.html",
            "clock": clock,
            "row": row,
            "matter": clock.matter.name(row),
            "matter_url": clock.matter.url_for(self.user, row),
            "institution": institution if self.area == "desk" else None,
            "is_open": is_open,
            "waits": waits(clock, basis, is_open=is_open),
            "events": _events(row),
            "due_on": due_on,
        }
        if basis is None:
            return render(request, "agency/deadline_set.html", context)
        calendar = clock.calendar(office_calendar())
        context["buttons"] = clock_buttons(clock, row, self.user) if self.area == "desk" else []
        context["due"] = calendar.recompute(basis)
        context["outdated"] = basis.calendar_version < calendar.version
        context["stored_provisional"] = basis.provisional
        return _explained(request, basis, calendar, context)


def _events(row: Any) -> list[Any]:
    """What happened to the clock, from the matter's own history. One query, or none."""
    steps = getattr(row, "transitions", None)
    if steps is None:
        return []
    events = steps.filter(act__in=[PAUSE, RESUME, EXTEND, RECOMPUTE])
    return list(events.select_related("by").order_by("at", "pk"))


class OwnMatterDeadline(MatterDeadline):
    act = permissions.SEE_OWN_DEADLINES
    area = "portal"
