"""Withdrawing a letter, and putting one right by another."""

from collections.abc import Mapping
from datetime import date, datetime

from agency.letter_kinds import Value
from agency.models import OfficialLetter, User


def withdraw_letter(
    *, letter_id: int, reason: str, by: User, at: datetime, on: date
) -> OfficialLetter:
    """Withdraw a letter for good. Refuses one that has been corrected or withdrawn."""
    raise NotImplementedError


def correct_letter(
    *,
    letter_id: int,
    context: Mapping[str, Value],
    reason: str,
    by: User,
    at: datetime,
    on: date,
) -> OfficialLetter:
    """Issue another letter of the same kind, with its own number, that corrects this one;
    `context` gives the variables that change.
    """
    raise NotImplementedError
