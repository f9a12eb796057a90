"""Interest on what is paid late."""

from decimal import ROUND_HALF_EVEN, Decimal

from bailiwick.apps.claims.rules.money import CENT


def interest(amount: Decimal, rate: Decimal, days_late: int, basis: int = 365) -> Decimal:
    """Simple interest on an amount at a yearly rate (a part of one), rounded once to the cent, half to even.

    31 USC 3902 and 42 CFR 422.520(a)(2): from the day after the payment was due. 5 CFR 1315.17(b) reckons P(r/360·d);
    Medicare Claims Processing Manual, chapter 1, section 80.2.2, by 365 days: `basis`. Nothing is owed on what is
    owed back.
    """
    if days_late <= 0 or amount <= 0:
        return Decimal("0.00")
    return (amount * rate * days_late / basis).quantize(CENT, ROUND_HALF_EVEN)
