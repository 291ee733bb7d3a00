"""Which rows stay: visited in order, a row stays unless one that stays already is alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kcoder.similarity.minhash import Buckets
from kcoder.similarity.shingles import Ints

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Stays:
    """For each row the row that stays in its place, itself where it stays, and how alike the two are."""

    row: Ints
    similarity: Floats


def greedy(rows: int, found: Buckets, alike: Callable[[Ints, Ints], Floats], threshold: float) -> Stays:
    """So many rows, visited in their order; only rows that share a bucket are compared, by `alike`.

    What stays is what a walk from the first row to the last would leave. It is found in rounds: a row that nothing
    undecided precedes in any of its buckets stays, and takes out all that are alike there, so that a bucket of equal
    rows costs one comparison each. A row that falls names the most similar of those that took it out in that round,
    of equals the first.
    """
    stays, similarity = np.arange(rows), np.ones(rows)
    bucket, row = found.bucket, found.row
    while row.size:
        begins = np.concatenate([[True], bucket[1:] != bucket[:-1]])
        lead = row[np.maximum.accumulate(np.where(begins, np.arange(len(row)), 0))]
        preceded = np.zeros(rows, np.bool_)
        preceded[row[~begins]] = True
        beside = ~begins & ~preceded[lead]
        pairs = np.unique(lead[beside] * rows + row[beside])
        left, right = pairs // rows, pairs % rows
        told = alike(left, right)
        true = told >= threshold
        left, right, told = left[true], right[true], told[true]
        # the last one written wins: the most similar, of equals the first
        order = np.lexsort((-left, told))
        stays[right[order]], similarity[right[order]] = left[order], told[order]
        decided = stays != np.arange(rows)
        decided[row[begins & ~preceded[row]]] = True
        bucket, row = bucket[~decided[row]], row[~decided[row]]
    return Stays(stays, similarity)
