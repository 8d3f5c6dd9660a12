"""The deadlines of orders of the administration, entered in the office's register of clocks."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from agency.clocks import Duty, Matter, Step, clock
from agency.enums import Role
from agency.models import User
from agency.services.notices import holders
from supervision.models import AdministrationOrder, AdministrationOrderTransition
from supervision.permissions.cases import VIEW_CASES
from supervision.rules import ORDER_WORKDAYS

CHUNK = 1000


def _record(steps: Sequence[Step], on: date, at: datetime) -> None:
    AdministrationOrderTransition.objects.bulk_create(
        [
            AdministrationOrderTransition(
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


def _told(rows: Sequence[AdministrationOrder]) -> Mapping[int, list[User]]:
    """The agency, which owes it, and the administration, which waits for it."""
    people = holders(Role.AUDIT_OFFICER, Role.SUPERVISOR)
    return {each.pk: people for each in rows}


ORDERS = Matter(
    model=AdministrationOrder,
    key="administration_order",
    record=_record,
    told=_told,
    desk_act=VIEW_CASES,
    institution="institution",
    related=("institution", "case"),
)

ORDER = clock(
    "supervision.order",
    _("Order of the administration"),
    ORDERS,
    due="due_on",
    basis="due_basis",
    provisional="due_provisional",
    open=AdministrationOrder.objects.unanswered,
    duty=Duty.OURS,
    parameter=ORDER_WORKDAYS,
)
