"""Interviews at the desk and in the portal: called, held, missed, and what was promised."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, View
from icalendar import Calendar, Event

from agency.home import Matter, desk_queue, navigation, portal_queue
from agency.models import User
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired, KeysetList
from supervision.enums.interviews import InterviewState
from supervision.forms.interviews import (
    AbsenceForm,
    CallForm,
    CommitmentForm,
    InterviewFilter,
    RecordForm,
)
from supervision.models import Interview, InterviewCommitment, InterviewRecord
from supervision.permissions.cases import VIEW_CASES, VIEW_OWN_CASES
from supervision.permissions.interviews import (
    CALL_INTERVIEW,
    CHECK_COMMITMENT,
    RECORD_ABSENCE,
    RECORD_INTERVIEW,
)
from supervision.rules.measures import absence_obstacles, interview_state_obstacles
from supervision.services import interviews

QUEUE_LENGTH = 50
LENGTH = timedelta(hours=1)

navigation(
    "desk",
    gettext_lazy("Interviews"),
    "supervision_desk:interviews",
    VIEW_CASES,
    order=53,
    rules=("B-11",),
)


def _rows() -> QuerySet[Interview]:
    return Interview.objects.select_related("case__institution", "case__region", "measure")


# --- what waits ---------------------------------------------------------------------------------


@desk_queue
def interviews_waiting(user: User, on: date) -> Iterator[Matter]:
    """Interviews to be called, or called and due to be recorded, of the officer's own cases."""
    if not CALL_INTERVIEW.allows(user):
        return
    rows = _rows().filter(pk__in=Interview.objects.under_way().values("pk"))
    for each in rows.filter(case__opened_by=user).order_by("meets_at", "pk")[:QUEUE_LENGTH]:
        to_call = each.state == InterviewState.TO_CALL
        yield Matter(
            title=_("Interview: %(case)s") % {"case": each.case.number},
            institution=each.case.institution.name,
            state=InterviewState(each.state),
            url=each.get_absolute_url(),
            act=CALL_INTERVIEW.label if to_call else RECORD_INTERVIEW.label,
            due_on=timezone.localdate(each.meets_at) if each.meets_at else None,
        )


@desk_queue
def commitments_to_check(user: User, on: date) -> Iterator[Matter]:
    if not CHECK_COMMITMENT.allows(user):
        return
    rows = InterviewCommitment.objects.open().filter(record__interview__case__opened_by=user)
    rows = rows.select_related("record__interview__case__institution").order_by("due_on", "pk")
    for each in rows[:QUEUE_LENGTH]:
        interview = each.record.interview
        yield Matter(
            title=_("Promised at an interview: %(case)s") % {"case": interview.case.number},
            institution=interview.case.institution.name,
            state=InterviewState.HELD,
            url=interview.get_absolute_url(),
            act=CHECK_COMMITMENT.label,
            due_on=each.due_on,
        )


@portal_queue
def interviews_to_attend(user: User, on: date) -> Iterator[Matter]:
    if not VIEW_OWN_CASES.allows(user):
        return
    rows = Interview.objects.visible_to(user).filter(state=InterviewState.CALLED)
    for each in rows.select_related("case__institution").order_by("meets_at")[:QUEUE_LENGTH]:
        yield Matter(
            title=_("Interview: %(case)s") % {"case": each.case.number},
            institution=each.case.institution.name,
            state=InterviewState(each.state),
            url=each.get_portal_url(),
            act=_("Appear"),
            due_on=timezone.localdate(each.meets_at),
        )


@portal_queue
def commitments_to_keep(user: User, on: date) -> Iterator[Matter]:
    if not VIEW_OWN_CASES.allows(user):
        return
    rows = InterviewCommitment.objects.open().filter(
        record__interview__case__institution__memberships__user=user
    )
    rows = rows.select_related("record__interview__case__institution").order_by("due_on", "pk")
    for each in rows[:QUEUE_LENGTH]:
        interview = each.record.interview
        yield Matter(
            title=_("Promised at an interview: %(case)s") % {"case": interview.case.number},
            institution=interview.case.institution.name,
            state=InterviewState.HELD,
            url=interview.get_portal_url(),
            act=_("Keep it"),
            due_on=each.due_on,
        )


# --- lists and pages ----------------------------------------------------------------------------


class InterviewList(ActRequired, KeysetList):
    act = VIEW_CASES
    template_name = "supervision/desk/interviews.html"
    order_field = "-ordered_on"
    filterset_class = InterviewFilter

    def get_queryset(self) -> QuerySet[Interview]:
        return _rows().filter(pk__in=Interview.objects.visible_to(self.user).values("pk"))


