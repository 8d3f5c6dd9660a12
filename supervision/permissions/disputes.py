"""Who may do what about breaches by the agency and disputes. The agency acts for itself, the
administration coordinates and takes measures on it; nothing is shared but looking.
"""

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.permissions import ADMINISTRATION_STAFF, INSTITUTION_STAFF, act

_DESK = (
    Role.AGREEMENT_OFFICER,
    Role.AUDIT_OFFICER,
    Role.SETTLEMENT_OFFICER,
    Role.AGENCY_HEAD,
    Role.ARCHIVIST,
)
_HANDLING = (Role.AGREEMENT_OFFICER, Role.AUDIT_OFFICER, Role.AGENCY_HEAD)
_ANSWERING = (Role.AGREEMENT_OFFICER, Role.SETTLEMENT_OFFICER, Role.AGENCY_HEAD)
_COORDINATING = (Role.SUPERVISOR, Role.LAW_OFFICER, Role.ADMINISTRATION_HEAD)
_SUPERVISING = (Role.SUPERVISOR, Role.ADMINISTRATION_HEAD)

VIEW_DISPUTES = act("supervision.disputes.view", _("Disputes"), *_DESK, *ADMINISTRATION_STAFF)
READ_DISPUTES = act(
    "supervision.disputes_read.view",
    _("Read disputes"),
    *_DESK,
    *ADMINISTRATION_STAFF,
    *INSTITUTION_STAFF,
)
VIEW_OWN_DISPUTES = act("supervision.own_disputes.view", _("Remedies"), *INSTITUTION_STAFF)

# --- the institution ----------------------------------------------------------------------------
FILE_DEMAND = act("supervision.file_demand", _("Demand correction"), *INSTITUTION_STAFF)
WITHDRAW_DEMAND = act(
    "supervision.withdraw_demand", _("Withdraw the demand"), *INSTITUTION_STAFF, irreversible=True
)
FILE_DISPUTE = act("supervision.file_dispute", _("File a dispute"), *INSTITUTION_STAFF)
ADD_TO_DISPUTE = act("supervision.add_to_dispute", _("Add a document"), *INSTITUTION_STAFF)
ANSWER_PROPOSAL = act("supervision.answer_proposal", _("Answer the proposal"), *INSTITUTION_STAFF)
WITHDRAW_DISPUTE = act(
    "supervision.withdraw_dispute",
    _("Withdraw the dispute"),
    *INSTITUTION_STAFF,
    irreversible=True,
)

# --- the agency ---------------------------------------------------------------------------------
ACCEPT_DEMAND = act("supervision.accept_demand", _("Accept the demand"), *_ANSWERING)
REFUSE_DEMAND = act("supervision.refuse_demand", _("Refuse the demand"), *_ANSWERING)
RECORD_CORRECTION = act("supervision.record_correction", _("Record the correction"), *_ANSWERING)
ENTER_DISPUTE = act("supervision.enter_dispute", _("Enter a dispute"), *_HANDLING)
ACCEPT_DISPUTE = act("supervision.accept_dispute", _("Record the acceptance"), *_HANDLING)
NOT_ACCEPT_DISPUTE = act(
    "supervision.not_accept_dispute", _("Record that it is not accepted"), *_HANDLING
)
RECORD_STEP = act("supervision.record_dispute_step", _("Record a step"), *_HANDLING)
AGENCY_ANSWER = act("supervision.agency_answer", _("Answer for the agency"), *_HANDLING)
RECORD_RESULT = act(
    "supervision.record_dispute_result",
    _("Record the result"),
    Role.AGENCY_HEAD,
    irreversible=True,
)
CARRY_OUT = act(
    "supervision.carry_out_settlement",
    _("Carry out what was settled"),
    Role.AGENCY_HEAD,
    irreversible=True,
)
REPORT_MEASURE = act(
    "supervision.report_agency_measure",
    _("Report on the measure"),
    Role.AGENCY_HEAD,
    Role.AGREEMENT_OFFICER,
)
EXTEND_RECONSIDERATION = act(
    "supervision.extend_reconsideration", _("Record the extension"), *_HANDLING
)

# --- the administration -------------------------------------------------------------------------
ACCEPT_COORDINATION = act(
    "supervision.accept_coordination", _("Accept for coordination"), *_COORDINATING
)
NOT_ACCEPT_COORDINATION = act(
    "supervision.not_accept_coordination", _("Do not accept"), *_COORDINATING
)
INVITE_SIDES = act("supervision.invite_sides", _("Invite both sides"), *_COORDINATING)
PROPOSE = act("supervision.propose", _("Record a proposal"), *_COORDINATING)
CONCLUDE = act(
    "supervision.conclude_coordination",
    _("Conclude the coordination"),
    *_COORDINATING,
    irreversible=True,
)
TAKE_MEASURE = act("supervision.take_agency_measure", _("Measure on the agency"), *_SUPERVISING)
RETURN_REPORT = act("supervision.return_measure_report", _("Return the report"), *_SUPERVISING)
CLOSE_MEASURE = act("supervision.close_agency_measure", _("End the follow-up"), *_SUPERVISING)
