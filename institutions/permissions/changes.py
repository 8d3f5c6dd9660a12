"""Who may see, file, check and decide changes of information.

The intake clerk checks every filing. Where money goes elsewhere, or a field changes on which the
designation rests, the agency head approves; everything else an intake clerk may approve as well.
Of a bank account nobody both checks and approves (B-02).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.permissions import ADMINISTRATION_STAFF, AGENCY_STAFF, INSTITUTION_STAFF, act
from agency.rules import Obstacle
from institutions.enums.changes import ChangeState
from institutions.rules.reevaluation import Route

if TYPE_CHECKING:
    from agency.models import User
    from institutions.models import AddressCommitment, ChangeRequest


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

STOP_OWN_CHANGE = act(
    "institutions.stop_own_change",
    _("Stop the new account"),
    Role.INSTITUTION_ADMINISTRATOR,
    irreversible=True,
)

CHECK_CHANGE = act("institutions.check_change", _("Check the filing"), Role.INTAKE_CLERK)

CHOOSE_ROUTE = act("institutions.choose_route", _("Decide on a new assessment"), Role.AGENCY_HEAD)

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

STOP_CHANGE = act(
    "institutions.stop_change", _("Stop the new account"), Role.AGENCY_HEAD, irreversible=True
)

VERIFY_COMMITMENT = act(
    "institutions.verify_commitment",
    _("Record the visit to the new place"),
    Role.INTAKE_CLERK,
    Role.AGREEMENT_OFFICER,
    irreversible=True,
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
_BY_FILER = Obstacle(
    "decided_by_filer",
    _("Whoever filed a change may not decide it."),
    rule="B-02",
    remedy=_("Ask a colleague to decide."),
)


def _true(checks: dict[Obstacle, bool]) -> list[Obstacle]:
    return [obstacle for obstacle, applies in checks.items() if applies]


def needs_head(change: ChangeRequest) -> bool:
    """Whether the agency head alone approves it. Reads the items."""
    return change.changes_account or change.is_decisive


def check_obstacles(change: ChangeRequest, user: User) -> list[Obstacle]:
    """Return why the user cannot check the filing now."""
    return _true(
        {
            _NOT_OPEN: not change.is_open,
            Obstacle(
                "change_checked",
                _("The filing has been checked already."),
                remedy=_("Look at its history."),
            ): change.is_open and change.state != ChangeState.FILED,
            Obstacle(
                "not_entitled", _("Filings are checked by an intake clerk.")
            ): not CHECK_CHANGE.allows(user),
            _BY_FILER: user.is_one_with(change.filed_by_id, change.filed_at),
        }
    )


def route_obstacles(change: ChangeRequest, user: User) -> list[Obstacle]:
    """Return why the user cannot decide now whether the change is assessed anew."""
    return _true(
        {
            _NOT_OPEN: not change.is_open,
            Obstacle(
                "change_unchecked",
                _("The filing has not been checked yet."),
                remedy=_("An intake clerk checks it first."),
            ): change.state == ChangeState.FILED,
            Obstacle(
                "route_is_given",
                _("Nobody has to decide this: the table or the head has said what follows."),
                rule="C-09",
            ): change.route != Route.MANUAL_REVIEW or bool(change.chosen_route),
            Obstacle(
                "not_entitled", _("This is decided by the agency head.")
            ): not CHOOSE_ROUTE.allows(user),
        }
    )


def decision_obstacles(change: ChangeRequest, user: User) -> list[Obstacle]:
    """Return why the user cannot decide the change at all, be it yes or no."""
    return _true(
        {
            _NOT_OPEN: not change.is_open,
            Obstacle(
                "not_entitled",
                _("Changes are decided by an intake clerk or the agency head."),
            ): not APPROVE_CHANGE.allows(user),
            _BY_FILER: user.is_one_with(change.filed_by_id, change.filed_at),
        }
    )


def approval_obstacles(change: ChangeRequest, user: User) -> list[Obstacle]:
    """Return why the user cannot approve the change now."""
    return decision_obstacles(change, user) + _true(
        {
            Obstacle(
                "change_unchecked",
                _("The filing has not been checked yet."),
                remedy=_("An intake clerk checks it first."),
            ): change.state == ChangeState.FILED,
            Obstacle(
                "route_not_chosen",
                _("Whether a new assessment is needed has not been decided yet."),
                rule="C-09",
                remedy=_("The agency head decides it first."),
            ): change.final_route is Route.MANUAL_REVIEW and change.state == ChangeState.CHECKED,
            Obstacle(
                "assessment_not_passed",
                _("The new assessment has not been passed yet."),
                rule="C-09",
                remedy=_("Wait for its result."),
            ): change.final_route is Route.REEVAL
            and change.state in (ChangeState.CHECKED, ChangeState.REASSESSING)
            and not change.passed_assessment,
            Obstacle(
                "account_needs_head",
                _("A change of the bank account is approved by the agency head only."),
                rule="B-02",
                remedy=_("Leave it to the agency head; you may still reject it."),
            ): change.changes_account and not user.has_role(Role.AGENCY_HEAD),
            Obstacle(
                "decisive_needs_head",
                _(
                    "A change of persons, address or nature is approved by the agency head only: "
                    "the designation rests on them."
                ),
                rule="C-09",
                remedy=_("Leave it to the agency head; you may still reject it."),
            ): not change.changes_account
            and change.is_decisive
            and not user.has_role(Role.AGENCY_HEAD),
            Obstacle(
                "approved_by_checker",
                _("Whoever checked a change of the bank account may not approve it."),
                rule="B-02",
                remedy=_("Another person has to approve it."),
            ): change.changes_account
            and change.checked_at is not None
            and user.is_one_with(change.checked_by_id, change.checked_at),
        }
    )


def withdrawal_obstacles(change: ChangeRequest, user: User) -> list[Obstacle]:
    """Return why the user cannot withdraw the filing now."""
    return _true(
        {
            _NOT_OPEN: not change.is_open,
            Obstacle(
                "not_entitled",
                _("Only an administrator of the institution may do this."),
            ): not WITHDRAW_CHANGE.allows(user),
        }
    )


def stop_obstacles(change: ChangeRequest, user: User) -> list[Obstacle]:
    """Return why the user cannot stop the new account now."""
    return _true(
        {
            Obstacle(
                "change_in_effect",
                _("The change has taken effect already."),
                rule="B-13a",
                remedy=_("File the account that is to hold as a new change."),
            ): change.state == ChangeState.EFFECTIVE,
            Obstacle(
                "change_not_waiting",
                _("Only an approved change that waits for its day can be stopped."),
                remedy=_("Before its approval a filing is withdrawn or rejected."),
            ): change.state not in (ChangeState.APPROVED, ChangeState.EFFECTIVE),
            Obstacle(
                "not_entitled",
                _("It is stopped by an administrator of the institution or by the agency head."),
            ): not (STOP_CHANGE.allows(user) or STOP_OWN_CHANGE.allows(user)),
        }
    )


def commitment_obstacles(commitment: AddressCommitment, user: User) -> list[Obstacle]:
    """Return why the user cannot record a visit to the new place now."""
    return _true(
        {
            Obstacle(
                "commitment_found",
                _("The visit has been recorded already."),
                remedy=_("Look at its history."),
            ): not commitment.is_to_verify and commitment.check_due_on is not None,
            Obstacle(
                "commitment_not_due",
                _("The move is not in effect yet."),
                rule="C-09",
                remedy=_("The new place is visited once the change has been approved."),
            ): commitment.check_due_on is None,
            Obstacle(
                "not_entitled",
                _("Visits are recorded by an intake clerk or an agreement officer."),
            ): not VERIFY_COMMITMENT.allows(user),
        }
    )
