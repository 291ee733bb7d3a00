"""Features of texts, all in one pass over their bytes; filters read them as columns by name.

A line ends with a newline, `\\n` or `\\r\\n`, which is not counted in its length; text after the last one is
a line too, and an empty rest is none. Lengths are in characters (Unicode code points). An empty text has
no line and no letter: all of its features are 0, so that any lower limit on letters drops it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from kcoder.errors import UsageError, choice

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

#: every feature with what it says of one text
FEATURES = {
    "characters": "characters, newlines included",
    "lines": "lines",
    "average_line": "mean length of the lines in characters",
    "longest_line": "length of the longest line in characters",
    "alphabetic": "letters (Unicode category L) as a share of all characters, newlines included",
    "alphanumeric": "letters and numerals (str.isalnum) as a share of all characters, newlines included",
    "bytes": "bytes in UTF-8",
    "entropy": "Shannon entropy of the bytes, in bits a byte",
    "repeated_lines": "lines that stood before in the text, as a share of its lines; spacing at the ends and blank "
    "lines aside",
}

#: bytes measured at a time: what stays in the processor's cache
BATCH = 1 << 20


def measure(texts: pl.Series, wanted: Iterable[str] = FEATURES) -> pl.DataFrame:
    """The wanted features of each text, a column each, in the order of `texts`. Null counts as empty.

    Raises UsageError for a feature that is unknown.
    """
    names = list(dict.fromkeys(wanted))
    if unknown := [name for name in names if name not in FEATURES]:
        raise UsageError(f"no feature of texts is called {unknown[0]!r}", choice(unknown[0], FEATURES))
    raw, bounds = _flat(texts.fill_null(""))
    # memory that is written again for each batch: fresh memory costs more than the arithmetic
    scratch = np.empty((2, min(len(raw), BATCH + int(np.diff(bounds).max(initial=0)))), np.uint8)
    parts = []
    for begin, end in _batches(bounds):
        here = bounds[begin : end + 1]
        parts.append(_batch(raw[here[0] : here[-1]], here - here[0], names, scratch))
    columns = {name: np.concatenate([part[name] for part in parts]) for name in names if name != "repeated_lines"}
    if "repeated_lines" in names:
        columns["repeated_lines"] = _repeated(texts.fill_null(""))
    return pl.DataFrame({name: columns[name] for name in names})


def _batches(bounds: Ints) -> Iterator[tuple[int, int]]:
    """Texts that are measured together: those that begin within so many bytes. At least one batch, if of nothing."""
    starts = np.flatnonzero(np.diff(bounds[:-1] // BATCH)) + 1
    yield from itertools.pairwise([0, *starts.tolist(), len(bounds) - 1])


@dataclass(frozen=True)
class Wide:
    """What of a batch is not ASCII: few bytes or none. `high` are the places of all such bytes, `inside` of those
    that continue a character, and `text` the text in which each of these stands."""

    high: Ints
    inside: Ints
    text: Ints

    @classmethod
    def of(cls, raw: Bytes, bounds: Ints, scratch: Bytes) -> Wide:
        high = np.flatnonzero(np.greater(raw, 127, out=scratch[0, : len(raw)].view(np.bool_)))
        inside = high[raw[high] < 0xC0]
        return cls(high, inside, np.searchsorted(bounds, inside, side="right") - 1)


def _batch(raw: Bytes, bounds: Ints, names: list[str], scratch: Bytes) -> dict[str, Any]:
    made: dict[str, Any] = {"bytes": np.diff(bounds)}
    wide = Wide.of(raw, bounds, scratch)
    characters = made["bytes"] - np.bincount(wide.text, minlength=len(bounds) - 1)
    made["characters"] = characters
    if {"lines", "average_line", "longest_line"} & {*names}:
        made |= _lines(raw, bounds, wide, characters, scratch)
    for name, digits in (("alphabetic", False), ("alphanumeric", True)):
        if name in names:
            made[name] = _letters(raw, bounds, wide, scratch, digits=digits) / np.maximum(characters, 1)
    if "entropy" in names:
        made["entropy"] = np.array([_entropy(raw[begin:end]) for begin, end in itertools.pairwise(bounds)], np.float64)
    return made


def _flat(texts: pl.Series) -> tuple[Bytes, Ints]:
    """The bytes of all texts in a row, and where each begins and the last one ends."""
    # the oldest Arrow layout has one buffer of bytes; pyarrow comes with datasets
    column = texts.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    _, places, data = column.buffers()
    if places is None or data is None:
        return np.empty(0, np.uint8), np.zeros(len(texts) + 1, np.int64)
    bounds = np.frombuffer(places, np.int64)[column.offset : column.offset + len(column) + 1]
    return np.frombuffer(data, np.uint8)[bounds[0] : bounds[-1]], bounds - bounds[0]


def _lines(raw: Bytes, bounds: Ints, wide: Wide, characters: Ints, scratch: Bytes) -> dict[str, Any]:
    starts, ends = bounds[:-1], bounds[1:]
    newlines = np.flatnonzero(np.equal(raw, 10, out=scratch[0, : len(raw)].view(np.bool_)))
    first = np.searchsorted(newlines, bounds)
    count = np.diff(first)
    some = count > 0
    rest = starts.copy()
    rest[some] = newlines[first[1:][some] - 1] + 1
    behind = wide.inside >= rest[wide.text]  # in what follows the last newline of its text
    longest = ends - rest - np.bincount(wide.text[behind], minlength=len(starts))
    lines = count + (longest > 0)
    in_lines = characters - count
    if len(newlines):
        lengths = np.diff(newlines, prepend=-1) - 1
        begins = first[:-1][some]  # the first line of a text begins with the text, not behind a newline
        lengths[begins] = newlines[begins] - starts[some]
        if len(wide.inside):
            lengths -= np.bincount(np.searchsorted(newlines, wide.inside[~behind]), minlength=len(newlines))
        if np.equal(raw, 13, out=scratch[0, : len(raw)].view(np.bool_)).any():
            returned = (lengths > 0) & (raw[newlines - 1] == 13)
            lengths -= returned
            in_lines = in_lines - np.add.reduceat(np.append(returned, False), first[:-1], dtype=np.int64) * some
        longest[some] = np.maximum(longest[some], np.maximum.reduceat(lengths, begins))
    return {"lines": lines, "longest_line": longest, "average_line": in_lines / np.maximum(lines, 1)}


def _letters(raw: Bytes, bounds: Ints, wide: Wide, scratch: Bytes, *, digits: bool) -> Ints:
    """Letters in each text, and numerals if wanted: plain ones by arithmetic that wraps, the others one by one."""
    folded = np.bitwise_or(raw, 32, out=scratch[0, : len(raw)])
    letter = np.less(np.subtract(folded, 97, out=folded), 26, out=scratch[1, : len(raw)].view(np.bool_))
    if digits:
        letter |= (raw - np.uint8(48)) < 10
    spans = itertools.pairwise(bounds.tolist())
    counts = (np.count_nonzero(letter[begin:end]) for begin, end in spans)
    letters = np.fromiter(counts, np.int64, len(bounds) - 1)
    if len(wide.high):
        # bytes above 127 are whole characters in a row: one decoding for the batch
        others = raw[wide.high].tobytes().decode()
        heads = wide.high[raw[wide.high] >= 0xC0]
        found = heads[np.fromiter(map(str.isalnum if digits else str.isalpha, others), np.bool_, len(others))]
        letters += np.bincount(np.searchsorted(bounds, found, side="right") - 1, minlength=len(letters))
    return letters


def _entropy(raw: Bytes) -> float:
    counts = np.bincount(raw, minlength=256)
    shares = counts[counts > 0] / max(len(raw), 1)
    return float(-(shares * np.log2(shares)).sum()) + 0.0


def _repeated(texts: pl.Series) -> npt.NDArray[np.float64]:
    lines = pl.DataFrame({"text": np.arange(len(texts)), "line": texts.str.split("\n")}).explode("line")
    lines = lines.with_columns(pl.col("line").str.strip_chars()).filter(pl.col("line") != "")
    counted = lines.group_by("text").agg(pl.len().alias("all"), pl.col("line").n_unique().alias("kinds"))
    shares = np.zeros(len(texts))
    shares[counted["text"].to_numpy()] = (1 - counted["kinds"] / counted["all"]).to_numpy()
    return shares
