"""The rules of money by subject. Pure."""

from settlements.rules.blocks import (
    BlockQuestion,
    blocked_by_agreement,
    blocked_by_points,
    is_blocked,
)
from settlements.rules.caps import OverspendQuestion, overspend
from settlements.rules.doubts import DoubtQuestion, answer_basis, doubt_answer
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
    "BlockQuestion",
    "DoubtQuestion",
    "OverspendQuestion",
    "PayableAnswer",
    "PayableGround",
    "PayableQuestion",
    "PayoutAnswer",
    "PayoutQuestion",
    "answer_basis",
    "blocked_by_agreement",
    "blocked_by_points",
    "collective_decision_obstacles",
    "doubt_answer",
    "is_blocked",
    "needs_collective_decision",
    "overspend",
    "payable_on",
    "payable_reasons",
    "payment_reason",
    "payout",
    "payout_basis",
    "reconsideration_until",
    "segregation_obstacles",
]
