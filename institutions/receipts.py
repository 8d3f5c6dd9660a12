"""The receipts of what institutions and applicants file: whose turn it is in which state."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agency.clocks import Duty
from agency.receipts import receipt_kind
from institutions.enums.account_requests import AccountRequestState
from institutions.enums.changes import ChangeState
from institutions.models import AccountRequest, ChangeRequest

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
