"""Who may see, file and decide changes of information. Bank accounts decide where money goes: a
change of one is approved by the agency head, every other change by the intake clerk or the head.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.permissions import ADMINISTRATION_STAFF, AGENCY_STAFF, INSTITUTION_STAFF, act
from agency.rules import Obstacle
from institutions.enums.changes import ChangeState

if TYPE_CHECKING:
    from agency.models import User
    from institutions.models import ChangeRequest


VIEW_CHANGES = act(
    "institutions.changes.view",
    _("See changes of information"),
    *AGENCY_STAFF,
    *ADMINISTRATION_STAFF,
)

READ_CHANGES = act(
    "institutions.changes_read.view",
    _("Read changes of information"),
    *AGENCY_STAFF,
    *ADMINISTRATION_STAFF,
    *INSTITUTION_STAFF,
)

FILE_CHANGE = act("institutions.file_change", _("File a change"), Role.INSTITUTION_ADMINISTRATOR)

WITHDRAW_CHANGE = act(
    "institutions.withdraw_change", _("Withdraw the filing"), Role.INSTITUTION_ADMINISTRATOR
)

# It moves money where it changes the bank account; the page asks for a code then only.
APPROVE_CHANGE = act(
    "institutions.approve_change",
    _("Approve the change"),
    Role.INTAKE_CLERK,
    Role.AGENCY_HEAD,
    moves_money=True,
)

REJECT_CHANGE = act(
    "institutions.reject_change", _("Reject the change"), Role.INTAKE_CLERK, Role.AGENCY_HEAD
)

PAUSE_DECISION = act(
    "institutions.pause_decision",
    _("Wait for a supplement"),
    Role.INTAKE_CLERK,
    Role.AGENCY_HEAD,
)

RESUME_DECISION = act(
    "institutions.resume_decision",
    _("Supplement received"),
    Role.INTAKE_CLERK,
    Role.AGENCY_HEAD,
)

_NOT_OPEN = Obstacle(
    "change_not_open",
    _("This change has already been decided or withdrawn."),
    remedy=_("Look at its history."),
)


def decision_obstacles(change: ChangeRequest, user: User) -> list[Obstacle]:
    """Return why the user cannot decide the change at all, be it yes or no."""
    checks = {
        _NOT_OPEN: change.state != ChangeState.FILED,
        Obstacle(
            "not_entitled",
            _("Changes are decided by an intake clerk or the agency head."),
        ): not APPROVE_CHANGE.allows(user),
        Obstacle(
            "decided_by_filer",
            _("Whoever filed a change may not decide it."),
            rule="B-02",
            remedy=_("Ask a colleague to decide."),
        ): user.is_one_with(change.filed_by_id, change.filed_at),
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def approval_obstacles(change: ChangeRequest, user: User) -> list[Obstacle]:
    """Return why the user cannot approve the change now."""
    obstacles = decision_obstacles(change, user)
    if change.changes_account and not user.has_role(Role.AGENCY_HEAD):
        obstacles.append(
            Obstacle(
                "account_needs_head",
                _("A change of the bank account is approved by the agency head only."),
                rule="B-02",
                remedy=_("Leave it to the agency head; you may still reject it."),
            )
        )
    return obstacles


def withdrawal_obstacles(change: ChangeRequest, user: User) -> list[Obstacle]:
    """Return why the user cannot withdraw the filing now."""
    checks = {
        _NOT_OPEN: change.state != ChangeState.FILED,
        Obstacle(
            "not_entitled",
            _("Only an administrator of the institution may do this."),
        ): not WITHDRAW_CHANGE.allows(user),
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def can_approve(change: ChangeRequest, user: User) -> bool:
    return not approval_obstacles(change, user)


def can_reject(change: ChangeRequest, user: User) -> bool:
    return not decision_obstacles(change, user)


def can_withdraw(change: ChangeRequest, user: User) -> bool:
    return not withdrawal_obstacles(change, user)
