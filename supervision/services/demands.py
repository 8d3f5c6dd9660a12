"""Demands that the agency corrects a breach of the agreement (B-12, Order 2 art. 39)."""

from collections.abc import Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agency.letter_kinds import CHINESE
from agency.models import OfficialLetter, User
from agency.rules import Obstacle, refuse_if
from agency.services.attachments import UploadRef, store_files
from agency.services.calendar import office
from agency.services.numbers import next_number
from agreements.models import Agreement
from institutions.models import Institution
from institutions.services.letters import issue_to_institution
from supervision.enums.disputes import DemandState
from supervision.models import AgencyBreach, CorrectionDemand, CorrectionDemandTransition
from supervision.notifications import disputes as notifications
from supervision.permissions import disputes as can
from supervision.permissions.cases import not_permitted
from supervision.rules.disputes import answer_period

RULE = "B-12"


@transaction.atomic
def file_demand(
    *,
    institution: Institution,
    text: str,
    by: User,
    on: date,
    at: datetime,
    breach_id: int | None = None,
    agreement_id: int | None = None,
    files: Sequence[UploadedFile | UploadRef] = (),
) -> CorrectionDemand:
    """File a demand: about a recorded breach, or about another the institution describes. The
    agency has the working days of the parameter to answer.
    """
    refuse_if(not_permitted(can.FILE_DEMAND, by))
    breach = None
    if breach_id is not None:
        breach = AgencyBreach.objects.select_for_update(of=("self",)).get(
            pk=breach_id, institution=institution
        )
        refuse_if(demanding_obstacles(breach))
    agreement = None
    if agreement_id is not None:
        agreement = Agreement.objects.get(pk=agreement_id, institution=institution)
    region = breach.region if breach else agreement.region if agreement else institution.region
    due, basis = answer_period(on, office(on=on, region=region))
    key = f"{region.pk}-{on.year}"
    demand = CorrectionDemand.objects.create(
        number=f"DEM-{key}-{next_number(f'correction_demand:{key}'):04}",
        institution=institution,
        region=region,
        agreement=agreement,
        breach=breach,
        text=text,
        filed_at=at,
        filed_by=by,
        answer_due_on=due.on,
        answer_due_basis=basis.to_json(),
        answer_due_provisional=due.provisional,
    )
    demand.files.set(store_files(files, by=by, at=at))
    _record(demand, "file", source="", on=on, at=at, by=by, reason=text)
    notifications.demand_filed(demand, at=at)
    return demand


def demanding_obstacles(breach: AgencyBreach) -> list[Obstacle]:
    """Return that a demand about the breach is open already."""
    open_one = CorrectionDemand.objects.open().filter(breach=breach).first()
    if open_one is None:
        return []
    text = _("Correction of this has been demanded already: %(number)s, answer due %(day)s.")
    facts = {"number": open_one.number, "day": open_one.answer_due_on}
    return [Obstacle("already_demanded", text % facts, RULE, _("Wait for the answer."))]


@transaction.atomic
def accept_demand(
    *, demand_id: int, answer: str, correct_by_on: date, by: User, on: date, at: datetime
) -> CorrectionDemand:
    """Admit the breach and say by when it is corrected."""
    refuse_if(not_permitted(can.ACCEPT_DEMAND, by))
    demand = CorrectionDemand.objects.locked(demand_id)
    refuse_if(state_obstacles(demand, DemandState.FILED))
    if correct_by_on < on:
        text = _("The day of the correction, %(day)s, lies before today.") % {"day": correct_by_on}
        refuse_if([Obstacle("correct_by_past", text, RULE)])
    source = demand.state
    demand.accept(by=by, at=at, answer=answer, correct_by_on=correct_by_on)
    with translation.override(CHINESE):
        outcome = _("accepted, to be corrected by %(day)s") % {"day": correct_by_on}
    return _answered(demand, "accept", outcome, source=source, by=by, on=on, at=at)


