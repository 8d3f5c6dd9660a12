"""Deadlines that rested on an unpublished calendar, computed again (T-12)."""

from datetime import date, datetime

from django.db import transaction

from agency.services.calendar import office_calendar
from agency.workdays import DeadlineBasis
from supervision.enums import CaseState
from supervision.models import AdministrationOrder, AdministrationReport, Case
from supervision.services.history import record


@transaction.atomic
def recompute(*, on: date, at: datetime) -> int:
    """Recompute every open deadline older than the calendar in force; return how many moved."""
    calendar = office_calendar()
    moved = 0
    cases = Case.objects.filter(
        state=CaseState.DEFENCE, defence_due_basis__calendar_version__lt=calendar.version
    )
    for case in cases.select_for_update(of=("self",)):
        basis = DeadlineBasis.from_json(case.defence_due_basis)
        due, fresh = calendar.deadline_with_basis(
            basis.rule, basis.start, basis.unit, basis.count, basis.pauses
        )
        changed, before = due.on != case.defence_due_on, case.defence_due_on
        case.defence_due_on, case.defence_due_provisional = due.on, due.provisional
        case.defence_due_basis = fresh.to_json()
        case.save(update_fields=["defence_due_on", "defence_due_provisional", "defence_due_basis"])
        if changed:
            record(
                case,
                "recompute",
                source=case.state,
                on=on,
                at=at,
                by=None,
                reason=f"{before} → {due.on}",
                rule="T-12",
            )
            moved += 1
    open_reports = AdministrationReport.objects.unsent()
    open_orders = AdministrationOrder.objects.unanswered()
    for owed in (open_reports, open_orders):
        stale = owed.filter(due_basis__calendar_version__lt=calendar.version)
        for row in stale.select_for_update(of=("self",)):
            basis = DeadlineBasis.from_json(row.due_basis)
            due, fresh = calendar.deadline_with_basis(
                basis.rule, basis.start, basis.unit, basis.count, basis.pauses
            )
            moved += due.on != row.due_on
            row.due_on, row.due_provisional, row.due_basis = (
                due.on,
                due.provisional,
                fresh.to_json(),
            )
            row.save(update_fields=["due_on", "due_provisional", "due_basis"])
    return moved
