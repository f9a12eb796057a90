"""How far a grant reaches, and when one lies within another."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from bailiwick.kernel.base.money import Money

MOST = Decimal("999999999999.99")


@dataclass(frozen=True, slots=True)
class Place:
    """One object, or without an id the whole organisation."""

    object_type: str = ""
    object_id: UUID | None = None

    def covers(self, other: "Place") -> bool:
        return self.object_id is None or self == other


@dataclass(frozen=True, slots=True)
class Reach:
    """Over what, from when to when (without an end if None), and for how much (without a limit if None)."""

    place: Place
    begins: datetime
    ends: datetime | None = None
    limit: Money | None = None

    def covers(self, other: "Reach") -> bool:
        """Whether the other is neither wider, nor earlier, nor longer, nor higher."""
        return (
            self.place.covers(other.place)
            and self.begins <= other.begins
            and (self.ends is None or (other.ends is not None and other.ends <= self.ends))
            and lies_below(other.limit, self.limit)
        )


def lies_below(limit: Money | None, bound: Money | None) -> bool:
    """Whether a limit is no higher than another; limits of two currencies are never compared."""
    if bound is None:
        return True
    return limit is not None and limit.currency == bound.currency and limit.amount <= bound.amount


def is_limit(amount: Money) -> bool:
    """Whether an amount can bound a grant: not negative, to the hundredth, of a currency's three letters."""
    number, code = amount.amount, amount.currency
    is_code = len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()
    return number.is_finite() and 0 <= number <= MOST and number == round(number, 2) and is_code


def in_order(first: str, second: str) -> tuple[str, str]:
    """A pair of rights as it is stored: which of them comes first says nothing."""
    return (first, second) if first < second else (second, first)
