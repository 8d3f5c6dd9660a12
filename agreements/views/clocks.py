"""Stopping the clock of a decision while the institution supplements its request."""

from django.shortcuts import get_object_or_404
from django.urls import reverse

from agency.services.clocks import PAUSE, RESUME
from agency.views.clock_acts import PauseClock, ResumeClock, clock_act
from agreements.clocks.life import REQUEST_DECISION
from agreements.models import AgreementRequest
from agreements.permissions.agreements import PAUSE_REQUEST, RESUME_REQUEST

clock_act(
    REQUEST_DECISION,
    PAUSE,
    PAUSE_REQUEST,
    lambda row: reverse("agreements_desk:request_pause", args=[row.number]),
)
clock_act(
    REQUEST_DECISION,
    RESUME,
    RESUME_REQUEST,
    lambda row: reverse("agreements_desk:request_resume", args=[row.number]),
)


class OfRequest:
    clock = REQUEST_DECISION

    def subject(self) -> AgreementRequest:
        rows = self.clock.visible_to(self.user)  # type: ignore[attr-defined]
        return get_object_or_404(rows, number=self.kwargs["number"])  # type: ignore[attr-defined]


class PauseRequest(OfRequest, PauseClock):
    act = PAUSE_REQUEST


class ResumeRequest(OfRequest, ResumeClock):
    act = RESUME_REQUEST
