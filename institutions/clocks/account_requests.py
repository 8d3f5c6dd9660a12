"""The deadline of requests for accounts, entered in the office's register of clocks."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from agency.clocks import Duty, Matter, Step, clock
from agency.enums import Role
from agency.models import User
from agency.services.notices import holders
from institutions.clocks.members import CHUNK, members_by_institution
from institutions.models import AccountRequest, AccountRequestTransition
from institutions.permissions.accounts import VIEW_ACCOUNT_REQUESTS, VIEW_OWN_ACCOUNTS
from institutions.services.account_requests import DECISION_WORKDAYS


def _record(steps: Sequence[Step], on: date, at: datetime) -> None:
    AccountRequestTransition.objects.bulk_create(
        [
            AccountRequestTransition(
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


def _told(requests: Sequence[AccountRequest]) -> Mapping[int, list[User]]:
    """The clerks, and those of the institution for whom a request waits."""
    clerks = holders(Role.INTAKE_CLERK)
    members = members_by_institution(each.institution_id for each in requests)
    return {
        each.pk: [*clerks, *(members[each.institution_id] if each.is_waiting else [])]
        for each in requests
    }


ACCOUNT_REQUESTS = Matter(
    model=AccountRequest,
    key="account_request",
    record=_record,
    told=_told,
    desk_act=VIEW_ACCOUNT_REQUESTS,
    portal_act=VIEW_OWN_ACCOUNTS,
    visible=lambda rows, user: rows.visible_to(user),
    institution="institution",
    related=("institution__region",),
)

ACCOUNT_DECISION = clock(
    "institutions.account_request",
    _("Decision on a request for an account"),
    ACCOUNT_REQUESTS,
    due="decision_due_on",
    basis="decision_due_basis",
    open=AccountRequest.objects.to_decide,
    duty=Duty.OURS,
    parameter=DECISION_WORKDAYS,
)
