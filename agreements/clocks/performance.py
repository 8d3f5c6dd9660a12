"""The deadlines of performance assessments, entered in the office's register of clocks."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from agency.clocks import Duty, Matter, Step, clock
from agency.enums import Role
from agency.models import User
from agency.services.notices import holders
from agreements.enums.performance import PerformanceState, RoundState
from agreements.models import (
    PerformanceAssessment,
    PerformanceAssessmentTransition,
    PerformanceRound,
    PerformanceRoundTransition,
)
from agreements.permissions.performance import VIEW_OWN_PERFORMANCE, VIEW_PERFORMANCE
from agreements.rules.performance import (
    APPEAL_WORKDAYS,
    ASSESS_WORKDAYS,
    DECISION_WORKDAYS,
    SELF_WORKDAYS,
)
from institutions.clocks.members import members_by_institution

CHUNK = 1000


def _fields(each: Step, on: date, at: datetime) -> dict:
    return {
        "subject": each.row,
        "act": each.act,
        "source": each.row.state,
        "target": each.row.state,
        "on": on,
        "at": at,
        "by": each.by,
        "reason": each.reason,
        "rule": each.rule,
    }


def _record_assessments(steps: Sequence[Step], on: date, at: datetime) -> None:
    PerformanceAssessmentTransition.objects.bulk_create(
        [PerformanceAssessmentTransition(**_fields(each, on, at)) for each in steps],
        batch_size=CHUNK,
    )


def _record_rounds(steps: Sequence[Step], on: date, at: datetime) -> None:
    PerformanceRoundTransition.objects.bulk_create(
        [PerformanceRoundTransition(**_fields(each, on, at)) for each in steps], batch_size=CHUNK
    )


def _told(rows: Sequence[PerformanceAssessment]) -> Mapping[int, list[User]]:
    officers = holders(Role.AGREEMENT_OFFICER)
    members = members_by_institution(each.institution_id for each in rows)
    return {each.pk: [*officers, *members[each.institution_id]] for each in rows}


def _told_of_rounds(rows: Sequence[PerformanceRound]) -> Mapping[int, list[User]]:
    officers = holders(Role.AGREEMENT_OFFICER)
    return {each.pk: officers for each in rows}


ASSESSMENTS = Matter(
    model=PerformanceAssessment,
    key="performance_assessment",
    record=_record_assessments,
    told=_told,
    desk_act=VIEW_PERFORMANCE,
    portal_act=VIEW_OWN_PERFORMANCE,
    visible=lambda rows, user: rows.visible_to(user),
    institution="institution",
    related=("institution", "round__region"),
)

SELF_ASSESSMENT = clock(
    "agreements.performance_self",
    _("Self-assessment of the year's performance"),
    ASSESSMENTS,
    due="self_due_on",
    basis="self_due_basis",
    open=PerformanceAssessment.objects.awaiting_self,
    duty=Duty.THEIRS,
    parameter=SELF_WORKDAYS,
)

ANSWER = clock(
    "agreements.performance_answer",
    _("Confirmation of or appeal against a performance result"),
    ASSESSMENTS,
    due="appeal_due_on",
    basis="appeal_due_basis",
    open=PerformanceAssessment.objects.proposed,
    duty=Duty.THEIRS,
    parameter=APPEAL_WORKDAYS,
)

APPEAL_DECISION = clock(
    "agreements.performance_decision",
    _("Decision on an appeal against a performance result"),
    ASSESSMENTS,
    due="decision_due_on",
    basis="decision_due_basis",
    open=PerformanceAssessment.objects.appealed,
    duty=Duty.OURS,
    parameter=DECISION_WORKDAYS,
    owed=True,
)

ROUNDS = Matter(
    model=PerformanceRound,
    key="performance_round",
    record=_record_rounds,
    told=_told_of_rounds,
    desk_act=VIEW_PERFORMANCE,
    related=("region",),
)

ROUND_ASSESSMENT = clock(
    "agreements.performance_assess",
    _("Assessment of the year's performance"),
    ROUNDS,
    due="assess_due_on",
    basis="assess_due_basis",
    open=lambda: PerformanceRound.objects.filter(
        state__in=[RoundState.PREPARING, RoundState.OPEN],
        assessments__state__in=[PerformanceState.OPEN, PerformanceState.SELF_ASSESSED],
    ).distinct(),
    duty=Duty.OURS,
    parameter=ASSESS_WORKDAYS,
)

# Kept so that it explains itself: it runs for each institution of its own.
ROUND_SELF = clock(
    "agreements.performance_round_self",
    _("Self-assessment of a round"),
    ROUNDS,
    due="self_due_on",
    basis="self_due_basis",
    open=lambda: PerformanceRound.objects.filter(state=RoundState.PREPARING),
    duty=Duty.THEIRS,
    parameter=SELF_WORKDAYS,
    listed=False,
)
