"""Stopping the clock of a decision while the institution supplements its filing."""

from django.shortcuts import get_object_or_404
from django.urls import reverse

from agency.services.clocks import PAUSE, RESUME
from agency.views.clock_acts import PauseClock, ResumeClock, clock_act
from institutions.clocks.changes import CHANGE_DECISION
from institutions.models import ChangeRequest
from institutions.permissions.changes import PAUSE_DECISION, RESUME_DECISION

clock_act(
    CHANGE_DECISION,
    PAUSE,
    PAUSE_DECISION,
    lambda row: reverse("institutions_desk:change_pause", args=[row.number]),
)
clock_act(
    CHANGE_DECISION,
    RESUME,
    RESUME_DECISION,
    lambda row: reverse("institutions_desk:change_resume", args=[row.number]),
)


class OfChange:
    clock = CHANGE_DECISION

    def subject(self) -> ChangeRequest:
        rows = self.clock.visible_to(self.user)  # type: ignore[attr-defined]
        return get_object_or_404(rows, number=self.kwargs["number"])  # type: ignore[attr-defined]


class PauseDecision(OfChange, PauseClock):
    act = PAUSE_DECISION


class ResumeDecision(OfChange, ResumeClock):
    act = RESUME_DECISION
