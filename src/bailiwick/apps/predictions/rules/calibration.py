"""How well the confidence that a model states fits how often it turns out right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bailiwick.apps.predictions.rules.intervals import Interval, Share

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The cases whose stated confidence lies in one bin: from `low`, up to but not including `high`; the last to 1.

    `stated` is the sum of their confidences, `squares` that of (confidence − outcome)², where an outcome is 1 for a
    case in which the model turned out right, else 0.
    """

    number: int
    n: int = 0
    agreed: int = 0
    stated: float = 0.0
    squares: float = 0.0

    @property
    def low(self) -> float:
        return self.number / BINS

    @property
    def high(self) -> float:
        return (self.number + 1) / BINS

    @property
    def mean_stated(self) -> float | None:
        return self.stated / self.n if self.n else None

    @property
    def share(self) -> float | None:
        return Share(self.agreed, self.n).value

    @property
    def interval(self) -> Interval | None:
        return Share(self.agreed, self.n).interval


def bin_of(confidence: float) -> int:
    """The number of the bin: 0 for [0, 0.1) up to 9 for [0.9, 1]."""
    return min(int(confidence * BINS), BINS - 1)


def bins_of(cases: Iterable[tuple[float, bool]]) -> list[Bin]:
    """The reliability bins of some cases: the stated confidence, and whether the model turned out right.

    DeGroot, M. H., Fienberg, S. E. (1983). The comparison and evaluation of forecasters. The Statistician 32, 12 to 22.
    """
    sums = [[0, 0, 0.0, 0.0] for _ in range(BINS)]
    for confidence, is_right in cases:
        each = sums[bin_of(confidence)]
        each[0] += 1
        each[1] += is_right
        each[2] += confidence
        each[3] += (confidence - is_right) ** 2
    return [
        Bin(number, int(n), int(agreed), stated, squares) for number, (n, agreed, stated, squares) in enumerate(sums)
    ]


def brier_score(bins: Sequence[Bin]) -> float | None:
    """The mean of (confidence − outcome)², from 0 (sure and right) to 1 (sure and wrong); None of no cases.

    Brier, G. W. (1950). Verification of forecasts expressed in terms of probability. Monthly Weather Review 78, 1 to 3.
    His sum runs over both classes; this is the half of it, as is usual for two classes.
    """
    n = sum(each.n for each in bins)
    return sum(each.squares for each in bins) / n if n else None


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """The expected calibration error: Σ n_b / n · |share right − mean stated confidence|, 0 to 1; None of no cases.

    Naeini, M. P., Cooper, G. F., Hauskrecht, M. (2015). Obtaining well calibrated probabilities using Bayesian
    binning. AAAI 29, 2901 to 2907. With bins of equal width; a different number of bins gives another figure.
    """
    n = sum(each.n for each in bins)
    return sum(abs(each.agreed - each.stated) for each in bins) / n if n else None
