"""Acts and who may do them: one table for views, API, admin and buttons. Denied by default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agency.enums import ADMINISTRATORS, Actor, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from agency.models import User


@dataclass(frozen=True, slots=True)
class Act:
    """Something a person may do. `code` is `app.verb`; `label` is what the button says."""

    code: str
    label: str | Promise
    roles: frozenset[Role]
    irreversible: bool = False
    moves_money: bool = False

    @property
    def app(self) -> str:
        return self.code.partition(".")[0]

    @property
    def only_looks(self) -> bool:
        return self.code.endswith(".view")

    @property
    def needs_second_factor(self) -> bool:
        """Whether everybody who may do it is verified by a second factor."""
        return self.moves_money or self.roles <= SECOND_FACTOR_ROLES

    def allows(self, user: User | AnonymousUser) -> bool:
        """Say whether the user's roles permit the act; whose object it is, is asked apart."""
        return user.is_authenticated and user.is_active and not self.roles.isdisjoint(user.roles)


# They can do nothing before they have set up and given a second factor.
SECOND_FACTOR_ROLES = frozenset({Role.PAYMENT_OFFICER, Role.AGENCY_HEAD, *ADMINISTRATORS})

ACTS: dict[str, Act] = {}


def act(
    code: str,
    label: str | Promise,
    *roles: Role,
    irreversible: bool = False,
    moves_money: bool = False,
) -> Act:
    """Enter an act in the table. Refuses a second entry, and roles of more than one actor
    unless the act only looks (`….view`). An act that moves money asks for a one-time code.
    """
    actors = {role.actor for role in roles}
    if code in ACTS or not roles:
        raise ValueError(f"act {code}: entered twice or without a role")
    if {Actor.AGENCY, Actor.ADMINISTRATION} <= actors and not code.endswith(".view"):
        raise ValueError(f"act {code}: agency and administration never share an act")
    ACTS[code] = Act(code, label, frozenset(roles), irreversible, moves_money)
    return ACTS[code]


# Security and audit administrators keep rights and logs; the office's matters are not theirs.
AGENCY_STAFF = tuple(
    role
    for role in Role
    if role.actor is Actor.AGENCY and role not in ADMINISTRATORS - {Role.SYSTEM_ADMINISTRATOR}
)
ADMINISTRATION_STAFF = tuple(role for role in Role if role.actor is Actor.ADMINISTRATION)
INSTITUTION_STAFF = tuple(role for role in Role if role.actor is Actor.INSTITUTION)

# Experts see at the desk nothing but the assessments they were drawn for.
USE_DESK = act(
    "agency.desk.view",
    _("Use the desk"),
    *AGENCY_STAFF,
    *ADMINISTRATORS,
    *ADMINISTRATION_STAFF,
    Role.EXPERT,
)
USE_PORTAL = act("agency.portal.view", _("Use the portal"), *INSTITUTION_STAFF)
USE_ADMIN = act(
    "agency.admin.view",
    _("Use the supervision pages"),
    *ADMINISTRATION_STAFF,
    Role.SYSTEM_ADMINISTRATOR,
)
SUPERVISE = act("agency.supervise.view", _("Look into all matters"), *ADMINISTRATION_STAFF)
# Accounts are the system administrator's, rights the security administrator's: nobody alone can
# make a person, give them rights and get in as them.
SEE_ACCESS = act(
    "agency.access.view", _("Roles and acts"), *AGENCY_STAFF, *ADMINISTRATORS, *ADMINISTRATION_STAFF
)
SEE_PEOPLE = act("agency.people.view", _("People"), *ADMINISTRATORS)
OPEN_ACCOUNT = act("agency.open_account", _("Open an account"), Role.SYSTEM_ADMINISTRATOR)
CLOSE_ACCOUNT = act("agency.close_account", _("Close the account"), Role.SYSTEM_ADMINISTRATOR)
REOPEN_ACCOUNT = act("agency.reopen_account", _("Reopen the account"), Role.SYSTEM_ADMINISTRATOR)
SET_PASSWORD = act("agency.set_password", _("Set a new password"), Role.SYSTEM_ADMINISTRATOR)
CHANGE_ROLES = act("agency.change_roles", _("Change the roles"), Role.SECURITY_ADMINISTRATOR)
GRANT_STAND_IN = act("agency.grant_stand_in", _("Grant a stand-in"), Role.SECURITY_ADMINISTRATOR)
REVOKE_STAND_IN = act(
    "agency.revoke_stand_in", _("Revoke the stand-in"), Role.SECURITY_ADMINISTRATOR
)
RESET_FACTOR = act("agency.reset_factor", _("Reset the second factor"), Role.SECURITY_ADMINISTRATOR)
END_SESSIONS = act("agency.end_sessions", _("End all sessions"), Role.SECURITY_ADMINISTRATOR)
SEE_LOG_INS = act("agency.log_ins.view", _("Log-ins"), Role.AUDIT_ADMINISTRATOR)
SEE_JOBS = act("agency.jobs.view", _("Look at the jobs"), Role.SYSTEM_ADMINISTRATOR)
SEE_REPORTS = act("agency.reports.view", _("See the reports"), *AGENCY_STAFF, *ADMINISTRATION_STAFF)
ASK_LAW = act("agency.law.view", _("Ask the lawbook"), *Role)

