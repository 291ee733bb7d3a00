"""How far apart vectors lie: the mean cosine over pairs, its reciprocal, and the Vendi score.

P4 §3.1 names "the reciprocal of the average cosine similarities", and prints a sum of N(N-1)/cos over all pairs,
which for N = 1000 and every cosine .8 is 1.2e12. The published values (1.22 to 1.29) are those of the text, so the
text is what is computed here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kcoder.estimates import DRAWS

Floats = npt.NDArray[np.float64]

#: rows below which a draw may well hold one row alone, which makes no pair
FEWEST = 10


@dataclass(frozen=True)
class Cosine:
    """The mean cosine over all pairs of different rows, with its bootstrap 95 % interval."""

    n: int
    mean: float
    low: float
    high: float

    def spread(self) -> tuple[float, float, float | None] | None:
        """1 / mean cosine with its interval. None where the mean is not positive: there is no such number.

        The upper end is None where the interval of the mean cosine reaches 0: the reciprocal has no bound.
        """
        if self.mean <= 0:
            return None
        return 1 / self.mean, 1 / self.high, 1 / self.low if self.low > 0 else None


def mean_cosine(vectors: npt.NDArray[np.floating]) -> Cosine | None:
    """Over n rows of any length but zero: shape (n, dimensions). None of fewer than FEWEST rows.

    The sum over pairs is |sum of rows|² less the rows' own squares, so no n x n matrix is made. The interval draws rows
    again with replacement (2,000 draws, one seed); a row that is drawn twice makes no pair with itself.
    """
    rows = _unit(vectors)
    n = len(rows)
    if n < FEWEST:
        return None
    value = float(_over_pairs(np.ones((1, n)), rows)[0])
    counts = np.random.default_rng(0).multinomial(n, np.full(n, 1 / n), size=DRAWS).astype(np.float64)
    low, high = np.percentile(_over_pairs(counts, rows), [2.5, 97.5])
    return Cosine(n, value, float(low), float(high))


def vendi(vectors: npt.NDArray[np.floating]) -> float | None:
    """The Vendi score (Friedman & Dieng 2023, eq. 1): exp of the entropy of the eigenvalues of K/n, K the cosines.

    It counts how many different things there are: 1 where all rows are alike, n where each is orthogonal to the
    others. The eigenvalues of the smaller of K/n and rowsᵀrows/n are the same but for zeros. None of no rows.
    """
    rows = _unit(vectors)
    if not len(rows):
        return None
    small = rows.T @ rows if rows.shape[1] < len(rows) else rows @ rows.T
    values = np.linalg.eigvalsh(small / len(rows))
    values = values[values > 0]
    return float(np.exp(-(values * np.log(values)).sum()))


def _over_pairs(counts: Floats, rows: Floats) -> Floats:
    """The mean cosine of different rows in each draw: how often each row was drawn, shape (draws, n)."""
    sums = counts @ rows
    squares = (counts**2).sum(axis=1)
    pairs = counts.sum(axis=1) ** 2 - squares
    means: Floats = ((sums**2).sum(axis=1) - squares) / pairs
    return means


def _unit(vectors: npt.NDArray[np.floating]) -> Floats:
    """Rows of length one, in an order of their own: which row is drawn must not depend on how they came."""
    told = np.ascontiguousarray(vectors, np.float64)
    order = sorted(range(len(told)), key=lambda row: told[row].tobytes())
    unit: Floats = told[order] / np.linalg.norm(told[order], axis=1, keepdims=True)
    return unit
