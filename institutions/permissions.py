"""Who may see and do what with the register. Bank accounts decide where money goes: a change of
one is approved by the agency head, every other change by the intake clerk or the head.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.permissions import ADMINISTRATION_STAFF, AGENCY_STAFF, INSTITUTION_STAFF, act
from agency.rules import Obstacle
from institutions.enums import ChangeState

if TYPE_CHECKING:
    from agency.models import User
    from institutions.models import ApiToken, ChangeRequest, Institution

VIEW_INSTITUTIONS = act(
    "institutions.register.view", _("See the institutions"), *AGENCY_STAFF, *ADMINISTRATION_STAFF
)
READ_REGISTER = act("institutions.public_facts.view", _("Read the register"), *Role)
VIEW_OWN_INSTITUTION = act(
    "institutions.own.view", _("See the own institution"), *INSTITUTION_STAFF
)
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
# Whoever decides a change, pays, audits or answers an institution may need the whole number.
READ_ACCOUNT = act(
    "institutions.read_account",
    _("Show the account"),
    Role.INTAKE_CLERK,
    Role.SETTLEMENT_OFFICER,
    Role.PAYMENT_OFFICER,
    Role.AUDIT_OFFICER,
    Role.AGENCY_HEAD,
)
READ_OWN_ACCOUNT = act(
    "institutions.read_own_account", _("Show the account"), Role.INSTITUTION_ADMINISTRATOR
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
VERIFY_ENTRY = act("institutions.verify_entry", _("Enter the codes"), Role.INTAKE_CLERK)
ADD_MEMBER = act("institutions.add_member", _("Add an account"), Role.SYSTEM_ADMINISTRATOR)
VIEW_OWN_LETTERS = act("institutions.own_letters.view", _("Letters"), *INSTITUTION_STAFF)
CONFIRM_RECEIPT = act(
    "institutions.confirm_receipt",
    _("Confirm receipt"),
    Role.INSTITUTION_ADMINISTRATOR,
    irreversible=True,
)
GIVE_CONSENT = act(
    "institutions.give_consent",
    _("Consent to electronic service"),
    Role.INSTITUTION_ADMINISTRATOR,
)
REVOKE_CONSENT = act(
    "institutions.revoke_consent", _("Revoke the consent"), Role.INSTITUTION_ADMINISTRATOR
)

VIEW_OWN_TOKENS = act(
    "institutions.own_tokens.view",
    _("See the tokens of the own systems"),
    Role.INSTITUTION_ADMINISTRATOR,
)
MAKE_TOKEN = act("institutions.make_token", _("Make a token"), Role.INSTITUTION_ADMINISTRATOR)
REVOKE_OWN_TOKEN = act(
    "institutions.revoke_own_token",
    _("Revoke the token"),
    Role.INSTITUTION_ADMINISTRATOR,
    irreversible=True,
)
VIEW_TOKENS = act(
    "institutions.tokens.view", _("See the tokens of all systems"), Role.SECURITY_ADMINISTRATOR
)
REVOKE_TOKEN = act(
    "institutions.revoke_token",
    _("Revoke the token"),
    Role.SECURITY_ADMINISTRATOR,
    irreversible=True,
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


def verification_obstacles(institution: Institution, user: User) -> list[Obstacle]:
    """Return why the user cannot enter the codes of the institution."""
    checks = {
        Obstacle(
            "already_verified",
            _("This institution has its national code; a code never changes."),
        ): institution.is_verified,
        Obstacle("not_entitled", _("Codes are entered by an intake clerk.")): (
            not VERIFY_ENTRY.allows(user)
        ),
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def can_approve(change: ChangeRequest, user: User) -> bool:
    return not approval_obstacles(change, user)


def can_reject(change: ChangeRequest, user: User) -> bool:
    return not decision_obstacles(change, user)


def can_withdraw(change: ChangeRequest, user: User) -> bool:
    return not withdrawal_obstacles(change, user)


def revocation_obstacles(token: ApiToken, user: User) -> list[Obstacle]:
    """Return why the user cannot revoke the token."""
    checks = {
        Obstacle("token_revoked", _("This token has been revoked already.")): token.is_revoked,
        Obstacle(
            "not_entitled",
            _("Tokens are revoked by an administrator of the institution or of security."),
        ): not (REVOKE_TOKEN.allows(user) or REVOKE_OWN_TOKEN.allows(user)),
    }
    return [obstacle for obstacle, applies in checks.items() if applies]
