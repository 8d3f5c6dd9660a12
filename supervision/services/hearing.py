"""The notice, its service, and the institution's statement and defence."""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from agency.enums import ServiceMethod
from agency.models import OfficialLetter, User
from agency.rules import refuse_if
from agency.services.attachments import UploadRef, store_files
from agency.services.calendar import office
from agency.services.letters import on_service
from supervision import rules
from supervision.enums.cases import CaseState, DefenceOutcome
from supervision.models import Case, CaseStatement
from supervision.notifications import cases as notifications
from supervision.permissions import cases as permissions
from supervision.services.history import record
from supervision.services.letters import (
    LONGEST_PROOF,
    NOTICE,
    lock_letter,
    notice_letter,
    proof_of,
    serve_on_paper,
)


@transaction.atomic
def give_notice(*, case_id: int, facts: str, by: User, on: date, at: datetime) -> Case:
    """Issue the advance notice: facts and intended measures stand from now on, and the
    institution sees the case.
    """
    refuse_if(permissions.not_permitted(permissions.GIVE_NOTICE, by))
    case = Case.objects.locked(case_id)
    refuse_if(rules.state_obstacles(state=case.state, allowed=[CaseState.OPENED]))
    rungs = [each.rung for each in case.measures.all()]
    refuse_if(rules.notice_obstacles(measures=len(rungs)))
    source = case.state
    case.give_notice(facts=facts, on=on, grave=rules.is_grave(rungs))
    case.notice_letter = notice_letter(case, by=by, at=at)
    case.save(update_fields=["state", "facts", "noticed_on", "is_grave", "notice_letter"])
    letter = case.notice_letter
    record(case, "give_notice", source=source, on=on, at=at, by=by, letter=letter)
    return case


@transaction.atomic
def serve_notice(
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
    """Record the service of the notice by hand or by post, with its proof: the period of statement
    runs from that day. In the portal the institution's own confirmation does the same.
    """
    refuse_if(permissions.not_permitted(permissions.SERVE_NOTICE, by))
    letter = lock_letter(case_id, "notice_letter")
    case = Case.objects.locked(case_id)
    refuse_if(rules.state_obstacles(state=case.state, allowed=[CaseState.NOTICE]))
    refuse_if(rules.service_obstacles(served_on=served_on, issued_on=case.noticed_on, on=on))
    if letter is None:  # issued before there were letters
        start_defence(case, served_on=served_on, proof=recipient, by=by, at=at)
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


@on_service(NOTICE)
def notice_served(letter: OfficialLetter, *, served_on: date, at: datetime) -> None:
    """Start the period of statement when the notice has been served, in whichever way."""
    case_id = Case.objects.filter(notice_letter=letter).values_list("pk", flat=True).first()
    if case_id is not None:
        case = Case.objects.locked(case_id)
        refuse_if(rules.state_obstacles(state=case.state, allowed=[CaseState.NOTICE]))
        proof, by = proof_of(letter)
        start_defence(case, served_on=served_on, proof=proof, by=by, at=at)


def start_defence(
    case: Case, *, served_on: date, proof: str, by: User | None, at: datetime
) -> None:
    """Let the period of statement run from the day of service; the caller holds the lock."""
    due, basis = rules.defence_period(served_on, office(on=served_on, region=case.region))
    source = case.state
    case.serve_notice(on=served_on, proof=proof[:LONGEST_PROOF])
    case.defence_due_on, case.defence_due_provisional = due.on, due.provisional
    case.defence_due_basis = basis.to_json()
    case.save(
        update_fields=[
            "state",
            "notice_served_on",
            "notice_proof",
            "defence_due_on",
            "defence_due_basis",
            "defence_due_provisional",
        ]
    )
    record(case, "serve_notice", source=source, on=served_on, at=at, by=by, reason=proof)
    notifications.notice_served(case, at=at)


@transaction.atomic
def give_statement(
    *,
    case_id: int,
    text: str,
    by: User,
    on: date,
    at: datetime,
    files: Iterable[UploadedFile | UploadRef] = (),
) -> CaseStatement:
    """Take in a statement of the institution or its staff. Refuses one after the period."""
    refuse_if(permissions.not_permitted(permissions.GIVE_STATEMENT, by))
    case = Case.objects.visible_to(by).locked(case_id)
    refuse_if(rules.state_obstacles(state=case.state, allowed=[CaseState.DEFENCE]))
    refuse_if(rules.statement_obstacles(on=on, due_on=case.defence_due_on))
    statement = CaseStatement.objects.create(
        case=case, text=text, given_by=by, given_on=on, given_at=at
    )
    statement.files.set(store_files(files, by=by, at=at))
    case.hear(outcome=DefenceOutcome.STATEMENT)
    case.save(update_fields=["defence_outcome"])
    record(case, "give_statement", source=case.state, on=on, at=at, by=by)
    notifications.statement_given(case, statement=statement.pk, at=at)
    return statement


def end_defence_periods(*, on: date, at: datetime) -> int:
    """Mark every case whose period has passed in silence; return how many."""
    overdue = list(Case.objects.defence_over(on=on).values_list("pk", flat=True))
    return sum(end_defence_period(case_id=pk, on=on, at=at) for pk in overdue)


@transaction.atomic
def end_defence_period(*, case_id: int, on: date, at: datetime) -> bool:
    case = Case.objects.defence_over(on=on).select_for_update(of=("self",)).filter(pk=case_id)
    silent = case.first()
    if silent is None:
        return False
    silent.hear(outcome=DefenceOutcome.SILENT)
    silent.save(update_fields=["defence_outcome"])
    record(silent, "end_defence", source=silent.state, on=on, at=at, by=None)
    notifications.ready_to_decide(silent, at=at)
    return True
