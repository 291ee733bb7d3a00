"""True Jaccard similarity of pairs of sets: |x ∩ y| / |x ∪ y| (Jaccard 1912), counted, not estimated."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

from kcoder.similarity.parts import parts
from kcoder.similarity.shingles import Ints, Sets

#: hashes looked at in one go, on either side: bounds the memory of a comparison
AT_ONCE = 4_000_000
#: bits of a bitmap: enough to tell sets of some hundred hashes apart
BITS = 2048


class Jaccard:
    """Compares sets with each other, pair by pair."""

    def __init__(self, sets: Sets) -> None:
        self.sets = sets

    def similarity(self, left: Ints, right: Ints, least: float = 0.0) -> npt.NDArray[np.float64]:
        """The similarity of each pair of rows (left[i], right[i]); 0 for one that is known to stay below `least`.

        Two empty sets have 0: there is nothing alike. A share such as 7/10 compares with a threshold of 0.7 as
        equal: both are the double nearest to it.
        """
        some = self._hopeful(left, right, least) if least else np.arange(len(left))
        left, right, similarity = left[some], right[some], np.zeros(len(left))
        shared = self.overlap(left, right)
        either = self.sets.sizes[left] + self.sets.sizes[right] - shared
        similarity[some] = shared / np.maximum(either, 1)
        return similarity

    def overlap(self, left: Ints, right: Ints) -> Ints:
        """How many hashes the two rows of each pair share."""
        heavy = np.maximum(self.sets.sizes[left], self.sets.sizes[right])
        shared = np.zeros(len(left), np.int64)
        for start, end in parts(heavy, AT_ONCE):
            one, other = self.sets.take(left[start:end]), self.sets.take(right[start:end])
            shared[start:end] = np.diff(_matrix(one).multiply(_matrix(other)).indptr)
        return shared

    def _hopeful(self, left: Ints, right: Ints, least: float) -> Ints:
        """The pairs that neither the sizes nor the bitmaps rule out (bitmap filter: Sandes et al. 2020).

        A bit that is set for x alone stands for a hash that x alone has. So x ∩ y has at most |x| less the number of
        such bits, and needs at least least / (1 + least) of |x| + |y|.
        """
        sizes = self.sets.sizes
        needed = least / (1 + least) * (sizes[left] + sizes[right]) - 1e-6
        some = np.flatnonzero(np.minimum(sizes[left], sizes[right]) >= needed)
        kept = [np.empty(0, np.int64)]
        for start, end in parts(np.full(len(some), BITS // 64), AT_ONCE):
            at = some[start:end]
            one, other = self._bitmaps[left[at]], self._bitmaps[right[at]]
            alone = np.bitwise_count(one & ~other).sum(axis=1, dtype=np.int64)
            kept.append(at[sizes[left[at]] - alone >= needed[at]])
        return np.concatenate(kept)

    @cached_property
    def _bitmaps(self) -> npt.NDArray[np.uint64]:
        """For each set the bits its hashes set, each one: shape (sets, BITS / 64)."""
        made = np.empty((len(self.sets), BITS // 64), np.uint64)
        for start in range(0, len(made), 4096):
            some = self.sets.take(np.arange(start, min(start + 4096, len(made))))
            flags = np.zeros((len(some), BITS), np.bool_)
            flags[some.owners(), some.flat & (BITS - 1)] = True
            made[start : start + 4096] = np.packbits(flags, axis=1).view(np.uint64)
        return made


def _matrix(sets: Sets) -> sparse.csr_array:
    """A row per set with a one in the column of each hash; scipy merges sorted rows and never counts columns."""
    ones = np.ones(len(sets.flat), np.bool_)
    made = sparse.csr_array((ones, sets.flat, sets.bounds), shape=(len(sets), 2**63 - 1))
    made.has_canonical_format = True
    return made
