"""Every pair of texts that are alike: an exact search, which misses none.

Prefix filtering (Chaudhuri et al. 2006, Bayardo et al. 2007; the position filter: Xiao et al. 2008): with all sets
sorted in one order, rare hashes first, two sets x and y of Jaccard similarity t or more share a hash among the first
|x| - ceil(t |x|) + 1 of x and among as many of y. Any order will do; how often a hash occurs is therefore counted in
a table of bounded size in which hashes may fall together, which costs time and never a pair.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from kcoder.similarity.jaccard import Jaccard
from kcoder.similarity.parts import parts
from kcoder.similarity.shingles import Ints, shingle_sets, shingled

Flags = npt.NDArray[np.bool_]

#: places of the table of counts: 512 MB at most
LARGEST_TABLE = 1 << 27
#: pairs made at a time
AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Pairs:
    """Pairs of rows with left < right, in order, and how alike the two are."""

    left: Ints
    right: Ints
    jaccard: npt.NDArray[np.float64]


def all_pairs(texts: pl.Series, threshold: float, held: Flags | None = None, n: int = 5) -> Pairs:
    """All pairs of texts whose shingles have a Jaccard similarity of at least `threshold`.

    With `held` only pairs of a row in it and a row outside. Beside the texts, memory holds the table, 16 bytes for
    each hash in a prefix that other rows have too, 8 for each pair to compare, and the sets of the rows in them.
    """
    sizes = np.zeros(len(texts), np.int64)
    postings = _sorted(_prefixes(texts, _counts(texts, n), sizes, threshold, n))
    found = np.unique(np.concatenate([np.empty(0, np.int64), *_candidates(postings, sizes, threshold, held)]))
    del postings
    left, right = found // max(len(texts), 1), found % max(len(texts), 1)
    rows, places = np.unique(np.concatenate([left, right]), return_inverse=True)
    sets = shingle_sets(texts.gather(rows), n)
    similarity = Jaccard(sets).similarity(places[: len(left)], places[len(left) :], threshold)
    true = similarity >= threshold
    return Pairs(left[true], right[true], similarity[true])


@dataclass(frozen=True)
class _Postings:
    """Where a hash stands in the prefix of a row: by key of the hash, how many are left in the row from there on."""

    key: Ints
    row: npt.NDArray[np.int32]
    left: npt.NDArray[np.int32]


def _counts(texts: pl.Series, n: int) -> npt.NDArray[np.uint32]:
    """For each place of the table, in how many sets a hash stands that falls there: never too few."""
    words = int(texts.str.len_bytes().sum()) // 4
    table = np.zeros(min(LARGEST_TABLE, 1 << max(words.bit_length(), 10)), np.uint32)
    for _, sets in shingled(texts, n):
        np.add.at(table, sets.flat & (len(table) - 1), np.uint32(1))
    return table


def _prefixes(
    texts: pl.Series, counts: npt.NDArray[np.uint32], sizes: Ints, threshold: float, n: int
) -> list[_Postings]:
    """The prefixes of rows that share enough hashes with others to have a partner. Fills in the `sizes` of all."""
    made = []
    for start, sets in shingled(texts, n):
        sizes[start : start + len(sets)] = sets.sizes
        often = counts[sets.flat & (len(counts) - 1)].astype(np.int64)
        shared = np.diff(np.concatenate([[0], np.cumsum(often > 1)])[sets.bounds])
        least = np.ceil(threshold * sets.sizes - 1e-6).astype(np.int64)
        hopeful = (shared > 0) & (shared >= least)
        # the count above, bits of the hash below: hashes that fall together are taken for one
        key = (np.minimum(often, 2**20 - 1) << 43) | (sets.flat & (2**43 - 1))
        for row in np.flatnonzero(hopeful).tolist():
            key[sets.bounds[row] : sets.bounds[row + 1]].sort()
        row_of = sets.owners()
        place = np.arange(len(key)) - sets.bounds[row_of]
        some = np.flatnonzero(hopeful[row_of] & (place <= (sets.sizes - least)[row_of]) & (key >= 2 << 43))
        left = sets.sizes[row_of[some]] - place[some]
        made.append(_Postings(key[some], (row_of[some] + start).astype(np.int32), left.astype(np.int32)))
    return made


def _sorted(made: list[_Postings]) -> _Postings:
    """By key, the rows of each key in order."""
    order = np.argsort(np.concatenate([part.key for part in made]), kind="stable")
    key, row, left = (np.concatenate([getattr(part, name) for part in made])[order] for name in ("key", "row", "left"))
    return _Postings(key, row, left)


def _candidates(postings: _Postings, sizes: Ints, threshold: float, held: Flags | None) -> Iterator[Ints]:
    """Pairs of rows with a hash in common that could be alike, as left * rows + right; some come again."""
    last = np.searchsorted(postings.key, postings.key, side="right")
    # each posting with the later ones of its hash: rows stand in order there
    partners = last - np.arange(len(last)) - 1
    for start, end in parts(partners, AT_ONCE):
        here = partners[start:end]
        a = np.repeat(np.arange(start, end), here)
        b = a + 1 + np.arange(len(a)) - np.repeat(np.cumsum(here) - here, here)
        left, right = postings.row[a].astype(np.int64), postings.row[b].astype(np.int64)
        # of the first hash that both share, no more can follow than either has left
        most = np.minimum(postings.left[a], postings.left[b])
        good = most >= threshold / (1 + threshold) * (sizes[left] + sizes[right]) - 1e-6
        good &= left != right
        if held is not None:
            good &= held[left] != held[right]
        yield np.unique(left[good] * len(sizes) + right[good])