class InterviewPage(ActRequired, DetailView):
    act = VIEW_CASES
    template_name = "supervision/desk/interview.html"
    context_object_name = "interview"

    def get_queryset(self) -> QuerySet[Interview]:
        rows = Interview.objects.visible_to(self.user)
        return rows.select_related("case__institution", "measure", "letter").prefetch_related(
            "persons__person"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        interview = self.object
        return super().get_context_data(
            buttons=buttons(interview, self.user),
            record=record_of(interview),
            may_check=CHECK_COMMITMENT.allows(self.user),
            today=timezone.localdate(),
            **kwargs,
        )


def record_of(interview: Interview) -> InterviewRecord | None:
    """Return the record with all that its part of the page draws. Six queries."""
    return (
        InterviewRecord.objects.filter(interview=interview)
        .select_related("recorded_by")
        .prefetch_related("agency_people", "persons__person", "files", "commitments__checked_by")
        .first()
    )


def buttons(interview: Interview, user: User) -> list[dict[str, Any]]:
    now = timezone.now()
    called = InterviewState.CALLED
    wanted = [
        (
            InterviewState.TO_CALL,
            CALL_INTERVIEW,
            "interview_call",
            interview_state_obstacles(interview.state, InterviewState.TO_CALL),
        ),
        (called, RECORD_INTERVIEW, "interview_record", []),
        (
            called,
            RECORD_ABSENCE,
            "interview_absence",
            absence_obstacles(state=interview.state, meets_at=interview.meets_at, at=now),
        ),
    ]
    return [
        {
            "act": act,
            "url": reverse(f"supervision_desk:{name}", args=[interview.pk]),
            "obstacles": obstacles,
        }
        for state, act, name, obstacles in wanted
        if interview.state == state and act.allows(user)
    ]


class InterviewAct(ActPage):
    template_name = "supervision/desk/interview_act.html"
    state = InterviewState.CALLED

    def subject(self) -> Interview:
        return get_object_or_404(_rows(), pk=self.kwargs["pk"])

    def obstacles(self) -> Sequence[Obstacle]:
        return interview_state_obstacles(self.object.state, self.state)


class Call(InterviewAct):
    act = CALL_INTERVIEW
    state = InterviewState.TO_CALL

    def subject(self) -> Interview:
        interview = super().subject()
        self.form_class = partial(CallForm, interview=interview)  # type: ignore[assignment]
        return interview

    def initial(self) -> dict[str, Any]:
        return {"topics": f"1. {self.object.case.title}"}

    def consequences(self) -> Sequence[str | Promise]:
        earliest = interviews.earliest_day(self.object, timezone.localdate())
        return [
            _("The notice of the interview goes out as a letter, and into the portal."),
            _("The earliest day for the interview is %(day)s.") % {"day": earliest},
        ]

    def perform(self, form: forms.Form) -> Interview:
        data = dict(form.cleaned_data)
        persons = [each.pk for each in data.pop("persons")]
        return interviews.call_interview(
            interview_id=self.object.pk,
            persons=persons,
            by=self.user,
            at=timezone.now(),
            **data,
        )


class Record(InterviewAct):
    act = RECORD_INTERVIEW

    def subject(self) -> Interview:
        interview = super().subject()
        self.form_class = partial(RecordForm, interview=interview)  # type: ignore[assignment]
        return interview

    def initial(self) -> dict[str, Any]:
        return {"held_at": self.object.meets_at, "agency_people": [self.user.pk]}

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The record stays as it is; the institution sees it in the portal."),
            _("What was promised is watched until it is checked off."),
        ]

    def perform(self, form: forms.Form) -> Interview:
        data = dict(form.cleaned_data)
        interviews.record_interview(
            interview_id=self.object.pk,
            agency_people=[each.pk for each in data.pop("agency_people")],
            persons=[each.pk for each in data.pop("persons")],
            files=data.pop("attachments"),
            by=self.user,
            at=timezone.now(),
            **data,
        )
        return self.object


class Absence(InterviewAct):
    act = RECORD_ABSENCE
    form_class: Any = AbsenceForm

    def obstacles(self) -> Sequence[Obstacle]:
        return absence_obstacles(
            state=self.object.state, meets_at=self.object.meets_at, at=timezone.now()
        )

    def consequences(self) -> Sequence[str | Promise]:
        return [_("It is called once more, as long as calls are left; the institution is told.")]

    def perform(self, form: forms.Form) -> Interview:
        return interviews.record_absence(
            interview_id=self.object.pk,
            absence=form.cleaned_data["absence"],
            by=self.user,
            at=timezone.now(),
        )


class CheckCommitment(ActPage):
    act = CHECK_COMMITMENT
    form_class: Any = CommitmentForm

    def subject(self) -> Interview:
        rows = InterviewCommitment.objects.select_related("record__interview__case__institution")
        self.commitment = get_object_or_404(rows, pk=self.kwargs["pk"])
        return self.commitment.record.interview

    def stamp(self) -> str:
        return f"{self.commitment.done_on}"

    def initial(self) -> dict[str, Any]:
        return {"done_on": timezone.localdate()}

    def consequences(self) -> Sequence[str | Promise]:
        return [_("“%s” counts as kept.") % self.commitment.text]

    def perform(self, form: forms.Form) -> Interview:
        interviews.check_commitment(
            commitment_id=self.commitment.pk,
            by=self.user,
            at=timezone.now(),
            **form.cleaned_data,
        )
        return self.object


# --- the portal ---------------------------------------------------------------------------------


class OwnInterview(ActRequired, DetailView):
    act = VIEW_OWN_CASES
    template_name = "supervision/portal/interview.html"
    context_object_name = "interview"

    def get_queryset(self) -> QuerySet[Interview]:
        rows = Interview.objects.visible_to(self.user)
        return rows.select_related("case__institution", "letter").prefetch_related(
            "persons__person"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            record=record_of(self.object), today=timezone.localdate(), portal=True, **kwargs
        )


class InterviewAsEvent(ActRequired, View):
    """The interview as a file that calendars take in."""

    act = VIEW_OWN_CASES

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = Interview.objects.visible_to(self.user).select_related("case")
        interview = get_object_or_404(rows, pk=pk)
        response = HttpResponse(as_event(interview), content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="interview-{interview.pk}.ics"'
        return response


def as_event(interview: Interview) -> bytes:
    calendar, event = Calendar(), Event()
    calendar.add("prodid", "-//Medical Insurance Agency Office//Interviews//ZH")
    calendar.add("version", "2.0")
    event.add("uid", f"{interview.pk}@interviews")
    event.add("dtstamp", timezone.now())
    event.add("dtstart", interview.meets_at)
    event.add("duration", LENGTH)
    event.add("summary", _("Interview: %(case)s") % {"case": interview.case.number})
    event.add("location", interview.place)
    calendar.add_component(event)
    return calendar.to_ical()
