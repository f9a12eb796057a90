"""How far people agree who judged the same things, beyond what chance alone would bring.

Judgements of many raters are given as patterns: how many raters chose each category for a unit, and how many units
have that pattern. Units that fewer than two raters judged say nothing of agreement. Every measure is None where it is
not defined, as where nobody ever chose differently.
"""

from collections.abc import Mapping, Sequence

Table = Sequence[Sequence[int]]
"""How often one rater chose the row's category and the other, for the same unit, the column's."""
Patterns = Mapping[tuple[int, ...], int]
"""Raters by category, in a fixed order of all categories, and the number of units."""


def count_units(patterns: Patterns) -> int:
    """Units that at least two raters judged: the n of the measures below."""
    return sum(units for pattern, units in patterns.items() if sum(pattern) > 1)


def percent_agreement(patterns: Patterns) -> float | None:
    """The share of pairs of raters that agree, averaged over units; from 0 to 1.

    Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters. Psychological Bulletin 76, 378 to 382.
    """
    n = count_units(patterns)
    return _sum_of_shares(patterns) / n if n else None


def _sum_of_shares(patterns: Patterns) -> float:
    return sum(
        units * sum(k * (k - 1) for k in pattern) / (sum(pattern) * (sum(pattern) - 1))
        for pattern, units in patterns.items()
        if sum(pattern) > 1
    )


def cohens_kappa(table: Table) -> float | None:
    """Agreement of two raters: (p_o − p_c) / (1 − p_c), with chance by each rater's own margins; −1 to 1.

    Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and Psychological Measurement 20,
    37 to 46.
    """
    n = sum(map(sum, table))
    by_chance = sum(sum(row) * sum(column) for row, column in zip(table, zip(*table, strict=True), strict=True))
    if n * n == by_chance:
        return None
    observed = sum(row[place] for place, row in enumerate(table))
    return (observed * n - by_chance) / (n * n - by_chance)


def krippendorffs_alpha(patterns: Patterns) -> float | None:
    """Agreement of any number of raters with gaps, nominal data: 1 − D_o / D_e, up to 1.

    Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. University of Pennsylvania, section C.
    """
    judged = {pattern: units for pattern, units in patterns.items() if sum(pattern) > 1}
    totals = [sum(units * pattern[place] for pattern, units in judged.items()) for place in range(_width(patterns))]
    values = sum(totals)
    expected = values * (values - 1) - sum(each * (each - 1) for each in totals)
    if not expected:
        return None
    same = sum(units * sum(k * (k - 1) for k in p) / (sum(p) - 1) for p, units in judged.items())
    return 1 - (values - 1) * (values - same) / expected


def gwets_ac1(patterns: Patterns) -> float | None:
    """Agreement of any number of raters, with chance by how hard it is to choose: (p_a − p_e) / (1 − p_e).

    Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the presence of high agreement. British
    Journal of Mathematical and Statistical Psychology 61, 29 to 48: p_e = Σ π_q (1 − π_q) / (Q − 1), where π_q is the
    mean share of a unit's raters that chose q. It stays meaningful where nearly all choose the same.
    """
    agreed, width = percent_agreement(patterns), _width(patterns)
    if agreed is None or width < 2:
        return None
    judged = {pattern: units for pattern, units in patterns.items() if sum(pattern)}
    units = sum(judged.values())
    shares = [sum(each * p[place] / sum(p) for p, each in judged.items()) / units for place in range(width)]
    by_chance = sum(share * (1 - share) for share in shares) / (width - 1)
    return (agreed - by_chance) / (1 - by_chance)


def _width(patterns: Patterns) -> int:
    return max(map(len, patterns), default=0)
