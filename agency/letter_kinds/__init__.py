"""The kinds of letters the office issues: one module for each group, all entered on import."""

from agency.letter_kinds import (
    agreements,
    archives,
    changes,
    complaints,
    designation,
    fund,
    handling,
    inspection,
    money,
    penalties,
    points,
)
from agency.letter_kinds.base import (
    CHINESE,
    COMMON,
    ENGLISH,
    KINDS,
    LetterKind,
    Value,
    Variable,
    kind_of,
    letter_kind,
)

__all__ = [
    "CHINESE",
    "COMMON",
    "ENGLISH",
    "KINDS",
    "LetterKind",
    "Value",
    "Variable",
    "agreements",
    "archives",
    "changes",
    "complaints",
    "designation",
    "fund",
    "handling",
    "inspection",
    "kind_of",
    "letter_kind",
    "money",
    "penalties",
    "points",
]
