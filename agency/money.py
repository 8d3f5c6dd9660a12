"""Amounts of money and points: exact, rounded once, at the end (rules.md T-11)."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
POINT = Decimal("0.0001")


def rounded(amount: Decimal) -> Decimal:
    """Return an amount in yuan with two decimals, halves away from zero.

    Law: rules.md T-11.
    """
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def rounded_points(points: Decimal) -> Decimal:
    """Return points with four decimals, halves away from zero.

    Law: rules.md T-11.
    """
    return points.quantize(POINT, rounding=ROUND_HALF_UP)
