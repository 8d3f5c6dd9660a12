"""The rules of the register by subject. Pure."""

from institutions.rules.changes import (
    GENERAL_CHANGE_WORKDAYS,
    MAJOR_CHANGE_WORKDAYS,
    MAJOR_FIELDS,
    ChangeAnswer,
    ChangeQuestion,
    change_basis,
    change_due,
    filing_period,
)
from institutions.rules.designation import (
    AcceptanceQuestion,
    ConditionsQuestion,
    FailureQuestion,
    PublicNoticeQuestion,
    RefusalGround,
    RefusalRecord,
    acceptance,
    basic_conditions,
    failed_assessment,
    public_notice,
    public_notice_basis,
)
from institutions.rules.letters import (
    LETTER_PERIODS,
    UNIT_WORDS,
    LetterPeriod,
    confirmation_period,
    period_from_service,
)
from institutions.rules.reevaluation import (
    AddressCase,
    ReevaluationQuestion,
    Route,
    reevaluation,
)

__all__ = [
    "GENERAL_CHANGE_WORKDAYS",
    "LETTER_PERIODS",
    "MAJOR_CHANGE_WORKDAYS",
    "MAJOR_FIELDS",
    "UNIT_WORDS",
    "AcceptanceQuestion",
    "AddressCase",
    "ChangeAnswer",
    "ChangeQuestion",
    "ConditionsQuestion",
    "FailureQuestion",
    "LetterPeriod",
    "PublicNoticeQuestion",
    "ReevaluationQuestion",
    "RefusalGround",
    "RefusalRecord",
    "Route",
    "acceptance",
    "basic_conditions",
    "change_basis",
    "change_due",
    "confirmation_period",
    "failed_assessment",
    "filing_period",
    "period_from_service",
    "public_notice",
    "public_notice_basis",
    "reevaluation",
]
