"""Orders of the administration and the agency's reports back (Order 2 arts. 47, 49)."""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from agency.models import OfficialLetter, Region, User
from agency.rules import refuse_if
from agency.services.attachments import UploadRef, store_files
from agency.services.calendar import office
from agency.services.numbers import next_number
from institutions.models import Institution
from supervision import rules
from supervision.enums.cases import ReviewKind
from supervision.enums.orders import AnswerOutcome, ExtensionOutcome, OrderKind
from supervision.models import (
    AdministrationOrder,
    AdministrationOrderTransition,
    Case,
    OrderAnswer,
    OrderExtension,
    SupervisionReview,
)
from supervision.notifications import orders as notifications
from supervision.permissions import orders as permissions
from supervision.permissions.cases import not_permitted
from supervision.services.history import record
from supervision.services.letters import order_letter

RULE = "B-20"


@transaction.atomic
def order_handling(
    *,
    institution: Institution,
    text: str,
    by: User,
    on: date,
    at: datetime,
    case_id: int | None = None,
    due_on: date | None = None,
    kind: OrderKind = OrderKind.HANDLE,
    lead: str = "",
) -> AdministrationOrder:
    """Order the agency to handle a breach, or to supplement the facts of a lead it transferred,
    by a day; without one, by the period of the rule.
    """
    refuse_if(not_permitted(permissions.ORDER_HANDLING, by))
    case = None if case_id is None else Case.objects.locked(case_id)
    if case:
        refuse_if(rules.order_obstacles(state=case.state))
    refuse_if(rules.lead_obstacles(kind=kind, lead=lead))
    region: Region = case.region if case else institution.region
    deadline, basis = rules.order_period(on, office(on=on, region=region))
    if due_on is not None:
        refuse_if(rules.order_day_obstacles(due_on=due_on, on=on))
    number = order_number(region, on)
    letter = order_letter(
        number=number,
        institution=institution,
        case=case,
        text=f"{lead}\n{text}" if lead else text,
        due_on=due_on or deadline.on,
        region=region,
        by=by,
        at=at,
    )
    order = AdministrationOrder.objects.create(
        number=number,
        institution=institution,
        case=case,
        kind=kind,
        lead=lead if kind == OrderKind.SUPPLEMENT else "",
        text=text,
        ordered_on=on,
        ordered_by=by,
        due_on=due_on or deadline.on,
        due_basis={} if due_on else basis.to_json(),
        due_provisional=False if due_on else deadline.provisional,
        letter=letter,
    )
    record_order(order, "order", source="", on=on, at=at, by=by, reason=text, letter=letter)
    if case:
        SupervisionReview.objects.create(
            case=case,
            kind=ReviewKind.ORDERED,
            text=text,
            due_on=order.due_on,
            order=order,
            by=by,
            at=at,
        )
    notifications.order_given(order, at=at)
    return order


def order_number(region: Region, on: date) -> str:
    return f"ORD-{region.pk}-{on.year}-{next_number(f'order.{region.pk}.{on.year}'):04d}"


@transaction.atomic
def answer_order(
    *,
    order_id: int,
    answer: str,
    by: User,
    on: date,
    at: datetime,
    files: Iterable[UploadedFile | UploadRef] = (),
) -> AdministrationOrder:
    """Report back on an order: what was done, with its files. To handle a breach there must be a
    case. A request for more time that is still open falls away.
    """
    refuse_if(not_permitted(permissions.ANSWER_ORDER, by))
    order = AdministrationOrder.objects.locked(order_id)
    refuse_if(
        rules.answer_obstacles(
            state=order.state, kind=order.kind, has_case=order.case_id is not None
        )
    )
    source = order.state
    order.report_back(answer=answer, by=by, at=at)
    order.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    given = OrderAnswer.objects.create(order=order, text=answer, given_at=at, given_by=by)
    given.files.set(store_files(files, by=by, at=at))
    record_order(order, "answer", source=source, on=on, at=at, by=by, reason=answer)
    notifications.order_answered(order, answer=given.pk, at=at)
    return order


@transaction.atomic
def accept_answer(
    *, order_id: int, by: User, on: date, at: datetime, text: str = ""
) -> AdministrationOrder:
    """Accept the agency's report: the order is done with."""
    refuse_if(not_permitted(permissions.ACCEPT_ANSWER, by))
    order = AdministrationOrder.objects.locked(order_id)
    refuse_if(rules.judging_obstacles(state=order.state))
    source = order.state
    order.accept()
    order.save(update_fields=["state"])
    _judge(order, AnswerOutcome.ACCEPTED, text=text, by=by, at=at)
    record_order(order, "accept_answer", source=source, on=on, at=at, by=by, reason=text)
    notifications.answer_accepted(order, at=at)
    return order


