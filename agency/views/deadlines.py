"""Why a deadline falls where it does: the period day by day, holidays by their names."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from agency.models import CalendarDay
from agency.services.calendar import office_calendar
from agency.workdays import DeadlineBasis, Unit

LONGEST_EXPLAINED = {Unit.WORKDAY: 260, Unit.DAY: 366, Unit.MONTH: 12}


def explain_deadline(request: HttpRequest) -> HttpResponse:
    """Show the period that `rule`, `start`, `n` and `unit` of the query describe. It holds
    nothing that belongs to anybody, so it is open to all.
    """
    basis = _basis(request)
    calendar = office_calendar()
    due = calendar.recompute(basis)
    names = dict(
        CalendarDay.objects.filter(on__gt=basis.start, on__lte=due.on).values_list("on", "name")
    )
    by_workdays = basis.unit is Unit.WORKDAY
    days = [
        {
            "on": note.day,
            "name": names.get(note.day, ""),
            "kind": note.kind.label,
            "place": (note.number if note.counted else None) if by_workdays else place,
            "rests": not note.counted,
        }
        for place, note in enumerate(calendar.explain(basis.start, due.on), start=1)
    ]
    context = {"basis": basis, "due": due, "days": days, "unit": basis.unit.value}
    return render(request, "agency/deadline.html", context)


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
