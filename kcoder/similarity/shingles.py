"""A text as the set of its shingles: every n words in a row, each as a 63-bit hash.

A word is a run of ASCII letters, digits and underscores or of characters beyond ASCII; case counts, spacing and
punctuation do not. A text of fewer than n words has one shingle made of all of them, a text without a word has none.

Two different shingles may have one hash: among 100 million different ones about one pair in 2,000 such collections,
and it moves a similarity only where both stand in the two texts compared, by one shingle. The hashes are no
protection against texts that were built to collide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from kcoder.similarity.parts import parts

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]

#: bytes of text taken at a time: what stays in the processor's cache (measured: 0.5 to 2 MB are alike, 8 MB slower)
BATCH = 1_000_000

# the odd constants and the finalizer of MurmurHash3 and xxHash
_FIRST, _SECOND = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
_GOLDEN, _LENGTH = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
#: keeps the first so many bytes of eight
_LOW = np.array([(1 << 8 * count) - 1 for count in range(9)], np.uint64)


@dataclass(frozen=True)
class Sets:
    """Sets of hashes, one for each text: `flat[bounds[i]:bounds[i + 1]]` is sorted and holds each hash once."""

    flat: Ints
    bounds: Ints

    def __len__(self) -> int:
        return len(self.bounds) - 1

    @property
    def sizes(self) -> Ints:
        return np.diff(self.bounds)

    def owners(self) -> Ints:
        """For each hash, the row it belongs to."""
        return np.repeat(np.arange(len(self)), self.sizes)

    def take(self, rows: Ints) -> Sets:
        """The sets of these rows, in this order; a row may come again."""
        bounds = np.concatenate([[0], np.cumsum(self.sizes[rows])])
        places = np.arange(bounds[-1]) + np.repeat(self.bounds[rows] - bounds[:-1], np.diff(bounds))
        return Sets(self.flat[places], bounds)


def shingle_sets(texts: pl.Series, n: int = 5, seed: int = 0) -> Sets:
    """The set of each text, in the order of `texts`. Null counts as empty."""
    return joined(sets for _, sets in shingled(texts, n, seed))


def shingled(texts: pl.Series, n: int = 5, seed: int = 0) -> Iterator[tuple[int, Sets]]:
    """The same batch by batch, each with the place of its first text: memory is bounded by a batch."""
    texts = texts.fill_null("")
    sizes = texts.str.len_bytes().cast(pl.Int64).to_numpy()
    for start, end in parts(sizes, BATCH):
        raw, bounds = flat_bytes(texts.slice(start, end - start))
        starts, hashes = word_hashes(raw, bounds, seed)
        yield start, _as_sets(*_shingles(hashes, np.searchsorted(starts, bounds), n))


def joined(parts: Iterable[Sets]) -> Sets:
    """The sets of several batches as one."""
    some = list(parts)
    if not some:
        return Sets(np.empty(0, np.int64), np.zeros(1, np.int64))
    bounds = np.cumsum(np.concatenate([[0], *(part.sizes for part in some)]))
    return Sets(np.concatenate([part.flat for part in some]), bounds)


def flat_bytes(texts: pl.Series) -> tuple[Bytes, Ints]:
    """The bytes of all texts in a row, followed by eight zeros, and where each text begins and the last one ends."""
    # the oldest Arrow layout has one buffer of bytes; pyarrow comes with datasets
    column = texts.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    _, places, data = column.buffers()
    if places is None or data is None:
        return np.zeros(8, np.uint8), np.zeros(len(texts) + 1, np.int64)
    bounds = np.frombuffer(places, np.int64)[column.offset : column.offset + len(column) + 1]
    raw = np.zeros(bounds[-1] - bounds[0] + 8, np.uint8)
    raw[:-8] = np.frombuffer(data, np.uint8)[bounds[0] : bounds[-1]]
    return raw, bounds - bounds[0]


def word_hashes(raw: Bytes, bounds: Ints, seed: int = 0) -> tuple[Ints, Hashes]:
    """Where each word begins in `flat_bytes`, and its 64-bit hash: eight bytes at a time, mixed after each."""
    starts, ends = _words(raw, bounds)
    lengths = ends - starts
    # eight bytes from any place on, whatever the machine's byte order
    eight: Hashes = np.ndarray((len(raw) - 7,), "<u8", buffer=raw.data, strides=(1,))
    hashes = eight[starts]
    hashes &= _LOW[np.minimum(lengths, 8)]
    hashes *= _GOLDEN
    hashes += lengths.astype(np.uint64) * _LENGTH
    hashes += mixed(np.array([seed], np.uint64))
    mixed(hashes)
    done, rest = 8, np.flatnonzero(lengths > 8)
    while rest.size:
        more = eight[starts[rest] + done]
        more &= _LOW[np.minimum(lengths[rest] - done, 8)]
        more ^= hashes[rest]
        hashes[rest] = mixed(more)
        done += 8
        rest = rest[lengths[rest] > done]
    return starts, hashes


def _words(raw: Bytes, bounds: Ints) -> tuple[Ints, Ints]:
    """Where each word begins and ends; the edge of a text ends a word."""
    inside = np.zeros(len(raw) + 1, np.bool_)
    word = inside[1:]
    np.less((raw | 32) - np.uint8(97), 26, out=word)
    word |= (raw - np.uint8(48)) < 10
    word |= raw == 95
    word |= raw > 127
    edges = np.flatnonzero(inside[1:] != inside[:-1])
    within = bounds[1:-1]
    # inside[at] tells of the byte before `at`
    cut = np.unique(within[inside[within] & inside[within + 1]])
    if cut.size:
        edges = np.sort(np.concatenate([edges, cut, cut]), kind="stable")
    return edges[::2], edges[1::2]


def _shingles(words: Hashes, first: Ints, n: int) -> tuple[Ints, Ints]:
    """The hash of every n words in a row, text by text, and how many each text has."""
    counts = np.diff(first)
    each = mixed(np.arange(1, n + 1, dtype=np.uint64)) | np.uint64(1)
    last = max(len(words) - n + 1, 0)
    flat = np.zeros(len(words), np.uint64)
    for place in range(n):
        flat[:last] += words[place : place + last] * each[place]
    short = np.flatnonzero((counts > 0) & (counts < n))
    whole = np.zeros(len(short), np.uint64)
    for place in range(n - 1):
        there = counts[short] > place
        whole[there] += words[first[short[there]] + place] * each[place]
    flat[first[short]] = whole
    # a text's last n - 1 words begin no shingle
    begins = np.ones(len(words), np.bool_)
    for back in range(1, n):
        at = first[1:] - back
        begins[at[at >= first[:-1] + (counts < n)]] = False
    return (mixed(flat[begins]) >> np.uint64(1)).view(np.int64), np.maximum(counts - n + 1, counts > 0)


def _as_sets(flat: Ints, counts: Ints) -> Sets:
    bounds = np.concatenate([[0], np.cumsum(counts)])
    for start, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        flat[start:end].sort()
    once = np.ones(len(flat), np.bool_)
    once[1:] = flat[1:] != flat[:-1]
    once[bounds[:-1][counts > 0]] = True
    kept = np.concatenate([[0], np.cumsum(once)])
    return Sets(flat[once], kept[bounds])


def mixed(hashes: Hashes) -> Hashes:
    """MurmurHash3's 64-bit finalizer, in place."""
    hashes ^= hashes >> np.uint64(33)
    hashes *= _FIRST
    hashes ^= hashes >> np.uint64(33)
    hashes *= _SECOND
    hashes ^= hashes >> np.uint64(33)
    return hashes
