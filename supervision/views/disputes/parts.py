"""Lists of facts and buttons that pages of the desk and of the portal show."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from agency.clocks import CLOCKS
from agency.models import User
from agency.permissions import Act
from agency.rules import Obstacle
from agency.views.clock_acts import clock_buttons
from supervision.clocks.disputes import ACCEPTANCE_CLOCKS, DECISION_CLOCKS
from supervision.enums.disputes import (
    OPEN_DISPUTE_STATES,
    AgencyMeasureState,
    DemandState,
    DisputeRoute,
    DisputeState,
)
from supervision.models import AgencyBreach, AgencyMeasure, CorrectionDemand, Dispute
from supervision.permissions import disputes as can
from supervision.rules import disputes as rules
from supervision.services import agency_measures, demands
from supervision.services.disputes import course, result

Facts = list[tuple[str, Any]]
Buttons = list[dict[str, Any]]
_WALKING = (DisputeState.ACCEPTED, DisputeState.UNDER_WAY)


def clock_of(dispute: Dispute) -> tuple[str, date | None, dict[str, Any]]:
    """Return name, day and basis of the clock that runs now; an empty name for none."""
    route = DisputeRoute(dispute.route)
    if dispute.state == DisputeState.FILED and route in ACCEPTANCE_CLOCKS:
        clock = ACCEPTANCE_CLOCKS[route]
        return clock.name, dispute.acceptance_due_on, dispute.acceptance_due_basis
    if dispute.state in _WALKING and route in DECISION_CLOCKS:
        clock = DECISION_CLOCKS[route]
        return clock.name, dispute.decision_due_on, dispute.decision_due_basis
    return "", None, {}


def dispute_facts(dispute: Dispute, *, office: bool) -> Facts:
    """Return the facts of a dispute; names of the office's people for the office alone."""
    facts: Facts = [
        (_("What is disputed"), f"{dispute.get_subject_display()} · {matter_label(dispute)}"),
        (_("Agreement"), dispute.agreement),
        (_("Way"), dispute.get_route_display()),
        (_("Served on"), dispute.served_on),
        (_("To be filed by"), dispute.until),
        (_("Filed on"), dispute.filed_on),
    ]
    if dispute.until:
        facts.append((_("In time"), _("No, late") if dispute.is_late else _("Yes")))
    if dispute.body:
        facts += [(_("Body"), dispute.body), (_("Its file number"), dispute.body_reference)]
    if office:
        facts.append((_("Recorded by"), dispute.filed_by))
    if dispute.accepted_on:
        facts.append((_("Accepted on"), dispute.accepted_on))
    if dispute.refusal_reason:
        facts.append((_("Why it was not accepted"), dispute.refusal_reason))
    return facts


def matter_label(dispute: Dispute) -> str:
    if dispute.suspension:
        return f"{dispute.agreement} · {dispute.suspension.starts_on}"
    if dispute.breach:
        return f"{dispute.breach} · {dispute.breach.matter}"
    return str(dispute.matter)


def result_facts(dispute: Dispute) -> Facts:
    facts: Facts = [
        (_("Result"), dispute.get_result_display()),
        (_("Decided on"), dispute.decided_on),
        (_("Result served on"), dispute.result_served_on),
        (_("What was decided"), dispute.result_text),
    ]
    if dispute.new_end_on:
        facts.append((_("New last day of the suspension"), dispute.new_end_on))
    if dispute.new_measure:
        facts.append((_("New amount (CNY)"), f"{dispute.new_measure}: {dispute.new_amount:,.2f}"))
    if dispute.withdrawn_on:
        day = _("%(day)s, due %(due)s") % {
            "day": dispute.withdrawn_on,
            "due": dispute.withdrawal_due_on,
        }
        facts.append((_("Publication withdrawn on"), day))
    return facts


def effect_lines(dispute: Dispute) -> list[str]:
    return [result.effect_line(each) for each in dispute.effects.all()]


def breach_facts(breach: AgencyBreach) -> Facts:
    clock = CLOCKS.get(breach.clock)
    facts: Facts = [
        (_("What was owed"), clock.label if clock else breach.clock),
        (_("Matter"), breach.matter),
        (_("Was to be done by"), breach.due_on),
        (_("Overdue since"), breach.began_on),
    ]
    if breach.payout:
        facts.append((_("Amount (CNY)"), f"{breach.payout.amount:,.2f}"))
    if breach.ended_on:
        facts.append((_("Ended on"), breach.ended_on))
    if breach.late_workdays is not None:
        facts.append((_("Working days late"), breach.late_workdays))
    return facts


def demand_facts(demand: CorrectionDemand, *, office: bool) -> Facts:
    facts: Facts = [
        (_("Institution"), f"{demand.institution.name} ({demand.institution.code})"),
        (_("Breach by the agency"), demand.breach),
        (_("Agreement"), demand.agreement),
        (_("What is demanded"), demand.text),
    ]
    if office:
        facts.append((_("Filed by"), demand.filed_by))
    if demand.answered_at:
        facts.append((_("Answer"), demand.answer))
        if office:
            facts.append((_("Answered by"), demand.answered_by))
    if demand.correct_by_on:
        facts.append((_("To be corrected by"), demand.correct_by_on))
    if demand.corrected_on:
        facts += [
            (_("Corrected on"), demand.corrected_on),
            (_("What was corrected"), demand.correction),
        ]
    return facts


def measure_facts(measure: AgencyMeasure) -> Facts:
    facts: Facts = [
        (_("Kind"), measure.get_kind_display()),
        (_("Region of the agency"), measure.region),
        (_("Breach by the agency"), measure.breach),
        (_("Taken on"), measure.taken_on),
        (_("Taken by"), measure.taken_by),
        (_("Text"), measure.text),
    ]
    if measure.reported_at:
        facts += [
            (_("Report of the agency"), measure.report),
            (_("Reported by"), measure.reported_by),
        ]
    if measure.closed_on:
        facts += [
            (_("Result of the follow-up"), measure.closing),
            (_("Closed on"), measure.closed_on),
        ]
    return facts


