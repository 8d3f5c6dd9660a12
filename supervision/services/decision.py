"""The decision, its service, performance and the end of a case."""

from collections.abc import Collection
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from agency.enums import Role, ServiceMethod
from agency.models import OfficialLetter, User
from agency.rules import Obstacle, refuse_if
from agency.services.calendar import office
from agency.services.letters import on_service
from supervision import rules
from supervision.enums.cases import AgreementAct, CaseState, DefenceOutcome
from supervision.enums.orders import OrderState
from supervision.enums.proceedings import FilingOutcome
from supervision.models import (
    AdministrationReport,
    Case,
    CaseMeasure,
    Dispute,
    FilingReview,
    ReportQuestion,
)
from supervision.models.case_guards import DISMISSABLE
from supervision.notifications import cases as notifications
from supervision.permissions import cases as permissions
from supervision.rules.disputes import closing_dispute_obstacles
from supervision.rules.measures import over_obstacles
from supervision.services.agreement_acts import act_on_agreement
from supervision.services.filing import owe_filing
from supervision.services.formal_demands import demand_obstacles
from supervision.services.grounds import detect_on_the_day
from supervision.services.history import record
from supervision.services.legal import carried_review, waiting_review
from supervision.services.letters import (
    DECISION,
    LONGEST_PROOF,
    decision_letter,
    lock_letter,
    proof_of,
    serve_on_paper,
)
from supervision.services.measure_effects import take_effect

DECIDABLE = (CaseState.DEFENCE, CaseState.LEGAL_REVIEW)


