"""Pairs of unit vectors whose cosine exceeds a threshold: exact, with a cheap bound before each product.

After a rotation to the directions in which the vectors vary most, x·y is the product of their first 64 coordinates
plus that of their rest, which by Cauchy and Schwarz is at most the product of the lengths of the two rests. So one
product in 65 dimensions bounds x·y from above, and only pairs whose bound exceeds the threshold are computed in full.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kcoder.similarity.parts import parts

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

#: coordinates after the rotation that the bound looks at
HEAD = 64
#: vectors from which the rotation is made
SAMPLE = 4000
#: columns of a product of matrices
COLUMNS = 8192
#: pairs that are multiplied one by one at a time
AT_ONCE = 32_768
#: where more of a block's pairs pass the bound, one product of matrices costs less than that of each pair
CROWDED = 0.02
#: how far a product in float32 may be off; closer to the threshold float64 decides
DOUBT = 1e-4


class Hits(NamedTuple):
    """Pairs (row, other) and their cosine."""

    row: Ints
    other: Ints
    cosine: Floats


class Vectors:
    """Unit vectors of shape (n, dimensions). `order[i]` is the row of the i-th vector: all places here are i."""

    def __init__(self, rows: Floats, order: Ints) -> None:
        self.rows, self.order = rows, order
        width = rows.shape[1]
        some = rows[order[:: max(len(order) // SAMPLE, 1)]].astype(np.float64)
        directions = np.linalg.eigh(some.T @ some)[1][:, ::-1][:, : min(HEAD, width)].astype(np.float32)
        self.heads = np.empty((len(order), directions.shape[1] + 1), np.float32)
        for start in range(0, len(order), COLUMNS):
            block = rows[order[start : start + COLUMNS]]
            head = block @ directions
            rest = np.einsum("ij,ij->i", block, block) - np.einsum("ij,ij->i", head, head)
            self.heads[start : start + COLUMNS, :-1] = head
            # rounded up, so that the bound holds
            self.heads[start : start + COLUMNS, -1] = np.sqrt(np.maximum(rest, 0) + 1e-5)

    def __len__(self) -> int:
        return len(self.order)

    def above(self, rows: Ints, others: Ints, threshold: float) -> Iterator[Hits]:
        """The pairs of one of `rows` and one of `others` whose cosine is greater than the threshold, some at a time."""
        heads = self.heads[rows]
        for start in range(0, len(others), COLUMNS):
            some = others[start : start + COLUMNS]
            a, b = _places(heads @ self.heads[some].T > threshold - DOUBT)
            if len(a) > CROWDED * len(rows) * len(some):
                products = self.rows[self.order[rows]] @ self.rows[self.order[some]].T
                a, b = _places(products > threshold - DOUBT)
                cosine = products[a, b]
            else:
                cosine = self._each(rows[a], some[b])
            yield self._sure(Hits(rows[a], some[b], cosine), threshold)

    def cosine(self, rows: Ints, others: Ints) -> npt.NDArray[np.float64]:
        """The cosine of each pair, in float64: the same on every machine."""
        made = np.empty(len(rows))
        for start, end in parts(np.ones(len(rows), np.int64), AT_ONCE):
            one, other = self.rows[self.order[rows[start:end]]], self.rows[self.order[others[start:end]]]
            made[start:end] = np.einsum("ij,ij->i", one, other, dtype=np.float64)
        return made

    def _each(self, rows: Ints, others: Ints) -> Floats:
        made = np.empty(len(rows), np.float32)
        for start, end in parts(np.ones(len(rows), np.int64), AT_ONCE):
            one, other = self.rows[self.order[rows[start:end]]], self.rows[self.order[others[start:end]]]
            made[start:end] = np.einsum("ij,ij->i", one, other)
        return made

    def _sure(self, hits: Hits, threshold: float) -> Hits:
        """Those above the threshold: the digits of float32 depend on how a product is cut up, these do not."""
        above = hits.cosine > threshold
        doubtful = np.flatnonzero(np.abs(hits.cosine - threshold) <= DOUBT)
        above[doubtful] = self.cosine(hits.row[doubtful], hits.other[doubtful]) > threshold
        return Hits(hits.row[above], hits.other[above], hits.cosine[above])


def _places(true: npt.NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Row and column of each true value, in order."""
    flat = np.flatnonzero(true)  # on a matrix numpy's own search takes five times as long
    return flat // true.shape[1], flat % true.shape[1]
