"""Who names a ground, reviews, discusses, files and answers (B-14, B-20, C-05)."""

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.permissions import act

NAME_GROUND = act(
    "supervision.name_ground",
    _("Open proceedings"),
    Role.AUDIT_OFFICER,
    Role.AGREEMENT_OFFICER,
)
ISSUE_DEMAND = act("supervision.issue_demand", _("Issue a formal demand"), Role.AUDIT_OFFICER)
SERVE_DEMAND = act(
    "supervision.serve_demand", _("Record service of the demand"), Role.AUDIT_OFFICER
)
RECORD_DEMAND_PERFORMED = act(
    "supervision.record_demand_performed", _("Record that the demand was met"), Role.AUDIT_OFFICER
)
SUBMIT_FOR_REVIEW = act(
    "supervision.submit_for_review", _("Submit to legal review"), Role.AUDIT_OFFICER
)
REVIEW_LEGALITY = act("supervision.review_legality", _("Review the legality"), Role.LEGAL_REVIEWER)
RECORD_DISCUSSION = act(
    "supervision.record_discussion",
    _("Record the collective discussion"),
    Role.AUDIT_OFFICER,
    Role.AGENCY_HEAD,
)
FILE_DECISION = act("supervision.file_decision", _("File for review"), Role.AUDIT_OFFICER)
CORRECT_DECISION = act(
    "supervision.correct_decision",
    _("Correct the decision"),
    Role.AGENCY_HEAD,
    irreversible=True,
)
ANSWER_QUESTION = act(
    "supervision.answer_question", _("Answer the administration"), Role.AUDIT_OFFICER
)

ACKNOWLEDGE_REPORT = act(
    "supervision.acknowledge_report",
    _("Acknowledge the report"),
    Role.SUPERVISOR,
    Role.ADMINISTRATION_HEAD,
)
ASK_ABOUT_REPORT = act(
    "supervision.ask_about_report", _("Ask about the report"), Role.SUPERVISOR, Role.LAW_OFFICER
)
ANSWER_FILING = act(
    "supervision.answer_filing",
    _("Answer the filing"),
    Role.LAW_OFFICER,
    Role.ADMINISTRATION_HEAD,
)
