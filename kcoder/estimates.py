"""The arithmetic behind every score: pass@k without bias, and 95 % intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence

#: the normal quantile of a two-sided 95 % interval
Z = 1.959963984540054
#: the normal quantile of a power of 0.8
POWER = 0.8416212335729143
#: how often problems are drawn again
DRAWS = 2000


def pass_at(k: int, passed: int, samples: int) -> float:
    """The unbiased estimate of pass@k for one problem: 1 - C(n-c, k) / C(n, k) (Chen et al. 2021, eq. 1).

    Raises ValueError when there are fewer samples than k: the bare formula would give 1 there.
    """
    if samples < k:
        raise ValueError(f"pass@{k} of {samples} samples")
    return 1.0 - math.comb(samples - passed, k) / math.comb(samples, k)


def wilson(passes: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share (Wilson 1927)."""
    share = passes / n
    centre = share + Z * Z / (2 * n)
    half = Z * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    scale = 1 + Z * Z / n
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def bootstrap(values: Sequence[float], least: float, most: float) -> tuple[float, float]:
    """The middle 95 % of the mean over problems drawn again with replacement: 2,000 draws, one seed for all.

    `least` and `most` bound what a value can be. Where all values are equal there is nothing to draw from and the
    interval would have no width, though n problems alike do not rule out a share of Z² / (n + Z²) unlike them
    (Wilson's upper bound of 0 in n): so far the mean may then lie towards either bound.
    """
    import numpy as np

    told = np.asarray(values, dtype=np.float64)
    if told.min() == told.max():
        value, unseen = float(told[0]), Z * Z / (len(told) + Z * Z)
        return value - unseen * (value - least), value + unseen * (most - value)
    drawn = np.random.default_rng(0).integers(0, len(told), size=(DRAWS, len(told)))
    low, high = np.percentile(told[drawn].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def firm(scores: Sequence[Sequence[float]]) -> float:
    """In what share of redraws of the problems the same of several comes first: rows of scores, one for each problem,
    of which the earlier wins where means are equal. 2,000 draws, one seed for all."""
    import numpy as np

    told = np.asarray(scores, dtype=np.float64)
    problems = told.shape[1]
    drawn = np.random.default_rng(0).integers(0, problems, size=(DRAWS, problems))
    # sums of shares differ in their last bits with the order of their parts
    means = np.round(told[:, drawn].mean(axis=2), 9)
    first = int(np.round(told.mean(axis=1), 9).argmax())
    return float((means.argmax(axis=0) == first).mean())


def mcnemar(only_one: int, only_other: int) -> float:
    """The exact two-sided p of as uneven a split, or a more uneven one, of the things that two answer differently
    (McNemar 1947; exact by the binomial distribution)."""
    n, fewer = only_one + only_other, min(only_one, only_other)
    return min(1.0, sum(math.comb(n, i) for i in range(fewer + 1)) / float(2 ** (n - 1)) if n else 1.0)


def holm(chances: Sequence[float]) -> list[float]:
    """The p of several tests at once, in their order (Holm 1979)."""
    order = sorted(range(len(chances)), key=lambda at: chances[at])
    adjusted, least = [0.0] * len(chances), 0.0
    for rank, at in enumerate(order):
        least = max(least, min(1.0, (len(chances) - rank) * chances[at]))
        adjusted[at] = least
    return adjusted


def kappa(both: int, only_one: int, only_other: int, neither: int) -> tuple[float, float, float] | None:
    """Cohen's kappa of two yes-or-no answers on the same things, with its 95 % interval: (observed − chance) / (1 −
    chance) of the shares of equal answers (Cohen 1960, eq. 1).

    As in Cohen's standard error, chance is held as it is; the observed share has Wilson's interval. None where chance
    is 1: both answer yes to everything, or both no.
    """
    n = both + only_one + only_other + neither
    one, other = both + only_one, both + only_other
    by_chance = one * other + (n - one) * (n - other)
    if by_chance == n * n:
        return None
    chance = by_chance / (n * n)
    shares = ((both + neither) / n, *wilson(both + neither, n))
    value, low, high = ((share - chance) / (1 - chance) for share in shares)
    return value, low, high


def detectable(gains: Sequence[float]) -> float:
    """The smallest mean difference that this many problems would show in four of five cases (power 0.8, two-sided 5 %):
    2.80 standard errors of the mean gain (Cohen 1988, §2). Of gains that are all alike at least as much as `bootstrap`
    leaves open."""
    n, mean = len(gains), math.fsum(gains) / len(gains)
    deviation = math.sqrt(math.fsum((gain - mean) ** 2 for gain in gains) / n)
    return max((Z + POWER) * deviation / math.sqrt(n), Z * Z / (n + Z * Z))
