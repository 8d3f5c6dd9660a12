"""The receipts of requests about agreements: whose turn it is in which state."""

from django.utils.translation import gettext_lazy as _

from agency.clocks import Duty
from agency.receipts import receipt_kind
from agreements.enums.life import RequestState
from agreements.models import AgreementRequest

REQUESTS = receipt_kind(
    "REQ",
    _("Request about an agreement"),
    AgreementRequest,
    turns={
        RequestState.FILED: Duty.OURS,
        RequestState.ACCEPTED: None,
        RequestState.REFUSED: None,
        RequestState.WITHDRAWN: None,
        RequestState.PERFORMED: None,
        RequestState.LAPSED: None,
    },
    answered=(RequestState.ACCEPTED, RequestState.REFUSED, RequestState.PERFORMED),
    promise=("agreements.request_decision",),
    institution="agreement__institution",
    kind_of=lambda row: row.get_kind_display(),
)