# Letters: each side writes, issues and serves its own; the administration reads the agency's.
_LETTER_STAFF = (
    Role.INTAKE_CLERK,
    Role.CLAIM_REVIEWER,
    Role.SETTLEMENT_OFFICER,
    Role.AUDIT_OFFICER,
    Role.AGREEMENT_OFFICER,
    Role.AGENCY_HEAD,
    Role.ARCHIVIST,
)
VIEW_LETTERS = act(
    "agency.letters.view", _("See the letters"), *AGENCY_STAFF, *ADMINISTRATION_STAFF
)
SERVE_BY_HAND = act("agency.serve_by_hand", _("Serve by hand"), *_LETTER_STAFF)
SERVE_BY_POST = act("agency.serve_by_post", _("Serve by post"), *_LETTER_STAFF)
SERVE_BY_NOTICE = act("agency.serve_by_notice", _("Serve by public notice"), *_LETTER_STAFF)
RECORD_DELIVERY = act("agency.record_delivery", _("Record the delivery"), *_LETTER_STAFF)
RECORD_FAILURE = act("agency.record_failure", _("Record that service failed"), *_LETTER_STAFF)
CORRECT_LETTER = act("agency.correct_letter", _("Correct the letter"), *_LETTER_STAFF)
WITHDRAW_LETTER = act(
    "agency.withdraw_letter", _("Withdraw the letter"), Role.AGENCY_HEAD, irreversible=True
)
WRITE_TEMPLATE = act(
    "agency.write_template",
    _("Write a template"),
    Role.AGREEMENT_OFFICER,
    Role.AUDIT_OFFICER,
    Role.SETTLEMENT_OFFICER,
    Role.ARCHIVIST,
    Role.AGENCY_HEAD,
)
RELEASE_TEMPLATE = act("agency.release_template", _("Release the template"), Role.AGENCY_HEAD)
RETIRE_TEMPLATE = act("agency.retire_template", _("Retire the template"), Role.AGENCY_HEAD)
ENTER_LETTERHEAD = act("agency.enter_letterhead", _("Enter a letterhead"), Role.AGENCY_HEAD)

SERVE_ADM_BY_HAND = act("agency.serve_adm_by_hand", _("Serve by hand"), *ADMINISTRATION_STAFF)
SERVE_ADM_BY_POST = act("agency.serve_adm_by_post", _("Serve by post"), *ADMINISTRATION_STAFF)
SERVE_ADM_BY_NOTICE = act(
    "agency.serve_adm_by_notice", _("Serve by public notice"), *ADMINISTRATION_STAFF
)
RECORD_ADM_DELIVERY = act(
    "agency.record_adm_delivery", _("Record the delivery"), *ADMINISTRATION_STAFF
)
RECORD_ADM_FAILURE = act(
    "agency.record_adm_failure", _("Record that service failed"), *ADMINISTRATION_STAFF
)
CORRECT_ADM_LETTER = act(
    "agency.correct_adm_letter", _("Correct the letter"), *ADMINISTRATION_STAFF
)
WITHDRAW_ADM_LETTER = act(
    "agency.withdraw_adm_letter",
    _("Withdraw the letter"),
    Role.ADMINISTRATION_HEAD,
    irreversible=True,
)
WRITE_ADM_TEMPLATE = act(
    "agency.write_adm_template", _("Write a template"), Role.SUPERVISOR, Role.LAW_OFFICER
)
RELEASE_ADM_TEMPLATE = act(
    "agency.release_adm_template",
    _("Release the template"),
    Role.LAW_OFFICER,
    Role.ADMINISTRATION_HEAD,
)
RETIRE_ADM_TEMPLATE = act(
    "agency.retire_adm_template",
    _("Retire the template"),
    Role.LAW_OFFICER,
    Role.ADMINISTRATION_HEAD,
)
ENTER_ADM_LETTERHEAD = act(
    "agency.enter_adm_letterhead", _("Enter a letterhead"), Role.ADMINISTRATION_HEAD
)

