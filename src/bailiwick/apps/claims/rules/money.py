"""Amounts of money, to the cent."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def to_cents(amount: Decimal) -> Decimal:
    """Rounded half up to two decimal places: once a line, where its amount is reckoned."""
    return amount.quantize(CENT, ROUND_HALF_UP)
