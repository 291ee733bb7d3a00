"""Work cut into parts of bounded size."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt


def parts(weights: npt.NDArray[np.int64], most: int) -> Iterator[tuple[int, int]]:
    """Begin and end of each run of items that weighs `most` or little more: by less than its heaviest item."""
    run = np.cumsum(weights) // most
    yield from pairwise([0, *(np.flatnonzero(np.diff(run)) + 1).tolist(), len(weights)])