# --- buttons --------------------------------------------------------------------------------------


def _button(act: Act, url: str, obstacles: list[Obstacle]) -> dict[str, Any]:
    return {"act": act, "url": url, "obstacles": obstacles}


def dispute_buttons(dispute: Dispute, user: User) -> Buttons:
    """Return the acts at the desk that fit the state and the user's side."""
    coordinated = dispute.route == DisputeRoute.COORDINATION
    state = DisputeState(dispute.state)
    own = "coordination" if coordinated else "dispute"
    wanted: list[tuple[Act, str]] = []
    if state == DisputeState.FILED:
        wanted += [
            (course.acceptance_act(dispute), f"{own}_accept"),
            (course.non_acceptance_act(dispute), f"{own}_not_accept"),
        ]
    if state in _WALKING:
        if coordinated:
            wanted += [(can.INVITE_SIDES, "dispute_invite"), (can.PROPOSE, "dispute_propose")]
        wanted.append((result.result_act(dispute), f"{own}_result"))
        if not course.answering_obstacles(dispute):
            wanted.append((can.AGENCY_ANSWER, "dispute_answer"))
    if state in OPEN_DISPUTE_STATES:
        wanted.append((can.RECORD_STEP, "dispute_step"))
    if not result.carrying_out_obstacles(dispute):
        wanted.append((can.CARRY_OUT, "dispute_carry_out"))
    buttons = [
        _button(act, reverse(f"supervision_desk:{page}", args=[dispute.number]), [])
        for act, page in wanted
        if act.allows(user)
    ]
    clock = DECISION_CLOCKS.get(DisputeRoute(dispute.route))
    return buttons + (clock_buttons(clock, dispute, user) if clock else [])


def own_dispute_buttons(dispute: Dispute, user: User) -> Buttons:
    """Return what the institution may do with its dispute."""
    wanted: list[tuple[Act, str]] = []
    if dispute.state in _WALKING and not course.answering_obstacles(dispute):
        wanted.append((can.ANSWER_PROPOSAL, "dispute_answer"))
    if dispute.is_open:
        wanted += [(can.ADD_TO_DISPUTE, "dispute_add"), (can.WITHDRAW_DISPUTE, "dispute_withdraw")]
    return [
        _button(act, reverse(f"supervision_portal:{page}", args=[dispute.number]), [])
        for act, page in wanted
        if act.allows(user)
    ]


def demand_buttons(demand: CorrectionDemand, user: User) -> Buttons:
    wanted = {
        DemandState.FILED: [
            (can.ACCEPT_DEMAND, "demand_accept"),
            (can.REFUSE_DEMAND, "demand_refuse"),
        ],
        DemandState.ACCEPTED: [(can.RECORD_CORRECTION, "demand_correct")],
    }
    return [
        _button(act, reverse(f"supervision_desk:{page}", args=[demand.number]), [])
        for act, page in wanted.get(DemandState(demand.state), [])
        if act.allows(user)
    ]


def measure_buttons(measure: AgencyMeasure, user: User) -> Buttons:
    def url(page: str) -> str:
        return reverse(f"supervision_desk:{page}", args=[measure.number])

    buttons = []
    if measure.state == AgencyMeasureState.TAKEN and can.REPORT_MEASURE.allows(user):
        buttons.append(_button(can.REPORT_MEASURE, url("measure_report"), []))
    if measure.state == AgencyMeasureState.REPORTED and can.RETURN_REPORT.allows(user):
        buttons.append(_button(can.RETURN_REPORT, url("measure_return"), []))
    if measure.state != AgencyMeasureState.CLOSED and can.CLOSE_MEASURE.allows(user):
        obstacles = agency_measures.closing_obstacles(measure)
        buttons.append(_button(can.CLOSE_MEASURE, url("measure_close"), obstacles))
    return buttons


def breach_buttons(breach: AgencyBreach, user: User) -> Buttons:
    """At the desk: the administration takes a measure; the agency enters a dispute about it."""
    buttons = []
    if can.TAKE_MEASURE.allows(user):
        url = f"{reverse('supervision_desk:measure_new')}?breach={breach.number}"
        buttons.append(_button(can.TAKE_MEASURE, url, []))
    return buttons


def own_breach_buttons(breach: AgencyBreach, user: User) -> Buttons:
    buttons = []
    if can.FILE_DEMAND.allows(user):
        url = f"{reverse('supervision_portal:demand_new')}?breach={breach.number}"
        buttons.append(_button(can.FILE_DEMAND, url, demands.demanding_obstacles(breach)))
    return buttons


def filing_words(route: DisputeRoute) -> str:
    """Return one sentence on what a way is."""
    words = {
        DisputeRoute.NEGOTIATION: _("You and the agency look for a solution yourselves."),
        DisputeRoute.COORDINATION: _(
            "The administration of the same level hears both sides and proposes a solution."
        ),
        DisputeRoute.RECONSIDERATION: _(
            "An authority reviews the decision; it is applied for there within 60 days of service."
        ),
        DisputeRoute.LITIGATION: _(
            "A court reviews the decision; the action is filed there within 6 months of service."
        ),
    }
    return words[route]


def late_warning(route: DisputeRoute, until: date | None, on: date) -> str:
    if not rules.is_late(on, until):
        return ""
    return _(
        "The period ended on %(day)s: this is recorded as late. Whether it is heard, the body "
        "decides."
    ) % {"day": until}
