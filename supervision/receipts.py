"""The receipts of demands for correction and disputes: whose turn it is in which state."""

from django.utils.translation import gettext_lazy as _

from agency.clocks import Duty
from agency.receipts import receipt_kind
from supervision.enums.disputes import DemandState, DisputeState
from supervision.models import CorrectionDemand, Dispute

DEMANDS = receipt_kind(
    "DEM",
    _("Demand for correction"),
    CorrectionDemand,
    turns={
        DemandState.FILED: Duty.OURS,
        DemandState.ACCEPTED: Duty.OURS,
        DemandState.REFUSED: None,
        DemandState.CORRECTED: None,
        DemandState.WITHDRAWN: None,
    },
    answered=(DemandState.REFUSED, DemandState.CORRECTED),
    promise=("supervision.demand_answer",),
)

DISPUTES = receipt_kind(
    "DSP",
    _("Dispute"),
    Dispute,
    turns={
        DisputeState.FILED: Duty.BOTH,
        DisputeState.ACCEPTED: Duty.BOTH,
        DisputeState.UNDER_WAY: Duty.BOTH,
        DisputeState.NOT_ACCEPTED: None,
        DisputeState.DECIDED: None,
    },
    answered=(DisputeState.NOT_ACCEPTED, DisputeState.DECIDED),
    promise=("supervision.reconsideration_decision",),
    kind_of=lambda row: row.get_route_display(),
)
