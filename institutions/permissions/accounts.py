"""Who decides requests for accounts, and who manages the accounts of an institution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.permissions import ADMINISTRATION_STAFF, AGENCY_STAFF, act
from agency.rules import Obstacle
from institutions.enums.account_requests import AccountRequestState

if TYPE_CHECKING:
    from agency.models import User
    from institutions.models import AccountRequest


VIEW_ACCOUNT_REQUESTS = act(
    "institutions.account_requests.view",
    _("See the requests for accounts"),
    *AGENCY_STAFF,
    *ADMINISTRATION_STAFF,
)

APPROVE_ACCOUNT = act("institutions.approve_account", _("Approve the account"), Role.INTAKE_CLERK)

REVIEW_ACCOUNT = act(
    "institutions.review_account", _("Confirm the look at the licence"), Role.INTAKE_CLERK
)

REJECT_ACCOUNT = act(
    "institutions.reject_account",
    _("Refuse the account"),
    Role.INTAKE_CLERK,
    irreversible=True,
)

VIEW_OWN_ACCOUNTS = act(
    "institutions.own_accounts.view",
    _("See the accounts of the own institution"),
    Role.INSTITUTION_ADMINISTRATOR,
)

APPROVE_OWN_ACCOUNT = act(
    "institutions.approve_own_account",
    _("Approve the account"),
    Role.INSTITUTION_ADMINISTRATOR,
)

REJECT_OWN_ACCOUNT = act(
    "institutions.reject_own_account",
    _("Refuse the account"),
    Role.INSTITUTION_ADMINISTRATOR,
    irreversible=True,
)

OPEN_OWN_ACCOUNT = act(
    "institutions.open_own_account", _("Open an account"), Role.INSTITUTION_ADMINISTRATOR
)

CLOSE_OWN_ACCOUNT = act(
    "institutions.close_own_account", _("Close the account"), Role.INSTITUTION_ADMINISTRATOR
)

SET_OWN_PASSWORD = act(
    "institutions.set_own_password", _("Set a new password"), Role.INSTITUTION_ADMINISTRATOR
)

_DECIDED = Obstacle(
    "account_request_decided",
    _("This request has been decided already."),
    remedy=_("Look at its history."),
)


def _not_entitled(request: AccountRequest, user: User) -> bool:
    """Only an intake clerk may, or an administrator of the institution itself."""
    if APPROVE_ACCOUNT.allows(user):
        return False
    member = request.institution.memberships.filter(user=user).exists()
    return not (member and APPROVE_OWN_ACCOUNT.allows(user))


def _checked(checks: dict[Obstacle, bool]) -> list[Obstacle]:
    return [obstacle for obstacle, applies in checks.items() if applies]


_STRANGER = Obstacle(
    "not_entitled",
    _("Requests are decided by an intake clerk or an administrator of the institution."),
    rule="C-08",
)


def approval_obstacles(request: AccountRequest, user: User) -> list[Obstacle]:
    """Return why the user cannot let the account open."""
    return _checked(
        {
            _DECIDED: request.state != AccountRequestState.WAITING,
            _STRANGER: _not_entitled(request, user),
        }
    )


def review_obstacles(request: AccountRequest, user: User) -> list[Obstacle]:
    """Return why the user cannot confirm the look at an account opened at once."""
    return _checked(
        {
            _DECIDED: request.state != AccountRequestState.OPENED,
            Obstacle(
                "not_entitled", _("Accounts opened at once are looked at by an intake clerk.")
            ): not REVIEW_ACCOUNT.allows(user),
        }
    )


def rejection_obstacles(request: AccountRequest, user: User) -> list[Obstacle]:
    """Return why the user cannot refuse the account, or close it again."""
    opened = request.state == AccountRequestState.OPENED
    return _checked(
        {
            _DECIDED: not request.is_open,
            _STRANGER: _not_entitled(request, user) or (opened and not REJECT_ACCOUNT.allows(user)),
        }
    )
