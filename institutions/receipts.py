"""The receipts of what institutions and applicants file: whose turn it is in which state."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agency.clocks import Duty
from agency.receipts import check_code, receipt_kind
from institutions.enums.account_requests import AccountRequestState
from institutions.enums.changes import ChangeState
from institutions.enums.guidance import InquiryState
from institutions.models import AccountRequest, ChangeRequest, Inquiry

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
