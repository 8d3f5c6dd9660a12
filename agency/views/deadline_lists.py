"""Our clocks, their clocks: every open deadline the user may see, at the desk and in the portal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from agency import permissions
from agency.clocks import CLOCKS, Clock, Duty
from agency.forms.calendar import OVERDUE, PAUSED, PROVISIONAL, WEEK, DeadlineFilterForm
from agency.home import navigation
from agency.models import CalendarYear
from agency.services.calendar import calendar_version
from agency.views.deadlines import clock_named
from agency.views.pages import ActRequired, KeysetList

SHOWN_OF_A_CLOCK = 8
WEEK_DAYS = 7

navigation(
    "desk",
    _("Deadlines"),
    "agency_desk:deadlines",
    permissions.SEE_DEADLINES,
    order=78,
    rules=("T-12",),
)
navigation(
    "portal",
    _("Deadlines"),
    "agency_portal:deadlines",
    permissions.SEE_OWN_DEADLINES,
    order=78,
    rules=("T-12",),
)


class Filtered:
    """The filters of the lists: they keep their state in the address."""

    request: Any
    area = "desk"

    @property
    def form(self) -> DeadlineFilterForm:
        form = DeadlineFilterForm(self.request.GET)
        form.is_valid()
        return form

    def shown(self, clock: Clock, rows: QuerySet) -> QuerySet:
        show = self.form.cleaned_data.get("show", "")
        today = timezone.localdate()
        conditions = {
            OVERDUE: Q(**{f"{clock.due}__lt": today, f"{clock.basis}__paused_from__isnull": True}),
            WEEK: Q(**{f"{clock.due}__range": (today, today + timedelta(days=WEEK_DAYS))}),
            PROVISIONAL: clock.provisional_rows(),
            PAUSED: Q(**{f"{clock.basis}__has_key": "paused_from"}),
        }
        return rows.filter(conditions[show]) if show in conditions else rows

    def clocks(self) -> Iterator[Clock]:
        chosen = self.form.cleaned_data
        for clock in CLOCKS.values():
            fits = chosen.get("side") in ("", None, clock.duty) or clock.duty is Duty.BOTH
            wanted = chosen.get("clock") in ("", None, clock.name)
            if clock.listed and fits and wanted and self.may_see(clock):
                yield clock

    def may_see(self, clock: Clock) -> bool:
        act = clock.matter.desk_act if self.area == "desk" else clock.matter.portal_act
        return act is not None and act.allows(self.request.user)

    def line(self, clock: Clock, row: Any) -> dict[str, Any]:
        basis = clock.basis_of(row)
        name = f"agency_{self.area}:matter_deadline"
        return {
            "row": row,
            "matter": clock.matter.name(row),
            "url": clock.matter.url_for(self.request.user, row),
            "institution": clock.matter.institution_of(row) if self.area == "desk" else None,
            "due_on": clock.due_of(row),
            "basis": getattr(row, clock.basis),
            "provisional": bool(basis and basis.provisional),
            "extended": bool(basis and basis.extensions),
            "why": reverse(name, args=[clock.name, row.pk]),
        }


class Overview(Filtered, ActRequired, TemplateView):
    """The open deadlines of every kind the user may see, the nearest of each kind first. A query
    for each kind.
    """

    act = permissions.SEE_DEADLINES
    template_name = "agency/deadlines/overview.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sections = []
        for clock in self.clocks():
            rows = self.shown(clock, clock.open_to(self.request.user))
            found = list(rows.order_by(clock.due, "pk")[: SHOWN_OF_A_CLOCK + 1])
            if found:
                sections.append(
                    {
                        "clock": clock,
                        "lines": [self.line(clock, row) for row in found[:SHOWN_OF_A_CLOCK]],
                        "more": len(found) > SHOWN_OF_A_CLOCK,
                        "url": reverse(f"agency_{self.area}:clock", args=[clock.name]),
                    }
                )
        query = self.request.GET.copy()
        query.pop("clock", None)
        return super().get_context_data(
            sections=sections,
            filter=self,
            is_filtered=any(self.request.GET.values()),
            query=query.urlencode(),
            layout=f"agency/{self.area}.html",
            area=self.area,
            version=calendar_version(),
            unknown=_next_unknown(),
            **kwargs,
        )


class OwnOverview(Overview):
    act = permissions.SEE_OWN_DEADLINES
    area = "portal"


def _next_unknown() -> int:
    """The first year from this one on whose notice is not known."""
    year = timezone.localdate().year
    known = set(CalendarYear.objects.filter(year__gte=year).values_list("year", flat=True))
    while year in known:
        year += 1
    return year


class ClockList(Filtered, ActRequired, KeysetList):
    """The open deadlines of one kind, page by page."""

    act = permissions.SEE_DEADLINES
    template_name = "agency/deadlines/clock.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.clock = clock_named(kwargs["clock"])
        self.order_field = self.clock.due

    def get_queryset(self) -> Any:
        if not self.clock.listed or not self.may_see(self.clock):
            raise Http404
        return self.shown(self.clock, self.clock.open_to(self.request.user))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        lines = [self.line(self.clock, row) for row in context["object_list"]]
        return context | {
            "filter": self,
            "clock": self.clock,
            "lines": lines,
            "layout": f"agency/{self.area}.html",
            "back": reverse(f"agency_{self.area}:deadlines"),
        }


class OwnClockList(ClockList):
    act = permissions.SEE_OWN_DEADLINES
    area = "portal"
