"""Who may see the files of cases: the clue is the office's alone, what follows both sides'."""

from typing import Any

from agency.models import User
from agency.owners import file_owner
from supervision.models import (
    Case,
    CaseMeasure,
    CaseStatement,
    CollectiveDiscussion,
    CorrectionDemand,
    Dispute,
    DisputeStep,
    Interview,
    InterviewRecord,
    OrderAnswer,
)
from supervision.permissions.cases import VIEW_CASES, VIEW_OWN_CASES
from supervision.permissions.disputes import VIEW_DISPUTES, VIEW_OWN_DISPUTES


@file_owner(Case, "evidence", VIEW_CASES)
def cases_of(user: User) -> Any:
    return Case.objects.visible_to(user)


@file_owner(CaseMeasure, "files", VIEW_CASES, VIEW_OWN_CASES)
def measures_of(user: User) -> Any:
    return CaseMeasure.objects.filter(case__in=Case.objects.visible_to(user))


@file_owner(CaseStatement, "files", VIEW_CASES, VIEW_OWN_CASES)
def statements_of(user: User) -> Any:
    return CaseStatement.objects.filter(case__in=Case.objects.visible_to(user))


@file_owner(OrderAnswer, "files", VIEW_CASES)
def answers_of(user: User) -> Any:
    return OrderAnswer.objects.all() if user.is_office_staff else OrderAnswer.objects.none()


@file_owner(CorrectionDemand, "files", VIEW_DISPUTES, VIEW_OWN_DISPUTES)
def demands_of(user: User) -> Any:
    return CorrectionDemand.objects.visible_to(user)


@file_owner(Dispute, "files", VIEW_DISPUTES, VIEW_OWN_DISPUTES)
def disputes_of(user: User) -> Any:
    return Dispute.objects.visible_to(user)


@file_owner(Dispute, "result_files", VIEW_DISPUTES, VIEW_OWN_DISPUTES)
def results_of(user: User) -> Any:
    return Dispute.objects.visible_to(user)


@file_owner(DisputeStep, "files", VIEW_DISPUTES, VIEW_OWN_DISPUTES)
def steps_of(user: User) -> Any:
    return DisputeStep.objects.filter(dispute__in=Dispute.objects.visible_to(user))


@file_owner(InterviewRecord, "files", VIEW_CASES, VIEW_OWN_CASES)
def interview_records_of(user: User) -> Any:
    seen = Interview.objects.visible_to(user)
    return InterviewRecord.objects.filter(interview__in=seen.values("pk"))


@file_owner(CollectiveDiscussion, "files", VIEW_CASES)
def discussions_of(user: User) -> Any:
    """The office's own: the institution never sees who voted how."""
    rows = CollectiveDiscussion.objects.all()
    return rows if user.is_office_staff else rows.none()
