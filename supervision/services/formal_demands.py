"""The formal demand to perform before a decision orders it (Order 7 art. 6)."""

from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from agency.enums import ServiceMethod
from agency.models import OfficialLetter, User
from agency.rules import Obstacle, refuse_if
from agency.services.calendar import office
from agency.services.letters import on_service
from supervision import rules
from supervision.enums.cases import CaseState, Rung
from supervision.enums.interviews import MoneyAct
from supervision.models import Case, CaseMeasure, FormalDemand
from supervision.notifications import proceedings as notifications
from supervision.permissions import proceedings as permissions
from supervision.permissions.cases import not_permitted
from supervision.services.history import record
from supervision.services.letters import proof_of, serve_on_paper
from supervision.services.proceeding_letters import DEMAND, demand_letter

RULE = "B-11"
DEMANDABLE = (CaseState.OPENED, CaseState.NOTICE, CaseState.DEFENCE, CaseState.LEGAL_REVIEW)


def demands_performance(measure: CaseMeasure) -> bool:
    """Tell whether a measure orders the institution to pay: damages, and fees paid to it."""
    return measure.rung == Rung.DAMAGES or measure.money_act == MoneyAct.RECOVER


@transaction.atomic
def issue_demand(*, case_id: int, text: str, by: User, on: date, at: datetime) -> FormalDemand:
    """Demand performance formally; its period runs from the service of the letter."""
    refuse_if(not_permitted(permissions.ISSUE_DEMAND, by))
    case = Case.objects.locked(case_id)
    refuse_if(rules.state_obstacles(state=case.state, allowed=DEMANDABLE))
    refuse_if(undelivered_obstacles(case))
    letter = demand_letter(case, text, by=by, at=at)
    demand = FormalDemand.objects.create(
        case=case, text=text, issued_on=on, issued_by=by, letter=letter
    )
    record(
        case,
        "issue_demand",
        source=case.state,
        on=on,
        at=at,
        by=by,
        reason=text,
        rule=RULE,
        letter=letter,
    )
    return demand


def undelivered_obstacles(case: Case) -> list[Obstacle]:
    """Return that a demand is under way already. One query."""
    return rules.another_demand_obstacles(
        under_way=case.demands.filter(served_on__isnull=True).exists()
    )


@transaction.atomic
def serve_demand(
    *,
    demand_id: int,
    served_on: date,
    recipient: str,
    proof: UploadedFile | None,
    by: User,
    on: date,
    at: datetime,
    method: ServiceMethod = ServiceMethod.HAND,
    tracking_number: str = "",
) -> FormalDemand:
    """Record the service of the demand by hand or by post: its period runs from that day."""
    refuse_if(not_permitted(permissions.SERVE_DEMAND, by))
    letter_id = FormalDemand.objects.values_list("letter", flat=True).get(pk=demand_id)
    letter = OfficialLetter.objects.locked(letter_id)
    demand = FormalDemand.objects.select_for_update(of=("self",)).get(pk=demand_id)
    refuse_if(rules.service_obstacles(served_on=served_on, issued_on=demand.issued_on, on=on))
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
    return FormalDemand.objects.get(pk=demand_id)


@on_service(DEMAND)
def demand_served(letter: OfficialLetter, *, served_on: date, at: datetime) -> None:
    """Start the period of the demand when it has been served, in whichever way."""
    rows = FormalDemand.objects.select_for_update(of=("self",)).select_related("case__region")
    demand = rows.filter(letter=letter, served_on__isnull=True).first()
    if demand is None:
        return
    case = demand.case
    due, basis = rules.demand_period(served_on, office(on=served_on, region=case.region))
    demand.served_on, demand.due_on = served_on, due.on
    demand.due_basis, demand.due_provisional = basis.to_json(), due.provisional
    demand.save(update_fields=["served_on", "due_on", "due_basis", "due_provisional"])
    proof, by = proof_of(letter)
    record(case, "serve_demand", source=case.state, on=served_on, at=at, by=by, reason=proof)
    notifications.demand_served(demand, at=at)


@transaction.atomic
def record_demand_performed(
    *, demand_id: int, performed_on: date, performance: str, by: User, on: date, at: datetime
) -> FormalDemand:
    """Record that the institution did what was demanded: the decision need not order it."""
    refuse_if(not_permitted(permissions.RECORD_DEMAND_PERFORMED, by))
    rows = FormalDemand.objects.select_for_update(of=("self",)).select_related("case")
    demand = rows.get(pk=demand_id)
    refuse_if(rules.service_obstacles(served_on=performed_on, issued_on=demand.issued_on, on=on))
    demand.performed_on, demand.performance = performed_on, performance
    demand.save(update_fields=["performed_on", "performance"])
    case = demand.case
    record(
        case,
        "demand_performed",
        source=case.state,
        on=performed_on,
        at=at,
        by=by,
        reason=performance,
        rule=RULE,
    )
    return demand


def demand_obstacles(case: Case, chosen: list[CaseMeasure], *, on: date) -> list[Obstacle]:
    """Return why what is chosen cannot be ordered yet. One query where performance is ordered."""
    if not any(demands_performance(each) for each in chosen):
        return []
    last = case.demands.filter(served_on__isnull=False).order_by("served_on", "pk").last()
    return rules.demand_obstacles(
        needed=True, served=last is not None, due_on=last.due_on if last else None, on=on
    )
