"""Where the labels of a figure stand, so that they cover neither points nor each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kcoder.reporting.svg import LETTER

TALL = 15.0


@dataclass(frozen=True)
class Box:
    """A rectangle in px: its upper left corner and its size."""

    x: float
    y: float
    width: float
    height: float

    def shared(self, other: Box) -> float:
        """The area that two boxes have in common."""
        across = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        down = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        return max(across, 0.0) * max(down, 0.0)


def place(
    spots: Sequence[tuple[str, float, float]], points: Sequence[Box], bars: Sequence[Box], inside: Box
) -> list[tuple[float, float]]:
    """For each (words, x, y) the start of the label's baseline.

    Each label takes the place around its point, right first, that covers least of what is drawn and of the
    labels before it. Covering a point or a label counts ten times covering an error bar; leaving the area
    counts most.
    """
    taken = list(points)
    found = []
    for words, x, y in spots:
        size = len(words) * LETTER, TALL
        best = min(_around(x, y, *size), key=lambda box: _cost(box, taken, bars, inside))
        taken.append(best)
        found.append((best.x, best.y + TALL - 3.5))
    return found


def along(line: Sequence[tuple[float, float]]) -> list[Box]:
    """Small boxes that cover a line through these points."""
    boxes = []
    for (x1, y1), (x2, y2) in pairwise(line):
        count = int(math.dist((x1, y1), (x2, y2)) // 5) + 1
        spots = ((x1 + (x2 - x1) * i / count, y1 + (y2 - y1) * i / count) for i in range(count + 1))
        boxes += [Box(x - 2.5, y - 2.5, 5, 5) for x, y in spots]
    return boxes


def _around(x: float, y: float, width: float, height: float) -> list[Box]:
    corners = []
    for far in (0.0, 10.0, 22.0):
        right, left, above, below = x + 12 + far, x - 12 - far - width, y - 11 - far - height, y + 11 + far
        corners += [(right, y - height / 2), (left, y - height / 2)]
        corners += [(x + 8, above), (x - 8 - width, above), (x + 8, below), (x - 8 - width, below)]
        corners += [(x - width / 2, above), (x - width / 2, below)]
    return [Box(a, b, width, height) for a, b in corners]


def _cost(box: Box, taken: Sequence[Box], bars: Sequence[Box], inside: Box) -> float:
    outside = box.width * box.height - box.shared(inside)
    # rounded, so that of places that cover nothing the first is taken, whatever the last bits
    return round(100 * outside + 10 * sum(map(box.shared, taken)) + sum(map(box.shared, bars)), 3)
