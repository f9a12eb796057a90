"""Every measure against the worked example of its source."""

import pytest

from bailiwick.apps.predictions.rules.agreement import (
    Patterns,
    cohens_kappa,
    count_units,
    gwets_ac1,
    krippendorffs_alpha,
    percent_agreement,
)
from bailiwick.apps.predictions.rules.calibration import Bin, bin_of, bins_of, brier_score, calibration_error
from bailiwick.apps.predictions.rules.comparison import mcnemar
from bailiwick.apps.predictions.rules.intervals import Interval, Share, wilson


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_intervals_are_those_of_newcombe(hits: int, n: int, low: float, high: float) -> None:
    """Newcombe, R. G. (1998). Two-sided confidence intervals for the single proportion. Table I, method 3."""
    found = wilson(hits, n)
    assert found is not None
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_a_share_of_nothing_is_not_defined() -> None:
    assert wilson(0, 0) is None
    assert (Share(0, 0).value, Share(0, 0).interval) == (None, None)
    assert Share(20, 20).interval == Interval(pytest.approx(1 - 0.1611, abs=5e-5), 1.0)
    with pytest.raises(ValueError, match="3 of 2"):
        wilson(3, 2)


def test_the_brier_score_is_half_of_that_of_brier() -> None:
    """Brier (1950), table 1: ten forecasts of rain. His score over both classes is 0.19."""
    forecasts = [0.7, 0.9, 0.8, 0.4, 0.2, 0.0, 0.0, 0.0, 0.0, 0.1]
    rained = [False, True, True, True, False, False, False, False, False, False]
    assert brier_score(bins_of(zip(forecasts, rained, strict=True))) == pytest.approx(0.19 / 2)


def test_the_calibration_error_is_that_of_torchmetrics() -> None:
    """The example of its `binary_calibration_error`, in two bins, is 0.29."""
    bins = [Bin(0, n=2, agreed=0, stated=0.5), Bin(1, n=3, agreed=3, stated=0.55 + 0.75 + 0.75)]
    assert calibration_error(bins) == pytest.approx(0.29)


@pytest.mark.parametrize(
    ("confidence", "number"), [(0.0, 0), (0.0999, 0), (0.1, 1), (0.3, 3), (0.5, 5), (0.7, 7), (0.9, 9), (1.0, 9)]
)
def test_a_bin_begins_with_its_lower_end_and_the_last_has_both(confidence: float, number: int) -> None:
    assert bin_of(confidence) == number


def test_bins_say_what_was_stated_and_what_came_true() -> None:
    last = bins_of([(0.9, True), (1.0, False), (0.05, False)])[9]
    assert (last.low, last.high, last.n, last.share) == (0.9, 1.0, 2, 0.5)
    assert last.mean_stated == pytest.approx(0.95)
    assert last.interval is not None
    empty = Bin(3)
    assert (empty.mean_stated, empty.share, empty.interval) == (None, None, None)


def test_calibration_of_nothing_is_not_defined() -> None:
    assert brier_score(bins_of([])) is None
    assert calibration_error(bins_of([])) is None


def test_cohens_kappa_is_that_of_cohen() -> None:
    """Cohen (1960), table 2: two judges, three categories, 200 subjects."""
    assert cohens_kappa([[88, 14, 18], [10, 40, 10], [2, 6, 12]]) == pytest.approx(0.492, abs=5e-4)


def test_cohens_kappa_is_not_defined_where_both_always_say_the_same() -> None:
    assert cohens_kappa([[7, 0], [0, 0]]) is None
    assert cohens_kappa([[0, 0], [0, 0]]) is None


RELIABILITY = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3),
    (0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0),
)
"""Krippendorff (2011), section C: four observers, twelve units, five categories; 0 for a gap."""
BINARY = ((0, 1, 0, 0, 0, 0, 0, 0, 1, 0), (1, 1, 1, 0, 0, 1, 0, 0, 0, 0))
"""Section A: two observers, ten units, no gaps."""
HIGH = {(2, 0): 118, (1, 1): 5 + 2, (0, 2): 0}
"""Gwet (2008): 125 units, of which two raters call 118 positive and none negative together."""


def patterns_of(observers: tuple[tuple[int, ...], ...], categories: range) -> Patterns:
    found: dict[tuple[int, ...], int] = {}
    for unit in zip(*observers, strict=True):
        pattern = tuple(unit.count(category) for category in categories)
        found[pattern] = found.get(pattern, 0) + 1
    return found


def test_krippendorffs_alpha_is_that_of_krippendorff() -> None:
    assert krippendorffs_alpha(patterns_of(RELIABILITY, range(1, 6))) == pytest.approx(0.743, abs=5e-4)
    assert krippendorffs_alpha(patterns_of(BINARY, range(2))) == pytest.approx(0.095, abs=5e-4)


def test_gwets_ac1_is_that_of_gwet() -> None:
    assert gwets_ac1(HIGH) == pytest.approx(0.9408, abs=5e-5)
    assert percent_agreement(HIGH) == pytest.approx(0.944)
    assert cohens_kappa([[118, 5], [2, 0]]) == pytest.approx(-0.0234, abs=5e-5)


def test_gwets_ac1_takes_many_raters_and_gaps() -> None:
    """His package irrCAC gives 0.77544 for Krippendorff's units, and 0.81818 for percent agreement."""
    patterns = patterns_of(RELIABILITY, range(1, 6))
    assert gwets_ac1(patterns) == pytest.approx(0.77544, abs=5e-6)
    assert percent_agreement(patterns) == pytest.approx(0.81818, abs=5e-6)
    assert count_units(patterns) == 11


def test_agreement_of_those_who_always_say_the_same() -> None:
    """Alpha knows no chance then; AC1 does."""
    assert krippendorffs_alpha({(2, 0): 9}) is None
    assert gwets_ac1({(2, 0): 9}) == 1.0
    assert percent_agreement({(2, 0): 9}) == 1.0


@pytest.mark.parametrize("patterns", [{}, {(1, 0): 4}, {(0, 0): 1}])
def test_agreement_of_nobody_with_anybody_is_not_defined(patterns: Patterns) -> None:
    assert count_units(patterns) == 0
    assert percent_agreement(patterns) is None
    assert krippendorffs_alpha(patterns) is None
    assert gwets_ac1(patterns) is None


def test_mcnemars_test_is_that_of_agresti() -> None:
    """Agresti, A. (2002). Categorical data analysis, table 10.1: approval of the Prime Minister; z² = 17.36."""
    found = mcnemar(86, 150)
    assert found is not None
    assert (found.statistic, found.method, found.n) == (pytest.approx(17.36, abs=5e-3), "chi-squared", 236)
    assert found.p == pytest.approx(3.1e-5, abs=1e-6)


def test_mcnemars_test_of_few_is_exact() -> None:
    """Of six coins that differ, none the other way: 2 / 2⁶."""
    found = mcnemar(0, 6)
    assert found is not None
    assert (found.p, found.method) == (2 / 64, "exact")
    even = mcnemar(3, 3)
    assert even is not None
    assert even.p == 1.0
    assert mcnemar(0, 0) is None
