"""Which vectors stay: those that no vector before them resembles, or one of each connected group."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Protocol

import numpy as np

from kcoder.similarity.clusters import components
from kcoder.similarity.cosine import Floats, Hits, Ints, Vectors
from kcoder.similarity.greedy import Stays

#: pairs after which the groups they make are put in their place
MANY = 4_000_000


class Known(Protocol):
    """The vectors that later ones are compared with."""

    #: how many vectors are visited together: at most `cosine.COLUMNS`, so that a block is compared with itself at once
    block: int

    def add(self, rows: Ints) -> None: ...

    def beside(self, rows: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Which of these rows to compare with which known ones: all, or those that are likely to be alike."""


class All:
    """Every known vector is compared: the exact search."""

    block = 2048

    def __init__(self, size: int) -> None:
        self.rows, self.count = np.empty(size, np.int64), 0

    def add(self, rows: Ints) -> None:
        self.rows[self.count : self.count + len(rows)] = rows
        self.count += len(rows)

    def beside(self, rows: Ints) -> Iterator[tuple[Ints, Ints]]:
        yield rows, self.rows[: self.count]


def greedy(vectors: Vectors, threshold: float, known: Known, check: Callable[[], None]) -> Stays:
    """Visited in order, a vector stays unless its cosine with one that stays already exceeds the threshold.

    A vector that falls names the most similar of those that stay and came before it.
    """
    stays, best = np.arange(len(vectors)), np.full(len(vectors), -2, np.float32)
    for block in _blocks(len(vectors), known.block):
        check()
        for rows, others in known.beside(block):
            for hits in vectors.above(rows, others, threshold):
                _name(stays, best, hits)
        standing = block[stays[block] == block]
        for hits in vectors.above(standing, block, threshold):
            begins = np.flatnonzero(np.diff(hits.row, prepend=-1))
            for begin, end in pairwise([*begins.tolist(), len(hits.row)]):
                # in order: those before it that stand have taken out what they resemble
                if stays[hits.row[begin]] == hits.row[begin]:
                    later = begin + np.flatnonzero(hits.other[begin:end] > hits.row[begin])
                    _name(stays, best, Hits(hits.other[later], hits.row[later], hits.cosine[later]))
        known.add(block[stays[block] == block])
    return _stays(vectors, stays)


def connected(vectors: Vectors, threshold: float, known: Known, check: Callable[[], None]) -> Stays:
    """Of each group that pairs above the threshold connect, however far apart its ends are, the first stays."""
    first = np.arange(len(vectors))
    left, right, count = [first], [first], 0
    for block in _blocks(len(vectors), known.block):
        check()
        known.add(block)
        for rows, others in known.beside(block):
            for hits in vectors.above(rows, others, threshold):
                left.append(hits.row)
                right.append(hits.other)
                count += len(hits.row)
                if count > MANY:
                    first = components(len(vectors), np.concatenate(left), np.concatenate(right))
                    left, right, count = [np.arange(len(vectors))], [first], 0
    return _stays(vectors, components(len(vectors), np.concatenate(left), np.concatenate(right)))


def _blocks(size: int, block: int) -> Iterator[Ints]:
    for start in range(0, size, block):
        yield np.arange(start, min(start + block, size))


def _name(stays: Ints, best: Floats, hits: Hits) -> None:
    """Let each row of a hit fall for the other where no more similar one is named yet, of equals for the first."""
    better = hits.cosine > best[hits.row]
    row, other, cosine = (column[better] for column in hits)
    order = np.lexsort((-other, cosine))  # the last one written wins
    stays[row[order]], best[row[order]] = other[order], cosine[order]


def _stays(vectors: Vectors, stays: Ints) -> Stays:
    similarity = np.ones(len(vectors))
    falls = np.flatnonzero(stays != np.arange(len(vectors)))
    similarity[falls] = vectors.cosine(falls, stays[falls])
    return Stays(stays, similarity)
