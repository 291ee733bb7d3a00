"""What two passages share: the longest pieces first, each token once, under one renaming.

Greedy string tiling (Wise 1993; Prechelt, Malpohl and Philippsen, "Finding Plagiarisms among a Set of Programs with
JPlag", 2002), whose pieces may stand in another order, with the demand added that all pieces rename alike.
"""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass

import numpy as np

from kcoder.leaks.tokens import Hashes


@dataclass(frozen=True)
class Text:
    """A piece of a token stream: names as written, and where they may be renamed the value 0."""

    name: Hashes
    value: Hashes


@dataclass(frozen=True)
class Tile:
    """`length` tokens from `left` in one text that are those from `right` in the other."""

    left: int
    right: int
    length: int


class Tiling:
    """Tiles of two texts. `renamed` says which name of the left one is which of the right one."""

    def __init__(self, left: Text, right: Text) -> None:
        self.left, self.right = left, right
        self.tiles: list[Tile] = []
        self.covered = np.zeros(len(left.name), np.bool_)
        self.used = np.zeros(len(right.name), np.bool_)
        self.renamed: dict[int, int] = {}
        self._names: dict[int, int] = {}

    def lay(self, runs: list[Tile], least: int) -> None:
        """Lay pieces of at least `least` tokens, out of runs that are equal up to names."""
        heap = [(-run.length, run.left, run.right) for run in runs]
        heapq.heapify(heap)
        while heap:
            length, left, right = heapq.heappop(heap)
            pieces = self._usable(left, right, -length)
            if pieces == [(0, -length)]:
                self.tiles.append(Tile(left, right, -length))
                self._take(self.tiles[-1])
                continue
            for start, end in pieces:
                if end - start >= least:
                    heapq.heappush(heap, (start - end, left + start, right + start))

    def _usable(self, left: int, right: int, length: int) -> list[tuple[int, int]]:
        """The parts of a run whose tokens are free and whose names agree with those of the tiles and each other."""
        fresh: dict[int, int] = {}
        back: dict[int, int] = {}
        parts, start = [], 0
        for at in range(length):
            ok = not (self.covered[left + at] or self.used[right + at])
            if ok and not self.left.value[left + at]:
                one, other = int(self.left.name[left + at]), int(self.right.name[right + at])
                ok = self.renamed.get(one, fresh.get(one, other)) == other
                ok = ok and self._names.get(other, back.get(other, one)) == one
                if ok:
                    fresh[one], back[other] = other, one
            if not ok:
                parts.append((start, at))
                start = at + 1
        return [*parts, (start, length)]

    def _take(self, tile: Tile) -> None:
        self.covered[tile.left : tile.left + tile.length] = True
        self.used[tile.right : tile.right + tile.length] = True
        for at in range(tile.length):
            if not self.left.value[tile.left + at]:
                one, other = int(self.left.name[tile.left + at]), int(self.right.name[tile.right + at])
                self.renamed[one], self._names[other] = other, one

    def unchanged(self, place: int) -> bool:
        """Whether the token at this place of the left text is in the right one just as it is written."""
        if self.left.value[place]:
            return bool(self.covered[place])
        name = int(self.left.name[place])
        return self.renamed.get(name) == name

    def gaps(self, most: int) -> int:
        """Tokens put in between tiles of the right text; more than `most` at one place count as one."""
        ends = sorted((tile.right, tile.right + tile.length) for tile in self.tiles)
        between = (after[0] - before[1] for before, after in itertools.pairwise(ends))
        return sum(gap if gap <= most else 1 for gap in between)


def runs(left: Hashes, right: Hashes, n: int) -> list[Tile]:
    """The longest runs of tokens both texts have, from the hashes of their n-grams (0 is none)."""
    places: dict[int, list[int]] = {}
    for at, gram in enumerate(left.tolist()):
        if gram:
            places.setdefault(gram, []).append(at)
    diagonals: dict[int, list[int]] = {}
    for at, gram in enumerate(right.tolist()):
        for place in places.get(gram, ()):
            diagonals.setdefault(at - place, []).append(place)
    found = []
    for offset, starts in diagonals.items():
        first = last = starts[0]
        for start in [*starts[1:], -1]:
            if start != last + 1:
                found.append(Tile(first, first + offset, last - first + n))
                first = start
            last = start
    return found
