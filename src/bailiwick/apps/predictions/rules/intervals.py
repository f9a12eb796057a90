"""Shares, and how far they may be trusted."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

LEVEL = 0.95
METHOD = "wilson"


@dataclass(frozen=True, slots=True)
class Interval:
    """From where to where a share may lie, both between 0 and 1."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Share:
    """How many of `n` cases are hits."""

    hits: int
    n: int

    @property
    def value(self) -> float | None:
        """The share, from 0 to 1; None of no cases."""
        return self.hits / self.n if self.n else None

    @property
    def interval(self) -> Interval | None:
        return wilson(self.hits, self.n)


def wilson(hits: int, n: int, level: float = LEVEL) -> Interval | None:
    """The score interval of a share at a confidence level between 0 and 1; None of no cases.

    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of the American
    Statistical Association 22, 209 to 212: (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n), with no correction
    for continuity. Raises ValueError for hits that are not among the cases.
    """
    if not 0 <= hits <= n:
        raise ValueError(f"{hits} of {n}")
    if n == 0:
        return None
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, square = hits / n, z * z
    middle = share + square / (2 * n)
    reach = z * sqrt(share * (1 - share) / n + square / (4 * n * n))
    low, high = (middle - reach) / (1 + square / n), (middle + reach) / (1 + square / n)
    # At the ends the two terms cancel out but for rounding.
    return Interval(0.0 if hits == 0 else low, 1.0 if hits == n else high)
