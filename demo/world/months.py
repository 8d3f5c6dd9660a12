"""Which months the claims of the world are for."""

from __future__ import annotations

from datetime import date, timedelta

from demo.claims.batch import previous_month

MONTHS = 3
# The batches of a month are handed in during the first days of the next one.
SUBMITTED_WITHIN_DAYS = 7


def claim_months(today: date) -> list[date]:
    """Return the first days of the last three months whose batches must all be in by now."""
    known = today - timedelta(SUBMITTED_WITHIN_DAYS)
    return [previous_month(known, back) for back in range(MONTHS, 0, -1)]


def following(month: date) -> date:
    return (month + timedelta(32)).replace(day=1)
