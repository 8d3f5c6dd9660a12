"""The desk's own pages: what waits for me, jobs, why a deadline falls where it does."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View

from agency.home import DESK_QUEUES, gather, navigation
from agency.jobs import in_order
from agency.models import CalendarDay, JobRun
from agency.permissions import RUN_JOBS, USE_DESK
from agency.services.calendar import office_calendar
from agency.views.pages import ActRequired

navigation("desk", _("Waiting for me"), "agency_desk:home", USE_DESK, order=0)
navigation("desk", _("Jobs"), "agency_desk:jobs", RUN_JOBS, order=90)

SOON_DAYS = 7
LONGEST_EXPLAINED = 400


class Home(ActRequired, TemplateView):
    act = USE_DESK
    template_name = "agency/desk_home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        matters = gather(DESK_QUEUES, self.request.user, today)
        left = [(each.due_on - today).days for each in matters if each.due_on]
        return super().get_context_data(
            matters=matters,
            overdue=sum(days < 0 for days in left),
            soon=sum(0 <= days <= SOON_DAYS for days in left),
            **kwargs,
        )


class Jobs(ActRequired, TemplateView):
    act = RUN_JOBS
    template_name = "agency/jobs.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        last = {
            run.job: run
            for run in JobRun.objects.order_by("job", "-started_at", "-pk").distinct("job")
        }
        rows = [
            {"job": job, "time": f"{job.hour:02}:{job.minute:02}", "run": last.get(job.name)}
            for job in in_order()
        ]
        return super().get_context_data(rows=rows, **kwargs)


class ExplainDeadline(ActRequired, View):
    """Show a period of working days day by day, holidays by their names."""

    act = USE_DESK

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            start = date.fromisoformat(request.GET.get("start", ""))
            count = int(request.GET.get("n", ""))
        except ValueError:
            return render(request, "agency/errors/404.html", status=404)
        if not 0 < count <= LONGEST_EXPLAINED:
            return render(request, "agency/errors/404.html", status=404)
        calendar = office_calendar()
        due = calendar.workdays_after(start, count)
        names = dict(
            CalendarDay.objects.filter(on__gt=start, on__lte=due.on).values_list("on", "name")
        )
        days, counted = [], 0
        for ordinal in range(start.toordinal() + 1, due.on.toordinal() + 1):
            day = date.fromordinal(ordinal)
            works = calendar.is_workday(day)
            counted += works
            days.append({"on": day, "name": names.get(day), "count": counted if works else None})
        context = {
            "start": start,
            "n": count,
            "due": due,
            "days": days,
            "rule": request.GET.get("rule", "T-02")[:20],
            "provisional_label": _("provisional"),
        }
        return render(request, "agency/deadline.html", context)
