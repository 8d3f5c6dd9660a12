"""The deadlines of demands, measures on the agency and disputes, in the register of clocks."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from agency.clocks import Duty, Matter, Permit, Step, clock
from agency.enums import Role
from agency.models import User
from agency.services.notices import holders
from institutions.clocks.members import members_by_institution
from supervision.enums.disputes import OUTSIDE_ROUTES, DisputeRoute
from supervision.models import (
    AgencyMeasure,
    AgencyMeasureTransition,
    CorrectionDemand,
    CorrectionDemandTransition,
    Dispute,
    DisputeTransition,
)
from supervision.permissions.disputes import VIEW_DISPUTES, VIEW_OWN_DISPUTES
from supervision.rules.disputes import (
    ACCEPTANCE_PARAMETERS,
    CORRECTION_ANSWER,
    DECISION_PARAMETERS,
    RECONSIDERATION_EXTENSION,
    RECTIFICATION,
)

CHUNK = 1000
_OFFICERS = (Role.AGREEMENT_OFFICER, Role.AGENCY_HEAD)


def _recorder(history: Any) -> Callable[[Sequence[Step], date, datetime], None]:
    def record(steps: Sequence[Step], on: date, at: datetime) -> None:
        history.objects.bulk_create(
            [
                history(
                    subject=each.row,
                    act=each.act,
                    source=each.row.state,
                    target=each.row.state,
                    on=on,
                    at=at,
                    by=each.by,
                    reason=each.reason,
                    rule=each.rule,
                )
                for each in steps
            ],
            batch_size=CHUNK,
        )

    return record


def _told(rows: Sequence[CorrectionDemand | Dispute]) -> Mapping[int, list[User]]:
    officers = holders(*_OFFICERS)
    members = members_by_institution(each.institution_id for each in rows)
    return {each.pk: [*officers, *members[each.institution_id]] for each in rows}


def _told_of_measure(rows: Sequence[AgencyMeasure]) -> Mapping[int, list[User]]:
    people = holders(*_OFFICERS, Role.SUPERVISOR)
    return {each.pk: people for each in rows}


DEMANDS = Matter(
    model=CorrectionDemand,
    key="correction_demand",
    record=_recorder(CorrectionDemandTransition),
    told=_told,
    desk_act=VIEW_DISPUTES,
    portal_act=VIEW_OWN_DISPUTES,
    visible=lambda rows, user: rows.visible_to(user),
    institution="institution",
    related=("institution__region",),
)

DEMAND_ANSWER = clock(
    "supervision.demand_answer",
    _("Answer to a demand for correction"),
    DEMANDS,
    due="answer_due_on",
    basis="answer_due_basis",
    provisional="answer_due_provisional",
    open=CorrectionDemand.objects.unanswered,
    duty=Duty.OURS,
    owed=True,
    parameter=CORRECTION_ANSWER,
)

MEASURES = Matter(
    model=AgencyMeasure,
    key="agency_measure",
    record=_recorder(AgencyMeasureTransition),
    told=_told_of_measure,
    desk_act=VIEW_DISPUTES,
    related=("region",),
)

MEASURE_REPORT = clock(
    "supervision.agency_measure",
    _("Report on a measure of the administration"),
    MEASURES,
    due="due_on",
    basis="due_basis",
    provisional="due_provisional",
    open=AgencyMeasure.objects.unreported,
    duty=Duty.OURS,
    parameter=RECTIFICATION,
)

DISPUTES = Matter(
    model=Dispute,
    key="dispute",
    record=_recorder(DisputeTransition),
    told=_told,
    desk_act=VIEW_DISPUTES,
    portal_act=VIEW_OWN_DISPUTES,
    visible=lambda rows, user: rows.visible_to(user),
    institution="institution",
    related=("institution__region",),
)


def _on(route: DisputeRoute) -> Any:
    return Dispute.objects.filter(route=route)


RECONSIDERATION_ACCEPTANCE = clock(
    "supervision.reconsideration_acceptance",
    _("Acceptance of a reconsideration"),
    DISPUTES,
    due="acceptance_due_on",
    basis="acceptance_due_basis",
    open=lambda: _on(DisputeRoute.RECONSIDERATION).waiting_for_acceptance(),
    duty=Duty.BOTH,
)
NEGOTIATION_ANSWER = clock(
    "supervision.negotiation_answer",
    _("Answer to a wish to negotiate"),
    DISPUTES,
    due="acceptance_due_on",
    basis="acceptance_due_basis",
    open=lambda: _on(DisputeRoute.NEGOTIATION).waiting_for_acceptance(),
    duty=Duty.OURS,
    owed=True,
    parameter=ACCEPTANCE_PARAMETERS[DisputeRoute.NEGOTIATION],
)
COORDINATION_ACCEPTANCE = clock(
    "supervision.coordination_acceptance",
    _("Acceptance of a dispute for coordination"),
    DISPUTES,
    due="acceptance_due_on",
    basis="acceptance_due_basis",
    open=lambda: _on(DisputeRoute.COORDINATION).waiting_for_acceptance(),
    duty=Duty.BOTH,
    parameter=ACCEPTANCE_PARAMETERS[DisputeRoute.COORDINATION],
)
RECONSIDERATION_DECISION = clock(
    "supervision.reconsideration_decision",
    _("Decision on a reconsideration"),
    DISPUTES,
    due="decision_due_on",
    basis="decision_due_basis",
    open=lambda: _on(DisputeRoute.RECONSIDERATION).waiting_for_result(),
    duty=Duty.BOTH,
    extension=Permit(
        "B-19",
        _("The authority has told both sides that it needs more time."),
        bound=RECONSIDERATION_EXTENSION,
    ),
)
NEGOTIATION_END = clock(
    "supervision.negotiation_end",
    _("End of a negotiation about a dispute"),
    DISPUTES,
    due="decision_due_on",
    basis="decision_due_basis",
    open=lambda: _on(DisputeRoute.NEGOTIATION).waiting_for_result(),
    duty=Duty.OURS,
    parameter=DECISION_PARAMETERS[DisputeRoute.NEGOTIATION],
)
COORDINATION_END = clock(
    "supervision.coordination_end",
    _("Result of a coordination"),
    DISPUTES,
    due="decision_due_on",
    basis="decision_due_basis",
    open=lambda: _on(DisputeRoute.COORDINATION).waiting_for_result(),
    duty=Duty.BOTH,
    parameter=DECISION_PARAMETERS[DisputeRoute.COORDINATION],
)
# Passed or kept by the time the dispute is filed: kept so that it explains itself.
FILING = clock(
    "supervision.dispute_filing",
    _("Filing of a dispute"),
    DISPUTES,
    due="until",
    basis="until_basis",
    open=lambda: Dispute.objects.waiting_for_acceptance().filter(route__in=OUTSIDE_ROUTES),
    duty=Duty.THEIRS,
    listed=False,
)
ACCEPTANCE_CLOCKS = {
    DisputeRoute.RECONSIDERATION: RECONSIDERATION_ACCEPTANCE,
    DisputeRoute.NEGOTIATION: NEGOTIATION_ANSWER,
    DisputeRoute.COORDINATION: COORDINATION_ACCEPTANCE,
}
DECISION_CLOCKS = {
    DisputeRoute.RECONSIDERATION: RECONSIDERATION_DECISION,
    DisputeRoute.NEGOTIATION: NEGOTIATION_END,
    DisputeRoute.COORDINATION: COORDINATION_END,
}
