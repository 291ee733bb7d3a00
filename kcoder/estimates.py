"""The arithmetic behind every score: pass@k without bias, and 95 % intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence

#: the normal quantile of a two-sided 95 % interval
Z = 1.959963984540054
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
