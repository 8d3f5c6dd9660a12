"""The rules of money by subject. Pure."""

from settlements.rules.duties import (
    VOTERS_AT_LEAST,
    collective_decision_obstacles,
    needs_collective_decision,
    segregation_obstacles,
)
from settlements.rules.payable import (
    EMERGENCY_MED_TYPES,
    PAYABLE_GROUND_LABELS,
    PayableAnswer,
    PayableGround,
    PayableQuestion,
    payable_on,
    payable_reasons,
)
from settlements.rules.payouts import (
    FIRST_ALARM,
    PAYOUT_WORKDAYS,
    RECONSIDERATION_DAYS,
    SECOND_ALARM,
    PayoutAnswer,
    PayoutQuestion,
    payment_reason,
    payout,
    payout_basis,
    reconsideration_until,
)

__all__ = [
    "EMERGENCY_MED_TYPES",
    "FIRST_ALARM",
    "PAYABLE_GROUND_LABELS",
    "PAYOUT_WORKDAYS",
    "RECONSIDERATION_DAYS",
    "SECOND_ALARM",
    "VOTERS_AT_LEAST",
    "PayableAnswer",
    "PayableGround",
    "PayableQuestion",
    "PayoutAnswer",
    "PayoutQuestion",
    "collective_decision_obstacles",
    "needs_collective_decision",
    "payable_on",
    "payable_reasons",
    "payment_reason",
    "payout",
    "payout_basis",
    "reconsideration_until",
    "segregation_obstacles",
]
