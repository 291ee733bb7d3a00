"""Whether two parts of the data share near duplicates: the proof that no test row stands in train."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from kcoder.similarity.all_pairs import all_pairs


def pairs_across(
    texts: pl.Series, held: npt.NDArray[np.bool_], threshold: float = 0.7, n: int = 5
) -> list[tuple[int, int, float]]:
    """Every pair of a held row and another whose shingles of n words have at least this Jaccard similarity.

    Each as (held row, other row, similarity), in order. The search is exact: an empty list is a proof.
    """
    found = all_pairs(texts, threshold, held, n)
    here = np.where(held[found.left], found.left, found.right)
    there = found.left + found.right - here
    return sorted(zip(here.tolist(), there.tolist(), found.jaccard.tolist(), strict=True))
