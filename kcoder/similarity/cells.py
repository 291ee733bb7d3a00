"""For very many vectors: only those in nearby cells are compared, and how much that misses is measured."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from kcoder.similarity.cosine import Ints, Vectors

#: vectors whose nearest centres are found at a time
AT_ONCE = 4096


class Cells:
    """Each known vector is in the cell of its nearest centre; a vector is compared with what its `probes` nearest
    cells hold. The centres are as many of the vectors as the square root of their number, evenly spaced in order
    (moving them by k-means gained nothing: measured), and distances are those between heads.
    """

    #: few large blocks: each is cut up by cells
    block = 8192

    def __init__(self, vectors: Vectors, probes: int) -> None:
        self.vectors, self.probes = vectors, probes
        self.centres = vectors.heads[_spaced(len(vectors), max(round(len(vectors) ** 0.5), 1)), :-1]
        self.members = [np.empty(0, np.int64)] * len(self.centres)

    def add(self, rows: Ints) -> None:
        for cell, some in self._by_cell(rows, 1):
            self.members[cell] = np.concatenate([self.members[cell], some])

    def beside(self, rows: Ints) -> Iterator[tuple[Ints, Ints]]:
        for cell, some in self._by_cell(rows, self.probes):
            if len(self.members[cell]):
                yield some, self.members[cell]

    def _by_cell(self, rows: Ints, count: int) -> Iterator[tuple[int, Ints]]:
        """Each cell that is among the nearest ones of some of the rows, with those rows."""
        near = self._nearest(rows, count)
        order = np.argsort(near.ravel(), kind="stable")
        cells, row = near.ravel()[order], np.repeat(rows, near.shape[1])[order]
        begins = np.flatnonzero(np.diff(cells, prepend=-1))
        for begin, end in pairwise([*begins.tolist(), len(cells)]):
            yield int(cells[begin]), row[begin:end]

    def _nearest(self, rows: Ints, count: int) -> Ints:
        """The nearest centres of each row, in no order: shape (rows, count)."""
        count = min(count, len(self.centres))
        far = np.einsum("ij,ij->i", self.centres, self.centres) / 2
        near = np.empty((len(rows), count), np.int64)
        for start in range(0, len(rows), AT_ONCE):
            scores = far - self.vectors.heads[rows[start : start + AT_ONCE], :-1] @ self.centres.T
            near[start : start + AT_ONCE] = np.argpartition(scores, count - 1, axis=1)[:, :count]
        return near


def _spaced(size: int, count: int) -> Ints:
    return np.unique(np.linspace(0, size - 1, min(count, size)).astype(np.int64))


def recall(
    vectors: Vectors, stays: Ints, threshold: float, sample: int, *, fallen_too: bool = False
) -> tuple[int, int]:
    """Of so many vectors, evenly spaced: how many fall, and how many more an exact search would have let fall.

    These stay though their cosine with one before them exceeds the threshold: one that stays or, with `fallen_too`,
    any.
    """
    stand = stays == np.arange(len(stays))
    seen = _spaced(len(stays), sample)
    against = np.flatnonzero(stand | fallen_too)
    missed = np.zeros(len(stays), np.bool_)
    for hits in vectors.above(seen[stand[seen]], against, threshold):
        missed[hits.row[hits.other < hits.row]] = True
    return int((~stand[seen]).sum()), int(missed.sum())