@transaction.atomic
def decide_case(
    *,
    case_id: int,
    imposed: Collection[int],
    consideration: str,
    by: User,
    on: date,
    at: datetime,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Case:
    """Decide the case: of the noticed measures those in `imposed` (their keys) are imposed.

    A grave measure needs the legal review and the discussion that carried it. An act on the
    agreement is done at once through the agreement's own services; when they refuse, nothing at
    all is decided. It begins on `starts_on`, the day of the decision; `ends_on` moves the noticed
    end of a suspension.
    """
    refuse_if(permissions.not_permitted(permissions.DECIDE, by))
    case = Case.objects.locked(case_id)
    refuse_if(rules.state_obstacles(state=case.state, allowed=DECIDABLE))
    measures = list(case.measures.all())
    chosen = [each for each in measures if each.pk in imposed]
    grave = rules.is_grave([each.rung for each in chosen])
    review = carried_review(case)
    refuse_if(
        rules.decision_obstacles(
            on=on,
            defence_due_on=case.defence_due_on,
            statement_given=case.defence_outcome == DefenceOutcome.STATEMENT,
            grave=grave,
            opener_decides=by.is_one_with(case.opened_by_id, case.opened_on),
            head_decides=by.has_role(Role.AGENCY_HEAD),
            reviewer_decides=review is not None
            and by.is_one_with(review.reviewed_by_id, review.reviewed_on),
            consideration=consideration,
            reviewed=review is not None or waiting_review(case) is not None,
            discussed=review is not None,
            imposed=len(chosen),
        )
        + demand_obstacles(case, chosen, on=on)
        + rules.start_obstacles(
            acts=any(each.agreement_act for each in chosen), starts_on=starts_on or on, on=on
        )
    )
    if not case.is_heard:
        case.hear(outcome=DefenceOutcome.SILENT)
    source = case.state
    opinion = review.opinion if review else ""
    case.decide(by=by, on=on, grave=grave, consideration=consideration, legal_review=opinion)
    case.save(
        update_fields=[
            "state",
            "defence_outcome",
            "decided_by",
            "decided_on",
            "is_grave",
            "consideration",
            "legal_review",
        ]
    )
    for measure in measures:
        impose(measure, measure in chosen, starts_on=starts_on or on, ends_on=ends_on)
    letter = case.decision_letter = decision_letter(case, chosen, by=by, at=at)
    case.save(update_fields=["decision_letter"])
    act_on_agreement(case, chosen, by=by, at=at, decision=letter)
    take_effect(case, chosen, by=by, at=at, letter=letter)
    if grave:
        owe_report(case, on=on)
        owe_filing(case, on=on)
    if case.agreement_id and any(each.agreement_act == AgreementAct.SUSPEND for each in chosen):
        detect_on_the_day(case.agreement_id, on=on, at=at)
    record(case, "decide", source=source, on=on, at=at, by=by, reason=consideration, letter=letter)
    notifications.decided(case, at=at)
    return case


def impose(measure: CaseMeasure, imposed: bool, *, starts_on: date, ends_on: date | None) -> None:
    measure.imposed = imposed
    if imposed and measure.agreement_act:
        measure.starts_on = starts_on
        measure.ends_on = ends_on or measure.ends_on
    elif imposed and measure.starts_on:  # nobody is blocked before the decision
        measure.starts_on = max(measure.starts_on, starts_on)
        refuse_if(over_obstacles(starts_on=measure.starts_on, ends_on=measure.ends_on))
    measure.save(update_fields=["imposed", "starts_on", "ends_on"])


def owe_report(case: Case, *, on: date) -> AdministrationReport:
    due, basis = rules.report_period(on, office(on=on, region=case.region))
    return AdministrationReport.objects.create(
        case=case, due_on=due.on, due_basis=basis.to_json(), due_provisional=due.provisional
    )


@transaction.atomic
def serve_decision(
    *,
    case_id: int,
    served_on: date,
    recipient: str,
    proof: UploadedFile | None,
    by: User,
    on: date,
    at: datetime,
    method: ServiceMethod = ServiceMethod.HAND,
    tracking_number: str = "",
) -> Case:
    """Record the service of the decision by hand or by post, with its proof: the periods to
    dispute it run from that day. In the portal the institution's own confirmation does the same.
    """
    refuse_if(permissions.not_permitted(permissions.SERVE_DECISION, by))
    letter = lock_letter(case_id, "decision_letter")
    case = Case.objects.locked(case_id)
    refuse_if(rules.state_obstacles(state=case.state, allowed=[CaseState.DECIDED]))
    refuse_if(rules.service_obstacles(served_on=served_on, issued_on=case.decided_on, on=on))
    if letter is None:  # decided before there were letters
        start_remedies(case, served_on=served_on, proof=recipient, by=by, at=at)
        return case
    serve_on_paper(
        letter,
        method=method,
        served_on=served_on,
        recipient=recipient,
        proof=proof,
        tracking_number=tracking_number,
        by=by,
        at=at,
    )
    return Case.objects.locked(case_id)


@on_service(DECISION)
def decision_served(letter: OfficialLetter, *, served_on: date, at: datetime) -> None:
    """Let the periods to dispute run when the decision has been served, in whichever way."""
    case_id = Case.objects.filter(decision_letter=letter).values_list("pk", flat=True).first()
    if case_id is not None:
        case = Case.objects.locked(case_id)
        refuse_if(rules.state_obstacles(state=case.state, allowed=[CaseState.DECIDED]))
        proof, by = proof_of(letter)
        start_remedies(case, served_on=served_on, proof=proof, by=by, at=at)


def start_remedies(
    case: Case, *, served_on: date, proof: str, by: User | None, at: datetime
) -> None:
    """Let the periods to dispute run from the day of service; the caller holds the lock."""
    known = office(on=served_on, region=case.region)
    until = {
        route: rules.remedy(rules.RemedyQuestion(served_on=served_on, route=route), known).until
        for route in rules.Route
    }
    source = case.state
    case.serve_decision(on=served_on, proof=proof[:LONGEST_PROOF])
    due, basis = rules.perform_period(served_on, known)
    case.perform_due_on, case.perform_due_provisional = due.on, due.provisional
    case.perform_due_basis = basis.to_json()
    case.reconsideration_until = until[rules.Route.RECONSIDERATION]
    case.litigation_until = until[rules.Route.LITIGATION]
    case.save(
        update_fields=[
            "state",
            "decision_served_on",
            "decision_proof",
            "reconsideration_until",
            "litigation_until",
            "perform_due_on",
            "perform_due_basis",
            "perform_due_provisional",
        ]
    )
    record(case, "serve_decision", source=source, on=served_on, at=at, by=by, reason=proof)
    notifications.decision_served(case, at=at)


@transaction.atomic
def record_performance(
    *, case_id: int, performed_on: date, performance: str, by: User, on: date, at: datetime
) -> Case:
    """Record that what was decided has been done."""
    refuse_if(permissions.not_permitted(permissions.RECORD_PERFORMANCE, by))
    case = Case.objects.locked(case_id)
    refuse_if(rules.state_obstacles(state=case.state, allowed=[CaseState.SERVED]))
    refuse_if(rules.service_obstacles(served_on=performed_on, issued_on=case.decided_on, on=on))
    source = case.state
    case.perform(on=performed_on, performance=performance)
    case.save(update_fields=["state", "performed_on", "performance"])
    record(case, "perform", source=source, on=performed_on, at=at, by=by, reason=performance)
    return case


@transaction.atomic
def close_case(*, case_id: int, by: User, on: date, at: datetime, reason: str = "") -> Case:
    """Close the case. Refuses while the administration waits for a report or an answer."""
    refuse_if(permissions.not_permitted(permissions.CLOSE_CASE, by))
    case = Case.objects.locked(case_id)
    refuse_if(rules.state_obstacles(state=case.state, allowed=[CaseState.PERFORMED]))
    refuse_if(closing_obstacles(case))
    source = case.state
    case.close(by=by, on=on)
    case.save(update_fields=["state", "closed_by", "closed_on"])
    record(case, "close", source=source, on=on, at=at, by=by, reason=reason)
    return case


def closing_obstacles(case: Case) -> list:
    """Return what the administration still waits for."""
    return (
        rules.closing_obstacles(
            unsent_reports=AdministrationReport.objects.filter(case=case).unsent().count(),
            unanswered_orders=case.orders.unanswered().count(),
            unaccepted_orders=case.orders.filter(state=OrderState.ANSWERED).count(),
        )
        + still_open(case)
        + open_disputes(case)
    )


def open_disputes(case: Case) -> list[Obstacle]:
    """Return that the decision is disputed and no result is there yet. One query."""
    numbers = Dispute.objects.open().filter(case=case).values_list("number", flat=True)
    return closing_dispute_obstacles(open_disputes=list(numbers))


def still_open(case: Case) -> list[Obstacle]:
    """Return what filing and report still ask for. Two queries."""
    filing = FilingReview.objects.filter(case=case).first()
    return rules.still_open_obstacles(
        unfiled=filing is not None and filing.filed_at is None,
        unanswered=filing is not None and filing.filed_at is not None and not filing.outcome,
        uncorrected=filing is not None
        and filing.outcome == FilingOutcome.REVIEW_CORRECTION
        and filing.corrected_at is None,
        question_open=ReportQuestion.objects.filter(
            report__case=case, answered_at__isnull=True
        ).exists(),
    )


@transaction.atomic
def dismiss_case(*, case_id: int, reason: str, by: User, on: date, at: datetime) -> Case:
    """End the case without a measure: no breach, or none that can be shown."""
    refuse_if(permissions.not_permitted(permissions.DISMISS_CASE, by))
    case = Case.objects.locked(case_id)
    refuse_if(rules.state_obstacles(state=case.state, allowed=DISMISSABLE))
    refuse_if(
        rules.dismissal_obstacles(
            heard=case.state in permissions.HEARD,
            opener_dismisses=by.is_one_with(case.opened_by_id, case.opened_on),
        )
    )
    source = case.state
    case.dismiss(reason=reason)
    case.save(update_fields=["state", "dismissal_reason"])
    record(case, "dismiss", source=source, on=on, at=at, by=by, reason=reason)
    notifications.dismissed(case, at=at)
    return case
