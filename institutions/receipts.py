"""The receipts of what institutions and applicants file: whose turn it is in which state."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agency.clocks import Duty
from agency.receipts import check_code, receipt_kind
from institutions.enums.account_requests import AccountRequestState
from institutions.enums.changes import ChangeState
from institutions.enums.designation import ApplicationState
from institutions.enums.guidance import InquiryState
from institutions.enums.notices import ObjectionState
from institutions.enums.practitioners import ImportState
from institutions.models import (
    AccountRequest,
    ChangeRequest,
    DesignationApplication,
    Inquiry,
    Objection,
    RosterImport,
)

CHANGES = receipt_kind(
    "CHG",
    _("Change of information"),
    ChangeRequest,
    turns={
        ChangeState.FILED: Duty.OURS,
        ChangeState.CHECKED: Duty.OURS,
        ChangeState.REASSESSING: Duty.OURS,
        ChangeState.APPROVED: None,
        ChangeState.EFFECTIVE: None,
        ChangeState.REJECTED: None,
        ChangeState.STOPPED: None,
        ChangeState.WITHDRAWN: None,
    },
    answered=(
        ChangeState.APPROVED,
        ChangeState.EFFECTIVE,
        ChangeState.REJECTED,
        ChangeState.STOPPED,
    ),
    promise=("institutions.change_decision",),
)


ACCOUNT_REQUESTS = receipt_kind(
    "REG",
    _("Request for an account"),
    AccountRequest,
    turns={
        AccountRequestState.WAITING: Duty.OURS,
        AccountRequestState.OPENED: Duty.OURS,
        AccountRequestState.APPROVED: None,
        AccountRequestState.REVIEWED: None,
        AccountRequestState.REJECTED: None,
    },
    answered=(
        AccountRequestState.APPROVED,
        AccountRequestState.REVIEWED,
        AccountRequestState.REJECTED,
    ),
    promise=("institutions.account_request",),
    received="asked_at",
    acts=lambda row: [(_("Log in"), reverse("agency:login"))] if row.account.is_active else [],
)


def _inquiry_parts(inquiry: Inquiry) -> list[tuple[Any, Any, Any, Any]]:
    """What was asked back, and the answer: whoever holds the code may read both."""
    if inquiry.is_answered:
        return [(inquiry.subject, InquiryState.ANSWERED, None, inquiry.answer)]
    if inquiry.state == InquiryState.ASKED_BACK:
        asked = inquiry.transitions.filter(act="ask_back").last()
        text = asked.reason if asked else ""
        return [(_("Asked back"), InquiryState.ASKED_BACK, inquiry.reply_due_on, text)]
    return []


def _inquiry_acts(inquiry: Inquiry) -> list[tuple[Any, str]]:
    """A stranger replies with the code; an institution in the portal."""
    if inquiry.state != InquiryState.ASKED_BACK or inquiry.institution_id:
        return []
    asked = urlencode({"number": inquiry.number, "code": check_code(inquiry.number)})
    return [(_("Reply"), f"{reverse('institutions_public:question_reply')}?{asked}")]


INQUIRIES = receipt_kind(
    "INQ",
    _("Inquiry"),
    Inquiry,
    turns={
        InquiryState.FILED: Duty.OURS,
        InquiryState.ASKED_BACK: Duty.THEIRS,
        InquiryState.ANSWERED: None,
        InquiryState.WITHDRAWN: None,
        InquiryState.CLOSED: None,
    },
    answered=(InquiryState.ANSWERED,),
    promise=("institutions.inquiry_answer",),
    kind_of=lambda row: row.get_topic_display(),
    parts=_inquiry_parts,
    acts=_inquiry_acts,
)


def _application_parts(application: DesignationApplication) -> list[tuple[Any, Any, Any, Any]]:
    """What is asked for and not yet delivered."""
    if application.supplement_due_on is None:
        return []
    state, due = ApplicationState.SUPPLEMENT_REQUIRED, application.supplement_due_on
    return [(_("Missing material"), state, due, "")]


APPLICATIONS = receipt_kind(
    "APP",
    _("Application for designation"),
    DesignationApplication,
    turns={
        ApplicationState.SUBMITTED: Duty.OURS,
        ApplicationState.SUPPLEMENT_REQUIRED: Duty.THEIRS,
        ApplicationState.ACCEPTED: Duty.OURS,
        ApplicationState.ASSESSING: Duty.OURS,
        ApplicationState.PASSED: Duty.OURS,
        ApplicationState.FAILED: Duty.THEIRS,
        ApplicationState.RECTIFYING: Duty.THEIRS,
        ApplicationState.REASSESSING: Duty.OURS,
        ApplicationState.FILED: Duty.OURS,
        ApplicationState.PUBLIC_NOTICE: Duty.OURS,
        ApplicationState.OBJECTION: Duty.OURS,
        ApplicationState.NEGOTIATING: Duty.BOTH,
        ApplicationState.SIGNED: None,
        ApplicationState.NOT_ACCEPTED: None,
        ApplicationState.FAILED_FINAL: None,
        ApplicationState.NO_AGREEMENT: None,
        ApplicationState.WITHDRAWN: None,
    },
    answered=(
        ApplicationState.SIGNED,
        ApplicationState.NOT_ACCEPTED,
        ApplicationState.FAILED_FINAL,
        ApplicationState.NO_AGREEMENT,
    ),
    promise=("institutions.application_assessment", "institutions.application_notice"),
    received="submitted_at",
    parts=_application_parts,
)


def _objection_parts(objection: Objection) -> list[tuple[Any, Any, Any, Any]]:
    """The answer, for whoever left no address."""
    if objection.is_open:
        return []
    state = ObjectionState(objection.state)
    return [(_("Answer"), state, None, objection.decision_reason)]


OBJECTIONS = receipt_kind(
    "OBJ",
    _("Objection to a public notice"),
    Objection,
    turns={
        ObjectionState.UNDECIDED: Duty.OURS,
        ObjectionState.UPHELD: None,
        ObjectionState.REJECTED: None,
        ObjectionState.INADMISSIBLE: None,
    },
    answered=(ObjectionState.UPHELD, ObjectionState.REJECTED, ObjectionState.INADMISSIBLE),
    promise=("institutions.objection_decision",),
    received="received_at",
    institution="entry__application__institution",
    parts=_objection_parts,
)

# The institution's own affair from end to end: nothing waits for the agency.
ROSTER_IMPORTS = receipt_kind(
    "ROS",
    _("Roster import"),
    RosterImport,
    turns={
        ImportState.PREVIEWED: Duty.THEIRS,
        ImportState.APPLIED: None,
        ImportState.UNDONE: None,
    },
    answered=(),
    received="uploaded_at",
)
