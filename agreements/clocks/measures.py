"""Until when obligations are paid, entered in the office's register of clocks."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from agency.clocks import Duty, Matter, Step, clock
from agency.enums import Role
from agency.models import User
from agency.services.notices import holders
from agreements.models import Obligation, ObligationTransition
from agreements.permissions.measures import VIEW_MEASURES, VIEW_OWN_MEASURES
from agreements.rules.measures import PAYMENT_WORKDAYS
from institutions.clocks.members import members_by_institution

CHUNK = 1000


def _record(steps: Sequence[Step], on: date, at: datetime) -> None:
    ObligationTransition.objects.bulk_create(
        [
            ObligationTransition(
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


def _told(rows: Sequence[Obligation]) -> Mapping[int, list[User]]:
    officers = holders(Role.PAYMENT_OFFICER)
    members = members_by_institution(each.institution_id for each in rows)
    return {each.pk: [*officers, *members[each.institution_id]] for each in rows}


OBLIGATIONS = Matter(
    model=Obligation,
    key="obligation",
    record=_record,
    told=_told,
    desk_act=VIEW_MEASURES,
    portal_act=VIEW_OWN_MEASURES,
    visible=lambda rows, user: rows.visible_to(user),
    institution="institution",
    related=("institution",),
)

OBLIGATION_PAYMENT = clock(
    "agreements.obligation_payment",
    _("Payment of what a measure demands"),
    OBLIGATIONS,
    due="due_on",
    basis="due_basis",
    provisional="due_provisional",
    open=Obligation.objects.theirs,
    duty=Duty.THEIRS,
    parameter=PAYMENT_WORKDAYS,
)

OBLIGATION_RESTORING = clock(
    "agreements.obligation_restoring",
    _("Paying back what was taken wrongly"),
    OBLIGATIONS,
    due="due_on",
    basis="due_basis",
    provisional="due_provisional",
    open=Obligation.objects.ours,
    duty=Duty.OURS,
    parameter=PAYMENT_WORKDAYS,
)
