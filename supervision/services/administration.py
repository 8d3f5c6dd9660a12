"""What the administration does with a case, and what the agency owes it (Order 2 arts. 47, 49)."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Model

from agency.models import User
from agency.rules import refuse_if
from agency.services.calendar import office
from supervision import rules
from supervision.enums.cases import CaseState, ReviewKind
from supervision.models import (
    AdministrationOrder,
    AdministrationReport,
    Case,
    SupervisionReview,
)
from supervision.notifications import cases as notifications
from supervision.notifications import orders as order_notifications
from supervision.permissions import cases as permissions
from supervision.services.history import record
from supervision.services.letters import report_letter

RULE = "B-20"


@transaction.atomic
def take_note(*, case_id: int, text: str, by: User, at: datetime) -> SupervisionReview:
    """Record that the administration has looked at the case and leaves it as it is."""
    refuse_if(permissions.not_permitted(permissions.TAKE_NOTE, by))
    case = Case.objects.locked(case_id)
    return SupervisionReview.objects.create(
        case=case, kind=ReviewKind.NOTED, text=text, by=by, at=at
    )


@transaction.atomic
def return_case(*, case_id: int, text: str, by: User, on: date, at: datetime) -> Case:
    """Give the case back because its facts are not clear: the agency supplements them."""
    refuse_if(permissions.not_permitted(permissions.RETURN_CASE, by))
    case = Case.objects.locked(case_id)
    refuse_if(rules.return_obstacles(state=case.state))
    due, _basis = rules.order_period(on, office(on=on, region=case.region))
    source = case.state
    case.send_back(due_on=due.on)
    case.save(update_fields=["state", "returned_from", "supplement_due_on"])
    review = SupervisionReview.objects.create(
        case=case, kind=ReviewKind.RETURNED, text=text, due_on=due.on, by=by, at=at
    )
    record(case, "return", source=source, on=on, at=at, by=by, reason=text, rule=RULE)
    notifications.returned(case, review=review.pk, at=at)
    return case


@transaction.atomic
def supplement_case(*, case_id: int, text: str, by: User, on: date, at: datetime) -> Case:
    """Answer the return: the supplement is recorded and the case goes on where it was."""
    refuse_if(permissions.not_permitted(permissions.SUPPLEMENT_CASE, by))
    case = Case.objects.locked(case_id)
    refuse_if(rules.state_obstacles(state=case.state, allowed=[CaseState.RETURNED]))
    source = case.state
    case.supplement()
    case.overdue_told_at = None
    case.save(update_fields=["state", "returned_from", "supplement_due_on", "overdue_told_at"])
    record(case, "supplement", source=source, on=on, at=at, by=by, reason=text, rule=RULE)
    notifications.supplemented(case, at=at)
    return case


@transaction.atomic
def send_report(*, case_id: int, text: str, by: User, on: date, at: datetime) -> Case:
    """Send the report of a grave measure to the administration; once."""
    refuse_if(permissions.not_permitted(permissions.SEND_REPORT, by))
    case = Case.objects.locked(case_id)
    unsent = AdministrationReport.objects.filter(case=case).unsent()
    refuse_if(rules.report_obstacles(unsent=unsent.exists()))
    report = unsent.get()
    report.text, report.sent_by, report.sent_at = text, by, at
    report.letter = report_letter(case, text, by=by, at=at)
    due, basis = rules.acknowledge_period(on, office(on=on, region=case.region))
    report.acknowledge_due_on, report.acknowledge_due_basis = due.on, basis.to_json()
    report.acknowledge_due_provisional = due.provisional
    report.save(
        update_fields=[
            "text",
            "sent_by",
            "sent_at",
            "letter",
            "acknowledge_due_on",
            "acknowledge_due_basis",
            "acknowledge_due_provisional",
        ]
    )
    record(
        case,
        "report",
        source=case.state,
        on=on,
        at=at,
        by=by,
        reason=text,
        rule=RULE,
        letter=report.letter,
    )
    notifications.report_sent(report, at=at)
    return case


@transaction.atomic
def remind_overdue(*, on: date, at: datetime) -> int:
    """Tell, once each, of orders, reports and supplements that are overdue; return how many."""
    count = 0
    for order in AdministrationOrder.objects.overdue(on=on).select_related(
        "case__opened_by", "ordered_by"
    ):
        if claim(AdministrationOrder, order.pk, at=at):
            order_notifications.order_overdue(order, at=at)
            count += 1
    for report in AdministrationReport.objects.overdue(on=on).select_related("case"):
        if claim(AdministrationReport, report.pk, at=at):
            notifications.report_overdue(report, at=at)
            count += 1
    for case in Case.objects.supplement_overdue(on=on).select_related("opened_by"):
        if claim(Case, case.pk, at=at):
            notifications.supplement_overdue(case, at=at)
            count += 1
    return count


def claim(model: type[Model], pk: int, *, at: datetime) -> bool:
    """Mark a row as told of; only one worker ever gets True."""
    return (
        model._default_manager.filter(pk=pk, overdue_told_at=None).update(overdue_told_at=at) == 1
    )