@transaction.atomic
def demand_more(
    *,
    order_id: int,
    text: str,
    by: User,
    on: date,
    at: datetime,
    due_on: date | None = None,
) -> AdministrationOrder:
    """Send the report back: the agency reports again, by a day or by the period of the rule."""
    refuse_if(not_permitted(permissions.DEMAND_MORE, by))
    order = AdministrationOrder.objects.locked(order_id)
    refuse_if(rules.judging_obstacles(state=order.state))
    if due_on is not None:
        refuse_if(rules.order_day_obstacles(due_on=due_on, on=on))
    region = region_of(order)
    deadline, basis = rules.order_period(on, office(on=on, region=region))
    source = order.state
    order.demand_more()
    order.due_on = due_on or deadline.on
    order.due_basis = {} if due_on else basis.to_json()
    order.due_provisional = False if due_on else deadline.provisional
    order.save(update_fields=["state", "due_on", "due_basis", "due_provisional", "overdue_told_at"])
    _judge(order, AnswerOutcome.DEMANDED_MORE, text=text, by=by, at=at)
    letter = order_letter(
        number=order.number,
        institution=order.institution,
        case=order.case,
        text=text,
        due_on=order.due_on,
        region=region,
        by=by,
        at=at,
    )
    record_order(
        order, "demand_more", source=source, on=on, at=at, by=by, reason=text, letter=letter
    )
    notifications.more_demanded(order, text=text, at=at)
    return order


@transaction.atomic
def ask_extension(
    *, order_id: int, wanted_on: date, reason: str, by: User, on: date, at: datetime
) -> OrderExtension:
    """Ask the administration for more time, before the deadline ends."""
    refuse_if(not_permitted(permissions.ASK_EXTENSION, by))
    order = AdministrationOrder.objects.locked(order_id)
    refuse_if(
        rules.asking_obstacles(
            state=order.state,
            due_on=order.due_on,
            wanted_on=wanted_on,
            on=on,
            asked=open_extension(order) is not None,
        )
    )
    extension = OrderExtension.objects.create(
        order=order,
        wanted_on=wanted_on,
        reason=reason,
        asked_at=at,
        asked_by=by,
        due_before=order.due_on,
    )
    record_order(order, "ask_extension", source=order.state, on=on, at=at, by=by, reason=reason)
    notifications.extension_asked(order, extension, at=at)
    return extension


@transaction.atomic
def grant_extension(
    *, order_id: int, due_on: date, by: User, on: date, at: datetime, reason: str = ""
) -> AdministrationOrder:
    """Give the agency more time: the deadline is the day named from now on."""
    refuse_if(not_permitted(permissions.GRANT_EXTENSION, by))
    order = AdministrationOrder.objects.locked(order_id)
    asked = open_extension(order)
    refuse_if(
        rules.granting_obstacles(asked=asked is not None, due_before=order.due_on, due_on=due_on)
        + rules.order_day_obstacles(due_on=due_on, on=on)
    )
    if asked is not None:
        asked.outcome, asked.due_after, asked.decision = ExtensionOutcome.GRANTED, due_on, reason
        asked.decided_at, asked.decided_by = at, by
        asked.save(update_fields=["outcome", "due_after", "decision", "decided_at", "decided_by"])
    order.due_on, order.due_basis, order.due_provisional = due_on, {}, False
    order.overdue_told_at = None
    order.save(update_fields=["due_on", "due_basis", "due_provisional", "overdue_told_at"])
    record_order(order, "grant_extension", source=order.state, on=on, at=at, by=by, reason=reason)
    notifications.extension_decided(order, granted=True, at=at)
    return order


@transaction.atomic
def refuse_extension(
    *, order_id: int, reason: str, by: User, on: date, at: datetime
) -> AdministrationOrder:
    """Refuse more time; the deadline stays."""
    refuse_if(not_permitted(permissions.REFUSE_EXTENSION, by))
    order = AdministrationOrder.objects.locked(order_id)
    asked = open_extension(order)
    refuse_if(
        rules.granting_obstacles(asked=asked is not None, due_before=order.due_on, due_on=None)
    )
    if asked is not None:
        asked.outcome, asked.decision = ExtensionOutcome.REFUSED, reason
        asked.decided_at, asked.decided_by = at, by
        asked.save(update_fields=["outcome", "decision", "decided_at", "decided_by"])
    record_order(order, "refuse_extension", source=order.state, on=on, at=at, by=by, reason=reason)
    notifications.extension_decided(order, granted=False, at=at)
    return order


def open_extension(order: AdministrationOrder) -> OrderExtension | None:
    """Return the request for more time that waits for the administration; none once the report
    has been given. One query.
    """
    if not order.is_open:
        return None
    return order.extensions.filter(outcome="").first()


def region_of(order: AdministrationOrder) -> Region:
    return order.case.region if order.case else order.institution.region


def _judge(
    order: AdministrationOrder, outcome: AnswerOutcome, *, text: str, by: User, at: datetime
) -> None:
    """The report that waits for the administration; an order of long ago may have none."""
    for answer in order.answers.select_for_update().filter(outcome=""):
        answer.outcome, answer.judgement = outcome, text
        answer.judged_at, answer.judged_by = at, by
        answer.save(update_fields=["outcome", "judgement", "judged_at", "judged_by"])


def record_order(
    order: AdministrationOrder,
    act: str,
    *,
    source: str,
    on: date,
    at: datetime,
    by: User | None,
    reason: str = "",
    letter: OfficialLetter | None = None,
) -> AdministrationOrderTransition:
    """Write the step into the order's history, and into its case's if it has one."""
    if order.case is not None:
        record(
            order.case,
            act,
            source=order.case.state,
            on=on,
            at=at,
            by=by,
            reason=reason,
            rule=RULE,
            letter=letter,
        )
    return AdministrationOrderTransition.objects.create(
        subject=order,
        act=act,
        source=source,
        target=order.state,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=RULE,
        letter=letter,
    )
