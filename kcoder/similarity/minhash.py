"""Which sets could be alike: sketches, cut into bands; rows with an equal band share a bucket.

Two sets have equal values at a place of their sketches with the probability of their Jaccard similarity (MinHash,
Broder 1997), so that of b bands of r values at least one is equal with probability 1 - (1 - s^r)^b.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kcoder.similarity.shingles import Hashes, Ints, Sets, mixed

#: what a missed pair weighs against a pair compared in vain: the comparison costs microseconds, the miss stays
MISSED = 0.9
#: a place of a sketch that nothing has filled
EMPTY = np.int64(2**63 - 1)


@dataclass(frozen=True)
class Banding:
    """So many bands of so many values each."""

    bands: int
    rows: int

    def caught(self, similarity: float) -> float:
        """The probability that two sets of this similarity share a bucket."""
        return 1.0 - (1.0 - similarity**self.rows) ** self.bands


def banding(threshold: float, permutations: int) -> Banding:
    """The split that catches most pairs above the threshold and fewest below.

    Minimises 0.1 times the area under `caught` below the threshold and 0.9 times the area over it above (Zhu et al.
    2016, LSH Ensemble, with their two errors weighed for candidates that are verified).
    """
    grid = (np.arange(1000) + 0.5) / 1000
    below = grid < threshold

    def error(split: Banding) -> float:
        caught = 1.0 - (1.0 - grid**split.rows) ** split.bands
        return float((1 - MISSED) * caught[below].sum() + MISSED * (1.0 - caught[~below]).sum())

    splits = (Banding(permutations // rows, rows) for rows in range(1, permutations + 1))
    return min(splits, key=error)


def sketches(sets: Sets, permutations: int) -> Ints:
    """A sketch per set: shape (sets, permutations), a power of two. The row of an empty set is all `EMPTY`.

    Fast similarity sketching (Dahlgaard, Knudsen and Thorup 2017): each hash throws its value into one place in each
    round, earlier rounds win, and a set stops once its places are full. One round does for a large set, and a set of
    few hashes is sketched as soundly as with one permutation for each place.
    """
    bits = permutations.bit_length() - 1
    made = np.full((len(sets), permutations), EMPTY)
    # sets are sorted: of those with equal first bits the first is the least
    owner, place = sets.owners(), sets.flat >> (63 - bits)
    least = np.ones(len(place), np.bool_)
    least[1:] = (place[1:] != place[:-1]) | (owner[1:] != owner[:-1])
    made[owner[least], place[least]] = (sets.flat[least] << bits & 2**63 - 1) >> 23
    flat, open_ = sets.flat, np.arange(len(sets))
    for turn in range(1, 2 * permutations):
        open_ = open_[(made[open_] == EMPTY).any(axis=1)]
        lacks = np.zeros(len(sets), np.bool_)
        lacks[open_] = True
        still = lacks[owner]
        owner, flat = owner[still], flat[still]
        if not flat.size:
            break
        thrown = mixed(flat.view(np.uint64) + mixed(np.array([turn], np.uint64)))
        value = (thrown >> np.uint64(24)).view(np.int64) | turn << 40
        at = (thrown & np.uint64(permutations - 1)).view(np.int64) if turn < permutations else turn - permutations
        np.minimum.at(made.ravel(), owner * permutations + at, value)
    return made


def band_keys(made: Ints, split: Banding) -> Hashes:
    """A hash for each band of each sketch: shape (sketches, bands)."""
    used = made[:, : split.bands * split.rows].reshape(len(made), split.bands, split.rows).view(np.uint64)
    factors = mixed(np.arange(1, split.rows + 1, dtype=np.uint64)) | np.uint64(1)
    return mixed((used * factors).sum(axis=2, dtype=np.uint64))


@dataclass(frozen=True)
class Buckets:
    """Rows that share a band with another: `row` ascends within each bucket, `bucket` throughout."""

    bucket: Ints
    row: Ints


def buckets(keys: Hashes, some: npt.NDArray[np.bool_]) -> Buckets:
    """The buckets of two rows and more, of the rows in `some`; a row may stand in several."""
    rows = np.flatnonzero(some)
    bucket, row, count = [np.empty(0, np.int64)], [np.empty(0, np.int64)], 0
    for band in range(keys.shape[1] if rows.size else 0):
        column = keys[rows, band]
        order = np.argsort(column, kind="stable")
        column = column[order]
        equal = np.concatenate([[False], column[1:] == column[:-1], [False]])
        shared = equal[1:] | equal[:-1]
        begins = np.cumsum(~equal[:-1][shared])
        bucket.append(begins + count)
        row.append(rows[order[shared]])
        count += int(begins[-1]) if begins.size else 0
    return Buckets(np.concatenate(bucket), np.concatenate(row))