SEE_AUDIT = act("agency.audit.view", _("See the sealed history"), Role.AUDIT_ADMINISTRATOR)
VERIFY_HISTORY = act("agency.verify_history", _("Verify the history"), Role.AUDIT_ADMINISTRATOR)
SEE_READINGS = act(
    "agency.readings.view", _("See who read protected data"), Role.AUDIT_ADMINISTRATOR
)
RUN_JOB = act("agency.run_job", _("Run the job"), Role.SYSTEM_ADMINISTRATOR)
WATCH_JOB = act("agency.watch_job", _("Name who is told"), Role.SYSTEM_ADMINISTRATOR)
SEE_OUTBOX = act("agency.outbox.view", _("Look at outgoing mail"), Role.SYSTEM_ADMINISTRATOR)
RETRY_MAIL = act("agency.outbox.retry", _("Send the mail again"), Role.SYSTEM_ADMINISTRATOR)
CANCEL_MAIL = act("agency.outbox.cancel", _("Cancel the mail"), Role.SYSTEM_ADMINISTRATOR)

# --- regions, profiles and policy parameters --------------------------------------------------
_POLICY_PROPOSERS = (Role.AGREEMENT_OFFICER, Role.SETTLEMENT_OFFICER, Role.SYSTEM_ADMINISTRATOR)

SEE_POLICY = act(
    "agency.policy.view", _("Look at parameters and regions"), *AGENCY_STAFF, *ADMINISTRATION_STAFF
)
READ_PARAMETERS = act(
    "agency.parameters.view",
    _("Read the policy parameters"),
    *AGENCY_STAFF,
    *ADMINISTRATION_STAFF,
    *INSTITUTION_STAFF,
)
ADD_REGION = act("agency.add_region", _("Add a region"), Role.SYSTEM_ADMINISTRATOR)
SET_COORDINATION = act(
    "agency.set_coordination", _("Set the coordination region"), Role.SYSTEM_ADMINISTRATOR
)
PROPOSE_CHOICE = act("agency.propose_choice", _("Propose a profile"), *_POLICY_PROPOSERS)
WITHDRAW_CHOICE = act("agency.withdraw_choice", _("Withdraw the proposal"), *_POLICY_PROPOSERS)
APPROVE_CHOICE = act("agency.approve_choice", _("Approve the profile"), Role.AGENCY_HEAD)
REJECT_CHOICE = act("agency.reject_choice", _("Reject the profile"), Role.AGENCY_HEAD)
PROPOSE_PARAMETER = act("agency.propose_parameter", _("Propose a value"), *_POLICY_PROPOSERS)
WITHDRAW_PARAMETER = act(
    "agency.withdraw_parameter", _("Withdraw the proposal"), *_POLICY_PROPOSERS
)
APPROVE_PARAMETER = act("agency.approve_parameter", _("Approve the value"), Role.AGENCY_HEAD)
REJECT_PARAMETER = act("agency.reject_parameter", _("Reject the value"), Role.AGENCY_HEAD)

# --- calendar and deadlines -----------------------------------------------------------------
SEE_CALENDAR = act(
    "agency.calendar.view", _("Look at the calendar"), *AGENCY_STAFF, *ADMINISTRATION_STAFF
)
UPLOAD_CALENDAR = act("agency.upload_calendar", _("Upload a notice"), Role.SYSTEM_ADMINISTRATOR)
PUBLISH_CALENDAR = act(
    "agency.publish_calendar", _("Publish the calendar"), Role.SYSTEM_ADMINISTRATOR
)
DISCARD_CALENDAR = act("agency.discard_calendar", _("Discard"), Role.SYSTEM_ADMINISTRATOR)
ADD_CLOSING_DAY = act("agency.add_closing_day", _("Add a closing day"), Role.SYSTEM_ADMINISTRATOR)
REVOKE_CLOSING_DAY = act(
    "agency.revoke_closing_day", _("Revoke the closing day"), Role.SYSTEM_ADMINISTRATOR
)
SEE_DEADLINES = act(
    "agency.deadlines.view", _("Look at deadlines"), *AGENCY_STAFF, *ADMINISTRATION_STAFF
)
SEE_OWN_DEADLINES = act(
    "agency.own_deadlines.view", _("Look at the own deadlines"), *INSTITUTION_STAFF
)

# --- service matters of insured persons and units ---------------------------------------------
VIEW_BUNDLES = act(
    "agency.bundles.view",
    _("See the service matters"),
    Role.INTAKE_CLERK,
    Role.AGENCY_HEAD,
    *ADMINISTRATION_STAFF,
)
RECORD_BUNDLE = act("agency.record_bundle", _("Record at the counter"), Role.INTAKE_CLERK)
FINISH_PART = act("agency.finish_part", _("Done"), Role.INTAKE_CLERK)
RETURN_PART = act("agency.return_part", _("Return"), Role.INTAKE_CLERK, irreversible=True)
ASK_SUPPLEMENT = act("agency.ask_supplement", _("Ask for a supplement"), Role.INTAKE_CLERK)
TAKE_SUPPLEMENT = act("agency.take_supplement", _("Take in the supplement"), Role.INTAKE_CLERK)
READ_BUNDLE_PERSON = act(
    "agency.read_bundle_person", _("Show the personal data"), Role.INTAKE_CLERK
)
SET_PART = act("agency.set_bundle_part", _("Set the part"), Role.AGENCY_HEAD)
