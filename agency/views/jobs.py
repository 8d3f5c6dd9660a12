"""The nightly jobs: how they fare, each run, running one by hand, and who is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView, TemplateView, View

from agency.enums import JobStatus
from agency.forms.jobs import RunFilter, RunForm, WatchForm
from agency.home import navigation
from agency.jobs import JOBS
from agency.models import JobRun, JobWatch
from agency.permissions import RUN_JOB, SEE_JOBS, WATCH_JOB
from agency.services import jobs
from agency.services.job_history import RECENT_DAYS, JobReport, job_reports
from agency.tasks import run_requested_job
from agency.views.pages import ActPage, ActRequired, KeysetList

navigation("desk", _("Jobs"), "agency_desk:jobs", SEE_JOBS, order=90)

SHOWN_RUNS = 15
SHOWN_MISSED = 60
# A run nobody has begun for so long is handed to the worker again.
NUDGE_AFTER = timedelta(minutes=1)
NUDGE_EVERY_S = 60


def hand_over(run: JobRun) -> None:
    """Give a requested run to a worker. Harmless when one has it already."""

    # A function: what fails on commit is logged by its name, which a partial has not.
    def send() -> None:
        run_requested_job.delay(run_id=run.pk)

    transaction.on_commit(send, robust=True)


def label_of(run: JobRun) -> str:
    """Return what people call the job of a run; one that is no more keeps its name."""
    return str(JOBS[run.job].label) if run.job in JOBS else run.job


def report_of(name: str) -> JobReport:
    """Return the report on one job; a name that is no job's is not found."""
    if name not in JOBS:
        raise Http404
    return job_reports(at=timezone.now(), names=[name])[0]


class Jobs(ActRequired, TemplateView):
    act = SEE_JOBS
    template_name = "agency/jobs.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reports = job_reports(at=timezone.now())
        return super().get_context_data(
            reports=reports,
            failing=[
                each for each in reports if each.last and each.last.status == JobStatus.FAILED
            ],
            behind=[each for each in reports if each.open_days],
            recent_days=RECENT_DAYS,
            **kwargs,
        )


class JobPage(ActRequired, TemplateView):
    """One job: its figures, the days it missed, its latest runs."""

    act = SEE_JOBS
    template_name = "agency/job.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report = report_of(self.kwargs["job"])
        name = report.job.name
        runs = JobRun.objects.filter(job=name).select_related("requested_by")
        buttons = [
            {"act": RUN_JOB, "url": reverse("agency_desk:job_run_now", args=[name])},
            {"act": WATCH_JOB, "url": reverse("agency_desk:job_watch", args=[name])},
        ]
        return super().get_context_data(
            report=report,
            runs=runs.order_by("-started_at", "-pk")[:SHOWN_RUNS],
            missed=report.missed[::-1][:SHOWN_MISSED],
            recent_days=RECENT_DAYS,
            buttons=[each for each in buttons if each["act"].allows(self.user)],  # type: ignore[attr-defined]
            **kwargs,
        )


class JobRuns(ActRequired, KeysetList):
    """Every run there has been."""

    act = SEE_JOBS
    template_name = "agency/job_runs.html"
    order_field = "-started_at"
    filterset_class = RunFilter

    def get_queryset(self) -> QuerySet[JobRun]:
        return JobRun.objects.select_related("requested_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        for run in context["object_list"]:
            run.label = label_of(run)
        return context


class RunPage(ActRequired, DetailView):
    act = SEE_JOBS
    template_name = "agency/job_run.html"
    context_object_name = "run"

    def get_queryset(self) -> QuerySet[JobRun]:
        return JobRun.objects.select_related("requested_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            label=label_of(self.object), is_job=self.object.job in JOBS, **kwargs
        )


class RunState(ActRequired, View):
    """The part of a run's page that is asked for again and again while it is under way."""

    act = SEE_JOBS

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = get_object_or_404(JobRun, pk=pk)
        if run.status not in (JobStatus.QUEUED, JobStatus.RUNNING) or run.is_interrupted:
            response = HttpResponse(status=204)
            response["HX-Refresh"] = "true"
            return response
        is_old = run.started_at < timezone.now() - NUDGE_AFTER
        if (
            run.status == JobStatus.QUEUED
            and is_old
            and cache.add(f"job-run:{pk}", 1, NUDGE_EVERY_S)
        ):
            hand_over(run)
        return render(request, "agency/parts/job_run_state.html", {"run": run})


class JobAct(ActPage):
    """An act on one job."""

    object: JobReport

    def subject(self) -> JobReport:
        return report_of(self.kwargs["job"])

    def stamp(self) -> str:
        last = self.object.last
        return f"{last.pk}.{last.status}" if last else "never"

    def back_url(self) -> str:
        return reverse("agency_desk:job", args=[self.object.job.name])


class RunNow(JobAct):
    act = RUN_JOB
    form_class = RunForm

    def initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("A worker runs the job now, as for the day you choose."),
            _("What the job has done already is not done twice; what missed days left is done."),
            _("People are told what the job tells them, as in every night."),
            _("The run is recorded with your name and your reason."),
        ]

    def perform(self, form: RunForm) -> JobRun:
        run = jobs.request_run(
            name=self.object.job.name,
            on=form.cleaned_data["on"],
            by=self.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
        )
        hand_over(run)
        return run

    def success(self, result: JobRun) -> str:
        return gettext("The job waits for a worker.")

    def next_url(self, result: JobRun) -> str:
        return reverse("agency_desk:job_run", args=[result.pk])


class NameWatcher(JobAct):
    act = WATCH_JOB
    form_class = WatchForm

    def initial(self) -> dict[str, Any]:
        return {"person": self.object.watcher}

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("This person is told, once a day, when the job fails, is interrupted or is missed."),
            _("Until somebody is named, the system administrators are told."),
        ]

    def perform(self, form: WatchForm) -> JobWatch:
        return jobs.name_watcher(
            name=self.object.job.name,
            person=form.cleaned_data["person"],
            by=self.user,
            at=timezone.now(),
        )

    def success(self, result: JobWatch) -> str:
        return gettext("%(person)s is told of this job.") % {"person": result.person}

    def next_url(self, result: JobWatch) -> str:
        return reverse("agency_desk:job", args=[result.job])
