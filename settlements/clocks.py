"""The payout deadline, entered in the office's register of clocks."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from agency.clocks import Duty, Matter, Step, clock
from agency.models import User
from agency.services.calendar import office
from agency.workdays import WorkdayCalendar
from settlements import notifications
from settlements.enums import BreachState, StatementState
from settlements.models import PotentialBreach, Statement, StatementTransition
from settlements.permissions import VIEW_OWN_STATEMENTS, VIEW_STATEMENTS
from settlements.rules import PayoutQuestion, payout
from settlements.services.overdue import staff_by_role

CHUNK = 1000


def _record(steps: Sequence[Step], on: date, at: datetime) -> None:
    StatementTransition.objects.bulk_create(
        [
            StatementTransition(
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


def _told(statements: Sequence[Statement]) -> Mapping[int, list[User]]:
    """Whoever acts next, and the institution."""
    staff = staff_by_role(notifications.RESPONSIBLE.values())
    members = notifications.members_of(each.institution_id for each in statements)
    return {
        each.pk: [
            *staff[notifications.RESPONSIBLE[StatementState(each.state)]],
            *members.get(each.institution_id, ()),
        ]
        for each in statements
    }


def _settle(statements: Sequence[Any], calendar: WorkdayCalendar, on: date) -> Mapping[int, str]:
    """Set the alarms anew; what a later deadline undoes has not happened."""
    regions = {each.institution.region_id: each.institution.region for each in statements}
    offices = {code: office(on=on, region=region) for code, region in regions.items()}
    for each in statements:
        question = PayoutQuestion(declared_on=each.declared_on, today=on)
        alarms = payout(question, offices[each.institution.region_id])
        each.alarm_20_on, each.alarm_27_on = alarms.alarm_20_on, alarms.alarm_27_on
        if each.alarm_20_on > on:
            each.alarmed_20_at = None
        if each.alarm_27_on > on:
            each.alarmed_27_at = None
        if each.due_on >= on:
            each.overdue_at = None
    return {}


def _cancel_breaches(statements: Sequence[Any], on: date, at: datetime) -> None:
    """A payment no longer overdue by the new deadline was no breach."""
    put_off = [each.pk for each in statements if each.due_on >= on]
    PotentialBreach.objects.running().filter(statement__in=put_off).update(
        state=BreachState.CANCELLED, ended_on=on
    )


STATEMENTS = Matter(
    model=Statement,
    key="statement",
    record=_record,
    told=_told,
    desk_act=VIEW_STATEMENTS,
    portal_act=VIEW_OWN_STATEMENTS,
    visible=lambda rows, user: rows.visible_to(user),
    institution="institution",
    related=("institution__region",),
    columns=("alarm_20_on", "alarm_27_on", "alarmed_20_at", "alarmed_27_at", "overdue_at"),
    settle=_settle,
    settled=_cancel_breaches,
)

PAYOUT = clock(
    "settlements.payout",
    _("Payment of a statement"),
    STATEMENTS,
    due="due_on",
    basis="due_basis",
    provisional="due_provisional",
    open=Statement.objects.open,
    duty=Duty.OURS,
    owed=True,
)