@transaction.atomic
def refuse_demand(
    *, demand_id: int, answer: str, by: User, on: date, at: datetime
) -> CorrectionDemand:
    """Refuse the demand, with its reasons."""
    refuse_if(not_permitted(can.REFUSE_DEMAND, by))
    demand = CorrectionDemand.objects.locked(demand_id)
    refuse_if(state_obstacles(demand, DemandState.FILED))
    source = demand.state
    demand.refuse(by=by, at=at, answer=answer)
    with translation.override(CHINESE):
        outcome = _("not accepted, for the reasons given")
    return _answered(demand, "refuse", outcome, source=source, by=by, on=on, at=at)


def _answered(
    demand: CorrectionDemand,
    act: str,
    outcome: str,
    *,
    source: str,
    by: User,
    on: date,
    at: datetime,
) -> CorrectionDemand:
    letter = demand.letter = issue_to_institution(
        kind="correction_answer",
        institution=demand.institution,
        context={
            "demand": demand.number,
            "demanded": demand.text,
            "answer": demand.answer,
            "outcome": outcome,
        },
        matter=demand.number,
        url=demand.get_absolute_url(),
        portal_url=demand.get_portal_url(),
        by=by,
        at=at,
        region=demand.region,
    )
    demand.save(
        update_fields=["state", "answered_by", "answered_at", "answer", "correct_by_on", "letter"]
    )
    _record(demand, act, source=source, on=on, at=at, by=by, reason=demand.answer, letter=letter)
    notifications.demand_moved(demand, at=at)
    return demand


@transaction.atomic
def record_correction(
    *, demand_id: int, correction: str, corrected_on: date, by: User, on: date, at: datetime
) -> CorrectionDemand:
    """Record that what was admitted has been corrected."""
    refuse_if(not_permitted(can.RECORD_CORRECTION, by))
    demand = CorrectionDemand.objects.locked(demand_id)
    refuse_if(state_obstacles(demand, DemandState.ACCEPTED))
    if not timezone.localdate(demand.filed_at) <= corrected_on <= on:
        text = _("The day of the correction, %(day)s, lies before the demand or after today.")
        refuse_if([Obstacle("corrected_day", text % {"day": corrected_on}, RULE)])
    source = demand.state
    demand.correct(by=by, on=corrected_on, correction=correction)
    demand.save(update_fields=["state", "corrected_by", "corrected_on", "correction"])
    _record(demand, "correct", source=source, on=corrected_on, at=at, by=by, reason=correction)
    notifications.demand_moved(demand, at=at)
    return demand


@transaction.atomic
def withdraw_demand(
    *, demand_id: int, by: User, on: date, at: datetime, reason: str = ""
) -> CorrectionDemand:
    """Take the demand back while nobody has answered it."""
    refuse_if(not_permitted(can.WITHDRAW_DEMAND, by))
    demand = CorrectionDemand.objects.visible_to(by).locked(demand_id)
    refuse_if(state_obstacles(demand, DemandState.FILED))
    source = demand.state
    demand.withdraw()
    demand.save(update_fields=["state"])
    _record(demand, "withdraw", source=source, on=on, at=at, by=by, reason=reason)
    return demand


def state_obstacles(demand: CorrectionDemand, *allowed: DemandState) -> list[Obstacle]:
    if demand.state in allowed:
        return []
    text = _("This cannot be done with a demand in the state “%(state)s”.")
    return [Obstacle("wrong_state", text % {"state": demand.get_state_display()}, RULE)]


def _record(
    demand: CorrectionDemand,
    act: str,
    *,
    source: str,
    on: date,
    at: datetime,
    by: User,
    reason: str = "",
    letter: OfficialLetter | None = None,
) -> None:
    CorrectionDemandTransition.objects.create(
        subject=demand,
        act=act,
        source=source,
        target=demand.state,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=RULE,
        letter=letter,
    )
