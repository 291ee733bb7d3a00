"""Hashes of n tokens in a row that are equal where one can be renamed into the other.

An identifier counts as the distance to where it last stood within the same n tokens, or as new (parameterized
matching: Baker, "Parameterized Pattern Matching", JCSS 1996).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kcoder.leaks.tokens import Hashes, Tokens

_SPREAD, _MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)


def distances(tokens: Tokens, reach: int) -> npt.NDArray[np.uint64]:
    """How many tokens ago the same name stood in the same passage; 0 where that is `reach` or more."""
    found = np.zeros(len(tokens.name), np.uint64)
    for back in range(min(reach - 1, len(found) - 1), 0, -1):
        same = tokens.name[back:] == tokens.name[:-back]
        same &= tokens.passage[back:] == tokens.passage[:-back]
        found[back:][same] = back
    return found


def grams(tokens: Tokens, n: int) -> Hashes:
    """The hash of the n tokens that begin at each token; 0 where the passage ends sooner."""
    size = len(tokens.name)
    found = np.zeros(size, np.uint64)
    if size < n:
        return found
    far = distances(tokens, n)
    whole = size - n + 1
    total = np.zeros(whole, np.uint64)
    with np.errstate(over="ignore"):
        for at in range(n):
            value = tokens.value[at : at + whole]
            back = far[at : at + whole]
            seen = np.where(back <= at, back, 0) + np.uint64(1)
            each = np.where(value == 0, seen, value) * _SPREAD
            total = total * _MIX + (each ^ (each >> np.uint64(29)))
        total ^= total >> np.uint64(32)
    total |= np.uint64(1)  # 0 means none
    found[:whole] = np.where(tokens.passage[n - 1 :] == tokens.passage[:whole], total, 0)
    return found
