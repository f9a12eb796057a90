"""Whether one of two judges of the same things is right more often than the other."""

from dataclasses import dataclass
from math import comb, erfc, sqrt

FEW = 25
"""Below so many cases in which just one is right, the exact test is taken."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How likely a difference as large as this is by chance: `p` from 0 to 1, by which method, over `n` cases."""

    p: float
    statistic: float
    method: str
    n: int


def mcnemar(only_first: int, only_second: int) -> Difference | None:
    """The test on the cases in which just the first, or just the second, was right; None where there are none.

    McNemar, Q. (1947). Note on the sampling error of the difference between correlated proportions or percentages.
    Psychometrika 12, 153 to 157: (b − c)² / (b + c) is χ² with one degree of freedom. For few cases the exact
    binomial probability, both sides. `n` counts those cases alone.
    """
    n = only_first + only_second
    if n == 0:
        return None
    statistic = (only_first - only_second) ** 2 / n
    if n >= FEW:
        return Difference(erfc(sqrt(statistic / 2)), statistic, "chi-squared", n)
    tail = sum(comb(n, k) for k in range(min(only_first, only_second) + 1)) / 2**n
    return Difference(min(1.0, 2 * tail), statistic, "exact", n)
